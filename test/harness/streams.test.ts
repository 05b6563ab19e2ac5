import { once } from "node:events"
import { type IncomingMessage, request } from "node:http"
import { expect, it } from "vitest"
import { ask } from "../../packages/cli/src/attach/client.ts"
import { FrameReader } from "../../packages/cli/src/attach/frames.ts"
import { aServer } from "../../packages/cli/test/server/support/aServer.ts"

const stream = async (socketPath: string, run: string): Promise<IncomingMessage> => {
  const sent = request({ socketPath, path: `/api/v1/events?run=${run}`, agent: false })
  sent.end()
  const [response] = (await once(sent, "response")) as [IncomingMessage]
  return response
}
/** The numbers of the events of a run as they arrive, until it ends. */
const told = async (response: IncomingMessage): Promise<ReadonlyArray<number>> => {
  const reader = new FrameReader()
  const seen: Array<number> = []
  for await (const chunk of response)
    for (const frame of reader.read(chunk as Buffer)) {
      if (frame._tag !== "Record" || frame.event._tag === "Log") continue
      seen.push(frame.event.seq)
      if (frame.event._tag === "RunEnded") return seen
    }
  return seen
}

it("serves 200 of 500 clients that follow a run, each event once, and tells the others to come again", async () => {
  const server = await aServer(undefined, {}, 1_000)
  const body = { pipelines: ["talks"], params: { parts: 3, waits: true } }
  const { run } = await ask<{ readonly run: string }>(server.remote, { method: "POST", path: "/api/v1/runs", body })
  const all = await Promise.all(Array.from({ length: 500 }, () => stream(server.socket, run)))
  const served = all.filter(({ statusCode }) => statusCode === 200)
  const refused = all.filter(({ statusCode }) => statusCode === 429)
  expect([served.length, refused.length]).toEqual([200, 300])
  expect(refused[0]?.headers["content-type"]).toBe("application/problem+json")
  for (const one of refused) one.resume()
  const following = served.map(told)
  server.open()
  const seen = await Promise.all(following)
  const whole = seen[0] ?? []
  expect(whole).toEqual(whole.map((_, i) => i + 1))
  for (const one of seen) expect(one).toEqual(whole)
  for (const one of served) one.destroy()
  // Places that are given back are free, as soon as the server notices.
  for (let tries = 0, status = 429; status !== 200; tries++) {
    expect(tries).toBeLessThan(200)
    const again = await stream(server.socket, run)
    status = again.statusCode ?? 0
    again.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})
