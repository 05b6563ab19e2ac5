/** Fractional differencing (Lopez de Prado 2018, chapter 5): as little of the past taken off as makes a level stationary. */
import { convolve } from "./convolve.ts"
import { pearson } from "./dependence.ts"
import { adf } from "./stationarity.ts"

/** Smallest weight that counts, and the most of them. */
const least = 1e-4
const most = 5000
/** Weights of (1 - B)^d until they are below 1e-4: w0 = 1, wk = -w(k-1) (d - k + 1) / k. */
export const differencingWeights = (d: number): Float64Array => {
  const weights = [1]
  for (let k = 1; k < most; k++) {
    const next = (-weights[k - 1]! * (d - k + 1)) / k
    if (Math.abs(next) < least) break
    weights.push(next)
  }
  return Float64Array.from(weights)
}
/** The differenced values with a full window, by fast Fourier transform: n log n for windows of any length, equal to the sums term by term to 1e-12 of the level. */
export const fractionalDifference = (x: Float64Array, d: number): Float64Array => {
  const weights = differencingWeights(d)
  return weights.length > x.length ? new Float64Array(0) : convolve(x, weights).slice(weights.length - 1, x.length)
}
export interface MinimalOrder {
  /** To .01; 1 when no order below it is enough. */
  readonly d: number
  /** p value of the Dickey-Fuller test (one lag, as in the source) of the differenced series. */
  readonly p: number
  /** Correlation of the differenced series with the level: what memory is left. */
  readonly correlation: number
}
/** Fewest differenced values that are worth a test. */
export const shortestDifferenced = 60
/**
 * The least d in [0, 1] whose differenced `level` (log prices) has a Dickey-Fuller p below .05, by bisection; an order whose window leaves fewer than 60
 * values counts as not enough. Undefined for a level that is too short even for d = 1.
 */
export const minimalOrder = (level: Float64Array): MinimalOrder | undefined => {
  const at = (d: number): MinimalOrder | undefined => {
    const x = d === 0 ? level : fractionalDifference(level, d)
    if (x.length < shortestDifferenced) return undefined
    return { d, p: adf(x, { lags: 1 }).p, correlation: pearson(x, level.subarray(level.length - x.length)) }
  }
  const isEnough = (found: MinimalOrder | undefined): found is MinimalOrder => found !== undefined && found.p < 0.05
  const none = at(0)
  if (isEnough(none)) return none
  let best = at(1)
  let low = 0
  for (let high = 100; best !== undefined && high - low > 1;) {
    const middle = (low + high) >> 1
    const found = at(middle / 100)
    if (isEnough(found)) {
      best = found
      high = middle
    } else low = middle
  }
  return best
}
