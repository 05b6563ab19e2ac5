import { definePlugin } from "@tetra/core"
import { testPipeline } from "@tetra/core/testing"
import { Indicator } from "@tetra/plugin-metrics/types"
import { assert, beforeAll, describe, it } from "vitest"
import plugin, { assessment } from "../../src/index.ts"
import { allocations, builtIn, ordering } from "../../src/strategies/index.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import { assetsOf, scenario } from "../support/assets.ts"
import { walk } from "../support/series.ts"

const plugins = [
  { ...plugin, pipelines: {} },
  definePlugin({ name: "indicators", version: "1.0.0", api: "^1.0", points: [Indicator] })
]
const services = SweepTeam.layer({ threads: 1 })
const market = {
  AAA: walk({ seed: 1, bars: 500, drift: 4e-4 }),
  BBB: walk({ seed: 2, bars: 500, drift: 2e-4 })
}
const scenarios = [scenario("calm", ["AAA", "BBB"], 2, 3e-4), scenario("crash", ["AAA", "BBB"], 3, -2e-3)]
type Row = Record<string, string | number>
type Params = NonNullable<NonNullable<Parameters<typeof testPipeline<typeof assessment>>[1]>["params"]>
/** Few resamples: what they say is tested with the bootstrap. */
const run = async (params: Params) => {
  const given = { resamples: 50, ...params }
  const done = await testPipeline(assessment, { params: given, assets: assetsOf(market, scenarios), plugins, services })
  return {
    ...done,
    results: (done.assets["backtest_results"] ?? []) as ReadonlyArray<Row>,
    ranked: (done.assets["strategy_rankings"] ?? []) as ReadonlyArray<Row>
  }
}

