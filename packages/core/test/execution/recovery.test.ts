import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { batch, Col, definePipeline, defineStage, defineTable, type AnyPipeline } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { anEngine, Count, eventsOf, noWaits, owner, pipelineOf, resume, runOnce, start, statusesOf, until } from "./support.ts"

const Rows = defineTable("t/Rows@1", { n: Col.int }, { key: ["n"] })

/** A stage that is done, then one that hangs while `hangs()` and says so. */
const hanging = (hangs: () => boolean) => {
  let begun = 0
  const one = defineStage({ id: "t/one", outputs: { n: Count }, run: () => ({ n: { n: 1 } }) })
  const two = defineStage({
    id: "t/two",
    inputs: { n: Count },
    outputs: { n: Count },
    run: ({ inputs }) => {
      begun++
      return hangs() ? Effect.never : Effect.succeed({ n: { n: inputs.n.n + 1 } })
    }
  })
  const pipeline = definePipeline({
    name: "p",
    stages: ({ use }) => {
      const first = use(one)
      return { one: first, two: use(two, { inputs: { n: first.n } }) }
    }
  }) as AnyPipeline
  return { pipeline, begun: () => begun }
}

describe("Engine.abandon", () => {
  it.live("ends a run that was left behind as failed; --resume still goes on with it", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let hangs = true
      const { begun, pipeline } = hanging(() => hangs)
      const a = yield* anEngine(stores, { owner: owner("a") })
      const first = yield* start(a.engine, pipeline)
      yield* until(() => begun() === 1)
      yield* a.crash
      const b = yield* anEngine(stores, { owner: owner("b") })
      yield* b.engine.abandon(first.id, "its process is gone")
      const row = stores.state.runs.get(first.id)!.row
      assert.deepInclude(row, { status: "failed", reason: "its process is gone" })
      assert.strictEqual(begun(), 1, "nothing more of it was done")
      const recorded = row.seq
      yield* b.engine.abandon(first.id, "again")
      assert.strictEqual(row.seq, recorded, "a run that has ended is left as it is")
      hangs = false
      const state = yield* (yield* resume(b.engine, first.id, pipeline)).result
      assert.deepStrictEqual(statusesOf(state), { one: "completed", two: "completed" })
      assert.strictEqual(state.stages.get("p.one")!.units.get(null)!.attempt, 1, "what was committed was kept")
    }).pipe(Effect.scoped)
  )
  it.live("leaves alone a run that a living process has", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { begun, pipeline } = hanging(() => true)
      const a = yield* anEngine(stores, { owner: owner("a") })
      const first = yield* start(a.engine, pipeline)
      yield* until(() => begun() === 1)
      const b = yield* anEngine(stores, { owner: owner("b") })
      const refused = yield* Effect.flip(b.engine.abandon(first.id, "x"))
      assert.strictEqual(refused._tag, "Busy")
      assert.strictEqual((yield* Effect.flip(a.engine.abandon(first.id, "x")))._tag, "CannotResume")
      yield* first.cancel("test", "over")
      assert.strictEqual((yield* first.result).status, "cancelled")
    }).pipe(Effect.scoped)
  )
})

