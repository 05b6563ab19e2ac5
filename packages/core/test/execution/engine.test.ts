import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Effect, Fiber, Layer, Schema, Stream } from "effect"
import { optional, type AnyPipeline } from "../../src/index.ts"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import type { LiveEvent } from "../../src/domain/RunEvent.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import {
  anEngine,
  asset,
  Count,
  definePipeline,
  defineStage,
  eventsOf,
  owner,
  pipelineOf,
  resume,
  runOnce,
  start,
  statusesOf,
  tags,
  until
} from "./support.ts"

const one = defineStage({ id: "t/one", outputs: { n: asset("one") }, run: () => ({ n: { n: 1 } }) })
const two = defineStage({
  id: "t/two",
  inputs: { n: asset("one") },
  outputs: { n: asset("two") },
  run: ({ inputs }) => ({ n: { n: inputs.n.n + 1 } })
})
const chain = definePipeline({ name: "p", stages: ({ use }) => ({ one: use(one), two: use(two) }) })
const hanging = (began: () => void) =>
  defineStage({
    id: "t/hangs",
    outputs: { n: Count },
    *run({ sleep }) {
      began()
      yield* sleep("1 hour")
      return { n: { n: 1 } }
    }
  })

describe("Engine.start", () => {
  it.live("records a run from request to end, in order", () =>
    Effect.gen(function* () {
      const { events, state } = yield* runOnce(chain)
      assert.strictEqual(state.status, "completed")
      assert.deepStrictEqual(tags(events), [
        "RunRequested",
        "PlanFixed",
        "RunStarted",
        "PipelineStarted",
        "StageStarted",
        "AttemptStarted",
        "UnitCommitted",
        "StageEnded",
        "AssetPublished",
        "StageStarted",
        "AttemptStarted",
        "UnitCommitted",
        "StageEnded",
        "AssetPublished",
        "PipelineEnded",
        "RunEnded"
      ])
      assert.deepStrictEqual(
        events.map((e) => e.seq),
        events.map((_, i) => i + 1)
      )
    })
  )
  const nextTurn = () => new Promise<void>((resume) => setImmediate(() => setImmediate(resume)))
  /** The stores of one test, with a count of the appends. */
  const counting = (stores: MemoryStores) => {
    const appended = { times: 0 }
    const journal = Layer.effect(
      Journal,
      Effect.map(Journal, (inner) => ({
        ...inner,
        append: (...asked: Parameters<typeof Journal.Service.append>) => {
          appended.times++
          return inner.append(...asked)
        }
      }))
    )
    return { appended, layer: Layer.provideMerge(journal, stores.layer) }
  }
  it.live("appends once per turn, whatever follows from it", () =>
    Effect.gen(function* () {
      const { appended, layer } = counting(new MemoryStores())
      const { engine } = yield* anEngine({ layer })
      const wide = definePipeline({
        name: "p",
        stages: ({ use }) =>
          Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`s${i}`, use(defineStage({ id: `t/s${i}`, run: () => {} }))]))
      }) as unknown as AnyPipeline
      yield* (yield* start(engine, wide)).result
      assert.isBelow(appended.times, 30)
    })
  )
  it.live("appends once per stage of a chain, also when the cache takes a while to answer", () =>
    Effect.gen(function* () {
      const { appended, layer } = counting(new MemoryStores())
      const slow = Layer.effect(
        StateQueries,
        Effect.map(StateQueries, (inner) => ({
          ...inner,
          cached: (keys: ReadonlyArray<string>) => Effect.andThen(Effect.promise(nextTurn), inner.cached(keys))
        }))
      )
      const { engine } = yield* anEngine({ layer: Layer.provideMerge(slow, layer) })
      const length = 20
      const row = definePipeline({
        name: "p",
        stages: ({ use }) => {
          const first = use(defineStage({ id: "t/first", outputs: { n: Count }, run: () => ({ n: { n: 1 } }) }))
          const next = defineStage({
            id: "t/next",
            inputs: { n: Count },
            outputs: { n: Count },
            run: ({ inputs }) => ({ n: { n: inputs.n.n + 1 } })
          })
          const rest: Record<string, ReturnType<typeof use<typeof next>>> = {}
          for (let i = 1; i < length; i++) rest[`s${i}`] = use(next, { inputs: { n: (rest[`s${i - 1}`] ?? first).n } })
          return { s0: first, ...rest }
        }
      }) as unknown as AnyPipeline
      yield* (yield* start(engine, row)).result
      // Two each without; a machine with much else to do may miss the moment now and then.
      assert.isAtMost(appended.times, length * 1.5)
    })
  )
  it.live("finds unchanged work by content, and says so", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const first = yield* runOnce(chain, { stores })
      const second = yield* runOnce(chain, { stores })
      assert.strictEqual(second.state.status, "completed")
      assert.deepStrictEqual(
        second.events.flatMap((e) => (e._tag === "StageEnded" ? [[e.reused, e.reason]] : [])),
        [1, 2].map(() => [true, `unchanged since run ${first.state.run}`])
      )
      assert.isFalse(tags(second.events).includes("AttemptStarted"))
      assert.isTrue(second.events.every((e) => e._tag !== "AssetPublished" || e.unchanged))
      const forced = yield* runOnce(chain, { stores, force: true })
      assert.strictEqual(tags(forced.events).filter((t) => t === "AttemptStarted").length, 2)
    })
  )
  it.live("runs again what the store has lost", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      yield* runOnce(chain, { stores })
      const { layer, artifacts } = stores
      void layer
      Object.assign(artifacts, { holds: () => Effect.succeed(false) })
      const second = yield* runOnce(chain, { stores })
      assert.strictEqual(tags(second.events).filter((t) => t === "AttemptStarted").length, 2)
    })
  )
  it.live("refuses a second run of a pipeline and names who has it", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const a = yield* anEngine(stores, { owner: owner("a") })
      const b = yield* anEngine(stores, { owner: owner("b") })
      let began = false
      const pipeline = pipelineOf(
        hanging(() => {
          began = true
        })
      )
      const first = yield* start(a.engine, pipeline)
      yield* until(() => began)
      const refused = yield* Effect.flip(start(b.engine, pipeline))
      assert.match(refused.message, new RegExp(`^p is locked by run ${first.id} \\(process ${process.pid} on here`))
      yield* first.pause("ada", "the source is moved")
      const paused = yield* Effect.flip(start(b.engine, pipeline))
      assert.include(paused.message, `that run is paused by ada: the source is moved ("tetra resume ${first.id}" lets it go on)`)
      assert.notMatch(paused.message, /\d{2}:\d{2}:\d{2}/u)
      yield* first.cancel("test", "enough")
      yield* first.result
      const second = yield* start(b.engine, pipeline)
      yield* second.cancel("test", "enough")
    })
  )
  it.live("answers the same run for the same command", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const first = yield* start(engine, chain, { commandId: "c-1" })
      yield* first.result
      const other = yield* anEngine(stores)
      const again = yield* start(other.engine, chain, { commandId: "c-1" })
      assert.strictEqual(again.id, first.id)
      assert.strictEqual((yield* again.result).status, "completed")
      assert.strictEqual(stores.state.runs.size, 1)
    })
  )
  it.live("tells followers everything, from the first event to the last", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const heard: Array<LiveEvent> = []
      const handle = yield* start(engine, chain, {
        onLive: (e) => {
          heard.push(e)
          throw new Error("a bad follower")
        }
      })
      const followed = yield* Effect.forkChild(Stream.runCollect(handle.events))
      yield* handle.result
      const recorded = tags(eventsOf(stores, handle.id))
      assert.deepStrictEqual(
        heard.map((e) => e._tag),
        recorded
      )
      assert.deepStrictEqual(
        (yield* Fiber.join(followed)).map((e) => e._tag),
        recorded
      )
    })
  )
  it.live("builds the services of plugins once, and closes them with the run", () =>
    Effect.gen(function* () {
      class Rates extends Context.Service<Rates, { readonly euro: number }>()("t/Rates") {}
      let built = 0
      let closed = 0
      const layer = Layer.effect(
        Rates,
        Effect.acquireRelease(
          Effect.sync(() => {
            built++
            return { euro: 2 }
          }),
          () =>
            Effect.andThen(
              Effect.log("rates closed"),
              Effect.sync(() => void closed++)
            )
        )
      )
      const use1 = defineStage({
        id: "t/u1",
        uses: { rates: Rates },
        outputs: { n: Count },
        run: ({ uses }) => ({ n: { n: uses.rates.euro } })
      })
      const use2 = defineStage({
        id: "t/u2",
        outputs: { n: Count },
        *run() {
          return { n: { n: (yield* Rates).euro } }
        }
      })
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const pipeline = definePipeline({ name: "p", stages: ({ use }) => ({ a: use(use1), b: use(use2) }) })
      const { planHere } = yield* Effect.promise(() => import("../../src/execution/planHere.ts"))
      const { built: plan } = yield* planHere(pipeline)
      const heard: Array<LiveEvent> = []
      const handle = yield* engine.start(
        { ...plan, services: layer },
        { trigger: { kind: "test", detail: "" }, configVersion: "", params: {}, onLive: (event) => heard.push(event) }
      )
      const followed = yield* Effect.forkChild(Stream.runCollect(handle.events), { startImmediately: true })
      assert.strictEqual((yield* handle.result).status, "completed")
      assert.deepStrictEqual([built, closed], [1, 1])
      // What they say of it belongs to the run: nothing comes after its end.
      for (const told of [heard, yield* Fiber.join(followed)])
        assert.deepStrictEqual(
          told.slice(-2).map((event) => (event._tag === "Log" ? event.message : event._tag)),
          ["rates closed", "RunEnded"]
        )
    })
  )
  it.live("says what is missing when a service is not given", () =>
    Effect.gen(function* () {
      class Rates extends Context.Service<Rates, { readonly euro: number }>()("t/Rates") {}
      const stage = defineStage({ id: "t/u1", uses: { rates: Rates }, run: () => {} })
      const { state } = yield* runOnce(pipelineOf(stage))
      assert.match(
        state.stages.get("p.it")?.reason ?? "",
        /^MissingService: t\/Rates: t\/u1 uses it as "rates", and no listed plugin gives it/
      )
    })
  )
  it.live("nests the wraps of extensions in plugin order", () =>
    Effect.gen(function* () {
      const order: Array<string> = []
      const wrap = (name: string) => ({
        _tag: "Extension" as const,
        pipeline: "p",
        changes: {
          wrap: {
            one: (next: () => Effect.Effect<unknown, unknown, unknown>) =>
              Effect.gen(function* () {
                order.push(`${name} in`)
                const a = yield* next()
                order.push(`${name} out`)
                return a
              })
          }
        }
      })
      const plugin = (name: string) => definePlugin({ name, version: "1.0.0", api: "1", extensions: [wrap(name)] })
      const { state } = yield* runOnce(chain, { plugins: [plugin("a"), plugin("b")] })
      assert.strictEqual(state.status, "completed")
      assert.deepStrictEqual(order, ["b in", "a in", "a out", "b out"])
    })
  )
  it.live("reads what was published before this run where a stage updates its own asset", () =>
    Effect.gen(function* () {
      const total = asset("total")
      const upsert = defineStage({
        id: "t/upsert",
        inputs: { before: optional(total) },
        outputs: { total },
        policy: { cache: "never" },
        run: ({ inputs }) => ({ total: { n: (inputs.before._tag === "Success" ? inputs.before.success.n : 0) + 1 } })
      })
      const stores = new MemoryStores()
      for (const n of [1, 2, 3]) {
        const { state } = yield* runOnce(pipelineOf(upsert), { stores })
        const output = state.stages.get("p.it")?.outputs["total"]
        assert.deepStrictEqual(output?.kind === "value" ? output.value : undefined, { n })
      }
    })
  )
  it.live("warns once that isolation is not there yet, and runs", () =>
    Effect.gen(function* () {
      const stage = defineStage({ id: "t/thread", policy: { isolation: "thread" }, run: () => {} })
      const { events, state } = yield* runOnce(pipelineOf(stage))
      assert.strictEqual(state.status, "completed")
      assert.strictEqual(tags(events).filter((t) => t === "Warned").length, 1)
    })
  )
})

