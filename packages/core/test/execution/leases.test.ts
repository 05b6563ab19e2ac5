import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { MemoryStores } from "../../src/execution/memory.ts"
import { anEngine, asset, defineStage, eventsOf, owner, pipelineOf, start, tags, until } from "./support.ts"

const lasting = (began: () => void) =>
  pipelineOf(
    defineStage({
      id: "t/lasting",
      outputs: { n: asset("n") },
      *run({ sleep }) {
        began()
        yield* sleep("5 minutes")
        return { n: { n: 1 } }
      }
    })
  )

describe("a run and its leases", () => {
  it.effect("stops when another process has taken its pipeline, and records nothing more", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let began = false
      const { engine } = yield* anEngine(stores, { owner: owner("a") })
      const run = yield* start(
        engine,
        lasting(() => (began = true))
      )
      yield* until(() => began)
      // What a pause of a minute does (a closed laptop, a stopped process): the lease runs out and is taken.
      yield* stores.leases.acquire(["pipeline/p"], owner("b"), "run-b", 100_000)
      yield* TestClock.adjust("10 seconds")
      const lost = yield* Effect.flip(run.result)
      assert.match(lost.message, /another process has taken p over meanwhile/)
      assert.notInclude(tags(eventsOf(stores, run.id)), "UnitCommitted")
      const again = yield* stores.leases.acquire(["pipeline/p"], owner("c"), "run-c", 100_001)
      assert.strictEqual(again._tag, "Busy", "what the new holder has stays its own")
    })
  )
  it.live("answers the same command from another process with that run, while it goes on and after", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let began = false
      const a = yield* anEngine(stores, { owner: owner("a") })
      const b = yield* anEngine(stores, { owner: owner("b") })
      const pipeline = lasting(() => (began = true))
      const first = yield* start(a.engine, pipeline, { commandId: "c-1" })
      yield* until(() => began)
      const again = yield* start(b.engine, pipeline, { commandId: "c-1" })
      assert.deepStrictEqual([again.id, first.here, again.here], [first.id, true, false])
      yield* first.cancel("test", "enough")
      yield* first.result
      assert.strictEqual((yield* again.result).status, "cancelled", "who came second is told how it ended")
      const after = yield* start(b.engine, pipeline, { commandId: "c-1" })
      assert.deepStrictEqual([after.id, (yield* after.result).status], [first.id, "cancelled"])
    })
  )
  it.effect("goes on while it holds them", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let began = false
      const { engine } = yield* anEngine(stores, { owner: owner("a") })
      const run = yield* start(
        engine,
        lasting(() => (began = true))
      )
      yield* until(() => began)
      yield* TestClock.adjust("4 minutes")
      const other = yield* stores.leases.acquire(["pipeline/p"], owner("b"), "run-b", 240_000)
      assert.strictEqual(other._tag, "Busy")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* run.result).status, "completed")
    })
  )
})
