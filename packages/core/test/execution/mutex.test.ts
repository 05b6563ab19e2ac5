import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { definePipeline, type AnyPipeline } from "../../src/index.ts"
import type { LiveEvent } from "../../src/domain/RunEvent.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { planHere } from "../../src/execution/planHere.ts"
import type { IfRunning } from "../../src/execution/Mutex.ts"
import type { ResumeInfo } from "../../src/execution/resumeRun.ts"
import { anEngine, Count, defineStage, eventsOf, noWaits, owner, resume, start, tags, type TestEngine, until } from "./support.ts"

/** No process has this number: Linux gives out none above 2^22. */
const gonePid = 2 ** 30

/** A pipeline whose only stage runs until it is opened; `begun` counts its attempts. */
const gated = () => {
  const at = { begun: 0, isOpen: false }
  const stage = defineStage({
    id: "t/gated",
    outputs: { n: Count },
    policy: { cache: "never" },
    *run() {
      at.begun++
      yield* until(() => at.isOpen)
      return { n: { n: 1 } }
    }
  })
  const pipeline = definePipeline({ name: "p", stages: ({ use }) => ({ it: use(stage) }) }) as AnyPipeline
  return { at, pipeline }
}
/** A run that has the pipeline, and how to start others from processes of their own. */
const aHolder = Effect.gen(function* () {
  const stores = new MemoryStores()
  const { at, pipeline } = gated()
  const first = yield* anEngine(stores, { owner: owner("a") })
  const holder = yield* start(first.engine, pipeline)
  yield* until(() => at.begun === 1)
  const another = (name: string, ifRunning?: IfRunning, pid = process.pid) =>
    Effect.gen(function* () {
      const { crash, engine } = yield* anEngine(stores, { owner: { ...owner(name), pid } })
      return { engine, crash, run: yield* start(engine, pipeline, ifRunning === undefined ? {} : { ifRunning }) }
    })
  const statusOf = (run: string) => stores.state.runs.get(run)!.row.status
  return { stores, at, pipeline, holder, another, statusOf }
})

describe("a run that is told as ended", () => {
  /** Starts a run and answers at the instant that its end is told. */
  const toldAsEnded = (engine: TestEngine["engine"], pipeline: AnyPipeline) =>
    Effect.gen(function* () {
      const ended = yield* Deferred.make<void>()
      const onLive = ({ _tag }: LiveEvent) => void (_tag === "RunEnded" && Deferred.doneUnsafe(ended, Effect.void))
      const run = yield* start(engine, pipeline, { onLive })
      yield* Deferred.await(ended)
      return run
    })
  it.live(
    "stands in nobody's way: the next one starts at that instant, here and in another process, 200 times",
    () =>
      Effect.gen(function* () {
        const stores = new MemoryStores()
        const { at, pipeline } = gated()
        at.isOpen = true
        const engines = [yield* anEngine(stores, { owner: owner("a") }), yield* anEngine(stores, { owner: owner("b") })]
        for (let i = 0; i < 200; i++) yield* toldAsEnded(engines[i % 3 === 0 ? 0 : 1].engine, pipeline)
        assert.strictEqual(at.begun, 200)
      }).pipe(Effect.scoped),
    30_000
  )
  it.live("can be gone on with at that instant, here and in another process", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { at, pipeline } = gated()
      at.isOpen = true
      const engines = [yield* anEngine(stores, { owner: owner("a") }), yield* anEngine(stores, { owner: owner("b") })]
      for (const { engine } of engines) {
        const ended = yield* toldAsEnded(engines[0].engine, pipeline)
        const again = yield* resume(engine, ended.id, pipeline, { stages: ["p.it"] })
        assert.strictEqual((yield* again.result).status, "completed")
      }
      assert.strictEqual(at.begun, 4)
    }).pipe(Effect.scoped)
  )
})

