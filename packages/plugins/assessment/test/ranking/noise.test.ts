/**
 * Research that finds nothing where nothing is: strategies on walks without drift, costs included. 50 markets, or as many as the environment variable
 * `TETRA_NOISE_MARKETS` says.
 */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import { axisOf } from "../../src/backtest/history.ts"
import { heldReturns } from "../../src/backtest/portfolio.ts"
import { rank, type Ranking } from "../../src/ranking/rank.ts"
import { randomEntry, turnOfMonth } from "../../src/strategies/baselines.ts"
import { bollingerBreakout } from "../../src/strategies/reversion.ts"
import { benchesOf, candidatesOf, testRules } from "../support/report.ts"
import { walk } from "../support/series.ts"

const MARKETS = Number(process.env["TETRA_NOISE_MARKETS"] ?? 50)
const BARS = 900
/** Random entry that does not say what it is, so that nothing but its numbers speaks against it. */
const { role: _, ...anonymous } = randomEntry
const coin = { ...anonymous, name: "coin", parameters: [{ name: "hold", default: 20, grid: [5, 10, 20, 40, 60] }] }
const single = { ...turnOfMonth, parameters: turnOfMonth.parameters.map((p) => ({ ...p, grid: [p.default] })) }
const strategies = [bollingerBreakout, single, coin, randomEntry]
const rankingOf = (columns: SeriesColumns): Ranking => {
  const benches = benchesOf({ A: columns })
  return rank(candidatesOf(benches, strategies), heldReturns(benches, axisOf(benches), testRules))
}
const share = (of: number, all: number): number => of / all

describe(`on ${MARKETS} markets of noise`, () => {
  const markets = Array.from({ length: MARKETS }, (_none, seed) => rankingOf(walk({ seed: 5000 + seed, bars: BARS })))
  const all = markets.flatMap((m) => m.rows)
  const ofCoin = (m: Ranking) => m.rows.filter((r) => r.strategy === "coin")

  it("random entry is never robust, and a coin that does not say what it is no more often than 5 %", () => {
    assert.isTrue(all.every((r) => r.strategy !== "random_entry" || r.verdict !== "robust"))
    const robust = markets.filter((m) => ofCoin(m).some((r) => r.verdict === "robust"))
    assert.isAtMost(share(robust.length, MARKETS), 0.05)
  })

  it("at most 5 % of all trials have a deflated Sharpe ratio above 0.95, or are called robust", () => {
    const others = all.filter((r) => r.strategy !== "random_entry")
    assert.isAtMost(share(others.filter((r) => r.dsr > 0.95).length, others.length), 0.05)
    assert.isAtMost(share(others.filter((r) => r.verdict === "robust").length, others.length), 0.05)
  })

  it("the probability of overfitting is about one half where trials are alike, as for coins", () => {
    const found = markets.map((m) => m.byStrategy.get("coin")!.probability)
    assert.closeTo(found.reduce((a, b) => a + b, 0) / MARKETS, 0.5, 0.1)
  })

  it("no more than 5 % of the markets have a discovery after Holm's correction", () => {
    const wrong = markets.filter((m) => m.rows.some((r) => r.holm < 0.05))
    assert.isAtMost(share(wrong.length, MARKETS), 0.05 + 1.64 * Math.sqrt((0.05 * 0.95) / MARKETS))
  })

  it("random entry ranks in the lower half on average", () => {
    const places = markets.flatMap((m) => m.rows.filter((r) => r.strategy === "random_entry").map((r) => r.rank / m.rows.length))
    assert.isAbove(places.reduce((a, b) => a + b, 0) / places.length, 0.5)
  })
})

/** Rises a little more on the days that turn of the month is invested in: what it earns is skill. */
const withTurnOfMonth = (columns: SeriesColumns, drift: number): SeriesColumns => {
  const weight = new Float64Array(columns.close.length)
  turnOfMonth.weights(columns, [4, 3], weight, { indicator: () => weight, random: () => 0 })
  let level = 1
  // Decided at the close before, earned from the next open to the next close.
  const opens = columns.open.map((p) => p)
  const moved = {
    ...columns,
    open: opens,
    high: columns.high.map((p) => p),
    low: columns.low.map((p) => p),
    close: columns.close.map((p) => p)
  }
  for (let t = 1; t < weight.length; t++) {
    opens[t]! *= level
    if (weight[t - 1] === 1) level *= Math.exp(drift)
    moved.close[t]! *= level
    moved.high[t] = Math.max(moved.high[t]! * level, opens[t]!, moved.close[t]!)
    moved.low[t] = Math.min(moved.low[t]! * level, opens[t]!, moved.close[t]!)
  }
  return moved
}

describe("a planted edge", () => {
  it("is found: the strategy that has it is robust and first, the coins beside it are not", () => {
    const seeds = Array.from({ length: 5 }, (_none, i) => 9000 + i)
    let found = 0
    for (const seed of seeds) {
      const { rows } = rankingOf(withTurnOfMonth(walk({ seed, bars: 1400 }), 0.005))
      assert.isTrue(
        rows.every((r) => r.verdict !== "robust" || r.strategy === turnOfMonth.name),
        `seed ${seed}`
      )
      if (rows[0]!.strategy === turnOfMonth.name && rows[0]!.verdict === "robust") found++
    }
    assert.isAtLeast(found, 4)
  })
})
