import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { definePipeline, type AnyPipeline } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { planHere } from "../../src/execution/planHere.ts"
import type { RunCommand } from "../../src/execution/ports/Commands.ts"
import { anEngine, Count, defineStage, eventsOf, noWaits, owner, resume, start, statusesOf, tags, until } from "./support.ts"

/** Stages `a` and `b` that run until they are opened: `b` reads `a`, or beside it does not. */
const gated = (how: "chain" | "beside" = "chain") => {
  const begun: Array<string> = []
  const open = new Set<string>()
  const body = (name: string) =>
    function* () {
      begun.push(name)
      yield* until(() => open.has(name))
      return { n: { n: 1 } }
    }
  const a = defineStage({ id: "t/a", outputs: { n: Count }, policy: { cache: "never" }, run: body("a") })
  const b = defineStage({ id: "t/b", outputs: { n: Count }, policy: { cache: "never" }, run: body("b") })
  const after = defineStage({
    id: "t/b",
    inputs: { n: Count },
    outputs: { n: Count },
    policy: { cache: "never" },
    run: body("b")
  })
  const pipeline = definePipeline({
    name: "p",
    stages: ({ use }) => {
      const first = use(a)
      return { a: first, b: how === "chain" ? use(after, { inputs: { n: first.n } }) : use(b) }
    }
  }) as AnyPipeline
  return { pipeline, begun, open: (name: string) => void open.add(name) }
}
const command = (run: string, kind: RunCommand["kind"], id: string = kind): RunCommand => ({
  id,
  run,
  kind,
  by: "ada",
  reason: "lunch",
  at: 0
})
const has = (stores: MemoryStores, run: string, tag: string, times = 1) =>
  until(() => tags(eventsOf(stores, run)).filter((one) => one === tag).length >= times)
/** Turns of the event loop in which something could happen that must not. */
const aWhile = Effect.promise(async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise((next) => setImmediate(next))
})

describe("a command from another process", () => {
  it.live("cancels a run at once", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { begun, pipeline } = gated()
      const { engine } = yield* anEngine(stores)
      const run = yield* start(engine, pipeline)
      yield* until(() => begun.length === 1)
      yield* stores.commands.send(command(run.id, "cancel"))
      assert.deepInclude(yield* run.result, { status: "cancelled", reason: "lunch" })
      const asked = eventsOf(stores, run.id).find((event) => event._tag === "CancelRequested")
      assert.deepInclude(asked, { by: "ada", reason: "lunch", command: "cancel" })
    })
  )
  it.live("counts once, also for a process that goes on with the run", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { begun, open, pipeline } = gated()
      const a = yield* anEngine(stores, { owner: owner("a") })
      const run = yield* start(a.engine, pipeline)
      yield* until(() => begun.length === 1)
      yield* stores.commands.send(command(run.id, "pause"))
      yield* has(stores, run.id, "RunPaused")
      yield* run.resume("bob", "back")
      assert.isFalse(yield* stores.commands.send(command(run.id, "pause")))
      yield* a.crash
      const b = yield* anEngine(stores, { owner: owner("b") })
      const again = yield* resume(b.engine, run.id, pipeline)
      open("a")
      open("b")
      assert.strictEqual((yield* again.result).status, "completed")
      assert.strictEqual(tags(eventsOf(stores, run.id)).filter((tag) => tag === "RunPaused").length, 1)
    })
  )
  it.live("that came while nobody had the run is taken by who goes on with it", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { begun, pipeline } = gated()
      const a = yield* anEngine(stores, { owner: owner("a") })
      const run = yield* start(a.engine, pipeline)
      yield* until(() => begun.length === 1)
      yield* a.crash
      yield* stores.commands.send(command(run.id, "cancel"))
      const b = yield* anEngine(stores, { owner: owner("b") })
      assert.strictEqual((yield* (yield* resume(b.engine, run.id, pipeline)).result).status, "cancelled")
    })
  )
  it.live("that came too late is not meant for the run when it is reopened", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { begun, open, pipeline } = gated()
      const first = yield* anEngine(stores, { owner: owner("a") })
      const run = yield* start(first.engine, pipeline)
      yield* until(() => begun.length === 1)
      yield* first.crash
      const { engine } = yield* anEngine(stores, { owner: owner("b") })
      yield* stores.commands.send(command(run.id, "cancel", "late"))
      yield* engine.abandon(run.id, "its process is gone")
      const again = yield* resume(engine, run.id, pipeline)
      yield* has(stores, run.id, "AttemptStarted", 2)
      yield* aWhile
      open("a")
      open("b")
      assert.strictEqual((yield* again.result).status, "completed")
    })
  )
})