describe("a run whose pipeline another run has", () => {
  it.live("does not start, and is told who has it and what to type", () =>
    Effect.gen(function* () {
      const { another, holder, stores } = yield* aHolder
      const refused = yield* Effect.flip(another("b"))
      assert.deepInclude(refused, { _tag: "Busy", run: holder.id })
      assert.include(refused.message, `tetra cancel ${holder.id}`)
      assert.strictEqual(stores.state.runs.size, 1)
    }).pipe(Effect.scoped)
  )
  it.live("with queue waits as a pending run, and starts when the other has ended", () =>
    Effect.gen(function* () {
      const { another, at, holder, statusOf, stores } = yield* aHolder
      const { run } = yield* another("b", "queue_one")
      assert.strictEqual(statusOf(run.id), "pending")
      assert.deepInclude(
        eventsOf(stores, run.id).find((event) => event._tag === "RunQueued"),
        { pipeline: "p", behind: holder.id, policy: "queue_one" }
      )
      at.isOpen = true
      assert.deepStrictEqual([(yield* holder.result).status, (yield* run.result).status], ["completed", "completed"])
      assert.strictEqual(at.begun, 2)
    }).pipe(Effect.scoped)
  )
  it.live("with queue gives way to a newer one: at most one waits", () =>
    Effect.gen(function* () {
      const { another, at, stores } = yield* aHolder
      const second = yield* another("b", "queue_one")
      const third = yield* another("c", "queue_one")
      const state = yield* second.run.result
      assert.deepInclude(state, { status: "cancelled", reason: `superseded by run ${third.run.id}` })
      assert.notInclude(tags(eventsOf(stores, second.run.id)), "PipelineStarted")
      assert.strictEqual(stores.state.pipelines.get("p")?.current, "running", "the pipeline is as the first run left it")
      at.isOpen = true
      assert.strictEqual((yield* third.run.result).status, "completed")
      assert.strictEqual(at.begun, 2)
    }).pipe(Effect.scoped)
  )
  it.live("with replace has the other cancelled, and starts after its end", () =>
    Effect.gen(function* () {
      const { another, at, holder, stores } = yield* aHolder
      const { run } = yield* another("b", "replace")
      assert.deepInclude(yield* holder.result, { status: "cancelled", reason: `replaced by run ${run.id}` })
      at.isOpen = true
      assert.strictEqual((yield* run.result).status, "completed")
      const ended = eventsOf(stores, holder.id).find((event) => event._tag === "RunEnded")!
      const began = eventsOf(stores, run.id).find((event) => event._tag === "RunStarted")!
      assert.isAtLeast(began.at, ended.at)
    }).pipe(Effect.scoped)
  )
  it.live("can be cancelled while it waits", () =>
    Effect.gen(function* () {
      const { another, at, holder } = yield* aHolder
      const { run } = yield* another("b", "queue_one")
      yield* run.cancel("ada", "no more")
      assert.deepInclude(yield* run.result, { status: "cancelled", reason: "no more" })
      at.isOpen = true
      assert.strictEqual((yield* holder.result).status, "completed")
      assert.strictEqual(at.begun, 1)
      const { run: next } = yield* another("c")
      assert.strictEqual((yield* next.result).status, "completed")
    }).pipe(Effect.scoped)
  )
  it.live("is left alone while its process waits with it", () =>
    Effect.gen(function* () {
      const { another, stores } = yield* aHolder
      const { run } = yield* another("b", "queue_one")
      const { engine } = yield* anEngine(stores, { owner: owner("c") })
      assert.deepInclude(yield* Effect.flip(engine.abandon(run.id, "x")), { _tag: "Busy", run: run.id })
    }).pipe(Effect.scoped)
  )
  it.live("that dies while it waits leaves nothing behind that others wait for, and can be continued or ended", () =>
    Effect.gen(function* () {
      const { another, at, holder, pipeline, statusOf, stores } = yield* aHolder
      const dead = yield* another("b", "queue_one")
      yield* dead.crash
      const next = yield* another("c").pipe(Effect.flip)
      assert.strictEqual(next._tag, "Busy")
      const { engine } = yield* anEngine(stores, { owner: owner("d") })
      const { run: waiting } = yield* another("e", "queue_one")
      at.isOpen = true
      yield* holder.result
      assert.strictEqual((yield* waiting.result).status, "completed")
      assert.strictEqual(statusOf(dead.run.id), "pending")
      assert.strictEqual((yield* (yield* resume(engine, dead.run.id, pipeline)).result).status, "completed")
    }).pipe(Effect.scoped)
  )
  it.live("ends one that died while it waited, beside the run that has the pipeline", () =>
    Effect.gen(function* () {
      const { another, at, holder, stores } = yield* aHolder
      const dead = yield* another("b", "queue_one", gonePid)
      yield* dead.crash
      const { engine } = yield* anEngine(stores, { owner: owner("c") })
      assert.isTrue(yield* engine.abandon(dead.run.id, "its process is gone", { status: "cancelled", by: "ada" }))
      assert.deepInclude(stores.state.runs.get(dead.run.id)!.row, { status: "cancelled", reason: "its process is gone" })
      at.isOpen = true
      assert.strictEqual((yield* holder.result).status, "completed")
    }).pipe(Effect.scoped)
  )
})

