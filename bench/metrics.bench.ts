/** Kernels over a million bars: minimum time divided by the bars is ns per point (goals in trading.md 5: SMA 1.5, EMA 1.2, RSI 6, MACD 3, BB 3.5, ATR 2.4, ADX 9). */
import {
  adx,
  atr,
  bollinger,
  builtIn,
  computeOutputs,
  ema,
  indicatorPlan,
  macd,
  obv,
  roc,
  rsi,
  sma,
  stochastic
} from "@tetra/plugin-metrics/kernels"
import { test } from "vitest"

const rows = 1_000_000
const column = () => new Float64Array(rows)
const [open, high, low, close, volume] = [column(), column(), column(), column(), column()]
let state = 42
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
for (let i = 0, price = 100; i < rows; i++) {
  open[i] = price
  price *= 1 + (random() - 0.5) * 0.02
  close[i] = price
  high[i] = Math.max(open[i]!, price) * (1 + random() * 0.005)
  low[i] = Math.min(open[i]!, price) * (1 - random() * 0.005)
  volume[i] = 1e6 * random()
}
const bars = { high, low, close }
const out = [column(), column(), column()] as const
const options = { iterations: 20, time: 200, warmupIterations: 5, warmupTime: 50 }

const kernels: ReadonlyArray<readonly [name: string, kernel: () => unknown]> = [
  ["copy of 8 MB (lower bound)", () => out[0].set(close)],
  ["sma 20", () => sma(close, 20, out[0])],
  ["ema 20", () => ema(close, 20, out[0])],
  ["rsi 14", () => rsi(close, 14, out[0])],
  ["macd 12 26 9", () => macd(close, { fast: 12, slow: 26, signal: 9 }, out)],
  ["bbands 20 2", () => bollinger(close, 20, 2, out)],
  ["atr 14", () => atr(high, low, close, 14, out[0])],
  ["adx 14", () => adx(bars, 14, out[0])],
  ["stoch 14 3 3", () => stochastic(bars, { n: 14, smooth: 3, signal: 3 }, out[0], out[1])],
  ["obv", () => obv(close, volume, out[0])],
  ["roc 10", () => roc(close, 10, out[0])]
]
for (const [name, kernel] of kernels)
  test(`1e6 bars, one thread, ms a run = ns a point: ${name}`, async ({ bench }) => {
    await bench(name, () => void kernel()).run(options)
  })

/** The first 60 of the registry, which are those that must be there, over ten years of daily bars: one plan that shares, beside each alone. */
const years = 2520
const decade = {
  date: Int32Array.from({ length: years }, (_, i) => i),
  open: open.slice(0, years),
  high: high.slice(0, years),
  low: low.slice(0, years),
  close: close.slice(0, years),
  volume: volume.slice(0, years)
}
const sixty = builtIn.slice(0, 60).map((def) => ({ def, parameters: def.parameters.map((p) => p.default), output: undefined }))
const plan = indicatorPlan(sixty)
const many: ReadonlyArray<readonly [name: string, run: () => unknown]> = [
  ["one plan", () => plan(decade)],
  ["each alone", () => sixty.map(({ def, parameters }) => computeOutputs(def, parameters, decade))]
]
for (const [name, run] of many)
  test(`60 indicators of 10 years (2,520 bars), one thread, ms a symbol: ${name}`, async ({ bench }) => {
    await bench(name, () => void run()).run(options)
  })
