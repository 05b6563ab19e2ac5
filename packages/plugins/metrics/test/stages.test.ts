import { batch, text } from "@tetra/core"
import { checkPlugin, checkStage, dataset, testPipeline, testStage } from "@tetra/core/testing"
import { Bars } from "@tetra/plugin-data/types"
import { type Definition, ScenarioBars } from "@tetra/plugin-scenarios/types"
import { Layer, Result } from "effect"
import { describe, expect, it } from "vitest"
import plugin, { metrics } from "../src/index.ts"
import { computeIndicator } from "../src/kernels.ts"
import { CrossSection } from "../src/stages/crossSection.ts"
import { features } from "../src/stages/features.ts"
import { indicators } from "../src/stages/indicators.ts"
import { scenarioPartitions } from "../src/stages/scenarios.ts"
import { statistics } from "../src/stages/statistics.ts"
import { Indicator, type IndicatorDef } from "../src/types.ts"
import { someBars } from "./bars.ts"
import { day, marketOf } from "./market.ts"

const first = day("2021-01-04")
const market = dataset(
  Bars,
  marketOf([
    { symbol: "AAA", from: first, bars: 300 },
    { symbol: "SPY", from: first, bars: 300, beta: 1 }
  ])
)
/** Two paths of two symbols, 40 bars each of which 10 are warm-up, in batches that cut series in two. */
const scenario = (id: string, paths: number) =>
  Array.from({ length: paths }, (_, path) =>
    ["AAA", "SPY"].map((symbol, s) => ({ id, path, symbol, bars: someBars(40, 3 + 2 * path + s) }))
  ).flat()
const scenarioTable = (cut: number) => {
  const rows = [...scenario("gbm", 2), ...scenario("shock", 1)].flatMap(({ id, path, symbol, bars }) =>
    Array.from({ length: 40 }, (_, i) => ({ id, path, symbol, step: i - 10, bars, i }))
  )
  const batches = Array.from({ length: Math.ceil(rows.length / cut) }, (_, b) => rows.slice(b * cut, (b + 1) * cut)).map((part) =>
    batch({
      scenario_id: text(part.map((r) => r.id)),
      path: Int32Array.from(part, (r) => r.path),
      symbol: text(part.map((r) => r.symbol)),
      step: Int32Array.from(part, (r) => r.step),
      date: Int32Array.from(part, (r) => r.bars.date[r.i]!),
      open: Float64Array.from(part, (r) => r.bars.open[r.i]!),
      high: Float64Array.from(part, (r) => r.bars.high[r.i]!),
      low: Float64Array.from(part, (r) => r.bars.low[r.i]!),
      close: Float64Array.from(part, (r) => r.bars.close[r.i]!),
      volume: Float64Array.from(part, (r) => r.bars.volume[r.i]!)
    })
  )
  return dataset(ScenarioBars, ...batches)
}
/** An input of which some partitions may be missing. */
const part = <H>(all: H, missing: ReadonlyArray<{ readonly partition: string; readonly reason: string }> = []) => ({
  all,
  keys: [],
  get: () => undefined,
  coverage: { done: 1, expected: 1 + missing.length, ratio: 1 / (1 + missing.length), missing }
})
const definition = (id: string, n_paths: number): Definition => ({
  id,
  version: 1,
  type: "custom",
  title: id,
  parameters: {},
  universe: ["AAA", "SPY"],
  seed: 1,
  n_paths,
  horizon: 30,
  frequency: "1d",
  warmup: 10,
  parent: "test"
})
const scenario_definitions = [definition("gbm", 2), definition("shock", 1)]
const assets = { market_data: market, scenario_definitions, scenario_timeseries: scenarioTable(57) }
const points = { ...plugin, pipelines: {} }
type Params = (typeof metrics)["parameters"]["~type.make.in"]
const run = (params: Params, others: ReadonlyArray<typeof plugin> = [], given = assets) =>
  testPipeline(metrics, { params, assets: given, plugins: [points, ...others] })
type Row = Readonly<Record<string, string | number>>
const rowsOf = (answer: Awaited<ReturnType<typeof run>>, asset: string) => answer.assets[asset] as ReadonlyArray<Row>

