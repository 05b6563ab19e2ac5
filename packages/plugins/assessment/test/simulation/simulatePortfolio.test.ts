import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import { freeCarry } from "../../src/simulation/costs.ts"
import type { Execution } from "../../src/simulation/Execution.ts"
import { FillLog } from "../../src/simulation/FillLog.ts"
import { scheduledBars } from "../../src/simulation/Rebalance.ts"
import { simulate } from "../../src/simulation/simulate.ts"
import { marketOf } from "../../src/simulation/Market.ts"
import type { PortfolioSimulation } from "../../src/simulation/PortfolioAccount.ts"
import { simulatePortfolio } from "../../src/simulation/simulatePortfolio.ts"
import { tradesOf } from "../../src/simulation/trades.ts"
import { universeOf } from "../../src/simulation/Universe.ts"
import { holedMarket, maxRelativeDifference, randomTargets, walk } from "../support/series.ts"

const free: Execution = { fill: "next_open", feesBps: 0, slippageBps: 0 }
const flat = (bars: number, price: number, firstDay = 0): SeriesColumns => {
  const column = () => new Float64Array(bars).fill(price)
  const date = Int32Array.from({ length: bars }, (_, t) => firstDay + t)
  return { date, open: column(), high: column(), low: column(), close: column(), volume: new Float64Array(bars).fill(1e6) }
}
const run = (
  columns: ReadonlyArray<SeriesColumns>,
  weights: ReadonlyArray<Float64Array>,
  rules: Execution,
  options: Partial<PortfolioSimulation> = {}
) => {
  const universe = universeOf(columns.map((c, i) => ({ symbol: `S${i}`, columns: c })))
  const days = universe.date.length
  const equity = new Float64Array(days)
  const fills = columns.map(() => new FillLog())
  const [positions, cash] = [columns.map(() => new Float64Array(days)), new Float64Array(days)]
  const totals = simulatePortfolio(marketOf(universe, rules), weights, equity, { first: 0, fills, positions, cash, ...options })
  const trades = fills.flatMap((log, i) => tradesOf(log, universe.columns[i]!))
  return { universe, equity, fills, positions, cash, totals, trades }
}
const filled = (log: FillLog) => Array.from(log.bar.subarray(0, log.length), (bar, i) => [bar, log.quantity[i]])

