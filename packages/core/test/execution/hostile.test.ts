// @ts-nocheck -- hostile values on purpose: what the types forbid is what is tried here
/* oxlint-disable */
import { aHome, within } from "./homes.ts"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { defineAsset, Col, defineTable, batch, text, partial } from "../../src/index.ts"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { isProcessGone } from "../../src/execution/owners.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import {
  anEngine,
  asset,
  Count,
  definePipeline,
  defineStage,
  owner,
  pipelineOf,
  resume,
  runOnce,
  start,
  until
} from "./support.ts"

const dispatch = <A, E, R>(e: Effect.Effect<A, E, R>) => e

describe("the engine under hostile stages", () => {
  for (const on of ["UnitCommitted", "AttemptStarted", "StageStarted"] as const)
    it.live(
      `a cancellation in the turn of an admission ends the run ${on}`,
      () =>
        Effect.gen(function* () {
          let hung = 0
          const parts = defineStage({
            id: "t/parts",
            outputs: { n: Count },
            partitions: { key: Schema.String, keys: () => Array.from({ length: 40 }, (_, i) => `k${i}`), concurrency: 4 },
            run: async () => {
              await new Promise((r) => setImmediate(r))
              return { n: { n: 1 } }
            }
          })
          for (let n = 0; n < 60; n++) {
            const stores = new MemoryStores()
            const { engine } = yield* anEngine(stores)
            let begun = 0
            let handle: any
            const later = (k: number): void => {
              if (k <= 0 && handle) Effect.runFork(handle.cancel("x", "y"))
              else queueMicrotask(() => later(k - 1))
            }
            handle = yield* start(engine, pipelineOf(parts), {
              onLive: (e) => {
                if (e._tag === on && ++begun === (on === "StageStarted" ? 1 : 3 + (n % 5))) later(n)
              }
            })
            if ((yield* within(handle.result, 20_000)) === "HANGS") hung++
          }
          assert.strictEqual(hung, 0)
        }),
      120_000
    )
  for (const [name, run] of Object.entries({
    count: ({ count }: any) => void count("rows", 1n),
    gauge: ({ gauge }: any) => void gauge("rows", 1n),
    progress: async ({ progress, sleep }: any) => {
      progress(1n, 2n)
      await sleep("1200 millis")
      progress(2n, 2n)
    },
    once: async ({ once }: any) => void (await once("k", async () => ({ a: 1n }))),
    onceCircular: async ({ once }: any) => {
      const a: any = {}
      a.a = a
      await once("k", async () => a)
    }
  }))
    it.live(`a stage that passes a bigint to ${name} fails only itself`, () =>
      Effect.gen(function* () {
        const { layerEmbedded } = yield* Effect.promise(() => import("../../src/storage.ts"))
        const home = aHome()
        const bad = defineStage({ id: "t/bad", run: run as never })
        const fine = defineStage({ id: "t/fine", outputs: { n: asset("fine") }, run: () => ({ n: { n: 1 } }) })
        const p = definePipeline({ name: "p", stages: ({ use }) => ({ bad: use(bad), fine: use(fine) }) })
        const { engine } = yield* anEngine({ layer: Layer.orDie(layerEmbedded({ home })) as never })
        const handle = yield* start(engine, p as never)
        const exit = yield* Effect.exit(within(handle.result, 5000))
        assert.strictEqual(exit._tag, "Success", JSON.stringify(exit))
      })
    )
  for (const how of ["dies", "hangs"] as const)
    it.live(`a plugin's service whose finalizer ${how} does not hold the run`, () =>
      Effect.gen(function* () {
        class Svc extends Context.Service<Svc, { readonly a: number }>()("test/Svc") {}
        const s = defineStage({ id: "t/s", uses: { svc: Svc }, run: () => undefined })
        const stores = new MemoryStores()
        const p = pipelineOf(s as never)
        const plugin = definePlugin({
          name: "svc",
          version: "1.0.0",
          api: "1",
          pipelines: {},
          services: () =>
            Layer.effect(
              Svc,
              Effect.acquireRelease(Effect.succeed({ a: 1 }), () => (how === "dies" ? Effect.die(new Error("x")) : Effect.never))
            )
        } as never)
        const { engine } = yield* anEngine(stores)
        const pipeline = definePipeline({ name: "p", stages: ({ use }) => ({ it: use(s as never) }) })
        const local = { ...plugin }
        const { planHere } = yield* Effect.promise(() => import("../../src/execution/planHere.ts"))
        const { built } = yield* planHere(pipeline as never)
        const handle = yield* engine.start(
          { ...built, services: (local.services as any)({}) },
          { trigger: { kind: "test", detail: "" }, configVersion: "t", params: {} }
        )
        void p
        assert.notStrictEqual(yield* within(handle.result), "HANGS")
      })
    )
  it("an owner of an earlier process with my pid is gone, a live one is not", () => {
    assert.isTrue(isProcessGone(process.pid, Date.now() - process.uptime() * 1000 - 60_000))
    assert.isFalse(isProcessGone(process.pid, Date.now()))
    assert.isTrue(isProcessGone(4_000_000, Date.now()))
  })
  it.live("a partitioned stage without keys", () =>
    Effect.gen(function* () {
      const { layerEmbedded } = yield* Effect.promise(() => import("../../src/storage.ts"))
      const home = aHome()
      const Rows = defineTable("t/Rows@1", { s: Col.text }, { key: ["s"] })
      const parts = defineStage({
        id: "t/parts",
        outputs: { rows: defineAsset("rows", Rows) },
        partitions: { key: Schema.String, keys: () => [] as string[] },
        run: ({ key }) => ({ rows: batch({ s: text([key]) }) })
      })
      const { state } = yield* runOnce(pipelineOf(parts))
      assert.strictEqual(state.status, "completed", state.reason)
      const { engine } = yield* anEngine({ layer: Layer.orDie(layerEmbedded({ home })) as never })
      const on = yield* (yield* start(engine, pipelineOf(parts))).result
      assert.strictEqual(on.status, "completed", on.reason)
    })
  )
  it.live("progress that is no number", () =>
    Effect.gen(function* () {
      const s = defineStage({
        id: "t/s",
        run: async ({ progress }) => {
          progress(NaN, Infinity)
        }
      })
      const { events } = yield* runOnce(pipelineOf(s))
      for (const e of events) assert.deepStrictEqual(JSON.parse(JSON.stringify(e)), JSON.parse(JSON.stringify(e)))
      const p = events.find((e) => e._tag === "Progress")
      assert.isTrue(p === undefined || (p._tag === "Progress" && Number.isFinite(p.done)), JSON.stringify(p))
    })
  )
})
void StateQueries
void resume
void until
void dispatch
