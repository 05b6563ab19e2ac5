/** What comes too late: from attempts that are over, marks whose rows are gone, answers that are too old. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Schema } from "effect"
import { TestClock } from "effect/testing"
import { batch, Col, defineTable } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import {
  anEngine,
  asset,
  Count,
  defineStage,
  eventsOf,
  noWaits,
  owner,
  pipelineOf,
  resume,
  runOnce,
  start,
  tags,
  until
} from "./support.ts"

const Rows = defineTable("t/Rows@1", { n: Col.int }, { key: ["n"] })

describe("an attempt that is over", () => {
  it.live("saves no mark any more: it hears that another one has its unit", () =>
    Effect.gen(function* () {
      const second = yield* Deferred.make<void>()
      const late = yield* Deferred.make<Exit.Exit<void, unknown>>()
      const stage = defineStage({
        id: "t/late",
        outputs: { n: asset("n") },
        checkpoint: Schema.Struct({ of: Schema.Int }),
        *run({ checkpoint, unit }) {
          if (unit.attempt === 1) {
            yield* Effect.forkDetach(
              Effect.gen(function* () {
                yield* Deferred.await(second)
                yield* Deferred.succeed(late, yield* Effect.exit(checkpoint.save({ of: 1 })))
              })
            )
            throw new Error("gone, but not all of it")
          }
          yield* Deferred.succeed(second, undefined)
          yield* Deferred.await(late)
          return { n: { n: 1 } }
        }
      })
      const { events, state } = yield* runOnce(pipelineOf(stage, { retry: { maxAttempts: 2 } }), { config: noWaits })
      assert.strictEqual(state.status, "completed", state.reason)
      assert.notInclude(tags(events), "Checkpoint")
      assert.match(String(yield* Deferred.await(late)), /this attempt of p.it is over/)
    })
  )
})
describe("a mark", () => {
  it.live("whose rows are gone is not gone on from: the attempt begins at the start", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let hangs = true
      let saved = false
      const from: Array<number> = []
      const stage = pipelineOf(
        defineStage({
          id: "t/marks",
          outputs: { rows: Rows },
          checkpoint: Schema.Struct({ next: Schema.Int }),
          *run({ checkpoint, out }) {
            const first = checkpoint.resumed._tag === "Some" ? checkpoint.resumed.value.next : 0
            from.push(first)
            for (let n = first; n < 2; n++) {
              yield* out.rows.append(batch({ n: Int32Array.of(n) }))
              yield* checkpoint.save({ next: n + 1 })
              saved = true
              if (hangs) yield* Effect.never
            }
            return { rows: out.rows.done() }
          }
        })
      )
      const a = yield* anEngine(stores)
      const run = yield* start(a.engine, stage)
      yield* until(() => saved)
      yield* a.crash
      stores.objects.tables.clear()
      hangs = false
      const b = yield* anEngine(stores)
      const state = yield* (yield* resume(b.engine, run.id, stage)).result
      assert.strictEqual(state.status, "completed", state.reason)
      assert.deepStrictEqual(from, [0, 0])
    }).pipe(Effect.scoped)
  )
})
describe("a cached answer", () => {
  const counted = () => {
    let runs = 0
    const stage = defineStage({ id: "t/counted", outputs: { n: asset("n") }, run: () => ({ n: { n: ++runs } }) })
    return { pipeline: pipelineOf(stage, { cache: { maxAge: "1 hour" } }), runs: () => runs }
  }
  it.effect("is taken while it is young enough, and not after", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { pipeline, runs } = counted()
      yield* runOnce(pipeline, { stores })
      yield* TestClock.adjust("50 minutes")
      yield* runOnce(pipeline, { stores })
      assert.strictEqual(runs(), 1)
      yield* TestClock.adjust("20 minutes")
      yield* runOnce(pipeline, { stores })
      assert.strictEqual(runs(), 2)
    }).pipe(Effect.scoped)
  )
  it.effect("is not asked for by a forced run", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { pipeline, runs } = counted()
      yield* runOnce(pipeline, { stores })
      yield* runOnce(pipeline, { stores, force: true })
      assert.strictEqual(runs(), 2)
    }).pipe(Effect.scoped)
  )
})
describe("a lost attempt", () => {
  it.live("is no try: all that the policy allows are left", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let begun = 0
      const stage = pipelineOf(
        defineStage({
          id: "t/lost",
          outputs: { n: asset("n") },
          *run() {
            begun++
            if (begun === 1) yield* Effect.never
            if (begun === 2) throw new Error("once")
            return { n: { n: 1 } }
          }
        }),
        { retry: { maxAttempts: 2 } }
      )
      const a = yield* anEngine(stores)
      const run = yield* start(a.engine, stage)
      yield* until(() => begun === 1)
      yield* a.crash
      const b = yield* anEngine(stores)
      const state = yield* (yield* resume(b.engine, run.id, stage)).result
      assert.strictEqual(state.status, "completed", state.reason)
      assert.strictEqual(eventsOf(stores, run.id).filter((e) => e._tag === "AttemptStarted").length, 3)
    }).pipe(Effect.scoped)
  )
})

describe("a side effect", () => {
  it.live("that failed is tried again with the key that it had", () =>
    Effect.gen(function* () {
      const keys: Array<string> = []
      const stage = defineStage({
        id: "t/sends",
        outputs: { n: asset("n") },
        async run({ once }) {
          await once("send", async (key) => {
            keys.push(key)
            if (keys.length === 1) throw new Error("no answer")
          })
          return { n: { n: 1 } }
        }
      })
      const { state } = yield* runOnce(pipelineOf(stage, { retry: { maxAttempts: 2 } }))
      assert.strictEqual(state.status, "completed", state.reason)
      assert.strictEqual(keys.length, 2)
      assert.strictEqual(new Set(keys).size, 1)
    })
  )
})
describe("going on with a run", () => {
  it.live("does no partition again that was committed, also where nothing is cached", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const done: Array<string> = []
      let broken = true
      const stage = pipelineOf(
        defineStage({
          id: "t/parts",
          outputs: { n: Count },
          partitions: { key: Schema.String, keys: () => ["a", "b", "c"] },
          run: ({ key }) => {
            if (key === "b" && broken) throw new Error("not yet")
            done.push(key)
            return { n: { n: 1 } }
          }
        }),
        { cache: "never", retry: { maxAttempts: 1 } }
      )
      const { engine } = yield* anEngine(stores)
      const run = yield* start(engine, stage)
      assert.strictEqual((yield* run.result).status, "failed")
      broken = false
      assert.strictEqual((yield* (yield* resume(engine, run.id, stage)).result).status, "completed")
      assert.deepStrictEqual(done, ["a", "c", "b"])
    }).pipe(Effect.scoped)
  )
  it.live("is for runs that were left behind: one in the hands of a living process is none", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const gate = yield* Deferred.make<void>()
      const waiting = pipelineOf(
        defineStage({ id: "t/waits", outputs: { n: asset("n") }, run: () => Effect.as(Deferred.await(gate), { n: { n: 1 } }) })
      )
      const a = yield* anEngine(stores, { owner: owner("a") })
      const run = yield* start(a.engine, waiting)
      const b = yield* anEngine(stores, { owner: owner("b") })
      assert.deepStrictEqual(yield* b.engine.orphans, [])
      yield* Deferred.succeed(gate, undefined)
      yield* run.result
    }).pipe(Effect.scoped)
  )
})
