import { once } from "node:events"
import { type IncomingMessage, request } from "node:http"
import process from "node:process"
import { createInterface } from "node:readline"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, it } from "vitest"
import { ask } from "../../packages/cli/src/attach/client.ts"
import { FrameReader } from "../../packages/cli/src/attach/frames.ts"
import { aProject, aServer, aServerOf } from "../../packages/cli/test/server/support/aServer.ts"

const stream = async (socketPath: string, path: string): Promise<IncomingMessage> => {
  const sent = request({ socketPath, path, agent: false })
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
  const all = await Promise.all(Array.from({ length: 500 }, () => stream(server.socket, `/api/v1/runs/${run}/stream`)))
  const served = all.filter(({ statusCode }) => statusCode === 200)
  const refused = all.filter(({ statusCode }) => statusCode === 503)
  expect([served.length, refused.length]).toEqual([200, 300])
  expect(refused[0]?.headers).toMatchObject({ "content-type": "application/problem+json", "retry-after": "2" })
  for (const one of refused) one.resume()
  const following = served.map(told)
  server.open()
  const seen = await Promise.all(following)
  const whole = seen[0] ?? []
  expect(whole).toEqual(whole.map((_, i) => i + 1))
  for (const one of seen) expect(one).toEqual(whole)
  for (const one of served) one.destroy()
  // Places that are given back are free, as soon as the server notices.
  for (let tries = 0, status = 503; status !== 200; tries++) {
    expect(tries).toBeLessThan(200)
    const again = await stream(server.socket, `/api/v1/runs/${run}/stream`)
    status = again.statusCode ?? 0
    again.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})

it("says bye to a client that takes nothing, with the reason, and gives its place to others", async () => {
  const home = (folder: string, opened: Promise<void>) => aProject(folder, opened, {})
  const server = await aServerOf(home, undefined, 20, 1_000)
  const deaf = await stream(server.socket, "/api/v1/events")
  deaf.pause()
  const ended = Promise.withResolvers<void>()
  deaf.once("close", ended.resolve)
  const isCut = () => server.said.some((line) => line.startsWith("a client of a stream is cut off"))
  for (let i = 0; i < 60 && !isCut(); i++) {
    const body = { pipelines: ["talks"], params: { parts: 200 } }
    const { run } = await ask<{ readonly run: string }>(server.remote, { method: "POST", path: "/api/v1/runs", body })
    for (let status = ""; status !== "completed" && !isCut();) {
      status = (await ask<{ readonly status: string }>(server.remote, { method: "GET", path: `/api/v1/runs/${run}` })).status
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  expect(isCut()).toBe(true)
  let text = ""
  deaf.on("data", (chunk: Buffer) => void (text += chunk.toString()))
  deaf.on("error", () => undefined)
  deaf.resume()
  await ended.promise
  expect(text.slice(text.lastIndexOf("event: "))).toContain('event: bye\ndata: {"reason":"nothing was taken for too long')
})

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void
/** Bytes that are still in use: what is garbage, or was needed for a moment only, depends on how busy the machine is. */
const held = async (): Promise<number> => {
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
/** Runs in all that are told, one after the other. */
const runsTold = 3
it("tells 200 of 500 clients all runs, from one look for all of them, and a client that reads nothing costs no memory", async () => {
  const server = await aServer(undefined, {}, 1_000)
  const all = await Promise.all(Array.from({ length: 500 }, () => stream(server.socket, "/api/v1/events")))
  const served = all.filter(({ statusCode }) => statusCode === 200)
  expect([served.length, all.filter(({ statusCode }) => statusCode === 503).length]).toEqual([200, 300])
  for (const one of all) if (one.statusCode === 503) one.resume()
  const [deaf, ...heard] = served
  deaf?.pause()
  const ended = heard.map(async (response) => {
    const ids: Array<string> = []
    let ends = 0
    for await (const row of createInterface(response)) {
      if (row.startsWith("id: ")) ids.push(row)
      if (row === "event: RunEnded" && ++ends === runsTold) break
    }
    return ids
  })
  const before = await held()
  for (let i = 0; i < runsTold; i++) {
    const body = { pipelines: ["talks"], params: { parts: 50 } }
    const { run } = await ask<{ readonly run: string }>(server.remote, { method: "POST", path: "/api/v1/runs", body })
    for (let status = ""; status !== "completed";) {
      status = (await ask<{ readonly status: string }>(server.remote, { method: "GET", path: `/api/v1/runs/${run}` })).status
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const seen = await Promise.all(ended)
  const grown = ((await held()) - before) / 2 ** 20
  process.stderr.write(
    `200 streams, ${seen[0]?.length ?? 0} messages each: ${grown.toFixed(0)} MB more, clients in the same process\n`
  )
  const whole = seen[0] ?? []
  expect(new Set(whole).size).toBe(whole.length)
  for (const one of seen) expect(one).toEqual(whole)
  expect(grown).toBeLessThan(100)
  for (const one of served) one.destroy()
})
