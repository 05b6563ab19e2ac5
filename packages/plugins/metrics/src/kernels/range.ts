/** True range and directional movement (Wilder 1978). */
import type { SharedColumns } from "../types.ts"
import { recur } from "./averages.ts"
import { Intermediates } from "./Intermediates.ts"

/** TR = max(h, c[-1]) - min(l, c[-1]); undefined at bar 0. */
export const trueRange = (high: Float64Array, low: Float64Array, close: Float64Array, out: Float64Array): void => {
  if (out.length > 0) out[0] = NaN
  let before = close[0]!
  for (let i = 1; i < out.length; i++) {
    const h = high[i]!
    const l = low[i]!
    out[i] = (h > before ? h : before) - (l < before ? l : before)
    before = close[i]!
  }
}
/** Mean of TR 1..n, then `(ATR (n-1) + TR) / n`; first at `n`. */
export const atr = (high: Float64Array, low: Float64Array, close: Float64Array, n: number, out: Float64Array): void => {
  const rows = close.length
  out.fill(NaN, 0, Math.min(n, rows))
  if (rows <= n) return
  let seed = 0
  for (let i = 1; i <= n; i++) {
    const before = close[i - 1]!
    seed += (high[i]! > before ? high[i]! : before) - (low[i]! < before ? low[i]! : before)
  }
  let average = seed / n
  out[n] = average
  const k = 1 / n
  const q = 1 - k
  const q2 = q * q
  let i = n + 1
  let before = close[n]!
  // Two steps at once, as in `recur`.
  for (; i + 1 < rows; i += 2) {
    const middle = close[i]!
    const h1 = high[i]!
    const l1 = low[i]!
    const h2 = high[i + 1]!
    const l2 = low[i + 1]!
    const a = k * ((h1 > before ? h1 : before) - (l1 < before ? l1 : before))
    const b = k * ((h2 > middle ? h2 : middle) - (l2 < middle ? l2 : middle)) + q * a
    out[i] = q * average + a
    average = q2 * average + b
    out[i + 1] = average
    before = close[i + 1]!
  }
  if (i < rows) out[i] = q * average + k * ((high[i]! > before ? high[i]! : before) - (low[i]! < before ? low[i]! : before))
}
/** The columns that a kernel of ranges reads. */
export interface Bars {
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}
export const trueRangeOf = (shared: SharedColumns, { high, low, close }: Bars, into?: Float64Array): Float64Array =>
  shared.column("tr", [close, high, low], [], (out) => trueRange(high, low, close, out), into)
export const atrOf = (shared: SharedColumns, { high, low, close }: Bars, n: number, into?: Float64Array): Float64Array =>
  shared.column("atr", [close, high, low], [n], (out) => atr(high, low, close, n, out), into)
/** 100 ATR / close. */
export const natr = (bars: Bars, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const range = atrOf(shared, bars, n)
  out.fill(NaN, 0, Math.min(n, out.length))
  for (let i = n; i < out.length; i++) out[i] = (100 * range[i]!) / bars.close[i]!
}

/** What keeps 0 / 0 from being NaN without a branch; too small to change any other quotient. */
const LEAST = Number.MIN_VALUE

/**
 * Four times the directional movement of a bar: DM+ where the rise of the high is above the fall of the low and above 0, minus DM- mirrored, else 0.
 * Which of them it is follows no pattern, so that a branch would cost more than all else: the sign is a quotient of the difference and its size.
 */
export const movement = (rise: number, fall: number): number => {
  const up = rise + Math.abs(rise)
  const down = fall + Math.abs(fall)
  const difference = up - down
  const size = Math.abs(difference)
  return (up + down + size) * (difference / (size + LEAST))
}

/**
 * DI+ and DI- in percent, first at `n`. DM+ = h - h[-1] if above 0 and above l[-1] - l, DM- mirrored; Wilder sums `S - S/n + v`, the first over
 * n - 1 values; DI = 100 S_DM / S_TR, 0 when S_TR is 0.
 */
export const directional = ({ high, low, close }: Bars, n: number, plus: Float64Array, minus: Float64Array): void => {
  const rows = close.length
  plus.fill(NaN, 0, Math.min(n, rows))
  minus.fill(NaN, 0, Math.min(n, rows))
  let up = 0
  let down = 0
  let range = 0
  const keep = 1 - 1 / n
  let h0 = high[0]!
  let l0 = low[0]!
  let c0 = close[0]!
  for (let i = 1; i < rows; i++) {
    const h = high[i]!
    const l = low[i]!
    const decay = i < n ? 1 : keep
    const moved = movement(h - h0, l0 - l)
    const size = Math.abs(moved)
    // Eight times the sums: one of size + moved and size - moved is 0, the other twice the movement.
    up = up * decay + (size + moved)
    down = down * decay + (size - moved)
    range = range * decay + ((h > c0 ? h : c0) - (l < c0 ? l : c0))
    if (i >= n) {
      const scale = range > 0 ? 12.5 / range : 0
      plus[i] = up * scale
      minus[i] = down * scale
    }
    h0 = h
    l0 = l
    c0 = close[i]!
  }
}
/** DX = 100 abs(DI+ - DI-) / (DI+ + DI-), 0 without movement; first at `n`. The true range cancels in the ratio, so it is not computed. */
export const dx = ({ high, low, close }: Bars, n: number, out: Float64Array): void => {
  const rows = close.length
  out.fill(NaN, 0, Math.min(n, rows))
  // Wilder sums of the movement and of its size: DM+ - DM- and DM+ + DM-.
  let net = 0
  let all = 0
  const keep = 1 - 1 / n
  let h0 = high[0]!
  let l0 = low[0]!
  let i = 1
  for (; i < Math.min(n, rows); i++) {
    const moved = movement(high[i]! - h0, l0 - low[i]!)
    net += moved
    all += Math.abs(moved)
    h0 = high[i]!
    l0 = low[i]!
  }
  for (; i < rows; i++) {
    const h = high[i]!
    const l = low[i]!
    const moved = movement(h - h0, l0 - l)
    net = net * keep + moved
    all = all * keep + Math.abs(moved)
    out[i] = all > 0 ? (100 * Math.abs(net)) / all : 0
    h0 = h
    l0 = l
  }
}
export const dxOf = (shared: SharedColumns, bars: Bars, n: number, into?: Float64Array): Float64Array =>
  shared.column("dx", [bars.close, bars.high, bars.low], [n], (out) => dx(bars, n, out), into)
/** Mean of the first `n` DX, then Wilder's smoothing; first at `2n - 1`. */
export const adx = (bars: Bars, n: number, out: Float64Array, shared?: SharedColumns): void => {
  const rows = out.length
  if (rows < 2 * n) {
    out.fill(NaN)
    return
  }
  const movement = shared === undefined ? out : dxOf(shared, bars, n)
  if (shared === undefined) dx(bars, n, out)
  let seed = 0
  for (let i = n; i < 2 * n; i++) seed += movement[i]!
  recur(movement, 1 / n, out, 2 * n - 1, seed / n)
}
export const adxOf = (shared: SharedColumns, bars: Bars, n: number, into?: Float64Array): Float64Array =>
  shared.column("adx", [bars.close, bars.high, bars.low], [n], (out) => adx(bars, n, out, shared), into)
/** (ADX + ADX[-(n-1)]) / 2; first at `3n - 2`. */
export const adxr = (bars: Bars, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const average = adxOf(shared, bars, n)
  out.fill(NaN, 0, Math.min(3 * n - 2, out.length))
  for (let i = 3 * n - 2; i < out.length; i++) out[i] = (average[i]! + average[i - n + 1]!) / 2
}
