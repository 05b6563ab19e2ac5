import { createServer } from "node:net"
import { text as wholeText } from "node:stream/consumers"
import type { Attachment } from "@tetra/tui/model"
import { describe, expect, it, onTestFinished } from "vitest"
import { ask, open, type Remote } from "../../src/attach/client.ts"
import { Follower } from "../../src/attach/Follower.ts"
import { remoteSource } from "../../src/attach/remoteSource.ts"
import { localSource } from "../../src/dashboard/source.ts"
import { FrameReader } from "../../src/attach/frames.ts"
import type { LiveEvent } from "../../src/domain.ts"
import { standingOf } from "@tetra/daemon/lifecycle"
import { random } from "../../../tui/test/support/aScene.ts"
import { aBreakingProxy, aServer } from "./support/aServer.ts"

const start = async (remote: Remote, body: unknown, key?: string) =>
  await ask<{ readonly run: string; readonly created: boolean; readonly key: string }>(remote, {
    method: "POST",
    path: "/api/v1/runs",
    body,
    ...(key === undefined ? {} : { headers: { "idempotency-key": key } })
  })
const get = async <A>(remote: Remote, path: string): Promise<A> => await ask<A>(remote, { method: "GET", path })
const post = async <A>(remote: Remote, path: string, body: unknown = {}, headers = {}): Promise<A> =>
  await ask<A>(remote, { method: "POST", path, body, headers })
interface Told {
  readonly events: ReadonlyArray<LiveEvent>
  readonly notes: ReadonlyArray<string>
  readonly states: ReadonlyArray<Attachment["state"]>
}
/** Follows until what was told is enough. */
const followUntil = async (remote: Remote, run: string | undefined, isEnough: (told: Told) => boolean): Promise<Told> => {
  const events: Array<LiveEvent> = []
  const notes: Array<string> = []
  const states: Array<Attachment["state"]> = []
  const told: Told = { events, notes, states }
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = (): void => (isEnough(told) ? resolve() : undefined)
  const follower = new Follower({
    remote,
    run,
    waitMs: () => 5,
    told: {
      stood: ({ state }) => {
        if (state !== states.at(-1)) states.push(state)
        look()
      },
      cleared: () => void events.splice(0),
      event: (event) => {
        if (event._tag !== "Progress") events.push(event)
        look()
      },
      note: (note) => {
        notes.push(note)
        look()
      },
      newer: () => undefined
    }
  })
  const following = follower.follow()
  onTestFinished(() => follower.close())
  await promise
  follower.close()
  await following
  return told
}
const linesOf = (events: ReadonlyArray<LiveEvent>) => events.filter((event) => event._tag === "Log")
const recordsOf = (events: ReadonlyArray<LiveEvent>) => events.filter((e) => e._tag !== "Log" && e._tag !== "Progress")
const hasEnded = ({ events }: Told): boolean => events.some(({ _tag }) => _tag === "RunEnded")

