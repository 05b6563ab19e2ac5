import { emaOf, smaOf } from "../kernels/averages.ts"
import { rollingMaxOf, rollingMinOf } from "../kernels/extremes.ts"
import { atrOf } from "../kernels/range.ts"
import { bollingerOf } from "../kernels/spread.ts"
import { bars, indicator } from "./define.ts"

const close = ["close"] as const
const width = { n: bars(20), k: [2, 0, 100] } as const

export const bands = [
  indicator("bbands", {
    summary: "Bollinger bands",
    inputs: close,
    parameters: width,
    outputs: ["upper", "middle", "lower"],
    lookback: (n) => n - 1,
    batch: (c, [upper, middle, lower], n, k) => bollingerOf(c.shared, c.close, n, k, [upper, middle, lower])
  }),
  indicator("percentb", {
    summary: "Place of the close between the Bollinger bands: 0 lower, 1 upper, 0.5 when they meet",
    inputs: close,
    parameters: width,
    lookback: (n) => n - 1,
    batch: (c, [out], n, k) => {
      const [upper, , lower] = bollingerOf(c.shared, c.close, n, k)
      for (let i = 0; i < out.length; i++)
        out[i] = upper[i] === lower[i] ? 0.5 : (c.close[i]! - lower[i]!) / (upper[i]! - lower[i]!)
    }
  }),
  indicator("bandwidth", {
    summary: "Width of the Bollinger bands over their middle",
    inputs: close,
    parameters: width,
    lookback: (n) => n - 1,
    batch: (c, [out], n, k) => {
      const [upper, middle, lower] = bollingerOf(c.shared, c.close, n, k)
      for (let i = 0; i < out.length; i++) out[i] = (upper[i]! - lower[i]!) / middle[i]!
    }
  }),
  indicator("keltner", {
    summary: "Keltner channel: EMA -+ k ATR",
    inputs: ["high", "low", "close"],
    parameters: { n: bars(20), atr: bars(10), k: [2, 0, 100] },
    outputs: ["upper", "middle", "lower"],
    lookback: (n, m) => Math.max(n - 1, m),
    batch: (c, [upper, middle, lower], n, m, k) => {
      const level = emaOf(c.shared, c.close, n)
      const range = atrOf(c.shared, c, m)
      for (let i = 0; i < upper.length; i++) {
        const reach = k * range[i]!
        upper[i] = level[i]! + reach
        middle[i] = level[i]!
        lower[i] = level[i]! - reach
      }
      middle.fill(NaN, 0, Math.min(middle.length, Math.max(n - 1, m)))
    }
  }),
  indicator("donchian", {
    summary: "Donchian channel: highest high, lowest low and their middle",
    inputs: ["high", "low"],
    parameters: { n: bars(20) },
    outputs: ["upper", "middle", "lower"],
    lookback: (n) => n - 1,
    batch: (c, [upper, middle, lower], n) => {
      rollingMaxOf(c.shared, c.high, n, 0, upper)
      rollingMinOf(c.shared, c.low, n, 0, lower)
      for (let i = 0; i < middle.length; i++) middle[i] = (upper[i]! + lower[i]!) / 2
    }
  }),
  indicator("envelope", {
    summary: "SMA -+ a percentage of it",
    inputs: close,
    parameters: { n: bars(20), percent: [2.5, 0, 100] },
    outputs: ["upper", "middle", "lower"],
    lookback: (n) => n - 1,
    batch: (c, [upper, middle, lower], n, percent) => {
      smaOf(c.shared, c.close, n, 0, middle)
      for (let i = 0; i < middle.length; i++) {
        upper[i] = middle[i]! * (1 + percent / 100)
        lower[i] = middle[i]! * (1 - percent / 100)
      }
    }
  })
]