describe("RunHandle.cancel", () => {
  it.live("stops everything within a second and keeps what was finished", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const began = new Set<string>()
      const polite = hanging(() => began.add("polite"))
      const deaf = defineStage({
        id: "t/deaf",
        run: () => {
          began.add("deaf")
          return new Promise<void>(() => {})
        }
      })
      const stuck = defineStage({
        id: "t/stuck",
        run: () =>
          Effect.onInterrupt(Effect.sync(() => began.add("stuck")).pipe(Effect.andThen(Effect.never)), () => Effect.never)
      })
      const pipeline = definePipeline({
        name: "p",
        stages: ({ use }) => ({ one: use(one), polite: use(polite), deaf: use(deaf), stuck: use(stuck) })
      })
      const handle = yield* start(engine, pipeline)
      yield* until(() => began.size === 3 && tags(eventsOf(stores, handle.id)).includes("StageEnded"))
      const at = performance.now()
      yield* handle.cancel("ada", "wrong day")
      const state = yield* handle.result
      assert.isBelow(performance.now() - at, 1000)
      assert.strictEqual(state.status, "cancelled")
      assert.deepStrictEqual(statusesOf(state), { one: "completed", polite: "cancelled", deaf: "cancelled", stuck: "cancelled" })
      assert.strictEqual(state.stages.get("p.polite")?.reason, "cancelled by ada: wrong day")
      const again = yield* resume(engine, handle.id, pipelineLike(pipeline))
      yield* again.cancel("ada", "still wrong")
      assert.strictEqual(tags(eventsOf(stores, handle.id)).filter((t) => t === "UnitCommitted").length, 1)
      yield* again.result
    })
  )
})
const pipelineLike = (pipeline: unknown): AnyPipeline => pipeline as AnyPipeline

