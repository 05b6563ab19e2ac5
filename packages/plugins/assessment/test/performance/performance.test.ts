import { assert, describe, it } from "vitest"
import { againstBenchmark, benchmarkOf } from "../../src/performance/benchmark.ts"
import { drawdownOf, drawdownsOf, drawdownSummary, yearlyDrawdown } from "../../src/performance/drawdown.ts"
import { measure } from "../../src/performance/measure.ts"
import { metricNames } from "../../src/performance/metrics.ts"
import { momentsOf, quantileOf } from "../../src/performance/moments.ts"
import { normalCdf, normalQuantile } from "../../src/performance/normal.ts"
import * as ratios from "../../src/performance/ratios.ts"
import { annualReturn, compoundAnnualGrowth, logReturnsOf, logVolatility, returnsOf } from "../../src/performance/returns.ts"
import { orderTails } from "../../src/performance/tails.ts"
import { tradeStatistics } from "../../src/performance/tradeStatistics.ts"
import { randomFrom } from "../../src/simulation/random.ts"
import type { Trade } from "../../src/simulation/trades.ts"
import { normalFrom } from "../support/series.ts"

const A = 252
const sum = (x: Iterable<number>): number => [...x].reduce((a, b) => a + b, 0)
const mean = (x: ArrayLike<number>): number => sum(Array.from(x)) / x.length
const std = (x: ArrayLike<number>): number => Math.sqrt(sum(Array.from(x, (v) => (v - mean(x)) ** 2)) / (x.length - 1))
const noise = (seed: number, n: number, { drift = 0.0004, volatility = 0.01 } = {}): Float64Array => {
  const normal = normalFrom(randomFrom(seed))
  return Float64Array.from({ length: n }, () => drift + volatility * normal())
}
const equityFrom = (r: Float64Array): Float64Array => {
  let e = 1
  return r.map((x) => (e *= 1 + x))
}
const emptyTotals = { costs: 0, turnover: 0, exposedBars: 0 }
const close = (actual: number, expected: number, tolerance = 1e-10): void =>
  assert.closeTo(actual, expected, tolerance * Math.max(1, Math.abs(expected)))

