/** The stream of everything that is recorded: whoever comes back misses nothing. */
import { text as wholeText } from "node:stream/consumers"
import { describe, expect, it } from "vitest"
import { streamEpoch } from "@tetra/daemon/runs"
import { serve, type Serving } from "@tetra/daemon/server"
import { layerStore } from "@tetra/core/storage"
import { Effect, Fiber } from "effect"
import { ask, open, type Remote } from "../../src/attach/client.ts"
import { deskLookups } from "../../src/dashboard/lookups.ts"
import { random } from "../../../tui/test/support/aScene.ts"
import { aBreakingProxy, aServer } from "./support/aServer.ts"

interface Message {
  readonly id: string | undefined
  readonly kind: string | undefined
  readonly data: {
    readonly run?: string
    readonly seq?: number
    readonly _tag?: string
    readonly epoch?: string
    readonly from?: string
  }
}
const messagesOf = (text: string): ReadonlyArray<Message> =>
  text.split("\n\n").flatMap((block) => {
    const field = (name: string) =>
      block
        .split("\n")
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2)
    const [id, kind, data] = [field("id"), field("event"), field("data")]
    return id === undefined && data === undefined ? [] : [{ id, kind, data: JSON.parse(data ?? "{}") as Message["data"] }]
  })
/** Reads until what was told is enough, or the connection breaks; whole messages only. */
const read = async (
  remote: Remote,
  query: string,
  lastId: string | undefined,
  isEnough: (all: ReadonlyArray<Message>) => boolean
) => {
  const stop = new AbortController()
  const headers = lastId === undefined ? {} : { "last-event-id": lastId }
  let text = ""
  try {
    const response = await open(remote, { method: "GET", path: `/api/v1/events${query}`, headers, signal: stop.signal })
    if (response.statusCode !== 200) return { status: response.statusCode, all: [], refusal: await wholeText(response) }
    for await (const chunk of response) {
      text += (chunk as Buffer).toString()
      if (isEnough(messagesOf(text.slice(0, text.lastIndexOf("\n\n") + 2)))) break
    }
  } catch {
    // A broken connection: what arrived whole counts.
  }
  stop.abort()
  return { status: 200, all: messagesOf(text.slice(0, text.lastIndexOf("\n\n") + 2)), refusal: "" }
}
const start = (remote: Remote, parts: number) =>
  ask<{ readonly run: string }>(remote, {
    method: "POST",
    path: "/api/v1/runs",
    body: { pipelines: ["talks"], params: { parts } }
  })
const hasEnded = (runs: number) => (all: ReadonlyArray<Message>) => all.filter(({ kind }) => kind === "RunEnded").length >= runs
const keysOf = (all: ReadonlyArray<Message>) =>
  all.flatMap(({ data: { run, seq } }) => (run === undefined || seq === undefined ? [] : [`${run}:${seq}`]))

describe("the stream of all runs", () => {
  it(
    "tells every event of every run once and in order, wherever the connection breaks, also after a restart of the server",
    { timeout: 30_000 },
    async () => {
      const server = await aServer()
      const proxy = await aBreakingProxy(server.socket, random(7), 12_000)
      const [hello] = (await read(server.remote, "", undefined, (all) => all.length > 0)).all
      expect(hello).toMatchObject({ kind: "hello", id: hello?.data.from })
      const runs = [(await start(server.remote, 12)).run]
      const seen: Array<Message> = []
      let last = hello?.id
      const follow = async (remote: Remote, count: number): Promise<void> => {
        for (let tries = 0; !hasEnded(count)(seen); tries++) {
          expect(tries).toBeLessThan(200)
          const { all } = await read(remote, "", last, (some) => hasEnded(count)([...seen, ...some]))
          seen.push(...all.filter(({ kind }) => kind !== "hello"))
          last = all.findLast(({ id }) => id !== undefined)?.id ?? last
        }
      }
      await follow(proxy.remote, 1)
      expect(proxy.breaks()).toBeGreaterThan(1)
      server.serving.stop(false)
      await server.ended
      const ready = Promise.withResolvers<Serving>()
      const options = {
        project: server.project,
        desk: deskLookups,
        version: "1",
        by: "test",
        socket: server.socket,
        http: undefined
      }
      const fiber = Effect.runFork(serve({ ...options, drainMs: 5_000, say: () => undefined }, ready.resolve))
      const again = await ready.promise
      runs.push((await start(server.remote, 3)).run)
      await follow(server.remote, 2)
      const events = async (run: string) =>
        (
          await ask<{ items: ReadonlyArray<{ readonly seq: number }> }>(server.remote, {
            method: "GET",
            path: `/api/v1/runs/${run}/events`
          })
        ).items
      const whole = (await Promise.all(runs.map(events))).map((items, i) => items.map(({ seq }) => `${runs[i]}:${seq}`))
      expect(keysOf(seen)).toEqual(whole.flat())
      again.stop(true)
      await Effect.runPromise(Fiber.join(fiber))
    }
  )
  it("tells only what was asked for: runs, pipelines, kinds", async () => {
    const { remote } = await aServer()
    const { run } = await start(remote, 2)
    await start(remote, 2).catch(() => undefined)
    const kinds = await read(remote, `?from=beginning&run=${run}&kinds=RunRequested,RunEnded`, undefined, hasEnded(1))
    expect(kinds.all.map(({ kind }) => kind)).toEqual(["hello", "RunRequested", "RunEnded"])
    const none = await read(remote, "?from=beginning&pipeline=others", undefined, (all) =>
      all.some(({ kind }) => kind === undefined)
    )
    // Nothing fits, but the place is told: who comes back does not look through all of it again.
    expect(none.all.map(({ kind }) => kind)).toEqual(["hello", undefined])
    expect(none.all[1]?.id).not.toBe(none.all[0]?.id)
  })
  it("refuses what is no place, no run or no kind, and begins anew where the store is another one", async () => {
    const server = await aServer()
    const { remote } = server
    await start(remote, 1)
    const asked = async (query: string, lastId?: string) => {
      const { refusal, status } = await read(remote, query, lastId, () => true)
      return [status, refusal] as const
    }
    expect(await asked("", "yesterday")).toEqual([422, expect.stringContaining("no place in the stream")])
    expect(await asked("?run=nobody")).toEqual([404, expect.stringContaining("there is no run")])
    expect(await asked("?kinds=RunEnd")).toEqual([422, expect.stringContaining("did you mean RunEnded?")])
    const isReset = (all: ReadonlyArray<Message>) => all.some(({ kind }) => kind === "reset")
    const other = await read(remote, "", "00000000-1", isReset)
    expect(other.all.map(({ kind }) => kind)).toEqual(["hello", "reset"])
    const store = layerStore({ home: server.home, stateUrl: undefined, readOnly: true })
    const [epoch] = await Effect.runPromise(streamEpoch.list().pipe(Effect.provide(store), Effect.scoped))
    const ahead = await read(remote, "", `${epoch?.body.epoch}-999999`, isReset)
    expect(ahead.all[1]).toMatchObject({ kind: "reset", data: { reason: expect.stringContaining("restored") as string } })
  })
})