describe("Engine.resume", () => {
  it.live("goes on after a crash: what is committed stays, what ran starts again from its checkpoint", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const seen: Array<string> = []
      let stop = true
      const long = defineStage({
        id: "t/long",
        inputs: { n: asset("one") },
        outputs: { n: Count },
        checkpoint: Schema.Struct({ next: Schema.Int }),
        *run({ checkpoint, unit }) {
          const from = checkpoint.resumed._tag === "Some" ? checkpoint.resumed.value.next : 0
          seen.push(`attempt ${unit.attempt} from ${from}`)
          for (let i = from; i < 4; i++) {
            yield* checkpoint.save({ next: i + 1 })
            if (stop && i === 1) yield* Effect.never
          }
          return { n: { n: 4 } }
        }
      })
      const pipeline = definePipeline({ name: "p", stages: ({ use }) => ({ one: use(one), long: use(long) }) })
      const a = yield* anEngine(stores, { owner: owner("a") })
      const first = yield* start(a.engine, pipelineLike(pipeline))
      yield* until(() => tags(eventsOf(stores, first.id)).filter((t) => t === "Checkpoint").length === 2)
      yield* a.crash
      stop = false
      const b = yield* anEngine(stores, { owner: owner("b") })
      const state = yield* (yield* resume(b.engine, first.id, pipelineLike(pipeline))).result
      assert.strictEqual(state.status, "completed")
      assert.deepStrictEqual(seen, ["attempt 1 from 0", "attempt 2 from 2"])
      const events = eventsOf(stores, first.id)
      const after = tags(events).slice(tags(events).indexOf("OwnerChanged"))
      assert.deepStrictEqual(after.slice(0, 3), ["OwnerChanged", "RunResumed", "AttemptStarted"])
      assert.deepStrictEqual([...new Set(events.map((e) => e.epoch))], [1, 2])
      assert.strictEqual(tags(events).filter((t) => t === "UnitCommitted").length, 2)
    })
  )
  it.live("says of failed partitions what the first failed of, how many more did, and how many did of something else", () =>
    Effect.gen(function* () {
      const parts = defineStage({
        id: "t/parts",
        outputs: { n: Count },
        partitions: { key: Schema.String, keys: () => ["a", "b", "c", "d"] },
        run: ({ key }) => {
          if (key === "c") throw new Error("no room")
          if (key !== "a") throw new Error("no data")
          return { n: { n: 1 } }
        }
      })
      const { engine } = yield* anEngine(new MemoryStores())
      const { reason } = yield* (yield* start(engine, pipelineOf(parts))).result
      assert.strictEqual(reason, "p.it: TooFewPartitions: 1 of 4 partitions, b and 1 more: Error: no data; 1 of another cause")
    })
  )
  it.live("opens only what did not complete when a failed run is tried again", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const ran: Array<string> = []
      let broken = true
      const parts = defineStage({
        id: "t/parts",
        outputs: { n: Count },
        partitions: { key: Schema.String, keys: () => ["a", "b", "c"] },
        run: ({ key }) => {
          ran.push(key)
          if (broken && key === "b") throw new Error("no data")
          return { n: { n: 1 } }
        }
      })
      const { engine } = yield* anEngine(stores)
      const first = yield* start(engine, pipelineOf(parts))
      assert.strictEqual((yield* first.result).reason, "p.it: TooFewPartitions: 2 of 3 partitions, b: Error: no data")
      broken = false
      const state = yield* (yield* resume(engine, first.id, pipelineOf(parts))).result
      assert.strictEqual(state.status, "completed")
      assert.deepStrictEqual(ran.sort(), ["a", "b", "b", "c"])
    })
  )
  it.live("makes again what a committed unit has lost, and what read it", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let began = false
      const last = defineStage({
        id: "t/last",
        inputs: { n: asset("two") },
        run: () => {
          if (!began) {
            began = true
            return Effect.never
          }
          return Effect.void
        }
      })
      const pipeline = pipelineLike(
        definePipeline({ name: "p", stages: ({ use }) => ({ one: use(one), two: use(two), last: use(last) }) })
      )
      const a = yield* anEngine(stores)
      const first = yield* start(a.engine, pipeline)
      yield* until(() => began)
      yield* a.crash
      const { holds } = stores.artifacts
      let lost = true
      Object.assign(stores.artifacts, {
        holds: (output: { readonly value?: { readonly n: number } }) =>
          lost && output.value?.n === 1 ? Effect.succeed(false) : holds(output as never)
      })
      const b = yield* anEngine(stores)
      const handle = yield* resume(b.engine, first.id, pipeline)
      lost = false
      assert.strictEqual((yield* handle.result).status, "completed")
      const failed = eventsOf(stores, first.id).flatMap((e) => (e._tag === "AttemptFailed" ? [[e.stage, e.failure.tag]] : []))
      assert.deepStrictEqual(failed, [["p.one", "OutputLost"]])
      const began2 = eventsOf(stores, first.id).flatMap((e) => (e._tag === "StageStarted" ? [e.stage] : []))
      assert.deepStrictEqual(began2, ["p.one", "p.two", "p.last", "p.two", "p.last"])
    })
  )
  it.live("fences off the former owner: it records nothing more", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const gate = yield* Deferred.make<void>()
      let runs = 0
      const slow = defineStage({
        id: "t/slow",
        outputs: { n: Count },
        *run() {
          runs++
          if (runs === 1) yield* Deferred.await(gate)
          return { n: { n: runs } }
        }
      })
      const a = yield* anEngine(stores, { owner: owner("a") })
      const first = yield* start(a.engine, pipelineOf(slow))
      yield* until(() => runs === 1)
      yield* stores.leases.release(["pipeline/p"], owner("a"), first.id)
      const b = yield* anEngine(stores, { owner: owner("b") })
      const second = yield* resume(b.engine, first.id, pipelineOf(slow))
      assert.strictEqual((yield* second.result).status, "completed")
      yield* Deferred.succeed(gate, undefined)
      const lost = yield* Effect.flip(first.result)
      assert.match(lost.message, /taken over by another process \(epoch 2, ours was 1\)/)
      assert.strictEqual(tags(eventsOf(stores, first.id)).filter((t) => t === "UnitCommitted").length, 1)
    })
  )
  it.live("refuses a run that completed, and one whose plan has changed", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const done = yield* start(engine, pipelineLike(chain))
      yield* done.result
      assert.match((yield* Effect.flip(resume(engine, done.id, pipelineLike(chain)))).message, /it completed/)
      const bad = pipelineOf(
        defineStage({
          id: "t/bad",
          run: () => {
            throw new Error("x")
          }
        })
      )
      const failed = yield* start(engine, bad)
      yield* failed.result
      const changed = yield* Effect.flip(resume(engine, failed.id, bad, { seed: 2 }))
      assert.match(changed.message, /its plan has changed/)
    })
  )
})
describe("Engine.orphans", () => {
  it.live("names open runs whose process is gone", () =>
    Effect.gen(function* () {
      const { hostname } = yield* Effect.promise(() => import("node:os"))
      const stores = new MemoryStores()
      let began = false
      const gone = yield* anEngine(stores, { owner: { id: "x", pid: 2 ** 22 + 12345, host: hostname() } })
      const handle = yield* start(
        gone.engine,
        pipelineOf(
          hanging(() => {
            began = true
          })
        )
      )
      yield* until(() => began)
      yield* gone.crash
      const { engine } = yield* anEngine(stores)
      assert.deepStrictEqual(
        (yield* engine.orphans).map((r) => r.id),
        [handle.id]
      )
    })
  )
})
