import { assert, describe, it } from "vitest"
import type { BarContext } from "../../src/events/BarContext.ts"
import { benchmarkOf } from "../../src/performance/benchmark.ts"
import { measure } from "../../src/performance/measure.ts"
import { returnsOf } from "../../src/performance/returns.ts"
import { tradesOf } from "../../src/simulation/trades.ts"
import { barsOf, runMarket } from "../support/bars.ts"

/**
 * Every trade of backtesting.py 0.6.6 (PyPI) on the market below, with the rule below and a commission of 0.1 %: units, entry bar, exit bar, entry
 * price, exit price.
 */
const TRADES = `
  -5 2 8 106.209117 108.895630
  -6 9 18 107.760842 102.262840
  -6 20 23 101.112454 95.953656
  -6 24 25 95.204792 100.062179
  7 26 26 95.281586 95.281586
  7 31 32 93.938898 91.861640
  -5 37 43 94.610312 97.155801
  4 50 51 108.379373 103.066658
  -5 52 58 109.934768 105.019677
  -6 59 60 103.744502 109.305608
  7 61 62 105.845943 101.798852
  4 64 68 104.122810 99.018751
  -6 69 74 98.171970 93.163196
  3 75 81 91.284746 94.911034
  -5 84 88 98.309022 102.539601
  -6 89 93 97.792122 107.658076
  -6 94 97 105.051221 110.410977
  4 98 100 111.860707 105.703463
  7 101 103 104.810530 102.473461
  -6 104 112 101.630524 95.489732
  4 113 116 96.592530 91.857602
  -5 117 123 96.489003 93.558903
  -6 124 128 90.168766 98.325524
  -6 129 132 95.394673 102.553754
  4 133 135 104.521242 99.397652
  7 136 139 101.079768 105.358088
  -6 145 150 107.839329 101.693233
  7 151 151 105.066016 105.066016
  7 156 156 101.040866 101.040866
  7 161 161 96.428174 96.428174
  7 166 166 89.918343 89.918343
  -5 168 173 92.945156 99.239570
  4 180 181 103.283386 107.700061
  -5 184 188 110.464715 106.911954
  -6 192 193 103.613386 108.899783
  -6 194 194 101.686482 100.416539
  3 197 201 98.705422 94.049230
  -5 202 208 95.598096 94.551452
  -6 210 215 93.117874 97.868786
  7 216 216 98.344556 98.863387
  -5 219 223 100.593198 100.220817
  4 228 228 109.877104 111.234546
  -6 229 231 106.243605 112.548975
  7 236 236 106.691929 105.232609
  7 241 243 100.913838 95.806805
  -6 244 251 94.927646 89.495939
  -5 252 258 92.016806 96.719431
  -6 259 260 91.510645 99.462645
  7 261 261 93.493663 93.493663
  -5 262 268 99.707928 106.193295
  -6 270 274 103.336182 109.233156
  -6 279 282 106.097141 100.684021
  4 283 286 103.863494 97.856942
  -5 287 293 98.840143 96.329656
  -6 294 296 89.948825 88.737571
`
const FINAL_EQUITY = 99537.52211359414

const BARS = 300
const market = barsOf(
  ...Array.from({ length: BARS }, (_, i) => {
    const close = 100 + 8 * Math.sin(i / 7) + 3 * Math.cos((i * i) / 11)
    const open = 100 + 8 * Math.sin((i - 0.4) / 7) + 3 * Math.cos((i * i - 5) / 11)
    const high = Math.max(open, close) + 1 + Math.sin(i) ** 2
    return [open, high, Math.min(open, close) - 1 - Math.cos(i) ** 2, close] as const
  })
)

/** While flat: one of five orders by the number of the bar, given up after four bars. What a limit order opened is closed after six. */
const rule = () => {
  let placed = -1
  let limited = false
  return ({ bar, columns, position, waiting, order, cancel }: BarContext) => {
    if (bar < 1) return
    if (position !== 0) {
      if (limited && bar - placed >= 6 && waiting === 0) order({ size: { units: -position } })
      return
    }
    if (waiting > 0 && bar - placed < 4) return
    cancel()
    placed = bar
    limited = bar % 5 === 1 || bar % 5 === 4
    const c = columns.close[bar]!
    const requests = [
      { size: { units: 7 }, bracket: { stop: c * 0.96, limit: c * 1.03 } },
      { size: { units: -5 }, limit: c * 1.02 },
      { size: { units: 4 }, stop: c * 1.02, bracket: { stop: c * 0.97, limit: c * 1.07 } },
      { size: { units: -6 }, stop: c * 0.98, bracket: { stop: c * 1.03, limit: c * 0.93 } },
      { size: { units: 3 }, limit: c * 0.99 }
    ]
    order(requests[bar % 5]!)
  }
}

describe("the event engine beside an independent one", () => {
  it("makes the same trades at the same prices with markets, limits, stops and brackets", () => {
    const { fills, equity } = runMarket([market], rule(), { initial: 100_000, commission: { bps: 10 } })
    const closed = tradesOf(fills[0]!, market).filter((t) => !t.open)
    const found = closed.map((t) => {
      const units = Math.round((t.side * t.capital) / t.entryPrice)
      return `${units} ${t.entryBar} ${t.exitBar} ${t.entryPrice.toFixed(6)} ${t.exitPrice.toFixed(6)}`
    })
    const expected = TRADES.trim()
      .split("\n")
      .map((line) => line.trim())
    assert.deepStrictEqual(found, expected)
    assert.closeTo(equity.at(-1)! * 100_000, FINAL_EQUITY, 1e-6)
  })

  /** Its `stats` of the same run; days of the week-end count, so a year has 365. Its trade returns are after commissions on the entry price, as ours. */
  it("measures the run as it does, under its profile", () => {
    const { fills, equity, totals } = runMarket([market], rule(), { initial: 100_000, commission: { bps: 10 } })
    const returns = returnsOf(equity)
    const trades = tradesOf(fills[0]!, market)
    const of = { equity, returns, benchmark: benchmarkOf(returns), days: 299, totals, trades }
    const found = measure(of, { annualisation: 365, riskFree: 0, profile: "backtesting.py" })
    const expected = {
      total_return: -0.004624778864058608,
      annual_return: -0.005642747908432222,
      volatility: 0.002624414288400311,
      sharpe: -2.1500979983887034,
      sortino: -2.701035615179127,
      calmar: -1.0072553547643497,
      max_drawdown: -0.0056021026661629,
      profit_factor: 0.414423327762214,
      expectancy: -0.0168226397238187,
      sqn: -2.583085271887891,
      kelly: -0.4722910718398483
    } as const
    for (const [name, value] of Object.entries(expected)) {
      assert.closeTo(found[name as keyof typeof expected] / value, 1, 1e-9, name)
    }
  })
})
