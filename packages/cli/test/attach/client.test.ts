import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { ask, type Remote } from "../../src/attach/client.ts"

type Turn = (request: IncomingMessage, response: ServerResponse) => void
const cuts: Turn = (request) => void request.socket.destroy()
const cutsHalfway: Turn = (_, response) => {
  response.writeHead(200, { "content-length": 100 }).write("{")
  setImmediate(() => response.destroy())
}
const answers =
  (status: number, body: object): Turn =>
  (_, response) =>
    void response.writeHead(status).end(JSON.stringify(body))
const atWork = answers(409, { detail: "the request of this Idempotency-Key is still at work: ask again for its answer" })
const done = answers(200, { run: "r1" })

/** A server that does these turns, one for each request, and then is gone. */
const aServer = async (...turns: ReadonlyArray<Turn>) => {
  const path = join(mkdtempSync(join(tmpdir(), "tetra-ask-")), "s")
  const left = [...turns]
  const asked: Array<{ readonly key: string | undefined; readonly body: string }> = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (piece: string) => (body += piece))
    request.on("end", () => {
      asked.push({ key: request.headers["idempotency-key"] as string | undefined, body })
      left.shift()?.(request, response)
      if (left.length === 0) server.close()
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(() => {
    server.close()
    rmSync(join(path, ".."), { recursive: true, force: true })
  })
  const remote: Remote = { _tag: "Socket", path }
  return { remote, asked }
}
const begin = (remote: Remote) =>
  ask(remote, { method: "POST", path: "/api/v1/runs", body: { mode: "quick" } }, { tries: 5, waitMs: 2, answerMs: 200 })

describe("a request whose answer is cut off", () => {
  it("is asked again with the same key until there is an answer", async () => {
    const { asked, remote } = await aServer(cuts, cutsHalfway, atWork, done)
    expect(await begin(remote)).toEqual({ run: "r1" })
    expect(asked.map(({ body }) => body)).toEqual(Array(4).fill('{"mode":"quick"}'))
    expect([new Set(asked.map(({ key }) => key)).size, asked[0]?.key]).toEqual([1, expect.stringMatching(/^[\da-f-]{36}$/u)])
  })
  it("may have begun where nobody answers any more, and that is what is said", async () => {
    const { asked, remote } = await aServer(cuts)
    const refused = await begin(remote).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      message: expect.stringContaining("it may have begun") as string,
      hint: `\`tetra status\` says what runs; the same command with --command-id ${asked[0]?.key} does it once`
    })
  })
  it("is given up where somebody takes it and never answers", async () => {
    const takes: Turn = () => undefined
    const { remote } = await aServer(cuts, takes, takes, takes, takes, takes)
    await expect(begin(remote)).rejects.toThrow("it may have begun")
  })
  it("that would do something twice is not asked again", async () => {
    const { asked, remote } = await aServer(cuts, done)
    await expect(ask(remote, { method: "POST", path: "/api/v1/tokens", body: {} })).rejects.toThrow("no server answers")
    expect(asked).toEqual([{ key: undefined, body: "{}" }])
  })
})
