/** Oscillators of whole bars (trading.md 3.1). */
import { rollingSum, sma } from "./averages.ts"
import { barsSinceMax, barsSinceMin, rollingMax, rollingMin } from "./extremes.ts"
import { type Bars, trueRange } from "./range.ts"
import { meanDeviation } from "./spread.ts"
import type { OhlcBars } from "./volatility.ts"

/** (tp - SMA) / (.015 mean abs deviation) of typical prices, 0 without deviation; first at `n - 1`. */
export const cci = ({ high, low, close }: Bars, n: number, out: Float64Array): void => {
  const typical = new Float64Array(out.length)
  const mean = new Float64Array(out.length)
  for (let i = 0; i < typical.length; i++) typical[i] = (high[i]! + low[i]! + close[i]!) / 3
  sma(typical, n, mean)
  meanDeviation(typical, mean, n, out)
  for (let i = 0; i < out.length; i++) {
    // A deviation that is only rounding noise of the price level counts as none.
    const noise = 1e-14 * Math.abs(mean[i]!)
    out[i] = out[i]! <= noise ? 0 : (typical[i]! - mean[i]!) / (0.015 * out[i]!)
  }
}
/** -100 (HH - c) / (HH - LL), 0 when the range is 0; first at `n - 1`. */
export const williamsR = ({ high, low, close }: Bars, n: number, out: Float64Array): void => {
  const lowest = new Float64Array(out.length)
  rollingMax(high, n, out)
  rollingMin(low, n, lowest)
  for (let i = n - 1; i < out.length; i++) {
    const range = out[i]! - lowest[i]!
    out[i] = range > 0 ? (-100 * (out[i]! - close[i]!)) / range : 0
  }
}
/** 100 (4 A1 + 2 A2 + A3) / 7, A = sum of buying pressure over sum of true range (0 without range); first at the longest length. */
export const ultimate = ({ high, low, close }: Bars, lengths: readonly [number, number, number], out: Float64Array): void => {
  const rows = out.length
  const pressure = new Float64Array(rows)
  const range = new Float64Array(rows)
  trueRange(high, low, close, range)
  for (let i = 1; i < rows; i++) pressure[i] = close[i]! - Math.min(low[i]!, close[i - 1]!)
  const first = Math.max(...lengths)
  const sums = new Float64Array(rows)
  const ranges = new Float64Array(rows)
  out.fill(0)
  for (const [at, n] of lengths.entries()) {
    rollingSum(pressure, n, sums, 1)
    rollingSum(range, n, ranges, 1)
    const weight = (100 * 2 ** (2 - at)) / 7
    for (let i = first; i < rows; i++) if (ranges[i]! > 0) out[i] = out[i]! + (weight * sums[i]!) / ranges[i]!
  }
  out.fill(NaN, 0, Math.min(first, rows))
}
/** 100 (n - bars since the highest high, or lowest low, of n + 1 bars) / n, the latest bar wins ties; first at `n`. */
export const aroon = (
  bars: { readonly high: Float64Array; readonly low: Float64Array },
  n: number,
  [up, down]: readonly [Float64Array, Float64Array]
): void => {
  barsSinceMax(bars.high, n + 1, up)
  barsSinceMin(bars.low, n + 1, down)
  for (let i = n; i < up.length; i++) {
    up[i] = (100 * (n - up[i]!)) / n
    down[i] = (100 * (n - down[i]!)) / n
  }
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
  out: Float64Array
): void => {
  const middle = new Float64Array(out.length)
  const slowly = new Float64Array(out.length)
  for (let i = 0; i < middle.length; i++) middle[i] = (bars.high[i]! + bars.low[i]!) / 2
  sma(middle, fast, out)
  sma(middle, slow, slowly)
  for (let i = 0; i < out.length; i++) out[i] = out[i]! - slowly[i]!
}
/** VI+ = sum abs(h - l[-1]) / sum TR, VI- = sum abs(l - h[-1]) / sum TR, 0 without range; first at `n`. */
export const vortex = ({ high, low, close }: Bars, n: number, [plus, minus]: readonly [Float64Array, Float64Array]): void => {
  const rows = close.length
  const up = new Float64Array(rows)
  const down = new Float64Array(rows)
  const range = new Float64Array(rows)
  for (let i = 1; i < rows; i++) {
    up[i] = Math.abs(high[i]! - low[i - 1]!)
    down[i] = Math.abs(low[i]! - high[i - 1]!)
  }
  trueRange(high, low, close, range)
  rollingSum(up, n, plus, 1)
  rollingSum(down, n, minus, 1)
  rollingSum(range, n, up, 1)
  for (let i = n; i < rows; i++) {
    plus[i] = up[i]! > 0 ? plus[i]! / up[i]! : 0
    minus[i] = up[i]! > 0 ? minus[i]! / up[i]! : 0
  }
}