describe("the assessment pipeline", () => {
  let everything: Awaited<ReturnType<typeof run>>
  beforeAll(async () => {
    everything = await run({ grid: false, max_paths: 2 })
  }, 60_000)

  it("tests every strategy on the history and on every path of every scenario, up to max_paths", () => {
    const { status, results, stages } = everything
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

  it("ranks robust strategies first and then down the score, with its parts and the weights that made it", () => {
    const { ranked } = everything
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

  it("ranks alike from the few metrics that rankings read", async () => {
    const asked = { strategies: "sma_cross, rsi_reversion, buy_and_hold", scenario: "none", walk_forward: "none" } as const
    const [whole, few] = [await run(asked), await run({ ...asked, metrics: "ranking" })]
    const placed = (rows: ReadonlyArray<Row>) =>
      rows.map((r) => [r["strategy"], r["parameters"], r["verdict"], Number(r["score"]).toFixed(7)])
    assert.deepStrictEqual(placed(few.ranked), placed(whole.ranked))
    assert.includeMembers(Object.keys(few.results[0] ?? {}), ["sharpe", "exposure"])
    assert.notInclude(Object.keys(few.results[0] ?? {}), "ulcer")
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
      ["backtests", { symbols: "ZZZ" }, /symbols: there is no "ZZZ" \(known: AAA, BBB\)/],
      ["backtests", { benchmark: "SPY" }, /benchmark: there is no "SPY" \(known: buy_and_hold, AAA, BBB\)/],
      ["backtests", { scenario: "calmer" }, /scenario: there is no "calmer" \(known: calm, crash\)/]
    ] as const
    for (const [stage, params, expected] of cases) {
      const { status, stages } = await run(params)
      assert.strictEqual(status, "failed")
      assert.match(stages[stage]?.reason ?? "", expected)
    }
    const misspelt = await run({ strategies: ["sma_crass"] }).then(() => "", String)
    assert.match(misspelt, /there is no strategy "sma_crass"[^]*did you mean "sma_cross"\?/, "before anything runs")
  })

  it("runs when the metrics pipeline gave nothing", async () => {
    const { technical_indicators: _, statistical_metrics: __, ml_features: ___, ...assets } = assetsOf(market, scenarios)
    const params = {
      strategies: "sma_cross,rsi_reversion,risk_parity",
      grid: false,
      scenario: "none",
      walk_forward: "none",
      resamples: 0
    } as const
    const without = await testPipeline(assessment, { params, assets, plugins, services })
    assert.strictEqual(without.status, "completed", JSON.stringify(without.stages))
    assert.deepStrictEqual(without.assets["backtest_results"], (await run(params)).results)
  })

  it("ends with an empty ranking and report when there are no bars", async () => {
    const done = await testPipeline(assessment, { assets: assetsOf({}, []), plugins, services })
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

  it("walks forward: folds, stitched returns and a summary for each strategy, which the ranking weighs", async () => {
    const { assets, ranked } = await run({
      strategies: "sma_cross,random_entry",
      scenario: "none",
      train_bars: 120,
      test_bars: 60
    })
    const folds = assets["walk_forward_folds"] as ReadonlyArray<Row>
    const curves = assets["walk_forward_returns"] as ReadonlyArray<Row>
    const summary = assets["walk_forward"] as ReadonlyArray<Row>
    // 334 days after the warm-up: tests from the 125th on, in parts of 60 days; the last 29 are too few.
    assert.deepStrictEqual(
      folds.filter((f) => f["strategy"] === "sma_cross").map((f) => f["fold"]),
      [1, 2, 3]
    )
    assert.isTrue(folds.every((f) => Number(f["train_last"]) < Number(f["test_first"])))
    for (const { strategy, bars, objective } of summary) {
      const own = curves.filter((c) => c["strategy"] === strategy)
      assert.strictEqual(own.length, bars)
      assert.closeTo(
        own.reduce((e, c) => e * (1 + Number(c["return"])), 1),
        Number(own.at(-1)!["equity"]),
        1e-12
      )
      assert.isTrue(ranked.filter((r) => r["strategy"] === strategy).every((r) => r["objective_out_of_sample"] === objective))
    }
    const intervals = assets["performance_intervals"] as ReadonlyArray<Row>
    const names = ["sharpe", "annual_return", "max_drawdown", "excess_return", "trade_order_drawdown"]
    assert.deepStrictEqual([...new Set(intervals.map((r) => r["statistic"]))], names)
    assert.isTrue(intervals.every((r) => Number(r["low"]) <= Number(r["high"])))
  })

  it("halves: many sets on a part of the history, the best on all of it, and those given up still count as tried", async () => {
    const long = { AAA: walk({ seed: 5, bars: 1100, drift: 3e-4 }) }
    const params = {
      strategies: "sma_cross,buy_and_hold",
      scenario: "none",
      search: "halving",
      samples: 26,
      warmup: 100,
      walk_forward: "none",
      resamples: 0
    } as const
    const done = await testPipeline(assessment, { params, assets: assetsOf(long, []), plugins, services })
    assert.strictEqual(done.status, "completed", JSON.stringify(done.stages))
    const trials = (done.assets["parameter_trials"] as ReadonlyArray<Row>).filter((t) => t["strategy"] === "sma_cross")
    const kept = trials.filter((t) => t["kept"])
    assert.deepStrictEqual([trials.length, kept.length], [27, 9])
    assert.strictEqual(trials[0]!["parameters"], '{"fast":20,"slow":100,"short":0}')
    assert.isTrue(Boolean(trials[0]!["kept"]) && kept.every((t) => t["rung"] === 1))
    const worst = Math.min(...kept.slice(1).map((t) => Number(t["objective"])))
    assert.isTrue(trials.every((t) => t["kept"] || Number(t["objective"]) <= worst))
    const results = done.assets["backtest_results"] as ReadonlyArray<Row>
    assert.strictEqual(results.length, 10)
    assert.strictEqual(new Set(results.map((r) => r["fingerprint"])).size, 10)
  })
})
