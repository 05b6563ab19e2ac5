/** Features of a series' own prices and volumes: changes, and where the last one stands. */
import { bars, indicator } from "../indicators/define.ts"
import { sma } from "../kernels/averages.ts"
import { rollingMax, rollingMin } from "../kernels/extremes.ts"
import { meanAndVariance } from "../kernels/spread.ts"
import { closeToClose } from "../kernels/volatility.ts"
import type { IndicatorDef } from "../types.ts"

const close = ["close"] as const
/** Simple return over `k` bars that ended `lag` bars ago. */
const change = (x: Float64Array, k: number, lag: number, out: Float64Array): void => {
  out.fill(NaN, 0, Math.min(out.length, k + lag))
  for (let i = k + lag; i < x.length; i++) out[i] = x[i - lag]! / x[i - lag - k]! - 1
}
/** Distance from the mean of the last `n` in sample deviations, 0 when nothing varies. */
const standardise = (x: Float64Array, n: number, out: Float64Array, from: number): void => {
  const mean = new Float64Array(x.length)
  meanAndVariance(x, n, mean, out, from)
  for (let i = from + n - 1; i < x.length; i++) {
    const deviation = Math.sqrt((out[i]! * n) / (n - 1))
    out[i] = deviation > 1e-14 * Math.abs(mean[i]!) ? (x[i]! - mean[i]!) / deviation : 0
  }
}
const ratios = [
  indicator("ma_ratio", {
    summary: "Close over its moving average, less 1",
    inputs: close,
    parameters: { n: bars(20) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => {
      sma(c.close, n, out)
      for (let i = 0; i < out.length; i++) out[i] = c.close[i]! / out[i]! - 1
    }
  }),
  indicator("range_position", {
    summary: "Place of the close between the lowest low (0) and the highest high (1), 0.5 without a range",
    inputs: ["high", "low", "close"],
    parameters: { n: bars(20) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => {
      const low = new Float64Array(out.length)
      rollingMax(c.high, n, out)
      rollingMin(c.low, n, low)
      for (let i = n - 1; i < out.length; i++) {
        const range = out[i]! - low[i]!
        out[i] = range > 0 ? (c.close[i]! - low[i]!) / range : 0.5
      }
    }
  }),
  indicator("volatility_ratio", {
    summary: "Close-to-close volatility of n bars over that of m bars; 1 when the long one is 0",
    inputs: close,
    parameters: { n: bars(20, 2), m: bars(60, 2) },
    lookback: (n, m) => Math.max(n, m),
    batch: (c, [out], n, m) => {
      const long = new Float64Array(out.length)
      closeToClose(c.close, n, 1, out)
      closeToClose(c.close, m, 1, long)
      for (let i = 0; i < out.length; i++) out[i] = long[i] === 0 ? 1 : out[i]! / long[i]!
    }
  })
]
const changes = [
  indicator("return", {
    summary: "Simple return over k bars",
    inputs: close,
    parameters: { k: bars(1) },
    lookback: (k) => k,
    batch: (c, [out], k) => change(c.close, k, 0, out)
  }),
  indicator("lag", {
    summary: "One-bar return, lag bars ago",
    inputs: close,
    parameters: { lag: bars(1) },
    lookback: (lag) => 1 + lag,
    batch: (c, [out], lag) => change(c.close, 1, lag, out)
  }),
  indicator("return_z", {
    summary: "One-bar return in deviations from the mean of the last n",
    inputs: close,
    parameters: { n: bars(60, 2) },
    lookback: (n) => n,
    batch: (c, [out], n) => {
      const r = new Float64Array(out.length)
      change(c.close, 1, 0, r)
      standardise(r, n, out, 1)
    }
  }),
  indicator("volume_z", {
    summary: "Volume in deviations from the mean of the last n",
    inputs: ["volume"],
    parameters: { n: bars(60, 2) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => standardise(c.volume, n, out, 0)
  }),
  indicator("gap", {
    summary: "Open over the close before, less 1",
    inputs: ["open", "close"],
    lookback: () => 1,
    batch: (c, [out]) => {
      if (out.length > 0) out[0] = NaN
      for (let i = 1; i < out.length; i++) out[i] = c.open[i]! / c.close[i - 1]! - 1
    }
  })
]
export const prices: ReadonlyArray<IndicatorDef> = [...changes, ...ratios]
