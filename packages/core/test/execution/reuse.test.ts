import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { type AnyPipeline, batch, Col, defineAsset, defineTable, extendPipeline, partial } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { asset, Count, definePipeline, defineStage, eventsOf, runOnce } from "./support.ts"

const Rows = defineTable("t/Rows@1", { n: Col.int }, { key: ["n"] })
/** One partition per key, all with the same row, and a stage that reads their names. */
const named = (keys: ReadonlyArray<string>): AnyPipeline => {
  const parts = defineStage({
    id: "t/parts",
    outputs: { rows: Rows },
    config: Schema.Struct({ keys: Schema.Array(Schema.String) }),
    partitions: { key: Schema.String, keys: ({ config }) => config.keys },
    run: () => ({ rows: batch({ n: Int32Array.of(1) }) })
  })
  const read = defineStage({
    id: "t/read",
    inputs: { rows: partial(Rows) },
    outputs: { k: defineAsset("k", Count) },
    run: ({ inputs }) => ({ k: { n: inputs.rows.keys.join("").length } })
  })
  return definePipeline({
    name: "p",
    stages: ({ use }) => {
      const p = use(parts, { config: { keys } })
      return { p, r: use(read, { inputs: { rows: p.rows } }) }
    }
  }) as AnyPipeline
}
const valueOf = (output: { readonly value?: unknown } | undefined) => output?.value

describe("a stage that reads by partition", () => {
  it.effect("is not reused when the partitions have other names, and is when they have the same", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const lengths: Array<unknown> = []
      const reused: Array<boolean | undefined> = []
      for (const key of ["a", "bbbb", "a"]) {
        const { state } = yield* runOnce(named([key]), { stores })
        const stage = state.stages.get("p.r")
        lengths.push(valueOf(stage?.outputs["k"] as { readonly value?: unknown } | undefined))
        reused.push(stage?.reused)
        const started = eventsOf(stores, state.run).find((e) => e._tag === "StageStarted" && e.stage === "p.r")
        assert.property(started?._tag === "StageStarted" ? started.keyParts : {}, "partitions.rows")
      }
      assert.deepStrictEqual(lengths, [{ n: 1 }, { n: 4 }, { n: 1 }])
      assert.deepStrictEqual(reused, [false, false, true])
    })
  )
})

describe("a stage that another plugin wraps", () => {
  it.effect("is not reused when that plugin has another version", () =>
    Effect.gen(function* () {
      const pipeline = definePipeline({
        name: "p",
        stages: ({ use }) => ({
          it: use(defineStage({ id: "t/s", outputs: { n: asset("n") }, run: () => ({ n: { n: 0 } }) }))
        })
      })
      /** The wrap reads alike in every version: what it closes over is what differs. */
      const wrapping = (n: number) =>
        definePlugin({
          name: "wraps",
          version: `${n}.0.0`,
          api: "1",
          extensions: [extendPipeline(pipeline)({ wrap: { it: (next) => Effect.map(next(), () => ({ n: { n } })) } })]
        })
      const stores = new MemoryStores()
      const values: Array<unknown> = []
      for (const n of [1, 2]) {
        const { state } = yield* runOnce(pipeline as AnyPipeline, { stores, plugins: [wrapping(n)] })
        values.push(valueOf(state.stages.get("p.it")?.outputs["n"] as { readonly value?: unknown } | undefined))
      }
      assert.deepStrictEqual(values, [{ n: 1 }, { n: 2 }])
    })
  )
})
