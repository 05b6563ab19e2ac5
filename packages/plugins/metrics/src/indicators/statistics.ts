import { rollingSumOf } from "../kernels/averages.ts"
import * as x from "../kernels/extremes.ts"
import * as s from "../kernels/spread.ts"
import { medianPriceOf, typicalPriceOf } from "../kernels/prices.ts"
import type { IndicatorDef, SeriesColumns, SharedColumns } from "../types.ts"
import { bars, type Given, indicator } from "./define.ts"

const close = ["close"] as const
/** One answer per bar from the fitted line over the last n closes. */
const fitted = (name: string, summary: string, answer: (intercept: number, slope: number, n: number) => number): IndicatorDef =>
  indicator(name, {
    summary,
    inputs: close,
    parameters: { n: bars(14, 2) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => {
      const [intercept, slope] = s.regressionOf(c.shared, c.close, n)
      out.fill(NaN, 0, n - 1)
      for (let i = n - 1; i < out.length; i++) out[i] = answer(intercept[i]!, slope[i]!, n)
    }
  })
type OfWindow = (shared: SharedColumns, x: Float64Array, n: number, into: Float64Array) => unknown
const windowed = (name: string, summary: string, kernel: OfWindow): IndicatorDef =>
  indicator(name, {
    summary,
    inputs: close,
    parameters: { n: bars(20) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => kernel(c.shared, c.close, n, out)
  })

export const statistical = [
  fitted("linreg", "Least-squares line, value at the last bar", (a, b, n) => a + b * (n - 1)),
  fitted("linreg_slope", "Least-squares line, slope a bar", (_, b) => b),
  fitted("linreg_angle", "Least-squares line, angle in degrees", (_, b) => (Math.atan(b) * 180) / Math.PI),
  fitted("linreg_intercept", "Least-squares line, value at the first bar of the window", (a) => a),
  fitted("tsf", "Least-squares line, forecast of the next bar", (a, b, n) => a + b * n),
  windowed("min", "Lowest close", (shared, close, n, into) => x.rollingMinOf(shared, close, n, 0, into)),
  windowed("max", "Highest close", (shared, close, n, into) => x.rollingMaxOf(shared, close, n, 0, into)),
  windowed("argmin", "Bars since the lowest close", x.barsSinceMinOf),
  windowed("argmax", "Bars since the highest close", x.barsSinceMaxOf),
  windowed("sum", "Sum of closes", (shared, close, n, into) => rollingSumOf(shared, close, n, 0, into)),
  indicator("percentrank", {
    summary: "Share of the n closes before that are below this one, percent",
    inputs: close,
    parameters: { n: bars(100) },
    lookback: (n) => n,
    batch: (c, [out], n) => s.percentRank(c.close, n, out)
  }),
  indicator("zscore", {
    summary: "Distance from the mean in sample standard deviations, 0 when nothing varies",
    inputs: close,
    parameters: { n: bars(20, 2) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => {
      const [mean, variance] = s.momentsOf(c.shared, c.close, n)
      out.fill(NaN, 0, n - 1)
      for (let i = n - 1; i < out.length; i++) {
        const deviation = Math.sqrt((variance[i]! * n) / (n - 1))
        out[i] = deviation > 1e-14 * Math.abs(mean[i]!) ? (c.close[i]! - mean[i]!) / deviation : 0
      }
    }
  }),
  indicator("correl", {
    summary: "Correlation of close and volume",
    inputs: ["close", "volume"],
    parameters: { n: bars(30, 2) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => s.correlation(c.close, c.volume, n, out)
  }),
  indicator("beta", {
    summary: "Slope of the returns of the low on those of the high",
    inputs: ["high", "low"],
    parameters: { n: bars(5, 2) },
    lookback: (n) => n,
    batch: (c, [out], n) => s.beta(c.high, c.low, n, out)
  })
]
const price = (name: string, summary: string, make: (c: Given, out: Float64Array) => unknown): IndicatorDef =>
  indicator(name, {
    summary,
    inputs: ["open", "high", "low", "close"],
    lookback: () => 0,
    batch: (c, [out]) => void make(c, out)
  })
const each =
  (at: (c: SeriesColumns, i: number) => number) =>
  (c: SeriesColumns, out: Float64Array): void => {
    for (let i = 0; i < out.length; i++) out[i] = at(c, i)
  }
export const prices = [
  price(
    "avgprice",
    "(o + h + l + c) / 4",
    each((c, i) => (c.open[i]! + c.high[i]! + c.low[i]! + c.close[i]!) / 4)
  ),
  price("medprice", "(h + l) / 2", (c, out) => medianPriceOf(c.shared, c, out)),
  price("typprice", "(h + l + c) / 3", (c, out) => typicalPriceOf(c.shared, c, out)),
  price(
    "wclprice",
    "(h + l + 2 c) / 4",
    each((c, i) => (c.high[i]! + c.low[i]! + 2 * c.close[i]!) / 4)
  ),
  indicator("heikin_ashi", {
    summary: "Heikin-Ashi bars; the first open is (o + c) / 2",
    inputs: ["open", "high", "low", "close"],
    outputs: ["open", "high", "low", "close"],
    lookback: () => 0,
    batch: (c, [open, high, low, close]) => {
      for (let i = 0; i < close.length; i++) {
        close[i] = (c.open[i]! + c.high[i]! + c.low[i]! + c.close[i]!) / 4
        open[i] = i === 0 ? (c.open[0]! + c.close[0]!) / 2 : (open[i - 1]! + close[i - 1]!) / 2
        high[i] = Math.max(c.high[i]!, open[i]!, close[i]!)
        low[i] = Math.min(c.low[i]!, open[i]!, close[i]!)
      }
    }
  })
]
