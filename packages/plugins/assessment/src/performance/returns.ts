/** From an equity curve to returns and growth rates. */

/** Simple return per bar of `equity[first..]`, which started from 1; 0 after ruin. Fills and answers `out` when given. */
export const returnsOf = (
  equity: Float64Array,
  first = 0,
  out: Float64Array = new Float64Array(equity.length - first)
): Float64Array => {
  let before = 1
  for (let t = first; t < equity.length; t++) {
    const now = equity[t]!
    out[t - first] = before > 0 ? now / before - 1 : 0
    before = now
  }
  return out
}

/** `final^(A/n) - 1`: geometric annual return from the number of bars; -1 after ruin. */
export const annualReturn = (final: number, bars: number, annualisation: number): number =>
  bars === 0 ? NaN : final <= 0 ? -1 : final ** (annualisation / bars) - 1

/** `final^(365.25/days) - 1`: compound annual growth rate from calendar days between the first and the last bar; NaN within one day. */
export const compoundAnnualGrowth = (final: number, days: number): number =>
  days <= 0 ? NaN : final <= 0 ? -1 : final ** (365.25 / days) - 1

/** Returns up to this size go by a series, which has all digits there. */
const SMALL = 0.25

/** `ln(1+r) = 2 artanh(r/(2+r))`, by seven terms of the series of artanh: below 5e-16 of the value for small returns, and several times faster. */
const logOfReturn = (r: number): number => {
  if (r === 0) return r // a flat bar
  if (!(Math.abs(r) <= SMALL)) return Math.log1p(r)
  const s = r / (2 + r)
  const q = s * s
  const tail = q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13 + q / 15))))))
  return 2 * s * (1 + tail)
}

/** `ln(1+r)` of simple returns; minus infinity after ruin. Fills and answers `out` when given. */
export const logReturnsOf = (returns: Float64Array, out: Float64Array = new Float64Array(returns.length)): Float64Array => {
  for (let i = 0; i < returns.length; i++) out[i] = logOfReturn(returns[i]!)
  return out
}

/** Sample standard deviation of log returns times sqrt(A): the close-to-close volatility of trading.md 3.2. NaN after ruin. */
export const logVolatility = (logs: Float64Array, annualisation: number): number => {
  const n = logs.length
  if (n < 2) return NaN
  let sum = 0
  for (let i = 0; i < n; i++) sum += logs[i]!
  const mean = sum / n
  let squares = 0
  for (let i = 0; i < n; i++) {
    const d = logs[i]! - mean
    squares += d * d
  }
  const std = Math.sqrt(squares / (n - 1))
  return Number.isFinite(std) ? std * Math.sqrt(annualisation) : NaN
}
