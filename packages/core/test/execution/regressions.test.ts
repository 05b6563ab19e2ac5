import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted, Schema } from "effect"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { ArtifactStore } from "../../src/execution/ports/ArtifactStore.ts"
import { scrub, secretsOf } from "../../src/execution/secrets.ts"
import { layerEmbedded } from "../../src/storage.ts"
import { aHome, within } from "./homes.ts"
import {
  anEngine,
  asset,
  definePipeline,
  defineStage,
  owner,
  pipelineOf,
  resume,
  runPlugins,
  start,
  until,
  valueOf
} from "./support.ts"

class Setting extends Context.Service<Setting, { readonly a: number }>()("test/Setting") {}

describe("mended defects stay mended", () => {
  it.live("the configuration of a plugin's services is in the cache key", () =>
    Effect.gen(function* () {
      const reads = defineStage({
        id: "t/reads",
        uses: { setting: Setting },
        outputs: { n: asset("n") },
        run: ({ uses }) => ({ n: { n: uses.setting.a } })
      })
      const plugin = definePlugin({
        name: "serving",
        version: "1.0.0",
        api: "1",
        config: Schema.Struct({ a: Schema.Int }),
        pipelines: { p: definePipeline({ name: "p", stages: ({ use }) => ({ it: use(reads) }) }) },
        services: ({ a }) => Layer.succeed(Setting, { a })
      })
      const { engine } = yield* anEngine(new MemoryStores())
      const run = (a: number) =>
        runPlugins(engine, [plugin], {
          plugins: [{ name: "serving", config: { a } }],
          pipelines: { p: { plugin: "serving" } }
        })
      const [one, two] = [yield* run(1), yield* run(2)]
      assert.deepStrictEqual([valueOf(one.state), valueOf(two.state)], [{ n: 1 }, { n: 2 }])
      assert.notStrictEqual(one.plan.hash, two.plan.hash)
    })
  )
  it.live("a damaged object is made anew by --force", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(layerEmbedded({ home: aHome() }))
      const store = Context.get(context, ArtifactStore)
      const big = { text: "x".repeat(100_000) }
      const one = yield* store.putValue("t", big)
      assert.isString(one.object)
      writeFileSync(store.pathOf({ hash: one.object ?? "", rows: 0, bytes: 0 }), "dam")
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
    let config: unknown = Redacted.make("deep-secret")
    for (let i = 0; i < 8; i++) config = { inner: config }
    assert.include(secretsOf(config), "deep-secret")
  })
  it.live("of two calls of resume at once in one process, one goes on with the run", () =>
    Effect.gen(function* () {
      const home = aHome()
      const stores = { layer: Layer.orDie(layerEmbedded({ home })) }
      let began = false
      let slow = true
      const pipeline = pipelineOf(
        defineStage({
          id: "t/waits",
          outputs: { n: asset("n") },
          run: async ({ sleep }) => {
            began = true
            await sleep(slow ? "1 hour" : "200 millis")
            return { n: { n: 1 } }
          }
        })
      )
      const a = yield* anEngine(stores, { owner: owner("a") })
      const first = yield* start(a.engine, pipeline)
      yield* until(() => began)
      yield* a.crash
      const state = new DatabaseSync(join(home, "state", "tetra.db"))
      state.exec("delete from lease")
      state.close()
      slow = false
      const b = yield* anEngine(stores, { owner: owner("b") })
      const again = Effect.exit(resume(b.engine, first.id, pipeline))
      const both = yield* Effect.all([again, again], { concurrency: 2 })
      const going = both.flatMap((exit) => (exit._tag === "Success" ? [exit.value] : []))
      assert.lengthOf(going, 1, JSON.stringify(both))
      const end = yield* within(going[0].result)
      assert.strictEqual(end === "HANGS" ? end : end.status, "completed")
    })
  )
})
