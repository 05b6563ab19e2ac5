import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { defineExtensionPoint } from "../../src/authoring/extension.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { anEngine, asset, definePipeline, defineStage, runPlugins, valueOf } from "./support.ts"

describe("extension points", () => {
  it.live("a plugin that contributes more makes what reads the point anew", () =>
    Effect.gen(function* () {
      const Rules = defineExtensionPoint<{ readonly name: string; readonly n: number }>()("t.rules", { key: ({ name }) => name })
      const sum = defineStage({
        id: "t/sum",
        uses: { rules: Rules },
        outputs: { n: asset("n") },
        run: ({ uses }) => ({ n: { n: uses.rules.all.reduce((all, { value }) => all + value.n, 0) } })
      })
      const base = definePlugin({
        name: "base",
        version: "1.0.0",
        api: "1",
        points: [Rules],
        pipelines: { p: definePipeline({ name: "p", stages: ({ use }) => ({ it: use(sum) }) }) }
      })
      const more = (n: number) =>
        definePlugin({ name: "more", version: "1.0.0", api: "1", contributes: [Rules.contribute({ name: "x", n })] })
      const { engine } = yield* anEngine(new MemoryStores())
      const run = (...plugins: Parameters<typeof runPlugins>[1]) =>
        Effect.map(runPlugins(engine, plugins, { pipelines: { p: { plugin: "base" } } }), ({ state }) => valueOf(state))
      assert.deepStrictEqual(yield* run(base), { n: 0 })
      assert.deepStrictEqual(yield* run(base, more(1)), { n: 1 })
      assert.deepStrictEqual(yield* run(base, more(2)), { n: 2 })
    })
  )
})
