/** A plugin of somebody else: one strategy of each style, named in the configuration like those that ship. */
import { definePlugin } from "@tetra/core"
import { testPipeline } from "@tetra/core/testing"
import { Indicator } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import plugin, { assessment } from "../../src/index.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import { Strategy } from "../../src/types.ts"
import { assetsOf } from "../support/assets.ts"
import { walk } from "../support/series.ts"

/** Weights from columns: long while the close is above its average. */
const above = Strategy.contribute({
  name: "above_average",
  title: "Above its average",
  parameters: [{ name: "period", default: 50, grid: [20, 50] }],
  weights: ({ close }, [period], weight, { indicator }) => {
    const average = indicator(`sma_${period}`)
    for (let t = 0; t < weight.length; t++) weight[t] = close[t]! > average[t]! ? 1 : 0
  }
})
/** Orders: buys a fall of 2 %, with a stop and a limit, whole shares. */
const dip = Strategy.contribute({
  name: "buy_the_dip",
  title: "Buy the dip",
  parameters: [{ name: "percent", default: 2, grid: [2] }],
  account: { kind: "cash", initial: 10_000, lot: 1 },
  onBar:
    ([percent]) =>
    ({ bar, columns: { close }, position, waiting, order }) => {
      if (position !== 0 || waiting > 0) return
      const price = close[bar]!
      const limit = price * (1 - percent! / 100)
      order({ size: { share: 0.9 }, limit, lasts: "day", bracket: { stop: 0.97 * limit, limit: 1.03 * limit } })
    }
})
/** Weights of all symbols: the one that rose most in a month. */
const leader = Strategy.contribute({
  name: "leader",
  title: "Leader",
  parameters: [],
  allocate: ({ closes, date }, _, weights) => {
    for (let t = 21; t < date.length; t++) {
      const rises = closes.map((c) => c[t]! / c[t - 21]!)
      const best = rises.indexOf(Math.max(...rises))
      for (const [i, weight] of weights.entries()) weight[t] = i === best ? 1 : 0
    }
  }
})
/** Orders for all symbols: an equal amount of each, once. */
const basket = Strategy.contribute({
  name: "basket",
  title: "Basket",
  trades: "universe",
  parameters: [],
  onBar: () => {
    let bought = false
    return ({ universe, equity, order }) => {
      if (!bought)
        for (const symbol of universe.symbols) order({ symbol, size: { value: (0.9 * equity) / universe.symbols.length } })
      bought = true
    }
  }
})

describe("strategies of another plugin", () => {
  const mine = definePlugin({
    name: "mine",
    version: "1.0.0",
    api: "^1.0",
    points: [Indicator],
    contributes: [above, dip, leader, basket]
  })
  const market = { AAA: walk({ seed: 1, bars: 400, drift: 4e-4 }), BBB: walk({ seed: 2, bars: 400 }) }

  it("of weights, of orders and for all symbols are tested, ranked and reported by their names", async () => {
    const done = await testPipeline(assessment, {
      params: { strategies: "above_average, buy_the_dip, leader, basket", scenario: "none", sides: "long" },
      assets: assetsOf(market, []),
      plugins: [{ ...plugin, pipelines: {} }, mine],
      services: SweepTeam.layer({ threads: 1 })
    })
    assert.strictEqual(done.status, "completed", JSON.stringify(done.stages))
    const results = done.assets["backtest_results"] as ReadonlyArray<Record<string, string | number>>
    assert.sameDeepMembers(
      results.map((r) => [r["strategy"], r["symbol"]]),
      [
        ...["above_average", "above_average", "buy_the_dip"].flatMap((s) => [
          [s, "AAA"],
          [s, "BBB"]
        ]),
        ["leader", "portfolio"],
        ["basket", "portfolio"]
      ]
    )
    assert.isTrue(results.every((r) => Number(r["trades"]) > 0))
    const dips = results.filter((r) => r["strategy"] === "buy_the_dip")
    assert.isTrue(dips.every((r) => Number(r["trades"]) > 3 && Number(r["exposure"]) < 0.8))
    const ranked = done.assets["strategy_rankings"] as ReadonlyArray<Record<string, string | number>>
    assert.strictEqual(ranked.length, 5)
  })
})
