import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Schema } from "effect"
import { TestClock } from "effect/testing"
import type { RunEvent } from "../../src/domain/RunEvent.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { Journal, StoreError } from "../../src/execution/ports/Journal.ts"
import { anEngine, asset, defineStage, eventsOf, pipelineOf, start, tags, until } from "./support.ts"

type Append = (typeof Journal.Service)["append"]
/** Stores whose journal appends as `change` says. */
const appendingAs = (stores: MemoryStores, change: (append: Append) => Append) => ({
  layer: Layer.provideMerge(
    Layer.effect(
      Journal,
      Effect.map(Journal, (journal): typeof Journal.Service => ({ ...journal, append: change(journal.append) }))
    ),
    stores.layer
  )
})
const full = new StoreError({ reason: "full", detail: "the disk is full", hint: "Free some space" })
const counting = pipelineOf(defineStage({ id: "t/count", outputs: { n: asset("n") }, run: () => ({ n: { n: 1 } }) }))

describe("a store that cannot be written for a while", () => {
  it.effect("holds the run up, which says so once, and goes on where it was when there is room", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let refused = 0
      let hasRoom = false
      const { engine } = yield* anEngine(
        appendingAs(
          stores,
          (append) =>
            (...asked) =>
              Effect.suspend(() => (hasRoom ? append(...asked) : (refused++, Effect.fail(full))))
        )
      )
      const run = yield* start(engine, counting)
      yield* until(() => refused === 1)
      for (let i = 0; i < 30; i++) yield* TestClock.adjust("1 second")
      assert.isAbove(refused, 3)
      const said = (yield* stores.log.read(run.id)).filter((line) => line.level === "warn")
      assert.strictEqual(said.length, 1)
      assert.match(said[0].message, /the disk is full.*waits/)
      hasRoom = true
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* run.result).status, "completed")
      assert.deepStrictEqual(
        eventsOf(stores, run.id).map((e) => e.seq),
        eventsOf(stores, run.id).map((_, i) => i + 1)
      )
    }).pipe(Effect.scoped)
  )
  it.effect("ends it here after a minute, with words that say how to go on", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(appendingAs(stores, () => () => Effect.fail(full)))
      const run = yield* start(engine, counting)
      const lost = yield* Effect.forkChild(Effect.flip(run.result), { startImmediately: true })
      for (let i = 0; i < 70; i++) yield* TestClock.adjust("1 second")
      const { message } = yield* Fiber.join(lost)
      assert.match(message, /the disk is full\. Free some space.*tetra run --resume/)
      assert.deepStrictEqual(tags(eventsOf(stores, run.id)), ["RunRequested", "PlanFixed", "RunStarted"])
    }).pipe(Effect.scoped)
  )
})
describe("what is not durable yet", () => {
  it.live("is told to nobody: neither to the stage that saved a mark, nor to those who follow the run", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const gate = yield* Deferred.make<void>()
      const held = (events: ReadonlyArray<RunEvent>) => events.some((e) => e._tag === "Checkpoint")
      let waits = false
      const { engine } = yield* anEngine(
        appendingAs(stores, (append) => (at, events) => {
          if (!held(events)) return append(at, events)
          waits = true
          return Effect.andThen(Deferred.await(gate), append(at, events))
        })
      )
      let saved = false
      const heard: Array<string> = []
      const stage = defineStage({
        id: "t/marks",
        outputs: { n: asset("n") },
        checkpoint: Schema.Struct({ at: Schema.Int }),
        *run({ checkpoint }) {
          yield* checkpoint.save({ at: 1 })
          saved = true
          return { n: { n: 1 } }
        }
      })
      const run = yield* start(engine, pipelineOf(stage), { onLive: (event) => void heard.push(event._tag) })
      yield* until(() => waits)
      for (let i = 0; i < 5; i++) yield* Effect.promise(() => new Promise((resume) => setImmediate(resume)))
      assert.isFalse(saved)
      assert.notInclude(heard, "Checkpoint")
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual((yield* run.result).status, "completed")
      assert.isTrue(saved)
      assert.include(heard, "Checkpoint")
    }).pipe(Effect.scoped)
  )
})
