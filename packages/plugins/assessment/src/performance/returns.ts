/** From an equity curve to returns and growth rates. */

/** Simple return per bar of `equity[first..]`, which started from 1; 0 after ruin. Fills and answers `out` when given. */
export const returnsOf = (equity: Float64Array, first = 0, out = new Float64Array(equity.length - first)): Float64Array => {
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

/** Sample standard deviation of log returns times sqrt(A): the close-to-close volatility of trading.md 3.2. NaN after ruin. */
export const logVolatility = (returns: Float64Array, annualisation: number): number => {
  const n = returns.length
  if (n < 2) return NaN
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.log1p(returns[i]!)
  const mean = sum / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (Math.log1p(returns[i]!) - mean) ** 2
  const std = Math.sqrt(squares / (n - 1))
  return Number.isFinite(std) ? std * Math.sqrt(annualisation) : NaN
}