describe("a run in a server", () => {
  it("is told once and in order, wherever the connection breaks", { timeout: 30_000 }, async () => {
    const server = await aServer()
    for (const seed of [1, 2, 3]) {
      const proxy = await aBreakingProxy(server.socket, random(seed), 20_000)
      const parts = 20 + seed
      const { run } = await start(server.remote, { pipelines: ["talks"], params: { parts } })
      const isAll = (told: Told): boolean => hasEnded(told) && linesOf(told.events).length >= 3 * parts
      const { events } = await followUntil(proxy.remote, run, isAll)
      const record = await get<{ items: ReadonlyArray<LiveEvent> }>(server.remote, `/api/v1/runs/${run}/events`)
      const log = await get<{ items: ReadonlyArray<LiveEvent> }>(server.remote, `/api/v1/runs/${run}/logs`)
      expect(proxy.breaks(), `seed ${seed}`).toBeGreaterThan(2)
      expect(recordsOf(events), `seed ${seed}`).toEqual(recordsOf(record.items))
      expect(linesOf(events), `seed ${seed}`).toEqual(log.items)
    }
  })
  it("goes on when nobody looks, and tells who comes late all of it", async () => {
    const server = await aServer()
    const { run } = await start(server.remote, { pipelines: ["talks"], params: { parts: 3, waits: true } })
    await followUntil(server.remote, run, ({ events }) => linesOf(events).length >= 3)
    server.open()
    const { events } = await followUntil(server.remote, undefined, hasEnded)
    expect(events[0]).toMatchObject({ _tag: "RunRequested", run })
    expect(events.findLast(({ _tag }) => _tag === "RunEnded")).toMatchObject({ status: "completed" })
  })
  it("is begun once, however often the same key asks", async () => {
    const { remote } = await aServer()
    const [first, second] = await Promise.all([start(remote, { mode: "quick" }, "k1"), start(remote, { mode: "quick" }, "k1")])
    expect(second.run).toBe(first.run)
    expect((await start(remote, { mode: "quick" }, "k1")).created).toBe(false)
    expect((await get<{ items: ReadonlyArray<unknown> }>(remote, "/api/v1/runs")).items).toHaveLength(1)
  })
  it("is paused, goes on and is cancelled, and its record names the key of each wish", async () => {
    const server = await aServer()
    const { run } = await start(server.remote, { pipelines: ["talks"], params: { parts: 3, waits: true } })
    for (const order of ["pause", "resume", "cancel"])
      await post(server.remote, `/api/v1/runs/${run}/${order}`, { reason: "a test" }, { "idempotency-key": `key of ${order}` })
    const { events } = await followUntil(server.remote, run, hasEnded)
    const wishes = events.flatMap((e) => ("command" in e ? [[e._tag, e.command]] : []))
    expect(wishes).toEqual([
      ["RunPaused", "key of pause"],
      ["RunContinued", "key of resume"],
      ["CancelRequested", "key of cancel"]
    ])
    await expect(post(server.remote, `/api/v1/runs/${run}/cancel`)).rejects.toThrow("has ended already: cancelled")
    server.open()
    await post(server.remote, `/api/v1/runs/${run}/retry`)
    await followUntil(server.remote, run, ({ events: all }) => all.filter(({ _tag }) => _tag === "RunEnded").length === 2)
  })
  it("is in the log of the server once for each time that it begins or ends, also when it goes on", async () => {
    const { open: release, remote, said } = await aServer()
    const { run } = await start(remote, { pipelines: ["talks"], params: { parts: 2, waits: true } })
    await post(remote, `/api/v1/runs/${run}/cancel`, { reason: "lunch" })
    await followUntil(remote, run, hasEnded)
    release()
    await post(remote, `/api/v1/runs/${run}/retry`, { reason: "after lunch" })
    const ends = ({ events }: Told) => events.filter(({ _tag }) => _tag === "RunEnded").length
    await followUntil(remote, run, (told) => ends(told) === 2)
    // The log follows the run as others do, who may be told before it.
    const lines = () => said.filter((line) => line.includes(run)).map((line) => /begins|ended as \w+/u.exec(line)?.[0])
    await expect.poll(lines, { timeout: 10_000 }).toEqual(["begins", "ended as cancelled", "ended as completed"])
  })
  it("may finish when the server is told to stop, which takes nothing more", async () => {
    const server = await aServer()
    const { run } = await start(server.remote, { pipelines: ["talks"], params: { parts: 3, waits: true } })
    const following = followUntil(server.remote, run, ({ states }) => states.includes("down"))
    expect(await post(server.remote, "/api/v1/daemon/stop")).toEqual({ stopping: true, running: [run] })
    await expect(start(server.remote, { mode: "quick" })).rejects.toThrow("the server is stopping")
    server.open()
    expect(await server.ended).toEqual([])
    expect(hasEnded(await following)).toBe(true)
    expect(await standingOf(server.socket)).not.toBe("answers")
  })
})

