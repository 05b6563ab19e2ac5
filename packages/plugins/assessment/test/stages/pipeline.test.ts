import { definePlugin } from "@tetra/core"
import { testPipeline } from "@tetra/core/testing"
import { Indicator } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import plugin, { assessment } from "../../src/index.ts"
import { allocations, builtIn, ordering } from "../../src/strategies/index.ts"
import { assetsOf, scenario } from "../support/assets.ts"
import { walk } from "../support/series.ts"

const plugins = [
  { ...plugin, pipelines: {} },
  definePlugin({ name: "indicators", version: "1.0.0", api: "^1.0", points: [Indicator] })
]
const market = {
  AAA: walk({ seed: 1, bars: 500, drift: 4e-4 }),
  BBB: walk({ seed: 2, bars: 500, drift: 2e-4 })
}
const scenarios = [scenario("calm", ["AAA", "BBB"], 2, 3e-4), scenario("crash", ["AAA", "BBB"], 3, -2e-3)]
type Row = Record<string, string | number>
type Params = NonNullable<NonNullable<Parameters<typeof testPipeline<typeof assessment>>[1]>["params"]>
const run = async (params: Params) => {
  const done = await testPipeline(assessment, { params, assets: assetsOf(market, scenarios), plugins })
  return {
    ...done,
    results: (done.assets["backtest_results"] ?? []) as ReadonlyArray<Row>,
    ranked: (done.assets["strategy_rankings"] ?? []) as ReadonlyArray<Row>
  }
}

describe("the assessment pipeline", () => {
  it("tests every strategy on the history and on every path of every scenario, up to max_paths", async () => {
    const { status, results, stages } = await run({ grid: false, max_paths: 2 })
    assert.strictEqual(status, "completed", JSON.stringify(stages))
    // 2 symbols x (history + 2 paths of calm + 2 of 3 paths of crash), the default parameters of each strategy.
    const together = results.filter((r) => r["symbol"] === "portfolio")
    assert.strictEqual(results.length - together.length, 2 * 5 * (builtIn.length + ordering.length))
    assert.strictEqual(together.length, 5 * allocations.length)
    assert.isTrue(together.every((r) => allocations.some(({ name }) => name === r["strategy"])))
    assert.deepStrictEqual([...new Set(results.map((r) => String(r["scenario_id"])))].toSorted(), ["base", "calm", "crash"])
    const held = results.filter((r) => r["strategy"] === "buy_and_hold" && r["scenario_id"] === "crash")
    assert.isTrue(held.every((r) => r["bars"] === 150 && Number(r["total_return"]) < 0 && Number(r["beta"]) > 0.999))
  })

  it("ranks robust strategies first and then down the score, with its parts and the weights that made it", async () => {
    const { ranked } = await run({ grid: false, max_paths: 1 })
    assert.deepStrictEqual(
      ranked.map((r) => r["rank"]),
      ranked.map((_, i) => i + 1)
    )
    const tier = (r: Row) => ["robust", "", "insufficient data"].indexOf(String(r["verdict"]))
    const places = ranked.map((r) => [tier(r) < 0 ? 1 : tier(r), -Number(r["score"])] as const)
    assert.deepStrictEqual(
      places,
      places.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
    )
    const parts = ["objective", "tail", "drawdown", "luck", "selection"]
    for (const r of ranked) {
      const total = parts.reduce((sum, name) => sum + Number(r[`score_${name}`]), 0)
      assert.closeTo(total, Number(r["score"]), 1e-12)
    }
    assert.isTrue(ranked.every((r) => r["weight_dsr"] === 0.5 && r["weight_history"] === 0.6))
    assert.isTrue(ranked.every((r) => ["robust", "fragile", "overfit", "insufficient data"].includes(String(r["verdict"]))))
  })

  it("keeps to the strategies, symbols and scenarios that are named", async () => {
    const { results } = await run({ strategies: "sma_cross, rsi_reversion", symbols: ["BBB"], scenario: "none", grid: false })
    assert.deepStrictEqual(
      results.map((r) => [r["scenario_id"], r["symbol"], r["strategy"]]),
      [
        ["base", "BBB", "rsi_reversion"],
        ["base", "BBB", "sma_cross"]
      ]
    )
  })

  it("refuses a name that means nothing, and says which there are", async () => {
    const cases = [
      [{ strategies: ["sma_crass"] }, /strategies: there is no "sma_crass" \(known: .*sma_cross/],
      [{ symbols: "ZZZ" }, /symbols: there is no "ZZZ" \(known: AAA, BBB\)/],
      [{ benchmark: "SPY" }, /benchmark: there is no "SPY" \(known: buy_and_hold, AAA, BBB\)/],
      [{ scenario: "calmer" }, /scenario: there is no "calmer" \(known: calm, crash\)/]
    ] as const
    for (const [params, expected] of cases) {
      const { status, stages } = await run(params)
      assert.strictEqual(status, "failed")
      assert.match(stages["backtests"]?.reason ?? "", expected)
    }
  })

  it("runs when the metrics pipeline gave nothing", async () => {
    const { technical_indicators: _, statistical_metrics: __, ml_features: ___, ...assets } = assetsOf(market, scenarios)
    const params = { grid: false, max_paths: 1, scenario: "none" }
    const without = await testPipeline(assessment, { params, assets, plugins })
    assert.strictEqual(without.status, "completed", JSON.stringify(without.stages))
    assert.deepStrictEqual(without.assets["backtest_results"], (await run(params)).results)
  })

  it("ends with an empty ranking and report when there are no bars", async () => {
    const done = await testPipeline(assessment, { assets: assetsOf({}, []), plugins })
    assert.strictEqual(done.status, "completed", JSON.stringify(done.stages))
    assert.deepStrictEqual(done.assets["strategy_rankings"], [])
  })

  it("measures against a benchmark symbol where one is named", async () => {
    const { results } = await run({
      strategies: "buy_and_hold",
      benchmark: "AAA",
      scenario: "none",
      fees_bps: 0,
      slippage_bps: 0
    })
    const [own, other] = results
    assert.closeTo(Number(own!["beta"]), 1, 0.02)
    assert.isBelow(Math.abs(Number(other!["beta"])), 0.3)
  })
})
