import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { isProcessGone, thisOwner } from "../../src/execution/owners.ts"
import { batch, Col, defineAsset, defineTable, type StageTools, text } from "../../src/index.ts"
import { layerEmbedded } from "../../src/storage.ts"
import { aHome, within } from "./homes.ts"
import {
  anEngine,
  asset,
  asUntyped,
  Count,
  definePipeline,
  defineStage,
  pipelineOf,
  type RunHandle,
  runOnce,
  runPlugins,
  start
} from "./support.ts"

const aBigint: number = asUntyped(1n)
const aRing = (): string => {
  const ring: { self?: unknown } = {}
  ring.self = ring
  return asUntyped(ring)
}
/** Calls of a stage with what JSON cannot hold. */
const hostile: Readonly<Record<string, (tools: StageTools) => void | Promise<void>>> = {
  "counts a bigint": ({ count }) => count("rows", aBigint),
  "gauges a bigint": ({ gauge }) => gauge("rows", aBigint),
  "tells its progress in bigints": async ({ progress, sleep }) => {
    progress(aBigint, asUntyped(2n))
    await sleep("200 millis")
    progress(asUntyped(2n), asUntyped(2n))
  },
  "answers a bigint once": async ({ once }) => void (await once("k", async () => ({ a: aBigint }))),
  "answers a ring once": async ({ once }) => void (await once("k", async () => aRing()))
}
const embedded = () => ({ layer: Layer.orDie(layerEmbedded({ home: aHome() })) })

/** Two score and more partitions, four at a time, that are cancelled `later` microtasks after an event. */
const parts = defineStage({
  id: "t/parts",
  outputs: { n: Count },
  partitions: { key: Schema.String, keys: () => Array.from({ length: 40 }, (_, i) => `k${i}`), concurrency: 4 },
  run: async () => {
    await new Promise((r) => setImmediate(r))
    return { n: { n: 1 } }
  }
})
const cancelledAfter = (event: string, nth: number, later: number) =>
  Effect.gen(function* () {
    const { engine } = yield* anEngine(new MemoryStores())
    let seen = 0
    let handle: RunHandle | undefined
    const cancel = (left: number): void => {
      if (left > 0 || handle === undefined) queueMicrotask(() => cancel(left - 1))
      else Effect.runFork(handle.cancel("x", "y"))
    }
    handle = yield* start(engine, pipelineOf(parts), {
      onLive: ({ _tag }) => {
        if (_tag === event && ++seen === nth) cancel(later)
      }
    })
    return yield* within(handle.result, 20_000)
  }).pipe(Effect.scoped)

describe("the engine under hostile stages", () => {
  it.live.each(["UnitCommitted", "AttemptStarted", "StageStarted"])(
    "ends a run that is cancelled in the turn of an admission, after %s",
    (event) =>
      Effect.gen(function* () {
        for (let n = 0; n < 60; n++) {
          const end = yield* cancelledAfter(event, event === "StageStarted" ? 1 : 3 + (n % 5), n)
          assert.notStrictEqual(end, "HANGS", `${n} microtasks later`)
        }
      }),
    120_000
  )
  it.live.each(Object.keys(hostile))("lets a stage that %s fail alone", (how) =>
    Effect.gen(function* () {
      const bad = defineStage({ id: "t/bad", run: hostile[how] })
      const fine = defineStage({ id: "t/fine", outputs: { n: asset("fine") }, run: () => ({ n: { n: 1 } }) })
      const both = definePipeline({ name: "p", stages: ({ use }) => ({ bad: use(bad), fine: use(fine) }) })
      const { engine } = yield* anEngine(embedded())
      const end = yield* within((yield* start(engine, both)).result, 5_000)
      assert.strictEqual(end === "HANGS" ? end : end.stages.get("p.fine")?.status, "completed")
    })
  )
  it.live.each(["dies", "hangs"])("is not held up by a service of a plugin whose finalizer %s", (how) =>
    Effect.gen(function* () {
      class Guest extends Context.Service<Guest, { readonly a: number }>()("test/Guest") {}
      const reads = defineStage({ id: "t/reads", uses: { guest: Guest }, run: () => undefined })
      const leave = how === "dies" ? Effect.die(new Error("x")) : Effect.never
      const plugin = definePlugin({
        name: "guest",
        version: "1.0.0",
        api: "1",
        pipelines: { p: definePipeline({ name: "p", stages: ({ use }) => ({ it: use(reads) }) }) },
        services: () =>
          Layer.effect(
            Guest,
            Effect.acquireRelease(Effect.succeed({ a: 1 }), () => leave)
          )
      })
      const { engine } = yield* anEngine(new MemoryStores())
      const ran = yield* within(runPlugins(engine, [plugin], { pipelines: { p: { plugin: "guest" } } }))
      assert.strictEqual(ran === "HANGS" ? ran : ran.state.status, "completed")
    })
  )
  it("knows that an owner of an earlier process with its own pid is gone, and a live one is not", () => {
    assert.isTrue(isProcessGone({ pid: process.pid }, Date.now() - process.uptime() * 1000 - 60_000))
    assert.isFalse(isProcessGone({ pid: process.pid }, Date.now()))
    assert.isTrue(isProcessGone({ pid: 4_000_000 }, Date.now()))
  })
  it("knows that a process which was given the number of a dead one is another", () => {
    const mine = thisOwner()
    assert.isFalse(isProcessGone(mine, Date.now()))
    const parent = { ...mine, pid: process.ppid }
    assert.isFalse(isProcessGone({ pid: parent.pid }, Date.now()), "alive, and nothing else is known of it")
    if (mine.started !== undefined) assert.isTrue(isProcessGone(parent, Date.now()), "alive, and began at another instant")
    assert.isTrue(isProcessGone({ ...mine, started: "another instant" }, Date.now()))
  })
  it.live("completes a partitioned stage without keys", () =>
    Effect.gen(function* () {
      const Rows = defineTable("t/Rows@1", { s: Col.text }, { key: ["s"] })
      const none = pipelineOf(
        defineStage({
          id: "t/none",
          outputs: { rows: defineAsset("rows", Rows) },
          partitions: { key: Schema.String, keys: (): Array<string> => [] },
          run: ({ key }) => ({ rows: batch({ s: text([key]) }) })
        })
      )
      const { state } = yield* runOnce(none)
      assert.strictEqual(state.status, "completed", state.reason)
      const { engine } = yield* anEngine(embedded())
      const stored = yield* (yield* start(engine, none)).result
      assert.strictEqual(stored.status, "completed", stored.reason)
    })
  )
  it.live("records no progress that is no number", () =>
    Effect.gen(function* () {
      const { events } = yield* runOnce(pipelineOf(defineStage({ id: "t/s", run: ({ progress }) => progress(NaN, Infinity) })))
      for (const event of events)
        if (event._tag === "Progress") assert.isTrue(Number.isFinite(event.done) && Number.isFinite(event.total ?? 0))
    })
  )
})
