/** What authors get wrong, and the compiler refuses: after each `@ts-expect-error` stands what the message says. */
import {
  batch,
  Col,
  defineAsset,
  defineExtensionPoint,
  definePipeline,
  definePlugin,
  defineStage,
  defineTable,
  defineValue,
  extendPipeline,
  option,
  partial,
  TaskScheduler,
  text
} from "@tetra/core"
import { testStage } from "@tetra/core/testing"
import { Context, Effect, Schema } from "effect"

const Bars = defineTable(
  "t/Bars@1",
  { symbol: Col.text, day: Col.day, close: Col.float },
  { key: ["symbol", "day"], time: "day" }
)
const MarketData = defineAsset("market_data", Bars)
const Stats = defineValue("t/Stats@1", Schema.Struct({ mean: Schema.Finite, grade: Schema.Literals(["full", "partial"]) }))
const Quality = defineValue("t/Quality@1", Schema.Struct({ score: Schema.Finite }))
class Boom extends Schema.TaggedError<Boom>()("Boom", {}) {}
class Calendar extends Context.Service<Calendar, { readonly open: (day: number) => boolean }>()("t/Calendar") {}

const load = defineStage({
  id: "t/load",
  config: Schema.Struct({ from: Schema.String }),
  outputs: { table: Bars },
  run: () => ({ table: batch({ symbol: text(["A"]), day: Int32Array.of(1), close: Float64Array.of(1) }) })
})
const judge = defineStage({
  id: "t/judge",
  inputs: { table: Bars },
  outputs: { quality: Quality },
  run: () => ({ quality: { score: 1 } })
})
const show = defineStage({ id: "t/show", inputs: { table: Bars, quality: Quality }, run: () => undefined })
const open = defineStage({ id: "t/open", uses: { calendar: Calendar }, run: () => undefined })
const analytics = definePipeline({
  name: "analytics_pipeline",
  stages: ({ use }) => {
    const data = use(load, { config: { from: "x" } })
    return { data_loading: data, data_validation: use(judge, { inputs: { table: data.table } }) }
  }
})
const score = defineStage({
  id: "t/score",
  inputs: { quality: Quality },
  outputs: { quality: Quality },
  run: ({ inputs }) => inputs
})
const Indicator = defineExtensionPoint<{ readonly name: string; readonly lookback: number }>()("t.indicator", {
  key: (i) => i.name
})

export const mistakes = [
  () =>
    defineStage({
      id: "w/output",
      outputs: { stats: Stats },
      // @ts-expect-error Type 'string' is not assignable to type 'number'
      async run() {
        return { stats: { mean: "1", grade: "full" } }
      }
    }),
  () =>
    defineStage({
      id: "w/missing-output",
      outputs: { stats: Stats, table: MarketData },
      // @ts-expect-error Property 'stats' is missing
      async run({ out }) {
        return { table: out.table.done() }
      }
    }),
  () =>
    defineStage({
      id: "w/column",
      inputs: { bars: MarketData },
      async run({ inputs }) {
        // @ts-expect-error Did you mean '"close"'
        await inputs.bars.read({ columns: ["clsoe"] })
      }
    }),
  () =>
    defineStage({
      id: "w/vector",
      outputs: { table: Bars },
      async run({ out }) {
        // @ts-expect-error required in type 'TextVector'
        await out.table.append(batch({ symbol: new Float64Array(1), day: new Int32Array(1), close: new Float64Array(1) }))
        return { table: out.table.done() }
      }
    }),
  // @ts-expect-error Property 'key' does not exist
  () => defineStage({ id: "w/key", run: ({ key }) => void key }),
  () =>
    defineStage({
      id: "w/mark",
      checkpoint: Schema.Struct({ next: Schema.Int }),
      *run({ checkpoint }) {
        // @ts-expect-error Did you mean to write 'next'
        yield* checkpoint.save({ nxt: 1 })
      }
    }),
  () =>
    defineStage({
      id: "w/tag",
      policy: { retry: { unless: ["Bom"] } },
      // @ts-expect-error policy.retry names "Bom", which is no failure of this stage
      *run({ now }) {
        if (now() > 1) return yield* new Boom({})
        return yield* Effect.void
      }
    }),
  // @ts-expect-error Did you mean '"use_previous"'
  () => defineStage({ id: "w/fallback", policy: { onFailure: { fallback: "use_previus" } }, run: () => undefined }),
  // @ts-expect-error Did you mean 'window'
  () => defineStage({ id: "w/config", config: Schema.Struct({ window: Schema.Int }), run: ({ config }) => void config.windw }),
  () =>
    defineStage({
      id: "w/partial",
      inputs: { bars: partial(MarketData) },
      async run({ inputs }) {
        // @ts-expect-error Property 'read' does not exist on type 'PartitionSet
        await inputs.bars.read()
      }
    }),
  () =>
    definePipeline({
      name: "wiring",
      stages: ({ use }) => {
        const data = use(load, { config: { from: "x" } })
        // @ts-expect-error Value<"t/Quality@1"
        return { data, show: use(show, { inputs: { table: data.table, quality: data.table } }) }
      }
    }),
  // @ts-expect-error Expected 2 arguments, but got 1
  () => definePipeline({ name: "unwired", stages: ({ use }) => ({ show: use(show) }) }),
  // @ts-expect-error Type 'number' is not assignable to type 'string'
  () => definePipeline({ name: "configured", stages: ({ use }) => ({ load: use(load, { config: { from: 1 } }) }) }),
  () =>
    definePipeline({
      name: "modes",
      parameters: Schema.Struct({ days: option(Schema.Int, { help: "", default: 1 }) }),
      // @ts-expect-error 'dasy' does not exist in type '{ readonly days?: number; }'
      modes: { daily: { dasy: 2 } },
      stages: () => ({})
    }),
  // @ts-expect-error "analytics_pipeline" has no stage "data_lodaing"
  () => extendPipeline(analytics)({ after: { data_lodaing: load } }),
  // @ts-expect-error "t/score" reads an input that does not flow here: quality
  () => extendPipeline(analytics)({ after: { data_loading: score } }),
  // @ts-expect-error "t/score" does not give every output of "data_loading"
  () => extendPipeline(analytics)({ replace: { data_loading: score } }),
  () =>
    // @ts-expect-error Property 'services' is missing
    definePlugin({
      name: "w",
      version: "1.0.0",
      api: "^1.0",
      pipelines: { p: definePipeline({ name: "w", stages: ({ use }) => ({ open: use(open) }) }) }
    }),
  // @ts-expect-error Type 'string' is not assignable to type 'number'
  () => Indicator.contribute({ name: "x", lookback: "1" }),
  // @ts-expect-error Property 'sum' does not exist on type 'number[]'
  () => new TaskScheduler().addTask("a", { run: () => [1] }).addTask("b", { dependencies: ["a"], run: ({ a }) => a.sum }),
  // @ts-expect-error 'form' does not exist in type '{ readonly from: string; }'
  () => testStage(load, { config: { form: "x" } }),
  // @ts-expect-error Property 'tabel' does not exist
  () => testStage(load, { config: { from: "x" } }).then(({ outputs }) => outputs.tabel)
]