describe("a unit whose process dies again and again", () => {
  /** Crashes a run `times` times while its stage runs; answers the state of a last continuation in which it would work. */
  const afterCrashes = (times: number, saves: boolean) =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let begun = 0
      let deadly = true
      const stage = defineStage({
        id: "t/deadly",
        outputs: { n: Count },
        checkpoint: Schema.Struct({ at: Schema.Int }),
        *run({ checkpoint }) {
          if (saves) yield* checkpoint.save({ at: begun })
          begun++
          if (deadly) yield* Effect.never
          return { n: { n: 1 } }
        }
      })
      const a = yield* anEngine(stores)
      const first = yield* start(a.engine, pipelineOf(stage))
      yield* until(() => begun === 1)
      yield* a.crash
      for (let i = 1; i < times; i++) {
        const next = yield* anEngine(stores)
        yield* resume(next.engine, first.id, pipelineOf(stage))
        yield* until(() => begun === i + 1)
        yield* next.crash
      }
      deadly = false
      const last = yield* anEngine(stores)
      const state = yield* (yield* resume(last.engine, first.id, pipelineOf(stage))).result
      return { state, stores, begun, again: resume(last.engine, first.id, pipelineOf(stage)) }
    })
  it.live("is tried five times, then fails as poisoned; resuming by hand tries it again", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* afterCrashes(4, false)).state.status, "completed")
      const { again, begun, state, stores } = yield* afterCrashes(5, false)
      assert.deepInclude(state, { status: "failed" })
      assert.match(state.reason ?? "", /Poisoned: the process ended 5 times while this ran/)
      assert.strictEqual(begun, 5)
      const failed = eventsOf(stores, state.run).filter((e) => e._tag === "AttemptFailed")
      assert.strictEqual(failed.length, 1)
      assert.strictEqual((yield* (yield* again).result).status, "completed")
    }).pipe(Effect.scoped)
  )
  it.live("is no such unit when it gets on: a checkpoint starts the count anew", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* afterCrashes(6, true)).state.status, "completed")
    }).pipe(Effect.scoped)
  )
})

describe("checkpoint_recovery", () => {
  /** Saves four marks and fails after the second one while `broken()`; `from` says where each attempt began. */
  const marking = (broken: () => boolean, version = 1) => {
    const from: Array<number> = []
    const stage = defineStage({
      id: "t/marking",
      version,
      outputs: { rows: Rows },
      checkpoint: Schema.Struct({ next: Schema.Int }),
      *run({ checkpoint, out }) {
        const first = checkpoint.resumed._tag === "Some" ? checkpoint.resumed.value.next : 0
        from.push(first)
        for (let next = first; next < 4; next++) {
          yield* out.rows.append(batch({ n: Int32Array.of(next) }))
          yield* checkpoint.save({ next: next + 1 })
          if (next === 1 && broken()) throw new Error("half way")
        }
        return { rows: out.rows.done() }
      }
    })
    return { pipeline: pipelineOf(stage), from }
  }
  const procedures = (checkpoint_recovery?: boolean) => ({
    ...noWaits,
    recovery_procedures: { p: { failure_actions: checkpoint_recovery === undefined ? [] : [{ checkpoint_recovery }] } }
  })
  /** Fails half way in one run, works in the next one; answers where that began and the version of what it made. */
  const next = (asked: boolean | undefined, version = 1) =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const failed = yield* runOnce(marking(() => true).pipeline, { stores, config: procedures(asked) })
      assert.strictEqual(failed.state.status, "failed")
      const { from, pipeline } = marking(() => false, version)
      const { log, state } = yield* runOnce(pipeline, { stores, config: procedures(asked) })
      assert.strictEqual(state.status, "completed", state.reason)
      const said = log.flatMap(({ message }) => (/checkpoint|beginning/.test(message) ? [message] : []))
      return {
        from,
        said: said.join().replace(failed.state.run, "A"),
        version: state.stages.get("p.it")?.outputs["rows"]?.version
      }
    })
  it.live("lets the next run go on from the marks of one that failed, to the same answer", () =>
    Effect.gen(function* () {
      const whole = yield* next(undefined)
      assert.deepStrictEqual(whole.from, [0], "without the wish every run begins at the start")
      assert.deepStrictEqual(yield* next(true), { ...whole, from: [2], said: "goes on from the checkpoint of run A" })
      const other = yield* next(true, 2)
      assert.deepStrictEqual(other.from, [0], "a new version of the stage begins at the start")
      assert.strictEqual(other.said, "starts from the beginning: the checkpoint of run A was made with another stage")
    }).pipe(Effect.scoped)
  )
  it.live("as false ignores marks altogether", () =>
    Effect.gen(function* () {
      let broken = true
      const { from, pipeline } = marking(() => broken)
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const handle = yield* start(engine, pipeline, { config: procedures(false) })
      assert.strictEqual((yield* handle.result).status, "failed")
      broken = false
      const again = yield* resume(engine, handle.id, pipeline, { config: procedures(false) })
      assert.strictEqual((yield* again.result).status, "completed")
      assert.deepStrictEqual(from, [0, 0])
    }).pipe(Effect.scoped)
  )
})
