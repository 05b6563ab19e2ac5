/** Trend followers and stops (trading.md 3.1). */
import type { SharedColumns } from "../types.ts"
import { rollingMaxOf, rollingMinOf } from "./extremes.ts"
import { Intermediates } from "./Intermediates.ts"
import { atrOf, type Bars } from "./range.ts"

/**
 * Parabolic stop (Wilder 1978): first at 1. The first direction is short when DM- of bar 1 is above 0, else long; the first extreme point is bar 1's,
 * the first stop bar 0's.
 */
export const sar = (
  bars: { readonly high: Float64Array; readonly low: Float64Array },
  step: number,
  limit: number,
  out: Float64Array
): void => {
  const { high, low } = bars
  out.fill(NaN, 0, Math.min(1, out.length))
  if (out.length < 2) return
  const fall = low[0]! - low[1]!
  let long = !(fall > 0 && high[1]! - high[0]! < fall)
  let extreme = long ? high[1]! : low[1]!
  let stop = long ? low[0]! : high[0]!
  const first = Math.min(step, limit)
  let factor = first
  let l0 = low[1]!
  let h0 = high[1]!
  for (let i = 1; i < out.length; i++) {
    const h = high[i]!
    const l = low[i]!
    const hit = long ? l <= stop : h >= stop
    if (hit) {
      stop = long ? Math.max(extreme, h0, h) : Math.min(extreme, l0, l)
      out[i] = stop
      long = !long
      factor = first
      extreme = long ? h : l
    } else {
      out[i] = stop
      if (long ? h > extreme : l < extreme) {
        extreme = long ? h : l
        factor = Math.min(limit, factor + step)
      }
    }
    stop += factor * (extreme - stop)
    stop = long ? Math.min(stop, l0, l) : Math.max(stop, h0, h)
    h0 = h
    l0 = l
  }
}
/**
 * Supertrend: bands (h+l)/2 -+ k ATR(n), carried while the close stays inside; the line is the lower band while the trend is up (direction 1)
 * and the upper one while it is down (-1). Flips on the close; starts at `n`, up unless the close is below the lower band.
 */
export const supertrend = (
  { high, low, close }: Bars,
  n: number,
  k: number,
  [line, direction]: readonly [Float64Array, Float64Array],
  shared: SharedColumns = new Intermediates()
): void => {
  const rows = close.length
  const range = atrOf(shared, { high, low, close }, n)
  line.fill(NaN, 0, Math.min(n, rows))
  direction.fill(NaN, 0, Math.min(n, rows))
  let upper = Infinity
  let lower = -Infinity
  let up = false
  for (let i = n; i < rows; i++) {
    const middle = (high[i]! + low[i]!) / 2
    const width = k * range[i]!
    const before = close[i - 1]!
    const upperNow = i === n || middle + width < upper || before > upper ? middle + width : upper
    const lowerNow = i === n || middle - width > lower || before < lower ? middle - width : lower
    if (i === n) up = close[i]! >= lowerNow
    else if (up ? close[i]! < lowerNow : close[i]! > upperNow) up = !up
    upper = upperNow
    lower = lowerNow
    line[i] = up ? lower : upper
    direction[i] = up ? 1 : -1
  }
}
/** (HH + LL) / 2 over `n`; first at `n - 1`. */
export const midRange = (
  bars: { readonly high: Float64Array; readonly low: Float64Array },
  n: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const highest = rollingMaxOf(shared, bars.high, n)
  const lowest = rollingMinOf(shared, bars.low, n)
  for (let i = 0; i < out.length; i++) out[i] = (highest[i]! + lowest[i]!) / 2
}
/** Chandelier exits: HH(n) - k ATR(n) for longs, LL(n) + k ATR(n) for shorts; first at `n`. */
export const chandelier = (
  bars: Bars,
  n: number,
  k: number,
  [long, short]: readonly [Float64Array, Float64Array],
  shared: SharedColumns = new Intermediates()
): void => {
  const range = atrOf(shared, bars, n)
  const highest = rollingMaxOf(shared, bars.high, n)
  const lowest = rollingMinOf(shared, bars.low, n)
  for (let i = 0; i < range.length; i++) {
    long[i] = highest[i]! - k * range[i]!
    short[i] = lowest[i]! + k * range[i]!
  }
}
/**
 * ATR stop: close - k ATR(n), never lowered while the close stays above it; after a close below it the stop is close + k ATR(n), never raised while the
 * close stays below. First at `n`, as a long stop.
 */
export const atrStop = (
  { high, low, close }: Bars,
  n: number,
  k: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const range = atrOf(shared, { high, low, close }, n)
  out.fill(NaN, 0, Math.min(n, out.length))
  let long = true
  let stop = NaN
  for (let i = n; i < out.length; i++) {
    const width = k * range[i]!
    const c = close[i]!
    if (i === n) stop = c - width
    else if (long === c >= stop) stop = long ? Math.max(stop, c - width) : Math.min(stop, c + width)
    else {
      long = !long
      stop = long ? c - width : c + width
    }
    out[i] = stop
  }
}