describe("a run that is asked to go on while another has its pipeline", () => {
  /** One run that failed, and one that has the pipeline now. */
  const aFailed = Effect.gen(function* () {
    const stores = new MemoryStores()
    const at = { begun: 0, isOpen: false, isBroken: true }
    const stage = defineStage({
      id: "t/unsteady",
      outputs: { n: Count },
      policy: { cache: "never", retry: { maxAttempts: 1 } },
      *run() {
        if (at.isBroken) return yield* Effect.die(new Error("down"))
        at.begun++
        yield* until(() => at.isOpen)
        return { n: { n: 1 } }
      }
    })
    const pipeline = definePipeline({ name: "p", stages: ({ use }) => ({ it: use(stage) }) }) as AnyPipeline
    const first = yield* anEngine(stores, { owner: owner("a") })
    const failed = yield* start(first.engine, pipeline)
    assert.strictEqual((yield* failed.result).status, "failed")
    at.isBroken = false
    const holder = yield* start(first.engine, pipeline)
    yield* until(() => at.begun === 1)
    const again = (name: string, info: ResumeInfo = { ifRunning: "queue_one" }) =>
      Effect.gen(function* () {
        const { crash, engine } = yield* anEngine(stores, { owner: owner(name) })
        return { crash, engine, run: yield* resume(engine, failed.id, pipeline, info) }
      })
    const rowOf = (run: string) => stores.state.runs.get(run)!.row
    return { stores, at, pipeline, failed, holder, again, rowOf }
  })
  it.live("with queue waits as a pending run, and goes on when the other has ended", () =>
    Effect.gen(function* () {
      const { again, at, failed, holder, rowOf, stores } = yield* aFailed
      const { run } = yield* again("b")
      yield* until(() => tags(eventsOf(stores, failed.id)).includes("RunQueued"))
      assert.deepInclude(rowOf(failed.id), { status: "pending", endedAt: undefined, reason: undefined })
      at.isOpen = true
      assert.deepStrictEqual([(yield* holder.result).status, (yield* run.result).status], ["completed", "completed"])
      assert.strictEqual(at.begun, 2)
    }).pipe(Effect.scoped)
  )
  it.live("can be cancelled from another process while it waits, and be asked again", () =>
    Effect.gen(function* () {
      const { again, at, failed, holder, stores } = yield* aFailed
      const { run } = yield* again("b")
      yield* until(() => tags(eventsOf(stores, failed.id)).includes("RunQueued"))
      yield* stores.commands.send({ id: "c-1", run: failed.id, kind: "cancel", by: "ada", reason: "no more", at: Date.now() })
      assert.deepInclude(yield* run.result, { status: "cancelled", reason: "no more" })
      const { run: second } = yield* again("c")
      at.isOpen = true
      assert.strictEqual((yield* holder.result).status, "completed")
      assert.strictEqual((yield* second.result).status, "completed", "what was cancelled while it waited lost nothing")
    }).pipe(Effect.scoped)
  )
  it.live("gives way to a newer run that waits", () =>
    Effect.gen(function* () {
      const { again, at, pipeline, stores } = yield* aFailed
      const { run } = yield* again("b")
      const { engine } = yield* anEngine(stores, { owner: owner("c") })
      const newer = yield* start(engine, pipeline, { ifRunning: "queue_one" })
      assert.deepInclude(yield* run.result, { status: "cancelled", reason: `superseded by run ${newer.id}` })
      at.isOpen = true
      assert.strictEqual((yield* newer.result).status, "completed")
    }).pipe(Effect.scoped)
  )
  it.live("is refused to a second process while it waits in the first", () =>
    Effect.gen(function* () {
      const { again, failed, stores } = yield* aFailed
      yield* again("b")
      yield* until(() => tags(eventsOf(stores, failed.id)).includes("RunQueued"))
      assert.match((yield* Effect.flip(again("c"))).message, /has it in hand/)
    }).pipe(Effect.scoped)
  )
  it.live("goes on in another process when the one that waited with it has died", () =>
    Effect.gen(function* () {
      const { again, at, failed, holder, stores } = yield* aFailed
      const dead = yield* again("b")
      yield* until(() => tags(eventsOf(stores, failed.id)).includes("RunQueued"))
      yield* dead.crash
      at.isOpen = true
      yield* holder.result
      const { run } = yield* again("c", {})
      assert.strictEqual((yield* run.result).status, "completed")
    }).pipe(Effect.scoped)
  )
  it.live("is closed first when it was cut off, so that nothing of it stays open should it be cancelled", () =>
    Effect.gen(function* () {
      const { another, at, holder, pipeline, stores } = yield* aHolder
      const other = yield* anEngine(stores, { owner: owner("x") })
      const cut = yield* anEngine(stores, { owner: owner("y"), newRunId: () => "run-cut" })
      at.isOpen = true
      yield* holder.result
      at.isOpen = false
      const run = yield* start(cut.engine, pipeline)
      yield* until(() => at.begun === 2)
      yield* cut.crash
      const next = yield* another("z")
      yield* until(() => at.begun === 3)
      const waiting = yield* resume(other.engine, run.id, pipeline, { ifRunning: "queue_one" })
      yield* until(() => tags(eventsOf(stores, run.id)).includes("RunQueued"))
      const closed = eventsOf(stores, run.id).find((event) => event._tag === "RunEnded")
      assert.deepInclude(closed, { status: "failed", reason: "interrupted: p is in use, and it goes on after that" })
      at.isOpen = true
      yield* next.run.result
      assert.strictEqual((yield* waiting.result).status, "completed")
    }).pipe(Effect.scoped)
  )
})