/** The raw answer. */
const answer = async (remote: Remote, path: string, options: Partial<Parameters<typeof open>[1]> = {}) => {
  const response = await open(remote, { method: "GET", path, ...options })
  return { status: response.statusCode, type: response.headers["content-type"], body: await wholeText(response) }
}
describe("the stream of a run", () => {
  const frames = async (remote: Remote, headers: Readonly<Record<string, string>>, until: (text: string) => boolean) => {
    const stop = new AbortController()
    const response = await open(remote, { method: "GET", path: "/api/v1/runs/latest/stream", headers, signal: stop.signal })
    let text = ""
    for await (const chunk of response) {
      text += String(chunk)
      if (until(text)) break
    }
    stop.abort()
    return { text, frames: new FrameReader().read(Buffer.from(text)) }
  }
  it("begins at once with a greeting, also where nothing ran, and gives signs of life", async () => {
    const { remote, serving } = await aServer()
    const { frames: told } = await frames(remote, {}, (text) => text.includes(": here"))
    expect(told).toMatchObject([{ _tag: "Hello", instance: serving.instance }, { _tag: "Current" }])
  })
  it("goes on after `Last-Event-ID`, and begins anew when that is ahead of the store", async () => {
    const { remote } = await aServer()
    const { run } = await start(remote, { mode: "quick" })
    await followUntil(remote, run, hasEnded)
    const after = await frames(remote, { "last-event-id": `${run}:4` }, (text) => text.includes("event: Current"))
    expect(after.frames.find(({ _tag }) => _tag === "Record")).toMatchObject({ after: { seq: 4, bytes: 0 } })
    expect(after.text).toContain(`id: ${run}:5:`)
    const ahead = await frames(remote, { "last-event-id": `${run}:900:0` }, (text) => text.includes(`id: ${run}:1:`))
    expect(ahead.frames.map(({ _tag }) => _tag).slice(0, 3)).toEqual(["Hello", "Reset", "Current"])
  })
  it("refuses a place that is none", async () => {
    const { remote } = await aServer()
    const bad = await answer(remote, "/api/v1/runs/latest/stream", { headers: { "last-event-id": "yesterday" } })
    expect([bad.status, bad.type]).toEqual([422, "application/problem+json"])
    expect((await answer(remote, "/api/v1/runs/latest/stream?from=nobody:1")).status).toBe(404)
  })
})

describe("what stands beside a run", () => {
  it("is the same over the link as in the store of the server", { timeout: 30_000 }, async () => {
    const server = await aServer()
    const runs: Array<string> = []
    for (const parts of [2, 3]) {
      const { run } = await start(server.remote, { pipelines: ["talks"], params: { parts } })
      await followUntil(server.remote, run, hasEnded)
      runs.push(run)
    }
    const [before = "", after = ""] = runs
    const [own, far] = [localSource(() => server.project), remoteSource(server.remote)]
    const { runs: listed = [] } = await far.view("history")
    expect(listed?.map(({ row, stages }) => [row.id, stages.get("talks.talk")?.status])).toEqual([
      [after, "completed"],
      [before, "completed"]
    ])
    for (const view of ["history", "config"] as const) expect(await far.view(view)).toEqual(await own.view(view))
    expect((await far.view("health")).health?.states).toEqual((await own.view("health")).health?.states)
    expect((await far.view("schedule")).schedule?.forecasts).toEqual([])
    const known = listed ?? []
    expect(await far.compare(known, before, after)).toEqual(await own.compare(known, before, after))
    expect((await far.why(after, "talks.talk"))[0]).toEqual({ _tag: "Heading", text: "Why" })
    expect(await far.charts(after, before)).toEqual([])
    expect((await far.dryRun({ mode: "quick", params: {} }, "tetra run"))[0]).toMatchObject({ _tag: "Heading" })
    await expect(far.column("nothing", "x")).rejects.toThrow('nothing has no column of numbers "x"')
    await expect(far.dryRun({ mode: "qick", params: {} }, "")).rejects.toThrow('did you mean "quick"')
  })
})

