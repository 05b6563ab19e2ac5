/** Statistics and features of one symbol with ten years of daily bars: milliseconds a run. */
import {
  adf,
  combinatorialPurged,
  describeSeries,
  engleGranger,
  filterStates,
  fitGarch,
  fitStates,
  kendall,
  logReturns,
  minimalOrder
} from "@tetra/plugin-metrics/kernels"
import { test } from "vitest"

const rows = 2520
const column = () => new Float64Array(rows)
const [open, high, low, close, volume, other] = [column(), column(), column(), column(), column(), column()]
const date = Int32Array.from(close, (_, t) => 16_000 + t)
let state = 42
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
const normal = () => Array.from({ length: 12 }, random).reduce((a, b) => a + b, -6)
// Returns that cluster (alpha .05, gamma .1, beta .87): a likelihood of noise has no minimum to find.
for (let t = 0, h = 1e-4, price = 100, pair = 0; t < rows; t++) {
  const e = Math.sqrt(h) * normal()
  h = 2e-6 + 0.05 * e * e + (e < 0 ? 0.1 * e * e : 0) + 0.87 * h
  open[t] = price
  price *= Math.exp(e)
  close[t] = price
  high[t] = Math.max(open[t]!, price) * (1 + 0.004 * random())
  low[t] = Math.min(open[t]!, price) * (1 - 0.004 * random())
  volume[t] = 1e6 * (0.5 + random())
  pair = 0.9 * pair + 0.01 * normal()
  other[t] = 0.7 * Math.log(price) + pair
}
const levels = close.map(Math.log)
const returns = logReturns(close)
const options = { iterations: 20, time: 300, warmupIterations: 5, warmupTime: 100 }
const settings = { annual: 252, riskFree: 0, confidences: [0.95, 0.99] }
const spans = { from: date, to: date.map((d) => d + 20) }

const works: ReadonlyArray<readonly [name: string, work: () => unknown]> = [
  ["every statistic of a series", () => describeSeries({ date, open, high, low, close, volume }, settings)],
  ["GARCH(1,1) by maximum likelihood", () => fitGarch(returns)],
  ["GJR with Student's t by maximum likelihood", () => fitGarch(returns, { leverage: true, heavy: true })],
  ["ADF, lags by AIC", () => adf(levels)],
  ["Engle-Granger", () => engleGranger(levels, other)],
  ["Kendall's tau-b", () => kendall(close, other)],
  ["least order of differencing", () => minimalOrder(levels)],
  ["hidden Markov model of 252 returns, fitted and filtered", () => filterStates(fitStates(returns.subarray(0, 252)), returns)],
  ["combinatorial purged splits, 6 groups, 2 tests", () => combinatorialPurged(spans, { groups: 6, tests: 2 })]
]
for (const [name, work] of works)
  test(`2,520 bars, one thread, ms a run: ${name}`, async ({ bench }) => {
    await bench(name, () => void work()).run(options)
  })
