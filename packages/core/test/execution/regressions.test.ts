// @ts-nocheck -- hostile values on purpose: what the types forbid is what is tried here
/* oxlint-disable */
import { aHome, within } from "./homes.ts"
import { mkdtempSync, writeFileSync, readdirSync, readFileSync, existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Option, Redacted, Schema } from "effect"
import { defineAsset, defineValue } from "../../src/index.ts"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { Leases } from "../../src/execution/ports/Leases.ts"
import { ArtifactStore } from "../../src/execution/ports/ArtifactStore.ts"
import { scrub, secretsOf } from "../../src/execution/secrets.ts"
import { loadPlugins } from "../../src/planning/loadPlugins.ts"
import { planRun } from "../../src/planning/planRun.ts"
import { layerEmbedded } from "../../src/storage.ts"
import {
  anEngine,
  asset,
  Count,
  definePipeline,
  defineStage,
  owner,
  pipelineOf,
  resume,
  start,
  until,
  eventsOf
} from "./support.ts"

const project = (plugins: any[], config: any) =>
  Effect.map(
    loadPlugins(plugins),
    ({ catalogue }) =>
      ({
        root: ".",
        configFile: undefined,
        home: ".t",
        config,
        configVersion: "x",
        environment: undefined,
        catalogue,
        warnings: []
      }) as any
  )
const info = { trigger: { kind: "test" as const, detail: "" }, configVersion: "t", params: {} }

describe("mended defects stay mended", () => {
  it.live("the configuration of a plugin's services is in the cache key", () =>
    Effect.gen(function* () {
      class Svc extends Context.Service<Svc, { readonly a: number }>()("test/Svc2") {}
      const s = defineStage({
        id: "t/s",
        uses: { svc: Svc },
        outputs: { n: asset("n") },
        run: ({ uses }) => ({ n: { n: uses.svc.a } })
      })
      const plugin = definePlugin({
        name: "svc",
        version: "1.0.0",
        api: "1",
        config: Schema.Struct({ a: Schema.Int }),
        pipelines: { p: definePipeline({ name: "p", stages: ({ use }) => ({ it: use(s) }) }) },
        services: (config: any) => Layer.succeed(Svc, { a: config.a })
      } as never)
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const hashes: string[] = []
      const run = (a: number) =>
        Effect.gen(function* () {
          const built = yield* planRun(
            yield* project([plugin], { plugins: [{ name: "svc", config: { a } }], pipelines: { p: { plugin: "svc" } } }),
            { params: {} }
          )
          hashes.push(built.plan.hash)
          const state = yield* (yield* engine.start(built, info)).result
          return (state.stages.get("p.it")!.outputs["n"] as any).value.n
        })
      assert.strictEqual(yield* run(1), 1)
      assert.strictEqual(yield* run(2), 2, `plan hashes ${hashes.join(" ")}`)
    })
  )
  it.live("a damaged object is made anew by --force", () =>
    Effect.gen(function* () {
      const home = aHome()
      const context = yield* Layer.build(Layer.orDie(layerEmbedded({ home })))
      const store = Context.get(context, ArtifactStore)
      const big = { text: "x".repeat(100_000) }
      const one = yield* store.putValue("t", big)
      const path = store.pathOf({ hash: one.object! } as never)
      writeFileSync(path, "dam")
      const two = yield* store.putValue("t", big)
      assert.isTrue(yield* store.holds(two))
      assert.deepStrictEqual(yield* store.getValue(two), big)
    }).pipe(Effect.scoped)
  )
  it("a cut text shows no piece of a secret", () => {
    const secret = "sk-live-0123456789abcdef0123456789"
    assert.notInclude(scrub(`${"x".repeat(8192 - 30)}${secret}`, [secret]), secret.slice(0, 20))
  })
  it("secrets deep in a configuration are hidden", () => {
    let config: any = Redacted.make("deep-secret")
    for (let i = 0; i < 8; i++) config = { inner: config }
    assert.deepStrictEqual(secretsOf(config), ["deep-secret"])
  })
  it.live("two calls of resume at once in one process", () =>
    Effect.gen(function* () {
      const home = aHome()
      const stores = { layer: Layer.orDie(layerEmbedded({ home })) as never }
      let began = false
      let slow = true
      const s = pipelineOf(
        defineStage({
          id: "t/w",
          outputs: { n: asset("n") },
          run: async ({ sleep }: any) => {
            began = true
            if (slow) await sleep("1 hour")
            await sleep("200 millis")
            return { n: { n: 1 } }
          }
        })
      )
      const a = yield* anEngine(stores, { owner: owner("a") })
      const first = yield* start(a.engine, s)
      yield* until(() => began)
      yield* a.crash
      const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
      const db = new DatabaseSync(join(home, "state", "tetra.db"))
      db.exec("delete from lease")
      db.close()
      slow = false
      const b = yield* anEngine(stores, { owner: owner("b") })
      const both = yield* Effect.all([Effect.exit(resume(b.engine, first.id, s)), Effect.exit(resume(b.engine, first.id, s))], {
        concurrency: 2
      })
      const ends = yield* Effect.forEach(
        both.flatMap((e) => (e._tag === "Success" ? [e.value] : [])),
        (h) => Effect.exit(within(h.result, 3000))
      )
      assert.deepStrictEqual(
        [both.filter((e) => e._tag === "Success").length, ends.map((e) => e._tag)],
        [1, ["Success"]],
        JSON.stringify([both, ends]).slice(0, 1500)
      )
    })
  )
})
void Leases
void readFileSync
void statSync
void defineValue
void Count
