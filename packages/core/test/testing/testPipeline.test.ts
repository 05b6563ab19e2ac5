import { assert, describe, it } from "vitest"
import { Schema } from "effect"
import { batch, Col, defineAsset, definePipeline, defineStage, defineTable, defineValue, partial, text } from "../../src/index.ts"
import { checkStage, dataset, testPipeline, testStage } from "../../src/testing.ts"

const Bars = defineTable(
  "t/Bars@1",
  { symbol: Col.text, day: Col.day, close: Col.float },
  { key: ["symbol", "day"], time: "day" }
)
const MarketData = defineAsset("market_data", Bars)
const Means = defineTable("t/Means@1", { symbol: Col.text, mean: Col.float }, { key: ["symbol"] })
const Report = defineAsset("report", defineValue("t/Report@1", Schema.Struct({ ratio: Schema.Finite })))

const means = defineStage({
  id: "t/means",
  config: Schema.Struct({ min: Schema.Int }),
  inputs: { bars: MarketData },
  outputs: { table: defineAsset("means", Means) },
  partitions: {
    key: Schema.String,
    keys: async ({ inputs }) => {
      const { columns } = await inputs.bars.read({ columns: ["symbol"] })
      return [...columns.symbol.values].sort()
    },
    minCoverage: 0.5
  },
  *run({ key, config, inputs, out, progress }) {
    const { columns, rows } = yield* inputs.bars.read({ columns: ["close"], where: { symbol: key } })
    if (rows < config.min) throw new Error(`${key} has ${rows} bars, ${config.min} are needed`)
    progress(1, 1, "symbols")
    yield* out.table.append(
      batch({ symbol: text([key]), mean: Float64Array.of(columns.close.reduce((a, c) => a + c, 0) / rows) })
    )
    return { table: out.table.done() }
  }
})
const report = defineStage({
  id: "t/report",
  inputs: { means: partial(Means) },
  outputs: { report: Report },
  async run({ inputs }) {
    return { report: { ratio: inputs.means.coverage.ratio } }
  }
})
const pipeline = definePipeline({
  name: "p",
  parameters: Schema.Struct({ min: Schema.Int }),
  stages: ({ use, params }) => {
    const m = use(means, { config: { min: params.min } })
    return { means: m, report: use(report, { inputs: { means: m.table } }) }
  }
})
const market_data = dataset(
  Bars,
  batch({ symbol: text(["A", "A", "B"]), day: Int32Array.of(1, 2, 1), close: Float64Array.of(1, 3, 5) })
)

describe("testPipeline", () => {
  it("runs partitions, joins them and publishes the assets", async () => {
    const run = await testPipeline(pipeline, { params: { min: 1 }, assets: { market_data } })
    assert.deepEqual(run.stages["means"]?.reason, undefined)
    assert.equal(run.status, "completed")
    assert.deepEqual(run.assets["means"], [
      { symbol: "A", mean: 2 },
      { symbol: "B", mean: 5 }
    ])
    assert.deepEqual(run.assets["report"], { ratio: 1 })
  })
  it("leaves out what failed, above the least coverage", async () => {
    const run = await testPipeline(pipeline, { params: { min: 2 }, assets: { market_data } })
    assert.equal(run.stages["means"]?.status, "partial")
    assert.equal(run.stages["means"]?.reason, "left out B")
    assert.deepEqual(run.assets["report"], { ratio: 0.5 })
    assert.equal(run.status, "partial")
  })
  it("says what is missing", async () => {
    const run = await testPipeline(pipeline, { params: { min: 2 } })
    assert.equal(run.stages["means"]?.status, "skipped")
    assert.equal(run.stages["means"]?.reason, 'input "bars": nobody provides "market_data"')
    assert.equal(run.status, "skipped")
  })
})
describe("testStage", () => {
  it("answers rows, versions and events", async () => {
    const tried = await testStage(means, { config: { min: 1 }, inputs: { bars: market_data }, key: "A" })
    assert.deepEqual(tried.error, undefined)
    assert.deepEqual(tried.outputs.table, [{ symbol: "A", mean: 2 }])
    assert.deepEqual(tried.events, [{ stage: "t/means", partition: "A", _tag: "Progress", done: 1, total: 1, of: "symbols" }])
  })
})
describe("checkStage", () => {
  it("passes a stage that keeps the rules", async () => {
    const findings = await checkStage(means, { config: { min: 1 }, inputs: { bars: market_data }, key: "A" })
    assert.deepEqual(
      findings.filter((f) => !f.ok),
      []
    )
  })
})
