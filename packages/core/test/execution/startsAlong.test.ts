import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Schema } from "effect"
import { type AnyPipeline, definePipeline, defineStage } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { within } from "./homes.ts"
import { anEngine, Count, start, until } from "./support.ts"

/** A stage that is made anew for every version, and behind it partitions that can be reused, each on one core. `ran` is told which are made. */
const fanOf = (version: number, keys: ReadonlyArray<string>, ran: Array<string>) =>
  definePipeline({
    name: "p",
    stages: ({ use }) => {
      const policy = { resources: { cpu: 0 } }
      const head = use(defineStage({ id: "t/head", version, policy, outputs: { n: Count }, run: () => ({ n: { n: 1 } }) }))
      const fan = defineStage({
        id: "t/fan",
        inputs: { n: Count },
        outputs: { n: Count },
        policy: { resources: { cpu: 1 } },
        partitions: { key: Schema.String, keys: () => keys },
        run: ({ key }) => {
          ran.push(key)
          return { n: { n: 1 } }
        }
      })
      return { head, fan: use(fan, { inputs: { n: head.n } }) }
    }
  }) as AnyPipeline
/** A pipeline that holds a core from when it tells `has` until `end`. */
const holder = () => {
  const [has, end] = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()]
  const stage = defineStage({
    id: "t/hold",
    outputs: { n: Count },
    policy: { cache: "never", resources: { cpu: 1 } },
    *run() {
      yield* Deferred.succeed(has, undefined)
      yield* Deferred.await(end)
      return { n: { n: 1 } }
    }
  })
  return { has, end, pipeline: definePipeline({ name: "q", stages: ({ use }) => ({ it: use(stage) }) }) as AnyPipeline }
}

describe("units that would start with the append that makes them known", () => {
  it.live("start once when the cache has one of them, though the gate lets in another while the append is on its way", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const go = Deferred.makeUnsafe<void>()
      let onItsWay = false
      /** The append of four units waits for `go`. */
      const slow = Layer.effect(
        Journal,
        Effect.map(Journal, (journal): typeof Journal.Service => ({
          ...journal,
          append: (at, events, tail) => {
            if (tail?.unless.length !== 4) return journal.append(at, events, tail)
            onItsWay = true
            return Effect.andThen(Deferred.await(go), journal.append(at, events, tail))
          }
        }))
      )
      const context = yield* Layer.build(Layer.provideMerge(slow, stores.layer))
      const { engine } = yield* anEngine({ layer: Layer.succeedContext(context) }, { capacity: { cpu: 2, memoryMB: 100_000 } })
      const ran: Array<string> = []
      yield* (yield* start(engine, fanOf(1, ["known"], ran))).result

      const { end, has, pipeline } = holder()
      const other = yield* start(engine, pipeline)
      yield* Deferred.await(has)
      const run = yield* start(engine, fanOf(2, ["a", "b", "c", "known"], ran))
      yield* until(() => onItsWay)
      yield* Deferred.succeed(end, undefined)
      yield* other.result
      yield* Deferred.succeed(go, undefined)

      const state = yield* run.result
      assert.deepStrictEqual([state.status, ran.toSorted()], ["completed", ["a", "b", "c", "known"]])
    }).pipe(Effect.scoped)
  )
  it.live("are reused without room in the machine, when what they would make is known", () =>
    Effect.gen(function* () {
      const { engine } = yield* anEngine(new MemoryStores(), { capacity: { cpu: 1, memoryMB: 100_000 } })
      const ran: Array<string> = []
      yield* (yield* start(engine, fanOf(1, ["known"], ran))).result
      const { end, has, pipeline } = holder()
      const other = yield* start(engine, pipeline)
      yield* Deferred.await(has)
      const run = yield* start(engine, fanOf(2, ["known"], ran))
      const state = yield* within(run.result)
      assert.strictEqual(state === "HANGS" ? state : state.status, "completed")
      assert.deepStrictEqual(ran, ["known"], "by the run before only")
      yield* Deferred.succeed(end, undefined)
      yield* other.result
    }).pipe(Effect.scoped)
  )
})
