/** Oscillators of whole bars (trading.md 3.1). */
import type { SharedColumns } from "../types.ts"
import { rollingSum, rollingSumOf, smaOf } from "./averages.ts"
import { barsSinceMaxOf, barsSinceMinOf, rollingMaxOf, rollingMinOf } from "./extremes.ts"
import { Intermediates } from "./Intermediates.ts"
import { medianPriceOf, typicalPriceOf } from "./prices.ts"
import { type Bars, trueRangeOf } from "./range.ts"
import { meanDeviation } from "./spread.ts"
import type { OhlcBars } from "./volatility.ts"

/** (tp - SMA) / (.015 mean abs deviation) of typical prices, 0 without deviation; first at `n - 1`. */
export const cci = (bars: Bars, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const typical = typicalPriceOf(shared, bars)
  const mean = smaOf(shared, typical, n)
  meanDeviation(typical, mean, n, out)
  for (let i = 0; i < out.length; i++) {
    // A deviation that is only rounding noise of the price level counts as none.
    const noise = 1e-14 * Math.abs(mean[i]!)
    out[i] = out[i]! <= noise ? 0 : (typical[i]! - mean[i]!) / (0.015 * out[i]!)
  }
}
/** -100 (HH - c) / (HH - LL), 0 when the range is 0; first at `n - 1`. */
export const williamsR = (
  { high, low, close }: Bars,
  n: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const highest = rollingMaxOf(shared, high, n)
  const lowest = rollingMinOf(shared, low, n)
  out.fill(NaN, 0, Math.min(n - 1, out.length))
  for (let i = n - 1; i < out.length; i++) {
    const range = highest[i]! - lowest[i]!
    out[i] = range > 0 ? (-100 * (highest[i]! - close[i]!)) / range : 0
  }
}
/** 100 (4 A1 + 2 A2 + A3) / 7, A = sum of buying pressure over sum of true range (0 without range); first at the longest length. */
export const ultimate = (
  bars: Bars,
  lengths: readonly [number, number, number],
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const { close, low } = bars
  const rows = out.length
  const pressure = new Float64Array(rows)
  const range = trueRangeOf(shared, bars)
  for (let i = 1; i < rows; i++) pressure[i] = close[i]! - Math.min(low[i]!, close[i - 1]!)
  const first = Math.max(...lengths)
  const sums = new Float64Array(rows)
  out.fill(0)
  for (const [at, n] of lengths.entries()) {
    rollingSum(pressure, n, sums, 1)
    const ranges = rollingSumOf(shared, range, n, 1)
    const weight = (100 * 2 ** (2 - at)) / 7
    for (let i = first; i < rows; i++) if (ranges[i]! > 0) out[i] = out[i]! + (weight * sums[i]!) / ranges[i]!
  }
  out.fill(NaN, 0, Math.min(first, rows))
}
/** 100 (n - bars since the highest high, or lowest low, of n + 1 bars) / n, the latest bar wins ties; first at `n`. */
export const aroon = (
  bars: { readonly high: Float64Array; readonly low: Float64Array },
  n: number,
  [up, down]: readonly [Float64Array, Float64Array],
  shared: SharedColumns = new Intermediates()
): void => {
  const high = barsSinceMaxOf(shared, bars.high, n + 1)
  const low = barsSinceMinOf(shared, bars.low, n + 1)
  for (const out of [up, down]) out.fill(NaN, 0, Math.min(n, out.length))
  for (let i = n; i < up.length; i++) {
    up[i] = (100 * (n - high[i]!)) / n
    down[i] = (100 * (n - low[i]!)) / n
  }
}
/** Aroon up less Aroon down. */
export const aroonOscillator = (
  bars: { readonly high: Float64Array; readonly low: Float64Array },
  n: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const high = barsSinceMaxOf(shared, bars.high, n + 1)
  const low = barsSinceMinOf(shared, bars.low, n + 1)
  out.fill(NaN, 0, Math.min(n, out.length))
  for (let i = n; i < out.length; i++) out[i] = (100 * (n - high[i]!)) / n - (100 * (n - low[i]!)) / n
}
/** (c - o) / (h - l), 0 when the range is 0. */
export const balanceOfPower = ({ open, high, low, close }: OhlcBars, out: Float64Array): void => {
  for (let i = 0; i < out.length; i++) {
    const range = high[i]! - low[i]!
    out[i] = range > 0 ? (close[i]! - open[i]!) / range : 0
  }
}
/** SMA(fast) - SMA(slow) of (h + l) / 2; first at `slow - 1`. */
export const awesome = (
  bars: { readonly high: Float64Array; readonly low: Float64Array },
  fast: number,
  slow: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const middle = medianPriceOf(shared, bars)
  const fastly = smaOf(shared, middle, fast)
  const slowly = smaOf(shared, middle, slow)
  for (let i = 0; i < out.length; i++) out[i] = fastly[i]! - slowly[i]!
}
/** VI+ = sum abs(h - l[-1]) / sum TR, VI- = sum abs(l - h[-1]) / sum TR, 0 without range; first at `n`. */
export const vortex = (
  bars: Bars,
  n: number,
  [plus, minus]: readonly [Float64Array, Float64Array],
  shared: SharedColumns = new Intermediates()
): void => {
  const { high, low, close } = bars
  const rows = close.length
  const up = new Float64Array(rows)
  const down = new Float64Array(rows)
  for (let i = 1; i < rows; i++) {
    up[i] = Math.abs(high[i]! - low[i - 1]!)
    down[i] = Math.abs(low[i]! - high[i - 1]!)
  }
  rollingSum(up, n, plus, 1)
  rollingSum(down, n, minus, 1)
  const range = rollingSumOf(shared, trueRangeOf(shared, bars), n, 1)
  for (let i = n; i < rows; i++) {
    plus[i] = range[i]! > 0 ? plus[i]! / range[i]! : 0
    minus[i] = range[i]! > 0 ? minus[i]! / range[i]! : 0
  }
}
