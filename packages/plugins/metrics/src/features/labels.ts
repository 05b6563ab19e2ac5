/** What a model is to predict: returns ahead, and which barrier is touched first. These look ahead by design and must never be used as features. */
import type { SeriesColumns } from "../types.ts"

/** Simple return of the next `k` bars, close to close; NaN for the last `k`. */
export const forwardReturn = (close: Float64Array, k: number, out: Float64Array): void => {
  for (let i = 0; i < out.length; i++) out[i] = i + k < close.length ? close[i + k]! / close[i]! - 1 : NaN
}
/**
 * EWMA volatility of log returns known at the close of each bar: `s^2 = l s^2 + (1 - l) r^2`, l = .94, seeded with the mean of the first 20 squares;
 * first at 20.
 */
export const knownVolatility = (close: Float64Array, out: Float64Array): void => {
  const seeds = 20
  const decay = 0.94
  let square = 0
  out.fill(NaN, 0, Math.min(out.length, seeds))
  for (let i = 1; i < close.length; i++) {
    const r = Math.log(close[i]! / close[i - 1]!)
    square = i <= seeds ? square + (r * r) / seeds : decay * square + (1 - decay) * r * r
    if (i >= seeds) out[i] = Math.sqrt(square)
  }
}
export interface Barriers {
  /** Widths in multiples of the volatility known at t. */
  readonly up: number
  readonly down: number
  /** Bars until the vertical barrier. */
  readonly horizon: number
  /** What the vertical barrier answers: 0, or the sign of the return until then. */
  readonly vertical: "zero" | "sign"
}
export interface Touches {
  /** 1, -1, or what the vertical barrier answers; NaN before the volatility is known, and where the data end before the answer. */
  readonly label: Float64Array
  /** Row of the touch; -1 without an answer. */
  readonly row: Int32Array
}
const none = (rows: number): Touches => ({ label: new Float64Array(rows).fill(NaN), row: new Int32Array(rows).fill(-1) })

/** Prices that end a wait, and which of them counts when one bar reaches both. */
interface Bounds {
  readonly upper: number
  readonly lower: number
  readonly first: "upper" | "lower"
}
/** The first row after `t` that touches a bound, at most `horizon` later, with 1 or -1; 0 at the end of the wait; undefined where the data end before. */
const firstTouch = (
  { close, high, low }: SeriesColumns,
  t: number,
  horizon: number,
  { first, lower, upper }: Bounds
): { readonly row: number; readonly side: -1 | 0 | 1 } | undefined => {
  const last = Math.min(close.length - 1, t + horizon)
  for (let row = t + 1; row <= last; row++) {
    const isUp = high[row]! >= upper
    const isDown = low[row]! <= lower
    if (isUp || isDown) return { row, side: isUp && (first === "upper" || !isDown) ? 1 : -1 }
  }
  return t + horizon < close.length ? { row: t + horizon, side: 0 } : undefined
}
/** Volatilities that barriers are multiples of. */
const volatilityOf = (close: Float64Array): Float64Array => {
  const out = new Float64Array(close.length)
  knownVolatility(close, out)
  return out
}
/**
 * Triple barrier (Lopez de Prado 2018, chapter 3): upper p (1 + u s), lower p (1 - l s), vertical after `horizon` bars. One bar that touches both counts
 * as the lower.
 */
export const tripleBarrier = (columns: SeriesColumns, { down, horizon, up, vertical }: Barriers): Touches => {
  const { close } = columns
  const out = none(close.length)
  for (const [t, s] of volatilityOf(close).entries()) {
    if (Number.isNaN(s)) continue
    const bounds: Bounds = { upper: close[t]! * (1 + up * s), lower: close[t]! * (1 - down * s), first: "lower" }
    const touch = firstTouch(columns, t, horizon, bounds)
    if (touch === undefined) continue
    out.label[t] = touch.side === 0 && vertical === "sign" ? Math.sign(close[touch.row]! - close[t]!) : touch.side
    out.row[t] = touch.row
  }
  return out
}
/**
 * Meta label (the same, 3.6): 1 when a bet on the sign of `side` reaches its profit (`up` wide, above for a long bet and below for a short one) before its
 * loss (`down` wide), or has gained at the vertical barrier; else 0. One bar that touches both counts as the loss. NaN where there is no side, and as in
 * `tripleBarrier`.
 */
export const metaLabel = (
  columns: SeriesColumns,
  side: Float64Array,
  { down, horizon, up }: Omit<Barriers, "vertical">
): Touches => {
  const { close } = columns
  const out = none(close.length)
  for (const [t, s] of volatilityOf(close).entries()) {
    const bet = Math.sign(side[t]!)
    if (Number.isNaN(s) || Number.isNaN(bet) || bet === 0) continue
    const profit = close[t]! * (1 + bet * up * s)
    const loss = close[t]! * (1 - bet * down * s)
    const touch = firstTouch(columns, t, horizon, {
      upper: Math.max(profit, loss),
      lower: Math.min(profit, loss),
      first: bet > 0 ? "lower" : "upper"
    })
    if (touch === undefined) continue
    const gain = bet * (touch.side === 0 ? close[touch.row]! - close[t]! : touch.side)
    out.label[t] = gain > 0 ? 1 : 0
    out.row[t] = touch.row
  }
  return out
}
