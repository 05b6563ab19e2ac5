/** Kernels over a million bars beside their goals (trading.md 5), a copy of the same memory, and the latencies that recursions wait for. */
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
import { type BudgetName, measured } from "./budgets.ts"

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

/** What no kernel can be faster than: to read and write as much memory, and to wait for one result before the next begins. */
const bounds: ReadonlyArray<readonly [name: string, kernel: () => unknown]> = [
  ["copy of 8 MB", () => out[0].set(close)],
  [
    "one multiplication and one addition after the other (what a recursion waits for, one step at a time)",
    () => {
      let e = 1
      for (let i = 0; i < rows; i++) e = 0.9 * e + close[i]!
      return (out[0][0] = e)
    }
  ],
  [
    "one division a point (RSI and ADX have one, ADX a second)",
    () => {
      for (let i = 0; i < rows; i++) out[0][i] = high[i]! / low[i]!
    }
  ]
]
/** Each into columns that are there already; nothing is allocated. */
const kernels: ReadonlyArray<readonly [name: BudgetName, kernel: () => unknown]> = [
  ["sma", () => sma(close, 20, out[0])],
  ["ema", () => ema(close, 20, out[0])],
  ["rsi", () => rsi(close, 14, out[0])],
  ["macd", () => macd(close, { fast: 12, slow: 26, signal: 9 }, out)],
  ["bollinger", () => bollinger(close, 20, 2, out)],
  ["atr", () => atr(high, low, close, 14, out[0])],
  ["adx", () => adx(bars, 14, out[0])]
]
const others: ReadonlyArray<readonly [name: string, kernel: () => unknown]> = [
  ["stoch 14 3 3", () => stochastic(bars, { n: 14, smooth: 3, signal: 3 }, out[0], out[1])],
  ["obv", () => obv(close, volume, out[0])],
  ["roc 10", () => roc(close, 10, out[0])]
]
/** ns a point: the best of the rounds, as a shared machine makes medians mean little. */
const bestOf = (kernel: () => unknown): number => {
  let best = Infinity
  for (let round = 0; round < 60; round++) {
    const begin = performance.now()
    kernel()
    if (round >= 5) best = Math.min(best, performance.now() - begin)
  }
  return (best * 1e6) / rows
}
test("1e6 bars, one thread: ns a point, best of 55 rounds", { timeout: 120_000 }, () => {
  const copies = bestOf(bounds[0]![1])
  const said = (name: string, ns: number): void =>
    console.log(`${name}: ${ns.toFixed(2)} ns a point, ${(ns / copies).toFixed(1)} copies`)
  measured("copy", copies)
  for (const [name, kernel] of bounds.slice(1)) said(name, bestOf(kernel))
  for (const [name, kernel] of kernels) {
    const ns = bestOf(kernel)
    measured(name, ns)
    said(name, ns)
  }
  for (const [name, kernel] of others) said(name, bestOf(kernel))
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
