import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Context, Deferred, Effect, Fiber, Layer, Redacted } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Journal, StateQueries } from "@tetra/core/engine"
import { openState, verifyState } from "@tetra/core/storage"
import { everyCrash, type FreshPlace } from "../../packages/core/test/execution/crashing.ts"
import { freshHome, inOrder } from "../../packages/core/test/execution/embeddedPlace.ts"
import { anEngine, Count, definePipeline, defineStage, start } from "../../packages/core/test/execution/support.ts"
import { ask, freshDatabase, type Server, startServer } from "./support/server.ts"
import { aHome, inStore, shared, withDatabase } from "./support/store.ts"
import { storeAt } from "./support/storeAt.ts"

const appender = fileURLToPath(new URL("support/appender.ts", import.meta.url))
interface Appender {
  readonly child: ChildProcess
  readonly acknowledged: Array<number>
  readonly ended: Promise<void>
}
/** Several clients of one database; `each` hears every acknowledgement. */
const startAppender = (
  args: ReadonlyArray<string>,
  each: (seq: number, child: ChildProcess) => void = () => undefined
): Appender => {
  const child = spawn(process.execPath, ["--conditions=tetra:source", appender, ...args], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const acknowledged: Array<number> = []
  let rest = ""
  child.stdout.on("data", (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split("\n")
    rest = lines.pop() ?? ""
    for (const seq of lines.filter((line) => /^\d+$/u.test(line)).map(Number)) {
      acknowledged.push(seq)
      each(seq, child)
    }
  })
  return { child, acknowledged, ended: new Promise((resume) => child.once("close", () => resume())) }
}
const postgresPlace: FreshPlace = Effect.gen(function* () {
  const home = yield* freshHome
  const url = yield* Effect.promise(() => freshDatabase(shared))
  return { layer: Layer.orDie(storeAt(url, home)), inOrder: inOrder({ home, stateUrl: Redacted.make(url) }) }
})
const whatIsThere = Effect.gen(function* () {
  const events = yield* (yield* Journal).read("run-1")
  return { numbers: events.map(({ seq }) => seq), row: yield* (yield* StateQueries).run("run-1") }
})
const counted = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe("a crash", () => {
  it.each([
    ["at any durable call", { before: 2, after: 5 }, []],
    ["of the process that goes on with a run", { before: 3, after: 5 }, [{ when: "after", nth: 14 }]]
  ] as const)("%s costs nothing that was recorded", async (_name, steps, first) => {
    const calls = await Effect.runPromise(everyCrash(postgresPlace, steps, first))
    expect(calls.length).toBeGreaterThan(10)
  })
  it("of a client (SIGKILL) loses nothing that was acknowledged, and no half of an append stays", async () => {
    const trial = (killAt: number) =>
      withDatabase(async (at) => {
        const { acknowledged, ended } = startAppender([at.url, at.home], (seq, child) => {
          if (seq >= killAt) child.kill("SIGKILL")
        })
        await ended
        const { numbers, row } = await inStore(at, whatIsThere)
        expect(acknowledged.length).toBeGreaterThan(0)
        expect(numbers.length).toBeGreaterThanOrEqual(acknowledged.at(-1)!)
        expect(numbers).toEqual(counted(numbers.length))
        expect((numbers.length - 1) % 2).toBe(0)
        expect(row?.seq).toBe(numbers.length)
      })
    for (const killAt of [3, 57, 211]) await Promise.all([trial(killAt), trial(killAt * 2 + 5)])
  })
})

const verified = ({ home, url }: { readonly home: string; readonly url: string }) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openState({ home, stateUrl: Redacted.make(url) }), verifyState)))

describe("two processes on one database", () => {
  it("open a run once, and never both append at one place", () =>
    withDatabase(async (at) => {
      const both = [startAppender([at.url, at.home, "201"]), startAppender([at.url, at.home, "201"])]
      await Promise.all(both.map(({ ended }) => ended))
      const all = both.flatMap(({ acknowledged }) => acknowledged)
      expect(new Set(all).size).toBe(all.length)
      expect(all.toSorted((a, b) => a - b)).toEqual(counted(100).map((n) => 2 * n + 1))
      const { numbers } = await inStore(at, whatIsThere)
      expect(numbers).toEqual(counted(201))
      // Each took up the digest that the other had left.
      const verify = () => verified(at)
      expect(await verify()).toMatchObject({ runs: 1, events: 201, faults: [], uncovered: 0 })
      await ask(at.url, "update orchestration.event set payload = replace(payload::text, 'from', 'by')::json where run_seq = 100")
      expect((await verify()).faults).toEqual([{ run: "run-1", seq: 100, because: expect.stringMatching(/digest/u) }])
    }))
})

describe("a restart of the server", () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.remove())

  it("makes a lookup of a run wait, and tells somebody who only looks at once", async () => {
    const { home, remove } = aHome()
    const url = await freshDatabase(server)
    const runs = Effect.flatMap(StateQueries, (queries) => queries.runs())
    const work = Effect.gen(function* () {
      const context = yield* Layer.build(storeAt(url, home))
      const looking = yield* Layer.build(storeAt(url, home, { readOnly: true }))
      yield* Effect.promise(() => server.stop("fast"))
      const waiting = yield* Effect.forkChild(Effect.provideContext(runs, context), { startImmediately: true })
      const told = yield* Effect.flip(Effect.provideContext(runs, looking))
      yield* Effect.promise(() => server.start())
      return { told, found: yield* Fiber.join(waiting) }
    })
    try {
      const { found, told } = await Effect.runPromise(Effect.scoped(work))
      expect([told.reason, found]).toEqual(["lost", []])
    } finally {
      remove()
    }
  })
  it.each(["fast", "immediate"] as const)("(%s) in the middle of a run holds it up, no more", async (how) => {
    const { home, remove } = aHome()
    const url = await freshDatabase(server)
    const reached = Deferred.makeUnsafe<void>()
    const back = Deferred.makeUnsafe<void>()
    const count = defineStage({
      id: "t/count",
      outputs: { n: Count },
      *run() {
        yield* Deferred.succeed(reached, undefined)
        yield* Deferred.await(back)
        return { n: { n: 1 } }
      }
    })
    const pipeline = definePipeline({ name: "p", stages: ({ use }) => ({ count: use(count) }) })
    const run = Effect.gen(function* () {
      const context = yield* Layer.build(storeAt(url, home))
      const { engine } = yield* anEngine({ layer: Layer.succeedContext(context) })
      const handle = yield* start(engine, pipeline)
      yield* Deferred.await(reached)
      yield* Effect.promise(() => server.stop(how))
      yield* Deferred.succeed(back, undefined)
      // The end of the stage is to be appended while nobody answers.
      yield* Effect.yieldNow
      yield* Effect.promise(() => server.start())
      const state = yield* handle.result
      const events = yield* Context.get(context, Journal).read(handle.id)
      return { status: state.status, numbers: events.map(({ seq }) => seq) }
    })
    try {
      const { numbers, status } = await Effect.runPromise(Effect.scoped(run))
      expect(status).toBe("completed")
      expect(numbers).toEqual(counted(numbers.length))
    } finally {
      remove()
    }
  })
})
