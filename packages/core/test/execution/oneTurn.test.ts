/** A cancellation and the admission of a unit that come to the run in one turn, in either order. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer } from "effect"
import { definePipeline } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { anEngine, defineStage, eventsOf, start, tags, until } from "./support.ts"
import { within } from "./homes.ts"

/** Stores whose journal keeps what `SideEffectDone` is part of waiting until the gate opens: a long turn. */
const slowTurns = (stores: MemoryStores, gate: Deferred.Deferred<void>) => {
  let waits = false
  const layer = Layer.provideMerge(
    Layer.effect(
      Journal,
      Effect.map(Journal, (journal): typeof Journal.Service => ({
        ...journal,
        append: (at, events, tail) => {
          if (!events.some((e) => e._tag === "SideEffectDone")) return journal.append(at, events, tail)
          waits = true
          return Effect.andThen(Deferred.await(gate), journal.append(at, events, tail))
        }
      }))
    ),
    stores.layer
  )
  return { layer, waits: () => waits }
}
const turns = (n: number) =>
  Effect.promise(async () => {
    for (let i = 0; i < n; i++) await new Promise((resume) => setImmediate(resume))
  })

describe("a cancellation and an admission in one turn", () => {
  it.live.each(["the cancellation", "the admission"] as const)(
    "%s first: the run ends, and what it held is given back",
    (first) =>
      Effect.gen(function* () {
        const stores = new MemoryStores()
        const [gate, other, speak] = [yield* Deferred.make<void>(), yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const slow = slowTurns(stores, gate)
        const { engine } = yield* anEngine(slow, { capacity: { cpu: 1, memoryMB: 1_000 } })
        const occupying = definePipeline({
          name: "a",
          stages: ({ use }) => ({ it: use(defineStage({ id: "t/occupies", run: () => Deferred.await(other) })) })
        })
        let worked = 0
        const cancelled = definePipeline({
          name: "b",
          stages: ({ use }) => ({
            talks: use(
              defineStage({
                id: "t/talks",
                policy: { resources: { cpu: 0 } },
                *run({ once }) {
                  yield* Deferred.await(speak)
                  yield* once("k", () => Effect.void)
                  yield* Effect.never
                }
              })
            ),
            works: use(
              defineStage({
                id: "t/works",
                *run() {
                  worked++
                  yield* Effect.never
                }
              })
            )
          })
        })
        const a = yield* start(engine, occupying)
        yield* until(() => tags(eventsOf(stores, a.id)).includes("AttemptStarted"))
        const b = yield* start(engine, cancelled)
        yield* until(() => tags(eventsOf(stores, b.id)).includes("AttemptStarted"))
        yield* Deferred.succeed(speak, undefined)
        yield* until(slow.waits)
        const admit = Effect.andThen(Deferred.succeed(other, undefined), a.result)
        const cancel = Effect.andThen(Effect.forkScoped(b.cancel("test", "enough"), { startImmediately: true }), turns(3))
        yield* first === "the admission" ? Effect.andThen(admit, cancel) : Effect.andThen(cancel, admit)
        yield* Deferred.succeed(gate, undefined)
        const end = yield* within(b.result)
        assert.strictEqual(end === "HANGS" ? end : end.status, "cancelled")
        if (first === "the cancellation") assert.strictEqual(worked, 0, "nothing begins after it")
        const next = yield* start(engine, occupying)
        assert.notStrictEqual(yield* within(next.result), "HANGS", "the only core is free again")
      }).pipe(Effect.scoped)
  )
})
