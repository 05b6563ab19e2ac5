// @ts-nocheck -- hostile values on purpose: what the types forbid is what is tried here
/* oxlint-disable */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as api from "../../src/index.ts"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { loadPlugins } from "../../src/planning/loadPlugins.ts"
import { planRun } from "../../src/planning/planRun.ts"
import { anEngine, asset, definePipeline, defineStage } from "./support.ts"

describe("extension points", () => {
  it.live("a plugin that contributes more makes what reads the point anew", () =>
    Effect.gen(function* () {
      const Rules = api.defineExtensionPoint<{ name: string; n: number }>()("t.rules", { key: (r) => r.name })
      const s = defineStage({
        id: "t/s",
        uses: { rules: Rules as any },
        outputs: { n: asset("n") },
        run: ({ uses }: any) => ({ n: { n: uses.rules.all.reduce((a: number, r: any) => a + r.value.n, 0) } })
      } as any)
      const base = definePlugin({
        name: "base",
        version: "1.0.0",
        api: "1",
        points: [Rules as any],
        pipelines: { p: definePipeline({ name: "p", stages: ({ use }: any) => ({ it: use(s) }) }) }
      } as never)
      const more = (n: number) =>
        definePlugin({
          name: "more",
          version: "1.0.0",
          api: "1",
          contributes: [(Rules as any).contribute({ name: "x", n })]
        } as never)
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const run = (plugins: any[]) =>
        Effect.gen(function* () {
          const { catalogue } = yield* loadPlugins(plugins)
          const project = {
            root: ".",
            configFile: undefined,
            home: ".t",
            config: { pipelines: { p: { plugin: "base" } } },
            configVersion: "x",
            environment: undefined,
            catalogue,
            warnings: []
          } as any
          const built = yield* planRun(project, { params: {} })
          const state = yield* (yield* engine.start(built, {
            trigger: { kind: "test", detail: "" },
            configVersion: "t",
            params: {}
          })).result
          return (state.stages.get("p.it")!.outputs["n"] as any).value.n
        })
      assert.strictEqual(yield* run([base]), 0)
      assert.strictEqual(yield* run([base, more(1)]), 1)
      assert.strictEqual(yield* run([base, more(2)]), 2)
    })
  )
})