describe("ratios against naive formulas on seeded returns", () => {
  for (let seed = 0; seed < 5; seed++) {
    const r = noise(seed, 100 + seed * 25)
    const list = Array.from(r)
    const ascending = r.toSorted()
    it(`seed ${seed}`, () => {
      close(ratios.sharpe(momentsOf(r), A, 0.0001), ((mean(r) - 0.0001) / std(r)) * Math.sqrt(A))
      const below = Math.sqrt(mean(list.map((x) => Math.min(x, 0) ** 2)))
      close(ratios.sortino(ratios.gainsAndLosses(r), A), (mean(r) * A) / (below * Math.sqrt(A)))
      close(
        ratios.omega(ratios.gainsAndLosses(r, 0.001)),
        sum(list.map((x) => Math.max(x - 0.001, 0))) / sum(list.map((x) => Math.max(0.001 - x, 0)))
      )
      close(ratios.gainToPain(ratios.gainsAndLosses(r)), sum(list) / sum(list.filter((x) => x < 0).map((x) => -x)))
      close(annualReturn(equityFrom(r).at(-1)!, r.length, A), list.reduce((a, x) => a * (1 + x), 1) ** (A / r.length) - 1)
      close(logVolatility(logReturnsOf(r), A), std(list.map((x) => Math.log(1 + x))) * Math.sqrt(A))
      const g1 = mean(list.map((x) => (x - mean(r)) ** 3)) / mean(list.map((x) => (x - mean(r)) ** 2)) ** 1.5
      close(momentsOf(r).skewness, g1, 1e-9)
      close(momentsOf(r).kurtosis, mean(list.map((x) => (x - mean(r)) ** 4)) / mean(list.map((x) => (x - mean(r)) ** 2)) ** 2)
      const worst = list.toSorted((a, b) => a - b).filter((x) => x <= -ratios.valueAtRisk(ascending, 0.95))
      close(ratios.expectedShortfall(ascending, 0.95), -mean(worst))
      const log = list.map((_, t) => sum(list.slice(0, t + 1).map((x) => Math.log(1 + x))))
      const time = list.map((_, t) => t)
      const cov = sum(log.map((y, t) => (y - mean(log)) * (t - mean(time))))
      close(
        ratios.stability(logReturnsOf(r)),
        cov ** 2 / (sum(log.map((y) => (y - mean(log)) ** 2)) * sum(time.map((t) => (t - mean(time)) ** 2))),
        1e-8
      )
    })
  }

  it("interpolates quantiles linearly (type 7)", () => {
    const x = Float64Array.of(1, 2, 4, 8)
    for (const [q, value] of [
      [0, 1],
      [0.25, 1.75],
      [0.5, 3],
      [0.9, 6.8],
      [1, 8]
    ] as const)
      close(quantileOf(x, q), value)
  })

  it("read only the tails of returns, with the same answers as from the whole in order", () => {
    for (let seed = 0; seed < 30; seed++) {
      const normal = noise(seed, 1 + 37 * seed)
      // Ties at the edges of the tails, and accounts that are mostly out of the market.
      for (const r of [normal, normal.map((x) => Math.round(x * 80) / 80), normal.map((x, t) => (t % 7 === 0 ? x : 0))]) {
        const tails = orderTails(r, momentsOf(r), new Float64Array(r.length).fill(NaN))
        const whole = r.toSorted()
        assert.strictEqual(ratios.valueAtRisk(tails, 0.95), ratios.valueAtRisk(whole, 0.95))
        assert.strictEqual(ratios.expectedShortfall(tails, 0.95), ratios.expectedShortfall(whole, 0.95))
        assert.deepStrictEqual(ratios.tailRatio(tails), ratios.tailRatio(whole))
      }
    }
  })

  it("weigh every lag of the Sharpe error as the definition does", () => {
    for (const n of [3, 4, 6, 250, 1300]) {
      const r = noise(n, n)
      const { mean: m, std: s } = momentsOf(r)
      const scale = s * Math.sqrt((n - 1) / n)
      const influence = Array.from(r, (x) => (x - m) / scale - (m / scale / 2) * (((x - m) / scale) ** 2 - 1))
      const lags = Math.min(n - 1, Math.floor(4 * (n / 100) ** (2 / 9)))
      const product = (lag: number) => sum(influence.slice(lag).map((v, t) => v * influence[t]!)) / n
      const rest = Array.from({ length: lags }, (_, k) => 2 * (1 - (k + 1) / (lags + 1)) * product(k + 1))
      const variance = product(0) + sum(rest)
      const expected = variance > 0 ? Math.sqrt((variance / n) * A) : NaN
      const found = ratios.sharpeErrorHac(r, momentsOf(r), A)
      if (Number.isNaN(expected)) assert.isNaN(found)
      else close(found, expected)
    }
  })

  it("widens the Sharpe error for autocorrelated returns and agrees with the plain one for independent ones", () => {
    const white = noise(3, 20_000)
    const ratio = (r: Float64Array) => {
      const m = momentsOf(r)
      return ratios.sharpeErrorHac(r, m, A) / ratios.sharpeError(ratios.sharpe(m, A), r.length, A)
    }
    assert.closeTo(ratio(white), 1, 0.05)
    let last = 0
    const persistent = white.map((x) => (last = 0.3 * last + x))
    assert.closeTo(ratio(persistent), Math.sqrt(1.3 / 0.7), 0.08)
    close(ratios.sharpeError(0.1 * Math.sqrt(A), 100, A), Math.sqrt(((1 + 0.01 / 2) / 100) * A))
  })

  it("compares with a benchmark by least squares, leaving out bars that it does not have", () => {
    const x = noise(7, 300)
    const y = x.map((v, t) => 0.0002 + 1.5 * v + (t % 2 === 0 ? 1e-4 : -1e-4))
    const gap = x.map((v, t) => (t === 50 ? NaN : v))
    const against = againstBenchmark(
      { returns: y, logs: logReturnsOf(y), moments: momentsOf(y), space: new Float64Array(300) },
      benchmarkOf(gap),
      { annualisation: A, riskFree: 0.0252 }
    )
    const keep = (z: Float64Array) => Array.from(z).filter((_, t) => t !== 50)
    const [ys, xs] = [keep(y), keep(x)]
    const beta = sum(ys.map((v, t) => (v - mean(ys)) * (xs[t]! - mean(xs)))) / sum(xs.map((v) => (v - mean(xs)) ** 2))
    close(against.beta, beta)
    close(against.alpha, (mean(ys.map((v) => v - 0.0001)) - beta * mean(xs.map((v) => v - 0.0001))) * A)
    close(against.trackingError, std(ys.map((v, t) => v - xs[t]!)) * Math.sqrt(A))
    const up = xs.map((v, t) => [v, ys[t]!] as const).filter(([v]) => v > 0)
    const growth = (values: ReadonlyArray<number>) => values.reduce((a, v) => a * (1 + v), 1) ** (1 / values.length) - 1
    close(against.upCapture, growth(up.map(([, v]) => v)) / growth(up.map(([v]) => v)))
    const down = xs.map((v, t) => [v, ys[t]!] as const).filter(([v]) => v < 0)
    close(against.downCapture, growth(down.map(([, v]) => v)) / growth(down.map(([v]) => v)))
    close(against.informationRatio, (mean(ys.map((v, t) => v - xs[t]!)) / std(ys.map((v, t) => v - xs[t]!))) * Math.sqrt(A))
  })

  it("grows by calendar for CAGR", () => close(compoundAnnualGrowth(2, 3652.5), 2 ** 0.1 - 1))
})

