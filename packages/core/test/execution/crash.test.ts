import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { everyCrash, memoryPlace, mortals } from "./crashing.ts"
import { embeddedPlace } from "./embeddedPlace.ts"
import { Mortality } from "./mortality.ts"
import { anEngine, asset, defineStage, pipelineOf, resume, start, until } from "./support.ts"

/** Names of the calls, without when and how often. */
const kinds = (calls: ReadonlyArray<string>) => new Set(calls.map((call) => call.split(/[ ,]/)[1]))

describe("a crash at any durable call", () => {
  it.live(
    "costs nothing: the next process ends the run as it would have ended, every unit committed once",
    () =>
      Effect.gen(function* () {
        const calls = yield* everyCrash(memoryPlace, { before: 1, after: 2 })
        assert.isAtLeast(calls.length, 50)
        const all = [
          "acquire",
          "create",
          "append",
          "seal",
          "finish",
          "putValue",
          "putFile",
          "merge",
          "publish",
          "expose",
          "sweep",
          "release"
        ]
        assert.includeMembers([...kinds(calls)], all)
      }),
    60_000
  )
  it.live(
    "costs nothing either when it befalls the process that goes on",
    () =>
      Effect.gen(function* () {
        const calls = yield* everyCrash(memoryPlace, { before: 1, after: 3 }, [{ when: "after", nth: 14 }])
        assert.include([...kinds(calls)], "takeOver")
      }),
    60_000
  )
  it.live("holds on the embedded store", () => everyCrash(embeddedPlace, { before: 7, after: 9 }), 60_000)
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
