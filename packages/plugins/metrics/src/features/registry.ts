/** Machine-learning features: what was known at the close of bar t. Labels look ahead by design and live in labels.ts. */
import { bars, indicator } from "../indicators/define.ts"
import { byName } from "../indicators/registry.ts"
import { meanAndVariance } from "../kernels/spread.ts"
import { rollingMax, rollingMin } from "../kernels/extremes.ts"
import { sma } from "../kernels/averages.ts"
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
/** A value of the bar's own date: known before the bar. `period` names the sine and cosine pair. */
const calendar = (name: string, summary: string, phase: (date: Date) => number): IndicatorDef =>
  indicator(name, {
    summary,
    inputs: [],
    outputs: ["sin", "cos"],
    lookback: () => 0,
    batch: (c, [sin, cos]) => {
      for (let i = 0; i < sin.length; i++) {
        const angle = 2 * Math.PI * phase(new Date(c.date[i]! * 86_400_000))
        sin[i] = Math.sin(angle)
        cos[i] = Math.cos(angle)
      }
    }
  })
const monthLength = (date: Date): number => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()

/** Weights of (1 - B)^d until they are below 1e-4: w0 = 1, wk = -w(k-1) (d - k + 1) / k (Lopez de Prado 2018, chapter 5). */
export const differencingWeights = (d: number): Float64Array => {
  const weights = [1]
  for (let k = 1; k < 5000; k++) {
    const next = (-weights[k - 1]! * (d - k + 1)) / k
    if (Math.abs(next) < 1e-4) break
    weights.push(next)
  }
  return Float64Array.from(weights)
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
  }),
  indicator("fracdiff", {
    summary: "Log close, fractionally differenced of order d with a window of fixed width",
    inputs: close,
    parameters: { d: [0.4, 0.05, 1] },
    lookback: (d) => differencingWeights(d).length - 1,
    batch: (c, [out], d) => {
      const weights = differencingWeights(d)
      const log = c.close.map(Math.log)
      out.fill(NaN, 0, Math.min(out.length, weights.length - 1))
      for (let i = weights.length - 1; i < out.length; i++) {
        let sum = 0
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * log[i - k]!
        out[i] = sum
      }
    }
  })
]
const dates = [
  calendar("weekday", "Day of the week", (date) => date.getUTCDay() / 7),
  calendar("month", "Month of the year", (date) => date.getUTCMonth() / 12),
  calendar(
    "month_day",
    "Day of the month: the turn of the month is where the cosine is near 1",
    (date) => (date.getUTCDate() - 1) / monthLength(date)
  )
]
export const builtInFeatures: ReadonlyArray<IndicatorDef> = [...changes, ...ratios, ...dates]
const features: ReadonlyMap<string, IndicatorDef> = new Map(builtInFeatures.map((def) => [def.name, def]))
/** A feature by name; every indicator is one too, except those that are drawn with hindsight (none of the built-in ones is). */
export const featureByName = (name: string): IndicatorDef | undefined => features.get(name) ?? byName.get(name)

const core = [
  "return_1",
  "return_5",
  "return_20",
  "return_60",
  "lag_1",
  "lag_2",
  "lag_3",
  "lag_5",
  "return_z_60",
  "volume_z_60",
  "gap",
  "ma_ratio_20",
  "ma_ratio_50",
  "range_position_20",
  "vol_cc_20_252",
  "vol_parkinson_20_252",
  "volatility_ratio_20_60",
  "rsi_14",
  "natr_14",
  "adx_14",
  "percentb_20_2",
  "weekday",
  "month",
  "month_day"
]
export const featurePresets: Readonly<Record<string, ReadonlyArray<string>>> = {
  core,
  all: [...core, "fracdiff_0.4", "vol_yz_20_252", "vol_gk_20_252", "mfi_14", "cci_20", "aroonosc_14", "zscore_20", "ma_ratio_200"]
}