describe("a paused run", () => {
  it.live("lets what runs come to its end, starts nothing, and goes on where it was", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { begun, open, pipeline } = gated()
      const { engine } = yield* anEngine(stores)
      const run = yield* start(engine, pipeline)
      yield* until(() => begun.length === 1)
      yield* run.pause("ada", "lunch")
      assert.strictEqual(stores.state.runs.get(run.id)!.row.paused, "by ada: lunch")
      open("a")
      open("b")
      yield* has(stores, run.id, "StageEnded")
      yield* aWhile
      assert.deepStrictEqual(begun, ["a"])
      assert.strictEqual(tags(eventsOf(stores, run.id)).filter((tag) => tag === "StageStarted").length, 1)
      const other = yield* stores.leases.acquire(["pipeline/p"], owner("x"), "run-x", Date.now())
      assert.strictEqual(other._tag, "Busy", "it keeps its leases")
      yield* run.resume("ada", "")
      assert.deepStrictEqual(statusesOf(yield* run.result), { a: "completed", b: "completed" })
    })
  )
  it.live("starts nothing that waits for resources either", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { begun, open, pipeline } = gated("beside")
      const { engine } = yield* anEngine(stores, { capacity: { cpu: 1, memoryMB: 100_000 } })
      const run = yield* start(engine, pipeline)
      yield* until(() => begun.length === 1)
      yield* run.pause("ada", "lunch")
      open("a")
      open("b")
      yield* has(stores, run.id, "StageEnded")
      yield* aWhile
      assert.strictEqual(begun.length, 1)
      yield* run.resume("ada", "")
      assert.strictEqual((yield* run.result).status, "completed")
      assert.strictEqual(begun.length, 2)
    })
  )
  it.live("is still paused after its process died and another went on with it", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { begun, open, pipeline } = gated()
      const a = yield* anEngine(stores, { owner: owner("a") })
      const run = yield* start(a.engine, pipeline)
      yield* until(() => begun.length === 1)
      yield* run.pause("ada", "lunch")
      yield* a.crash
      const b = yield* anEngine(stores, { owner: owner("b") })
      const again = yield* resume(b.engine, run.id, pipeline)
      yield* has(stores, run.id, "RunResumed")
      yield* aWhile
      assert.deepStrictEqual(begun, ["a"], "not even what had been running")
      open("a")
      open("b")
      yield* stores.commands.send(command(run.id, "resume"))
      assert.strictEqual((yield* again.result).status, "completed")
    })
  )
  it.live("can be cancelled, and is not paused when it is reopened", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { begun, open, pipeline } = gated()
      const { engine } = yield* anEngine(stores)
      const run = yield* start(engine, pipeline)
      yield* until(() => begun.length === 1)
      yield* run.pause("ada", "lunch")
      yield* run.cancel("ada", "over")
      assert.strictEqual((yield* run.result).status, "cancelled")
      open("a")
      open("b")
      assert.strictEqual((yield* (yield* resume(engine, run.id, pipeline)).result).status, "completed")
    })
  )
})

describe("a run that is reopened at a stage", () => {
  it.live("computes that stage anew, whatever the cache knows, and only looks again at what depends on it", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const begun: Array<string> = []
      const a = defineStage({ id: "t/a", outputs: { n: Count }, run: () => (begun.push("a"), { n: { n: 1 } }) })
      const b = defineStage({
        id: "t/b",
        inputs: { n: Count },
        outputs: { n: Count },
        run: ({ inputs }) => (begun.push("b"), { n: { n: inputs.n.n + 1 } })
      })
      const pipeline = definePipeline({
        name: "p",
        stages: ({ use }) => {
          const first = use(a)
          return { a: first, b: use(b, { inputs: { n: first.n } }) }
        }
      }) as AnyPipeline
      const { engine } = yield* anEngine(stores)
      const run = yield* start(engine, pipeline)
      assert.strictEqual((yield* run.result).status, "completed")
      const refused = yield* Effect.flip(resume(engine, run.id, pipeline))
      assert.match(refused.message, /it completed: there is nothing left to do/)
      const { built } = yield* planHere(pipeline, { config: noWaits })
      const again = yield* engine.resume(run.id, built, "test", { stages: ["p.a"] })
      const state = yield* again.result
      assert.deepStrictEqual(statusesOf(state), { a: "completed", b: "completed" })
      assert.deepStrictEqual(begun, ["a", "b", "a"], "what b reads has not changed")
      assert.strictEqual(state.stages.get("p.a")!.fresh, false)
    })
  )
})
