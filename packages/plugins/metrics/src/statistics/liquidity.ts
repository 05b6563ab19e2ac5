/** Liquidity from daily bars (trading.md 3.2). Spreads are shares of the price: .001 is 10 basis points. */

/** Amihud 2002: mean of abs(return) per million of money traded; days without volume are left out. NaN without a day. */
export const amihud = (close: Float64Array, volume: Float64Array): number => {
  let sum = 0
  let days = 0
  for (let t = 1; t < close.length; t++) {
    const money = close[t]! * volume[t]!
    if (!(money > 0)) continue
    sum += Math.abs(close[t]! / close[t - 1]! - 1) / money
    days++
  }
  return days > 0 ? (1e6 * sum) / days : NaN
}
/** Roll 1984 on log prices: 2 sqrt(-cov(dp[t], dp[t-1])), sample covariance; NaN when neighbours do not bounce (a covariance above 0). */
export const rollSpread = (close: Float64Array): number => {
  const n = close.length - 2
  if (n < 2) return NaN
  let first = 0
  let second = 0
  let product = 0
  for (let t = 2; t < close.length; t++) {
    const a = Math.log(close[t]! / close[t - 1]!)
    const b = Math.log(close[t - 1]! / close[t - 2]!)
    first += a
    second += b
    product += a * b
  }
  const covariance = (product - (first * second) / n) / (n - 1)
  return covariance <= 0 ? 2 * Math.sqrt(-covariance) : NaN
}
const root2 = Math.SQRT2
const denominator = 3 - 2 * root2
/** One pair of days of Corwin and Schultz 2012: the second day is moved by the gap overnight, and a negative estimate counts as 0. */
const pairSpread = (high: Float64Array, low: Float64Array, close: Float64Array, t: number): number => {
  const before = close[t - 1]!
  const gap = low[t]! > before ? low[t]! - before : high[t]! < before ? high[t]! - before : 0
  const h = high[t]! - gap
  const l = low[t]! - gap
  const beta = Math.log(high[t - 1]! / low[t - 1]!) ** 2 + Math.log(h / l) ** 2
  const gamma = Math.log(Math.max(high[t - 1]!, h) / Math.min(low[t - 1]!, l)) ** 2
  const alpha = (Math.sqrt(2 * beta) - Math.sqrt(beta)) / denominator - Math.sqrt(gamma / denominator)
  const e = Math.exp(alpha)
  return Math.max(0, (2 * (e - 1)) / (1 + e))
}
/** Corwin and Schultz 2012: mean spread over neighbouring days, from highs and lows. NaN below two bars. */
export const corwinSchultz = (high: Float64Array, low: Float64Array, close: Float64Array): number => {
  let sum = 0
  for (let t = 1; t < close.length; t++) sum += pairSpread(high, low, close, t)
  return close.length > 1 ? sum / (close.length - 1) : NaN
}
