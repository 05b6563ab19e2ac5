import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { everyCrash, memoryPlace, mortals } from "./crashing.ts"
import { embeddedPlace } from "./embeddedPlace.ts"
import { Mortality } from "./mortality.ts"
import { anEngine, asset, defineStage, pipelineOf, resume, start, until } from "./support.ts"

/** A sample of the calls, and every renewal; `test/harness/crash.test.ts` tries every call. */
describe("a crash at any durable call", () => {
  it.live(
    "costs nothing: the next process ends the run as it would have ended, every unit committed once",
    () => Effect.map(everyCrash(memoryPlace, { before: 4, after: 5 }), ({ length }) => assert.isAtLeast(length, 12)),
    60_000
  )
  it.live(
    "costs nothing either when it befalls the process that goes on",
    () =>
      Effect.map(everyCrash(memoryPlace, { before: 4, after: 7 }, [{ when: "after", nth: 14 }]), ({ length }) =>
        assert.isAtLeast(length, 6)
      ),
    60_000
  )
  it.live("holds on the embedded store", () => everyCrash(embeddedPlace, { before: 29, after: 31 }), 60_000)
  it.effect.each(["before", "after"] as const)("costs nothing %s a renewal of the lease", (when) =>
    Effect.gen(function* () {
      const { layer } = yield* memoryPlace
      let began = 0
      const lasting = pipelineOf(
        defineStage({
          id: "t/lasting",
          outputs: { n: asset("n") },
          *run({ sleep }) {
            began++
            yield* sleep("1 minute")
            return { n: { n: 1 } }
          }
        })
      )
      const life = new Mortality({ when, nth: 2, call: "renew" })
      const a = yield* anEngine({ layer: life.over(layer) }, { owner: mortals(1) })
      const run = yield* start(a.engine, lasting)
      yield* until(() => began === 1)
      yield* TestClock.adjust("20 seconds")
      yield* Deferred.await(life.reached)
      yield* life.bury
      yield* a.crash
      const b = yield* anEngine({ layer }, { owner: mortals(2) })
      const next = yield* resume(b.engine, run.id, lasting)
      yield* until(() => began === 2)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* next.result).status, "completed")
    }).pipe(Effect.scoped)
  )
})