describe("a command id", () => {
  it.live("gives one run to two processes that use it in the same instant", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { at, pipeline } = gated()
      at.isOpen = true
      const engines = yield* Effect.forEach(["a", "b", "c"], (name) => anEngine(stores, { owner: owner(name) }))
      const runs = yield* Effect.forEach(engines, ({ engine }) => start(engine, pipeline, { commandId: "c-1" }), {
        concurrency: "unbounded"
      })
      const states = yield* Effect.forEach(runs, (run) => run.result, { concurrency: "unbounded" })
      assert.strictEqual(new Set(runs.map((run) => run.id)).size, 1)
      assert.deepStrictEqual(
        states.map((state) => state.status),
        ["completed", "completed", "completed"]
      )
      assert.deepStrictEqual([at.begun, stores.state.runs.size], [1, 1])
      assert.strictEqual(runs.filter((run) => run.here).length, 1)
    }).pipe(Effect.scoped)
  )
  it.live("is waited for while the process that has just taken the pipeline records its run", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { at, pipeline } = gated()
      const b = yield* anEngine(stores, { owner: owner("b") })
      yield* stores.leases.acquire(["pipeline/p"], owner("a"), "run-x", Date.now())
      const second = yield* Effect.forkChild(start(b.engine, pipeline, { commandId: "c-1" }))
      yield* Effect.promise(() => new Promise((next) => setImmediate(next)))
      const a = yield* anEngine(stores, { owner: owner("a"), newRunId: () => "run-x" })
      yield* start(a.engine, pipeline, { commandId: "c-1" })
      const same = yield* Fiber.join(second)
      at.isOpen = true
      assert.deepStrictEqual([same.id, (yield* same.result).status], ["run-x", "completed"])
    }).pipe(Effect.scoped)
  )
  it.live("shows who follows all that happens, from the first event to the last, once", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { at, pipeline } = gated()
      const a = yield* anEngine(stores, { owner: owner("a") })
      const b = yield* anEngine(stores, { owner: owner("b") })
      const run = yield* start(a.engine, pipeline, { commandId: "c-1" })
      yield* until(() => at.begun === 1)
      const seen: Array<number> = []
      const same = yield* start(b.engine, pipeline, {
        commandId: "c-1",
        onLive: (event) => void (event._tag === "Log" || event.seq === 0 || seen.push(event.seq))
      })
      at.isOpen = true
      yield* same.result
      assert.deepStrictEqual(
        seen,
        eventsOf(stores, run.id).map((event) => event.seq)
      )
    }).pipe(Effect.scoped)
  )
})

describe("overlapping runs with keys", () => {
  it.live("go on side by side when their keys differ, and one at a time when they do not", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { at, pipeline } = gated()
      const { engine } = yield* anEngine(stores)
      const keyed = (key: string) =>
        Effect.gen(function* () {
          const { built } = yield* planHere(pipeline, { config: noWaits })
          const [planned] = built.plan.pipelines
          const plan = { ...built.plan, pipelines: [{ ...planned, concurrency: { policy: "allow" as const, key } }] }
          const info = { trigger: { kind: "test", detail: "" }, configVersion: "test", params: {} } as const
          return yield* engine.start({ ...built, plan }, info)
        })
      const [a, b] = [yield* keyed("a"), yield* keyed("b")]
      yield* until(() => at.begun === 2)
      assert.deepInclude(yield* Effect.flip(keyed("a")), { _tag: "Busy", run: a.id, pipeline: "p" })
      at.isOpen = true
      assert.deepStrictEqual([(yield* a.result).status, (yield* b.result).status], ["completed", "completed"])
    }).pipe(Effect.scoped)
  )
})
