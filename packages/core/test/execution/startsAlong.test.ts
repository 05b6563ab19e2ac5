import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Schema } from "effect"
import { type AnyPipeline, definePipeline, defineStage } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { within } from "./homes.ts"
import { anEngine, Count, start, until } from "./support.ts"

/** A stage that holds a core from when it tells `has` until `end`. */
const holding = (id: string) => {
  const [has, end] = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()]
  const stage = defineStage({
    id,
    outputs: { n: Count },
    policy: { cache: "never", resources: { cpu: 1 } },
    *run() {
      yield* Deferred.succeed(has, undefined)
      yield* Deferred.await(end)
      return { n: { n: 1 } }
    }
  })
  return { has, end, stage }
}
type Held = ReturnType<typeof holding>["stage"]
/** A stage that is made anew for every version, and behind it partitions that can be reused, each on one core, and perhaps one `beside`. `ran` is told which are made. */
const fanOf = (version: number, keys: ReadonlyArray<string>, ran: Array<string>, beside?: Held) =>
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
      return { ...(beside === undefined ? {} : { beside: use(beside) }), head, fan: use(fan, { inputs: { n: head.n } }) }
    }
  }) as AnyPipeline
const holder = () => {
  const { stage, ...told } = holding("t/hold")
  return { ...told, pipeline: definePipeline({ name: "q", stages: ({ use }) => ({ it: use(stage) }) }) as AnyPipeline }
}
/** The append of `size` units that start along tells `onTheWay` and waits for `go`. */
const slowJournal = (size: number, { go, onTheWay }: { readonly go: Deferred.Deferred<void>; readonly onTheWay: () => void }) =>
  Layer.effect(
    Journal,
    Effect.map(Journal, (journal): typeof Journal.Service => ({
      ...journal,
      append: (at, events, tail) => {
        if (tail?.unless.length !== size) return journal.append(at, events, tail)
        onTheWay()
        return Effect.andThen(Deferred.await(go), journal.append(at, events, tail))
      }
    }))
  )

describe("units that would start with the append that makes them known", () => {
  it.live("start once when the cache has one of them, though the gate lets in another while the append is on its way", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const go = Deferred.makeUnsafe<void>()
      let onItsWay = false
      const slow = slowJournal(4, { go, onTheWay: () => void (onItsWay = true) })
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
  it.live("are not sent along again once the store has refused them, though something else is about to be appended", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const go = Deferred.makeUnsafe<void>()
      let sent = 0
      const slow = slowJournal(2, { go, onTheWay: () => void (sent += 1) })
      const context = yield* Layer.build(Layer.provideMerge(slow, stores.layer))
      const { engine } = yield* anEngine({ layer: Layer.succeedContext(context) }, { capacity: { cpu: 3, memoryMB: 100_000 } })
      const ran: Array<string> = []
      yield* (yield* start(engine, fanOf(1, ["known"], ran))).result

      const beside = holding("t/beside")
      const run = yield* start(engine, fanOf(2, ["known", "new"], ran, beside.stage))
      yield* Deferred.await(beside.has)
      yield* until(() => sent === 1)
      // Who waits for the core of the stage beside has it once the run has been told of that stage's end.
      const { end, has, pipeline } = holder()
      const other = yield* start(engine, pipeline)
      yield* Deferred.succeed(beside.end, undefined)
      yield* Deferred.await(has)
      yield* Deferred.succeed(go, undefined)

      const state = yield* run.result
      assert.deepStrictEqual([state.status, sent, ran], ["completed", 1, ["known", "new"]])
      yield* Deferred.succeed(end, undefined)
      yield* other.result
    }).pipe(Effect.scoped)
  )
})
