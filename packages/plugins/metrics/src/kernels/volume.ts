/** Volume indicators (trading.md 3.1). */
import type { SharedColumns } from "../types.ts"
import { ema, rollingSum, rollingSumOf } from "./averages.ts"
import { Intermediates } from "./Intermediates.ts"
import { typicalPriceOf } from "./prices.ts"

export interface Traded {
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}
/** Volume added on rises and taken off on falls of the close; starts at volume[0]. */
export const obv = (close: Float64Array, volume: Float64Array, out: Float64Array): void => {
  if (out.length === 0) return
  let level = volume[0]!
  let before = close[0]!
  out[0] = level
  for (let i = 1; i < close.length; i++) {
    const c = close[i]!
    const v = volume[i]!
    level += c > before ? v : c < before ? -v : 0
    out[i] = level
    before = c
  }
}
/** Money-flow volume of one bar: ((c - l) - (h - c)) / (h - l) * v, 0 when h = l. */
export const moneyFlowVolume = ({ high, low, close, volume }: Traded, out: Float64Array): void => {
  for (let i = 0; i < out.length; i++) {
    const range = high[i]! - low[i]!
    out[i] = range > 0 ? ((close[i]! - low[i]! - (high[i]! - close[i]!)) / range) * volume[i]! : 0
  }
}
const moneyFlowVolumeOf = (shared: SharedColumns, bars: Traded): Float64Array =>
  shared.column("money flow", [bars.high, bars.low, bars.close, bars.volume], [], (out) => moneyFlowVolume(bars, out))
/** Accumulation/distribution line: the running sum of the money-flow volume. */
export const ad = (bars: Traded, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const flow = moneyFlowVolumeOf(shared, bars)
  let level = 0
  for (let i = 0; i < out.length; i++) {
    level += flow[i]!
    out[i] = level
  }
}
export const adOf = (shared: SharedColumns, bars: Traded, into?: Float64Array): Float64Array =>
  shared.column("ad", [bars.high, bars.low, bars.close, bars.volume], [], (out) => ad(bars, out, shared), into)
/** EMA(fast) - EMA(slow) of AD, both seeded with AD[0]; first at `slow - 1`. */
export const adosc = (
  bars: Traded,
  fast: number,
  slow: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const line = adOf(shared, bars)
  const kf = 2 / (fast + 1)
  const ks = 2 / (slow + 1)
  let f = line[0]!
  let s = f
  for (let i = 0; i < out.length; i++) {
    f += kf * (line[i]! - f)
    s += ks * (line[i]! - s)
    out[i] = i < Math.max(fast, slow) - 1 ? NaN : f - s
  }
}
/** Chaikin money flow: sum of money-flow volume over sum of volume, NaN without volume; first at `n - 1`. */
export const cmf = (bars: Traded, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  rollingSum(moneyFlowVolumeOf(shared, bars), n, out)
  const traded = rollingSumOf(shared, bars.volume, n)
  for (let i = 0; i < out.length; i++) out[i] = traded[i]! > 0 ? out[i]! / traded[i]! : NaN
}
/** Money-flow index on typical prices: 100 P / (P + N), 0 without flow; first at `n`. */
export const mfi = (bars: Traded, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const rows = out.length
  const typical = typicalPriceOf(shared, bars)
  const up = new Float64Array(rows)
  const down = new Float64Array(rows)
  for (let i = 1; i < rows; i++) {
    const now = typical[i]!
    const before = typical[i - 1]!
    // Prices in cents make equal typical prices that differ by rounding: those are no flow.
    if (Math.abs(now - before) <= 1e-14 * now) continue
    if (now > before) up[i] = now * bars.volume[i]!
    else down[i] = now * bars.volume[i]!
  }
  const losses = new Float64Array(rows)
  rollingSum(up, n, out, 1)
  rollingSum(down, n, losses, 1)
  for (let i = n; i < rows; i++) {
    // The rolling sums of flows that have left the window may leave a rounding crumb below zero.
    const gain = Math.max(0, out[i]!)
    const loss = Math.max(0, losses[i]!)
    out[i] = gain + loss > 0 ? (100 * gain) / (gain + loss) : 0
  }
}
/** Force index (Elder): EMA(n) of (c - c[-1]) v; first at `n`. */
export const forceIndex = (close: Float64Array, volume: Float64Array, n: number, out: Float64Array): void => {
  const force = new Float64Array(out.length)
  for (let i = 1; i < out.length; i++) force[i] = (close[i]! - close[i - 1]!) * volume[i]!
  ema(force, n, out, 1)
}
/** Price-volume trend: running sum of v (c / c[-1] - 1), 0 at bar 0. */
export const pvt = (close: Float64Array, volume: Float64Array, out: Float64Array): void => {
  let level = 0
  for (let i = 0; i < out.length; i++) {
    if (i > 0 && close[i - 1]! !== 0) level += volume[i]! * (close[i]! / close[i - 1]! - 1)
    out[i] = level
  }
}
/** Volume-weighted typical price of the last `n`; NaN while their volume is 0; first at `n - 1`. */
export const rollingVwap = (bars: Traded, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const typical = typicalPriceOf(shared, bars)
  const value = shared.column("value", [typical, bars.volume], [], (made) => {
    for (let i = 0; i < made.length; i++) made[i] = typical[i]! * bars.volume[i]!
  })
  rollingSum(value, n, out)
  const traded = rollingSumOf(shared, bars.volume, n)
  for (let i = 0; i < out.length; i++) out[i] = traded[i]! > 0 ? out[i]! / traded[i]! : NaN
}
/** Volume-weighted typical price since the session's first bar; NaN until something traded. With daily bars it is the bar's own typical price. */
export const sessionVwap = (bars: Traded, date: Int32Array, out: Float64Array): void => {
  let value = 0
  let traded = 0
  for (let i = 0; i < out.length; i++) {
    if (i === 0 || date[i] !== date[i - 1]) {
      value = 0
      traded = 0
    }
    value += ((bars.high[i]! + bars.low[i]! + bars.close[i]!) / 3) * bars.volume[i]!
    traded += bars.volume[i]!
    out[i] = traded > 0 ? value / traded : NaN
  }
}
