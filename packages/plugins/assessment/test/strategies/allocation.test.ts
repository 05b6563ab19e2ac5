import { sampleCovariance } from "@tetra/plugin-metrics/kernels"
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import { benchOf } from "../../src/backtest/backtest.ts"
import { StrategyFailed } from "../../src/backtest/decide.ts"
import { parameterSets, parametersText } from "../../src/backtest/grid.ts"
import { backtestUniverse, playUniverse, universeBenchOf } from "../../src/backtest/universe.ts"
import { randomFrom } from "../../src/simulation/random.ts"
import { equalRisk, minimumVariance } from "../../src/strategies/allocation/optimal.ts"
import { cointegration } from "../../src/strategies/allocation/pairs.ts"
import { allocations } from "../../src/strategies/index.ts"
import type { AllocationStrategy } from "../../src/types.ts"
import { testRules } from "../support/report.ts"
import { normalFrom, walk } from "../support/series.ts"

const BARS = 700
/** Six walks; the last two are listed late, and the second follows the first at a distance that returns to its mean. */
const market = (): ReadonlyArray<SeriesColumns> => {
  const own = Array.from({ length: 6 }, (_, i) =>
    walk({ seed: 20 + i, bars: BARS, volatility: 0.006 + 0.003 * i, drift: 2e-4 * (i - 2) })
  )
  const normal = normalFrom(randomFrom(5))
  let gap = 0
  for (let t = 0; t < BARS; t++) {
    gap = 0.8 * gap + 0.01 * normal()
    for (const price of ["open", "high", "low", "close"] as const) own[1]![price][t] = 2 * own[0]![price][t]! * Math.exp(gap)
  }
  return own.map((c, i) => (i < 4 ? c : cut(c, 150, BARS)))
}
const cut = (c: SeriesColumns, from: number, to: number): SeriesColumns => ({
  date: c.date.slice(from, to),
  open: c.open.slice(from, to),
  high: c.high.slice(from, to),
  low: c.low.slice(from, to),
  close: c.close.slice(from, to),
  volume: c.volume.slice(from, to)
})
const benchFor = (columns: ReadonlyArray<SeriesColumns>) =>
  universeBenchOf(
    columns.map((c, i) =>
      benchOf({ scenario: "base", path: 0, symbol: `S${i}`, columns: c, first: Math.min(100, c.close.length) }, testRules)
    ),
    testRules
  )
const weightsOf = (strategy: AllocationStrategy, parameters: ReadonlyArray<number>, columns: ReadonlyArray<SeriesColumns>) => {
  const bench = benchFor(columns)
  playUniverse(bench, { strategy, parameters, rules: testRules })
  return bench.weights
}

describe.each(allocations.map((s) => [s.name, s] as const))("%s", (_, strategy) => {
  const sets = parameterSets(strategy, { grid: true, sides: "both" })

  it("decides from days up to the close only: cutting or poisoning later ones changes nothing before", () => {
    const whole = market()
    for (const parameters of [sets[0]!, sets.at(-1)!]) {
      const expected = weightsOf(strategy, parameters, whole)
      for (const at of [401, 577]) {
        const short = whole.map((c) => cut(c, 0, c.close.length - BARS + at))
        assert.deepStrictEqual(
          weightsOf(strategy, parameters, short),
          expected.map((w) => w.slice(0, at))
        )
        const poison = (x: Float64Array) => x.map((v, t) => (t < x.length - BARS + at ? v : t % 3 === 0 ? NaN : 1e6))
        const poisoned = whole.map((c) => ({
          date: c.date,
          open: poison(c.open),
          high: poison(c.high),
          low: poison(c.low),
          close: poison(c.close),
          volume: c.volume
        }))
        assert.deepStrictEqual(
          weightsOf(strategy, parameters, poisoned).map((w) => w.slice(0, at)),
          expected.map((w) => w.slice(0, at))
        )
      }
    }
  })

  it("trades with every parameter set of its grid, and is measured as one account", () => {
    const bench = benchFor(market())
    for (const parameters of sets) {
      const { measures, trades } = backtestUniverse(bench, { strategy, parameters, rules: testRules })
      assert.isAbove(trades.length, 0, parametersText(strategy, parameters))
      const gain = trades.reduce((sum, t) => sum + t.gross - t.costs, 0)
      assert.closeTo(gain, measures.total_return, 1e-10)
      assert.closeTo(bench.equity.at(-1)! - 1, measures.total_return, 1e-12)
    }
  })

  it("does not fall over a universe of one, or one that is too short", () => {
    for (const columns of [[walk({ seed: 1, bars: 300 })], [walk({ seed: 1, bars: 1 }), walk({ seed: 2, bars: 3 })]]) {
      assert.isFalse(weightsOf(strategy, sets[0]!, columns).some((w) => w.some(Number.isNaN)))
    }
  })
})