describe("drawdowns", () => {
  const equity = Float64Array.of(1.1, 0.99, 1.05, 1.2, 1.2, 0.6, 0.9)
  it("are measured from the highest equity so far, the start included", () => {
    const expected = [0, 0.99 / 1.1 - 1, 1.05 / 1.1 - 1, 0, 0, -0.5, -0.25]
    drawdownOf(equity).forEach((d, t) => assert.closeTo(d, expected[t]!, 1e-15))
    assert.closeTo(drawdownOf(Float64Array.of(0.9))[0]!, -0.1, 1e-15)
  })
  it("are listed with peak, trough and recovery", () => {
    assert.deepStrictEqual(
      drawdownsOf(drawdownOf(equity)).map(({ peak, trough, recovery, bars }) => [peak, trough, recovery, bars]),
      [
        [0, 1, 3, 3],
        [4, 5, -1, 2]
      ]
    )
  })
  it("are summed up as their depth, length, ulcer and pain", () => {
    const s = drawdownSummary(equity)
    const d = Array.from(drawdownOf(equity))
    assert.strictEqual(s.max, -0.5)
    assert.strictEqual(s.longestBars, 3)
    close(s.ulcer, 100 * Math.sqrt(mean(d.map((x) => x * x))))
    close(s.pain, mean(d.map(Math.abs)))
    close(s.underWater, 4 / 7)
    close(s.average, mean([0.99 / 1.1 - 1, -0.5]))
    close(s.burke, Math.hypot(0.99 / 1.1 - 1, 0.5))
  })
  it("are averaged by year from the highs of each year", () => {
    // Years of three bars: falls of 0.99/1.1, 0.6/1.2 (from the end of the year before) and none.
    close(yearlyDrawdown(equity, 3), mean([0.99 / 1.1 - 1, 0.6 / 1.2 - 1, 0]))
  })
})

describe("trade statistics", () => {
  const trade = (gain: number, bars = 2): Trade => ({
    side: 1,
    entryBar: 0,
    exitBar: bars,
    open: false,
    entryPrice: 1,
    exitPrice: 1,
    gross: gain,
    costs: 0,
    capital: 2,
    return: gain / 2,
    adverse: -0.1,
    favourable: 0.2
  })
  it("match a worked example", () => {
    // Gains 0.2, 0.4, -0.1, -0.3, 0.6 on capital 2.
    const s = tradeStatistics([0.2, 0.4, -0.1, -0.3, 0.6].map((g) => trade(g)))
    close(s.winRate, 0.6)
    close(s.payoff, 0.4 / 0.2)
    close(s.profitFactor, 1.2 / 0.4)
    close(s.expectancy, 0.08)
    close(s.kelly, 0.6 - 0.4 / 2)
    close(s.sqn, (Math.sqrt(5) * 0.08) / std([0.1, 0.2, -0.05, -0.15, 0.3]))
    assert.deepStrictEqual([s.longestWins, s.longestLosses, s.averageBars], [2, 2, 2])
    close(s.adverse, -0.1)
    close(s.favourable, 0.2)
  })
})

