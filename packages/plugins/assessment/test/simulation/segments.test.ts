import { assert, describe, it } from "vitest"
import { drawdownSummary } from "../../src/performance/drawdown.ts"
import { momentsOf } from "../../src/performance/moments.ts"
import { returnsOf } from "../../src/performance/returns.ts"
import { crossings, lineOf } from "../../src/simulation/crossings.ts"
import { changeReturns, evaluateChanges, marketTables, type SweepRow } from "../../src/simulation/segments.ts"
import { simulate } from "../../src/simulation/simulate.ts"
import { plainSma, walk } from "../support/series.ts"

const emptyRow = (): SweepRow => ({ finalEquity: 0, mean: 0, std: 0, maxDrawdown: 0, fills: 0, exposedBars: 0 })

describe("the sweep path", () => {
  it("equals the plain engine to 1e-9 for every combination, start and cost", () => {
    for (let seed = 0; seed < 12; seed++) {
      const prices = walk({ seed, bars: 200 + 97 * seed, volatility: 0.005 + 0.002 * seed, drift: (seed - 6) * 1e-4 })
      const n = prices.close.length
      const rules = { fill: "next_open", feesBps: seed, slippageBps: 2 * (seed % 3) } as const
      const first = seed % 2 === 0 ? 0 : 37
      const market = marketTables(prices, rules, first)!
      const changes = new Int32Array(n)
      const row = emptyRow()
      for (const [fast, slow] of [
        [1, 2],
        [2, 5],
        [5, 20],
        [10, 50],
        [20, 100],
        [3, 180]
      ] as const) {
        const [upper, lower] = [plainSma(prices.close, fast), plainSma(prices.close, slow)]
        const count = crossings(lineOf(upper), lineOf(lower), first, changes)
        evaluateChanges(market, changes, count, row)
        const equity = new Float64Array(n)
        const weight = upper.map((u, t) => (u > lower[t]! ? 1 : 0))
        const totals = simulate(prices, weight, rules, equity, { first })
        const returns = returnsOf(equity, first)
        const plain = momentsOf(returns)
        assert.closeTo(row.finalEquity, equity[n - 1]!, 1e-9)
        assert.closeTo(row.mean, plain.mean, 1e-12)
        assert.closeTo(row.std, plain.std, 1e-9)
        assert.closeTo(row.maxDrawdown, drawdownSummary(equity.subarray(first)).max, 1e-9)
        assert.deepStrictEqual([row.fills, row.exposedBars], [totals.fills, totals.exposedBars])
        const own = returns.map(() => NaN)
        changeReturns(market, changes, count, own)
        assert.isBelow(Math.max(...own.map((r, t) => Math.abs(r - returns[t]!))), 1e-12)
      }
    }
  })

  it("is refused where its shortcuts do not hold", () => {
    const prices = walk({ seed: 1, bars: 50 })
    const rules = { fill: "next_open", feesBps: 0, slippageBps: 0 } as const
    assert.isDefined(marketTables(prices, rules, 0))
    assert.isUndefined(marketTables(prices, { ...rules, fill: "next_close" }, 0))
    prices.volume[20] = 0
    assert.isUndefined(marketTables(prices, rules, 0))
  })
})