describe("allocations", () => {
  const byName = (name: string) => allocations.find((s) => s.name === name)!
  const now = (name: string, parameters: ReadonlyArray<number>) =>
    weightsOf(byName(name), parameters, market()).map((w) => w.at(-1)!)

  it("rank by what they say: the calmest for low volatility, the strongest for momentum, the opposite end short", () => {
    const calm = now("low_volatility", [126, 20, 1])
    assert.deepStrictEqual([calm[0], calm[5]], [0.5, -0.5])
    const columns = market()
    const risen = columns.map((c) => c.close.at(-22 - (699 % 21))! / c.close.at(-127 - (699 % 21))!)
    const strong = now("cross_sectional_momentum", [126, 21, 20, 0])
    assert.strictEqual(strong.indexOf(1), risen.indexOf(Math.max(...risen)))
  })

  it("find the pair that moves together, and buy the cheap one against the dear one", () => {
    const weights = weightsOf(byName("pairs_cointegration"), [252, 1.5, 0.5, 5, 1], market())
    const opposite = weights[0]!.filter((w, t) => w * weights[1]![t]! < 0).length
    const together = weights[0]!.filter((w, t) => w * weights[1]![t]! > 0).length
    assert.deepStrictEqual([opposite > 100, together], [true, 0])
  })

  /** Statistic of statsmodels 0.15: `adfuller(residuals, maxlag=1, autolag=None, regression="n")` on the residuals of `OLS(y, [1, x])`. */
  it("test for cointegration with the augmented statistic of one lag", () => {
    const x = Float64Array.from({ length: 40 }, (_, t) => 4 + 0.05 * t + Math.sin(t))
    const y = x.map((v, t) => 1 + 0.5 * v + 0.1 * Math.cos(t * t))
    const found = cointegration(y, x)
    assert.closeTo(found.statistic, -4.300329253762605, 1e-9)
    assert.closeTo(found.slope, 0.5083260376069532, 1e-12)
    assert.closeTo(found.level, 0.9827838467425491, 1e-12)
  })

  it("hold what they are contracted to: least variance and equal risk meet their conditions", () => {
    const normal = normalFrom(randomFrom(8))
    const common = Float64Array.from({ length: 300 }, normal)
    const returns = Array.from({ length: 8 }, (_, i) => common.map((f) => 0.01 * (0.2 + 0.3 * i) * f + 0.008 * normal()))
    const matrix = sampleCovariance(returns)
    const marginal = (w: Float64Array) => w.map((_, i) => w.reduce((sum, v, j) => sum + v * matrix[i]![j]!, 0))
    const least = minimumVariance(matrix)
    const slopes = marginal(least)
    const level = Math.min(...slopes)
    least.forEach((w, i) => assert.isTrue(w > 0 ? Math.abs(slopes[i]! / level - 1) < 1e-7 : slopes[i]! > level))
    assert.isAbove(least.filter((w) => w === 0).length, 0)
    const parity = equalRisk(matrix)
    const risks = marginal(parity).map((m, i) => m * parity[i]!)
    risks.forEach((r) => assert.closeTo(r / risks[0]!, 1, 1e-7))
    for (const w of [least, parity])
      assert.closeTo(
        w.reduce((a, b) => a + b, 0),
        1,
        1e-12
      )
  })

  it("fail with their name and the day when they ask for more than all of the equity, or throw", () => {
    const faulty = (allocate: AllocationStrategy["allocate"]): AllocationStrategy => ({
      name: "mine",
      title: "Mine",
      parameters: [],
      allocate
    })
    assert.throws(
      () =>
        weightsOf(
          faulty((_, __, weights) => weights.forEach((w) => w.fill(0.3))),
          [],
          market()
        ),
      StrategyFailed,
      /mine \{\} on portfolio \(base\): weights at day 0 add up to 1\.8/
    )
    assert.throws(
      () =>
        weightsOf(
          faulty((_, __, ___, { indicator }) => void indicator("sma_20", 9)),
          [],
          market()
        ),
      StrategyFailed,
      /no symbol 9 among 6/
    )
  })

  it("see indicators on the days of the universe, the last known value on days without a bar", () => {
    const columns = [walk({ seed: 1, bars: 10 }), walk({ seed: 2, bars: 10 })]
    const gappy = { ...columns[1]!, ...cut(columns[1]!, 0, 9), date: columns[0]!.date.filter((_, t) => t !== 5) }
    const {
      indicator,
      market: { universe }
    } = benchFor([columns[0]!, gappy])
    const found = indicator("sma_2", 1)
    assert.strictEqual(found[5], found[4])
    assert.closeTo(found[6]!, (universe.columns[1]!.close[4]! + universe.columns[1]!.close[6]!) / 2, 1e-12)
  })
})