describe("an account", () => {
  const returns = noise(11, 600)
  const totals = { costs: 0.02, turnover: 3, exposedBars: 500, carry: 0.001, closing: 0.003 }
  const of = { equity: equityFrom(returns), returns, benchmark: benchmarkOf(returns), days: 870, totals, trades: [] }
  const m = measure(of, { annualisation: A, riskFree: 0.01 })

  it("is measured against its drawdowns by each who has a name for it", () => {
    const { max, burke, average } = drawdownSummary(of.equity)
    close(m.mar, m.cagr / -max)
    close(m.burke, (m.annual_return - 0.01) / burke)
    close(m.sterling, m.annual_return / (0.1 - yearlyDrawdown(of.equity, A)))
    assert.strictEqual(m.average_drawdown, average)
  })

  it("has each ratio under its own name, a year where it is a rate", () => {
    const ascending = returns.toSorted()
    const fall = drawdownSummary(of.equity)
    close(m.tail_ratio, quantileOf(ascending, 0.95) / -quantileOf(ascending, 0.05))
    close(m.var_95, ratios.valueAtRisk(ascending, 0.95))
    close(m.cvar_95, ratios.expectedShortfall(ascending, 0.95))
    close(m.omega, ratios.omega(ratios.gainsAndLosses(returns)))
    close(m.sortino, ratios.sortino(ratios.gainsAndLosses(returns, 0.01 / A), A))
    close(m.calmar, m.annual_return / -fall.max)
    close(m.martin, m.annual_return / (fall.ulcer / 100))
    close(m.pain_ratio, m.annual_return / fall.pain)
    close(m.recovery_factor, m.total_return / -fall.max)
    close(m.kurtosis, momentsOf(returns).kurtosis - 3)
    close(m.exposure, 500 / 600)
    close(m.turnover, (3 * A) / 600)
    assert.strictEqual(m.costs, 0.02)
  })

  it("says what it paid, and what closing it would bring", () => {
    close(m.cost_share, 0.02 / (m.total_return + 0.02))
    close(m.total_return_closed, m.total_return - 0.003)
    assert.strictEqual(m.carry, 0.001)
  })
})

describe("degenerate accounts", () => {
  const measured = (returns: Float64Array) =>
    measure(
      {
        equity: equityFrom(returns),
        returns,
        benchmark: benchmarkOf(new Float64Array(returns.length)),
        days: returns.length,
        totals: emptyTotals,
        trades: []
      },
      { annualisation: A, riskFree: 0 }
    )

  it("have no ratio without variation, and no trade statistics without trades: NaN, never infinity", () => {
    const interest = returnsOf(Float64Array.from({ length: 300 }, (_, t) => 1.0001 ** (t + 1)))
    const constant = new Float64Array(50).fill(0.01)
    for (const returns of [new Float64Array(100), new Float64Array(1), new Float64Array(0), constant, interest]) {
      const m = measured(returns)
      for (const name of metricNames) assert.notStrictEqual(Math.abs(m[name]), Infinity, name)
      for (const name of ["sharpe", "win_rate", "profit_factor", "beta", "kelly"] as const) assert.isNaN(m[name], name)
    }
    assert.strictEqual(measured(new Float64Array(100)).max_drawdown, 0)
  })

  it("name their metrics in the stored order", () =>
    assert.deepStrictEqual(Object.keys(measured(new Float64Array(9))), [...metricNames]))

  it("lose everything and not more", () => {
    const returns = returnsOf(Float64Array.of(1, 0.5, 0, 0))
    assert.deepStrictEqual(Array.from(returns), [0, -0.5, -1, 0])
    const m = measured(returns)
    assert.deepStrictEqual([m.total_return, m.annual_return, m.max_drawdown], [-1, -1, -1])
    assert.isNaN(m.volatility)
  })
})

describe("the normal distribution", () => {
  it("has the tabulated values", () => {
    for (const [z, p] of [
      [0, 0.5],
      [1.96, 0.9750021048517795],
      [-1, 0.15865525393145705],
      [5, 0.9999997133484281]
    ] as const)
      close(normalCdf(z), p, 1e-14)
    assert.closeTo(normalCdf(-6) / 9.865876450376946e-10, 1, 1e-11)
    close(normalQuantile(0.975), 1.959963984540054, 1e-13)
    for (const p of [1e-8, 0.001, 0.3, 0.5, 0.999]) assert.closeTo(normalCdf(normalQuantile(p)) / p, 1, 1e-11)
    assert.deepStrictEqual([normalQuantile(0), normalQuantile(1), normalQuantile(2)], [-Infinity, Infinity, NaN])
  })
})
