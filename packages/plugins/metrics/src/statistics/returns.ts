/** Returns and their mean, spread and growth (trading.md 3.2). Every function skips nothing: a NaN inside gives NaN. */

/** `p[t]/p[t-1] - 1`, one shorter than the prices. */
export const simpleReturns = (price: Float64Array): Float64Array => {
  const out = new Float64Array(Math.max(0, price.length - 1))
  for (let i = 0; i < out.length; i++) out[i] = price[i + 1]! / price[i]! - 1
  return out
}
/** `ln(p[t]/p[t-1])`, one shorter than the prices. */
export const logReturns = (price: Float64Array): Float64Array => {
  const out = new Float64Array(Math.max(0, price.length - 1))
  for (let i = 0; i < out.length; i++) out[i] = Math.log(price[i + 1]! / price[i]!)
  return out
}
export const mean = (x: Float64Array): number => {
  let sum = 0
  let lost = 0
  for (const v of x) {
    // Kahan's compensation.
    const y = v - lost
    const t = sum + y
    lost = t - sum - y
    sum = t
  }
  return x.length > 0 ? sum / x.length : NaN
}
/** Sum of squared distances from `centre`. */
const squares = (x: Float64Array, centre: number): number => {
  let sum = 0
  for (const v of x) sum += (v - centre) ** 2
  return sum
}
/** Sample variance (n - 1); NaN for fewer than two. */
export const variance = (x: Float64Array): number => (x.length > 1 ? squares(x, mean(x)) / (x.length - 1) : NaN)
/** Sample standard deviation (n - 1). */
export const deviation = (x: Float64Array): number => Math.sqrt(variance(x))
/** Type 7: linear interpolation of order statistics; `p` from 0 to 1. NaN for nothing. */
export const quantile = (x: Float64Array, p: number): number => quantileOfSorted(Float64Array.from(x).sort(), p)
export const quantileOfSorted = (sorted: Float64Array, p: number): number => {
  const at = (sorted.length - 1) * p
  const low = Math.floor(at)
  const a = sorted[low]
  const b = sorted[Math.min(low + 1, sorted.length - 1)]
  return a === undefined || b === undefined ? NaN : a + (at - low) * (b - a)
}
/** Product of `1 + r`, less 1. */
export const totalReturn = (r: Float64Array): number => {
  let level = 1
  for (const v of r) level *= 1 + v
  return level - 1
}
/** Geometric: `prod(1 + r)^(A/n) - 1`. */
export const annualReturn = (r: Float64Array, annual: number): number =>
  r.length > 0 ? (1 + totalReturn(r)) ** (annual / r.length) - 1 : NaN
/** By the calendar: `(V1/V0)^(365.25/days) - 1`. */
export const cagr = (price: Float64Array, date: Int32Array): number => {
  const days = (date.at(-1) ?? NaN) - (date[0] ?? NaN)
  return days > 0 ? (price.at(-1)! / price[0]!) ** (365.25 / days) - 1 : NaN
}
/** Standard deviation (n - 1) of log returns times sqrt(A). */
export const annualVolatility = (price: Float64Array, annual: number): number => deviation(logReturns(price)) * Math.sqrt(annual)
/** RiskMetrics: `s = l s + (1 - l) r^2`, seeded with the mean of the first 20 squares; annualised. NaN below 20 returns. */
export const ewmaVolatility = (r: Float64Array, annual: number, decay = 0.94): number => {
  const seeds = 20
  if (r.length < seeds) return NaN
  let s = mean(r.subarray(0, seeds).map((v) => v * v))
  for (const v of r.subarray(seeds)) s = decay * s + (1 - decay) * v * v
  return Math.sqrt(s * annual)
}
