import { Journal, MemoryStores, StoreError } from "@tetra/core/engine"
import { Deferred, Effect, Layer } from "effect"
import { expect, it } from "vitest"
import { timedStore } from "../../src/server/timedStore.ts"

/** Appends to a store that answers each at once, and has it on disk when the gate opens. */
const appended = (then: (gate: Deferred.Deferred<void, StoreError>, seconds: ReadonlyArray<number>) => Effect.Effect<void>) => {
  const gate = Deferred.makeUnsafe<void, StoreError>()
  const seconds: Array<number> = []
  const slow = Layer.effect(
    Journal,
    Effect.map(Journal, (journal) => ({ ...journal, append: () => Effect.succeed(1), durable: Deferred.await(gate) }))
  )
  const stores = Layer.provideMerge(slow, new MemoryStores().layer)
  const work = Effect.gen(function* () {
    yield* (yield* Journal).append({ run: "run-1", expectedSeq: 0, epoch: 1, now: 0 }, [])
    yield* turn
    yield* then(gate, seconds)
  })
  return Effect.runPromise(
    Effect.provide(
      work,
      Layer.provideMerge(
        timedStore((one) => seconds.push(one)),
        stores
      )
    )
  )
}
const turn = Effect.promise(() => new Promise<void>((resume) => setImmediate(resume)))

it("times an append until it is on disk, and does not hold it up", () =>
  appended((gate, seconds) =>
    Effect.gen(function* () {
      expect(seconds).toEqual([])
      yield* Deferred.succeed(gate, undefined)
      yield* turn
      expect(seconds.length).toBe(1)
    })
  ))
it("tells no time of what the disk has not kept", () =>
  appended((gate, seconds) =>
    Effect.gen(function* () {
      yield* Deferred.fail(gate, new StoreError({ reason: "other", detail: "the disk has not kept it", hint: "Look at it" }))
      yield* turn
      expect(seconds).toEqual([])
    })
  ))