describe("the metrics pipeline", () => {
  it("gives indicators of the history and of every scenario, path by path, as the kernels do", async () => {
    const answer = await run({ metrics: ["sma_5", "macd_signal"], scenario: "all", max_paths: 5 })
    expect(answer.status).toBe("completed")
    const table = rowsOf(answer, "technical_indicators")
    const counted = Object.groupBy(table, (r) => `${r["scenario_id"]} ${r["path"]} ${r["symbol"]}`)
    expect(Object.fromEntries(Object.entries(counted).map(([key, rows]) => [key, rows!.length]))).toEqual({
      "base 0 AAA": 300,
      "base 0 SPY": 300,
      "gbm 0 AAA": 40,
      "gbm 0 SPY": 40,
      "gbm 1 AAA": 40,
      "gbm 1 SPY": 40,
      "shock 0 AAA": 40,
      "shock 0 SPY": 40
    })
    expect(Object.keys(table[0]!)).toEqual(["scenario_id", "path", "symbol", "date", "sma_5", "macd_12_26_9_signal"])
    expect(counted["gbm 1 SPY"]!.map((r) => r["sma_5"])).toEqual(Array.from(computeIndicator("sma_5", someBars(40, 6))))
  })
  it("bounds the paths, and leaves scenarios out unless they are asked for", async () => {
    const some = rowsOf(await run({ metrics: ["sma_5"], scenario: "gbm", max_paths: 1 }), "technical_indicators")
    expect(new Set(some.map((r) => `${r["scenario_id"]} ${r["path"]}`))).toEqual(new Set(["base 0", "gbm 0"]))
    const none = rowsOf(await run({ metrics: ["sma_5"] }), "technical_indicators")
    expect(new Set(none.map((r) => r["scenario_id"]))).toEqual(new Set(["base"]))
  })
  it("describes each symbol, its last windows, and its beta to the benchmark; the warm-up of a scenario does not count", async () => {
    const table = rowsOf(
      await run({ metrics: ["sma_5"], scenario: "shock", windows: [63], benchmark: "SPY" }),
      "statistical_metrics"
    )
    const value = (symbol: string, metric: string, window = "full", id = "base") =>
      table.find((r) => r["symbol"] === symbol && r["metric"] === metric && r["window"] === window && r["scenario_id"] === id)?.[
        "value"
      ]
    expect(value("AAA", "bars")).toBe(300)
    expect(value("AAA", "bars", "63")).toBe(64)
    expect(value("AAA", "bars", "full", "shock")).toBe(30)
    expect(value("AAA", "beta")).toBeTypeOf("number")
    expect(value("SPY", "beta")).toBeUndefined()
    expect(value("AAA", "correlation")).toBeCloseTo(value("AAA", "correlation_pearson") as number, 1)
    expect((value("*", "pca_share", "63") as number) > 0.5).toBe(true)
    expect(value("AAA", "engle_granger_p")).toBeTypeOf("number")
  })
  it("keeps features and labels apart, with the time they were known and a manifest", async () => {
    const answer = await run({ features: ["return_5", "rsi_14"], labels: ["label_return_5"] })
    const rows = rowsOf(answer, "ml_features")
    expect(Object.keys(rows[0]!)).toEqual(["symbol", "date", "available_at", "return_5", "rsi_14", "label_return_5"])
    expect(rows[50]!["available_at"]).toBe((BigInt(rows[50]!["date"]!) * 24n + 21n) * 3_600_000_000n)
    expect(rows[50]!["label_return_5"]).toBe(rows[55]!["return_5"])
    expect(answer.stages["feature_manifest"]?.status).toBe("completed")
    expect(answer.stages["feature_splits"]?.status).toBe("completed")
  })
  it("names every unknown indicator, scenario and symbol, with what there is", async () => {
    const reason = async (params: Params, stage = "indicators") => (await run(params)).stages[stage]?.reason
    await expect(run({ metrics: ["sma_x", "foo"] })).rejects.toThrow(/"sma_x": n of sma is a number[^]*"foo": no indicator/)
    await expect(run({ features: ["label_return_1"] })).rejects.toThrow(/is a label and looks ahead/)
    expect(await reason({ scenario: "gmb" })).toMatch(/scenario: there is no gmb. There are gbm, shock/)
    expect(await reason({ symbols: ["AAPL"] })).toMatch(/symbols: there is no AAPL. There are AAA, SPY/)
    expect(await reason({ benchmark: "QQQ" }, "statistics")).toMatch(/benchmark: there is no QQQ/)
  })
  it("says what is missing when scenarios are asked for and not there", async () => {
    const answer = await run({ metrics: ["sma_5"], scenario: "shock" }, [], {
      market_data: market,
      scenario_definitions
    } as typeof assets)
    expect(answer.stages["indicators"]?.reason).toMatch(/bars of the scenarios are not there.*--scenario none/)
  })
  it("computes an indicator of another plugin by its name, and as a feature", async () => {
    const double: IndicatorDef = {
      name: "times",
      parameters: [{ name: "by", default: 2, min: 0, max: 100 }],
      inputs: ["close"],
      outputs: [""],
      lookback: () => 0,
      batch: (c, [by], [out]) => c.close.forEach((v, i) => (out![i] = by! * v))
    }
    const other = { ...points, name: "other", points: [], contributes: [Indicator.contribute(double)] }
    const answer = await run({ metrics: ["times_3", "sma_1"], features: ["times_3"] }, [other])
    const [row] = rowsOf(answer, "technical_indicators").slice(-1)
    expect(row!["times_3"]).toBeCloseTo(3 * (row!["sma_1"] as number), 9)
    expect(rowsOf(answer, "ml_features")[0]!["times_3"]).toBeTypeOf("number")
  })
})
describe("conformance", () => {
  const services = Layer.succeed(Indicator, { keys: [], all: [], get: () => undefined })
  const config = {
    metrics: ["core"],
    scenario: "none",
    max_paths: 1,
    symbols: [],
    benchmark: "",
    annual: 252,
    risk_free: 0,
    pairs: 5,
    windows: [63],
    as_of: "",
    later_knowledge: "refuse" as const
  }
  const missing = Result.fail({ _tag: "Unavailable" as const, cause: "missing" as const, message: "not there" })
  const featureInputs = { bars: market, events: missing, news: missing, standing: dataset(CrossSection) }
  const inputs = {
    bars: market,
    definitions: scenario_definitions,
    scenarios: Result.succeed(part(scenarioTable(500))),
    values: missing,
    states: missing
  }
  const faults = (findings: Awaited<ReturnType<typeof checkStage>>) => findings.filter((f) => !f.ok)
  it("the stages are deterministic, interruptible and look ahead of nothing", async () => {
    const key = "base: AAA,SPY"
    expect(
      faults(await checkStage(indicators, { config, inputs, key, services }, { noLookAhead: { input: "bars", output: "table" } }))
    ).toEqual([])
    expect(faults(await checkStage(statistics, { config, inputs, key: "gbm" }))).toEqual([])
    const set = { features: ["all"], labels: [], symbols: [], as_of: "", later_knowledge: "refuse" as const }
    expect(faults(await checkStage(features, { config: set, inputs: featureInputs, key, services }))).toEqual([])
  })
  it("a scenario that was left out before is named, and the others are there", async () => {
    const missing = [{ partition: "historical", reason: "no such window" }]
    const definitions = [...scenario_definitions, definition("gone", 1)]
    const given = { ...inputs, definitions, scenarios: Result.succeed(part(scenarioTable(500), missing)) }
    const keys = await scenarioPartitions("all", given)
    expect(keys).toEqual(["shock", "gbm", "gone"])
    const tried = await testStage(indicators, { config, inputs: given, key: "gone", services })
    expect([tried.status, tried.error?.message]).toEqual([
      "failed",
      "gone has no bars: the scenarios pipeline left out historical (no such window)"
    ])
  })
  it("a missing symbol in a block leaves the others", async () => {
    const tried = await testStage(indicators, { config, inputs, key: "base: AAA,GONE", services })
    expect([tried.status, tried.outputs.table.length]).toEqual(["completed", 300])
  })
  it("the plugin's pipeline builds twice alike and its defaults are valid", async () => {
    expect((await checkPlugin(plugin)).filter((f) => !f.ok)).toEqual([])
  })
})