describe("the fast engine for several symbols", () => {
  it("is the one for a single symbol when there is only one: random targets, gaps, halts, fills and costs", () => {
    for (let seed = 0; seed < 40; seed++) {
      const columns = holedMarket(seed, 200)
      const weight = randomTargets(seed, 200)
      const fill = (["next_open", "next_close", "next_typical", "same_close"] as const)[seed % 4]!
      const rules: Execution = { fill, feesBps: seed, slippageBps: 2 * (seed % 5) }
      const expected = new Float64Array(200)
      const plain = simulate(columns, weight, rules, expected, { first: 7 })
      const { equity, totals } = run([columns], [weight], rules, { first: 7 })
      assert.isBelow(maxRelativeDifference(equity.subarray(7), expected.subarray(7)), 1e-12, `seed ${seed}`)
      assert.deepStrictEqual(
        [totals.fills, totals.exposedBars, totals.ruinedAt],
        [plain.fills, plain.exposedBars, plain.ruinedAt]
      )
      for (const name of ["costs", "turnover", "closing"] as const) assert.closeTo(totals[name], plain[name], 1e-12, name)
    }
  })

  it("keeps cash + values = equity and accounts for every cent: trades - costs - carry = gain", () => {
    for (let seed = 0; seed < 30; seed++) {
      const columns = [0, 1, 2].map((k) => holedMarket(100 + 3 * seed + k, 150))
      const weights = [0, 1, 2].map((k) => randomTargets(500 + 3 * seed + k, 150).map((w) => w / 3))
      const rules: Execution = {
        fill: "next_open",
        feesBps: 3,
        slippageBps: 2,
        further: {
          capital: 1e5,
          slippage: { spread: 0.02, atr: 0.05, impact: 0.4 },
          commission: { perUnit: 0.005, least: 1, tiers: [{ from: 1e4, bps: 1 }] },
          carry: { interest: 0.05, deposit: 0.01, borrow: 0.03, financing: 0.01 }
        }
      }
      const { universe, equity, positions, cash, totals, trades } = run(columns, weights, rules, {
        rebalance: { every: 21, band: 0.1 }
      })
      const rebuilt = equity.map((_, t) =>
        positions.reduce((sum, p, i) => sum + (p[t] === 0 ? 0 : p[t]! * universe.closes[i]![t]!), cash[t]!)
      )
      assert.isBelow(maxRelativeDifference(rebuilt, equity), 1e-12)
      const gains = trades.reduce((sum, t) => sum + t.gross - t.costs, 0)
      assert.closeTo(gains - totals.carry, equity.at(-1)! - 1, 1e-10, `seed ${seed}`)
      assert.isAbove(totals.fills, 20)
    }
  })

  it("sizes the orders of a bar together: fully invested in equal parts means no cash left, whatever the costs", () => {
    const columns = [1, 2, 3].map((seed) => walk({ seed, bars: 40 }))
    const weights = columns.map(() => new Float64Array(40).fill(1 / 3))
    const { cash, positions, universe } = run(columns, weights, { ...free, feesBps: 50, slippageBps: 50 })
    assert.closeTo(cash[1]!, 0, 1e-15)
    const values = positions.map((p, i) => p[1]! * universe.columns[i]!.open[1]!)
    assert.closeTo(values[0]!, 1 / 3 / 1.010025, 1e-12)
    assert.isBelow(Math.abs(values[0]! - values[2]!), 1e-15)
  })

  it("sells before it buys", () => {
    const columns = [1, 2].map((seed) => walk({ seed, bars: 30 }))
    const early = (a: number, b: number) => Float64Array.from({ length: 30 }, (_, t) => (t < 10 ? a : b))
    const { fills } = run(columns, [early(0, 1), early(1, 0)], free)
    // The equity beside each fill is what was left when it happened.
    assert.strictEqual(fills[0]!.bar[0], 11)
    assert.isAtMost(fills[0]!.equity[0]!, fills[1]!.equity[1]!)
  })

  it("keeps a closed symbol at its last price, and fills it when its exchange opens", () => {
    const daily = flat(10, 100)
    const weekly: SeriesColumns = {
      ...flat(2, 50),
      date: Int32Array.of(3, 7),
      open: Float64Array.of(50, 80),
      close: Float64Array.of(60, 80)
    }
    const half = () => new Float64Array(10).fill(0.5)
    const { fills, equity, universe } = run([daily, weekly], [half(), half()], free)
    assert.strictEqual(universe.date.length, 10)
    assert.deepStrictEqual(filled(fills[0]!), [[1, 0.005]])
    assert.deepStrictEqual(filled(fills[1]!), [[3, 0.01]])
    assert.deepStrictEqual(
      Array.from(equity, (e) => Math.round(e * 1e6) / 1e6),
      [1, 1, 1, 1.1, 1.1, 1.1, 1.1, 1.3, 1.3, 1.3]
    )
  })

  it("brings a portfolio back to its targets by schedule, or when a position leaves its band", () => {
    const rising: SeriesColumns = {
      ...flat(12, 10),
      open: Float64Array.from({ length: 12 }, (_, t) => 10 + t),
      close: Float64Array.from({ length: 12 }, (_, t) => 10 + t)
    }
    const half = () => new Float64Array(12).fill(0.5)
    const bars = (rebalance?: PortfolioSimulation["rebalance"]) =>
      filled(run([rising, flat(12, 10)], [half(), half()], free, rebalance && { rebalance }).fills[0]!).map(([bar]) => bar)
    assert.deepStrictEqual(bars(), [1])
    assert.deepStrictEqual(bars({ every: 5 }), [1, 6, 11])
    // From 11 to 16 the share grows to 16/27 = 0.593, beyond 0.08 at the next step: decided at 17 (bar 7), filled on bar 8.
    assert.deepStrictEqual(bars({ band: 0.1 }), [1, 8])
  })

  it("knows the first sessions of weeks, months, quarters and years", () => {
    // Thursday 1998-12-31 to Tuesday 1999-02-02.
    const date = Int32Array.from({ length: 34 }, (_, t) => 10_591 + t)
    const due = (every: "week" | "month" | "quarter" | "year") =>
      [...scheduledBars(date, { every }).entries()].flatMap(([t, d]) => (d === 1 ? [t] : []))
    assert.deepStrictEqual(due("year"), [1])
    assert.deepStrictEqual(due("quarter"), [1])
    assert.deepStrictEqual(due("month"), [1, 32])
    assert.deepStrictEqual(due("week"), [4, 11, 18, 25, 32])
  })

  it("charges what is short, borrowed and held by the day, over week-ends too", () => {
    const columns = { ...flat(3, 100), date: Int32Array.of(0, 1, 4) }
    const rules = (carry: Partial<typeof freeCarry>): Execution => ({
      ...free,
      further: { capital: 1, slippage: {}, commission: {}, carry: { ...freeCarry, ...carry } }
    })
    const last = (weight: number, carry: Partial<typeof freeCarry>) =>
      run([columns], [new Float64Array(3).fill(weight)], rules(carry)).equity[2]!
    assert.closeTo(last(-1, { borrow: 0.365 }), 1 - 0.003, 1e-12)
    assert.closeTo(last(2, { interest: 0.365 }), 1 - 0.003, 1e-12)
    assert.closeTo(last(2, { financing: 0.365 }), 1 - 0.006, 1e-12)
    // The day before the first fill earns too.
    assert.closeTo(last(0.5, { deposit: 0.365 }), 1.001 + 0.003 * (1.001 - 0.5005), 1e-12)
  })

  it("charges square-root impact from the volatility and volume of the bars before", () => {
    const columns = walk({ seed: 3, bars: 60 })
    const weight = Float64Array.from({ length: 60 }, (_, t) => (t === 40 ? 1 : t > 40 ? 1 : 0))
    const rules: Execution = {
      ...free,
      further: { capital: 1e7, slippage: { impact: 0.5, window: 20 }, commission: {}, carry: freeCarry }
    }
    const { totals, fills } = run([columns], [weight], rules)
    const moves = Array.from({ length: 20 }, (_, k) => Math.log(columns.close[21 + k]! / columns.close[20 + k]!))
    const mean = moves.reduce((a, b) => a + b, 0) / 20
    const sigma = Math.sqrt(moves.reduce((a, b) => a + (b - mean) ** 2, 0) / 19)
    const volume = columns.volume.subarray(21, 41).reduce((a, b) => a + b, 0) / 20
    const units = fills[0]!.quantity[0]! * 1e7
    assert.closeTo(totals.costs, fills[0]!.quantity[0]! * columns.open[41]! * 0.5 * sigma * Math.sqrt(units / volume), 1e-12)
  })

  it("ends when everything is lost", () => {
    const up = { ...flat(4, 1), open: Float64Array.of(1, 1, 3, 1), close: Float64Array.of(1, 1, 3, 1) }
    const { equity, totals } = run([up, flat(4, 1)], [new Float64Array(4).fill(-1), new Float64Array(4).fill(0.125)], free)
    assert.deepStrictEqual([...equity], [1, 1, 0, 0])
    assert.strictEqual(totals.ruinedAt, 2)
  })
})