describe("the schedules of a server", () => {
  it("are paused, go on and run now over the link, each recorded", { timeout: 30_000 }, async () => {
    const server = await aServer(undefined, { pipeline_dependencies: { talks: { schedule: "0 3 * * *" } } })
    const far = remoteSource(server.remote)
    const recordsOf = async () => (await far.view("schedule")).schedule?.records
    expect(await far.schedule("pause", "talks")).toContain("talks is paused")
    expect(await recordsOf()).toMatchObject({ paused: [{ schedule: "talks" }], leftOut: [] })
    expect(await recordsOf()).toEqual((await localSource(() => server.project).view("schedule")).schedule?.records)
    expect(await far.schedule("resume", "talks")).toContain("talks goes on")
    expect(await recordsOf()).toMatchObject({ paused: [] })
    expect(await far.schedule("trigger", "talks")).toContain("is asked for")
    await expect(far.schedule("pause", "talk")).rejects.toThrow('did you mean "talks"')
    await expect(localSource(() => server.project).schedule("trigger", "talks")).rejects.toThrow("no server runs here")
  })
})

describe("a list of runs", () => {
  it("comes in pages that nothing moves that begins meanwhile", { timeout: 30_000 }, async () => {
    const server = await aServer()
    const runs: Array<string> = []
    const one = async () => {
      const { run } = await start(server.remote, { pipelines: ["talks"], params: { parts: 1 } })
      await followUntil(server.remote, run, hasEnded)
      runs.unshift(run)
    }
    for (let i = 0; i < 3; i++) await one()
    const wanted = [...runs]
    const seen: Array<string> = []
    for (let cursor = ""; ;) {
      interface Page {
        readonly items: ReadonlyArray<{ readonly id: string }>
        readonly next_cursor: string | null
      }
      const page = await get<Page>(server.remote, `/api/v1/runs?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`)
      seen.push(...page.items.map(({ id }) => id))
      if (page.next_cursor === null) break
      cursor = page.next_cursor
      await one()
    }
    expect(seen).toEqual(wanted)
    await expect(get(server.remote, "/api/v1/runs?cursor=nothing")).rejects.toThrow("take next_cursor of the page before")
  })
})

describe("a bad request", () => {
  it("is answered with what, where and how to mend it", async () => {
    const { remote } = await aServer()
    const cases: ReadonlyArray<readonly [string, Parameters<typeof answer>[2], number, string]> = [
      ["/api/v1/runs", { method: "POST", body: { mode: "qick" } }, 422, 'did you mean \\"quick\\"'],
      ["/api/v1/runs", { method: "POST", body: { mode: 7 } }, 422, '[\\"mode\\"]'],
      ["/api/v1/desk/dry-run", { method: "POST", body: { request: { pipelines: 7 }, line: "" } }, 422, '[\\"pipelines\\"]'],
      ["/api/v1/runs?limit=0", {}, 422, "between 1 and 500"],
      ["/api/v1/runs/nobody", {}, 404, "GET /api/v1/runs lists them"],
      ["/api/v2/runs", {}, 404, "/openapi.json"],
      ["/api/v1/runs", { method: "POST", body: "x".repeat(2_000_000) }, 413, "at most 1048576 bytes"],
      ["/api/v1/runs", { method: "POST" }, 415, "application/json"]
    ]
    for (const [path, options, status, says] of cases) {
      const found = await answer(remote, path, options)
      expect([path, found.status, found.type]).toEqual([path, status, "application/problem+json"])
      expect(found.body).toContain(says)
      expect(JSON.parse(found.body)).toMatchObject({ status, type: expect.stringMatching(/^urn:tetra:problem:/u) as string })
    }
  })
  it("over HTTP needs the token that the socket does not", async () => {
    const port = await aFreePort()
    const server = await aServer({ port, token: "secret" })
    const url = new URL(`http://127.0.0.1:${port}`)
    await expect(get({ _tag: "Http", url, token: undefined }, "/api/v1/runs")).rejects.toThrow("Authorization: Bearer TOKEN")
    expect(await get({ _tag: "Http", url, token: "secret" }, "/api/v1/runs")).toEqual({ items: [], next_cursor: null })
    expect(await get(server.remote, "/api/v1/runs")).toEqual({ items: [], next_cursor: null })
  })
})
const aFreePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === "object" && address !== null ? address.port : 0
}
