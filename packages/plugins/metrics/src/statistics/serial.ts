/** Memory of a series: autocorrelation, variance ratio, Hurst exponents, half-life (trading.md 3.2). */
import { chiSquaredTail, normalCdf } from "./distributions.ts"
import { mean } from "./returns.ts"

/** Autocorrelations at lags 1..lags, denominators over all n; NaN for a constant series. */
export const autocorrelation = (x: Float64Array, lags: number): Float64Array => {
  const m = mean(x)
  let total = 0
  for (const v of x) total += (v - m) ** 2
  return Float64Array.from({ length: lags }, (_, at) => {
    let sum = 0
    for (let t = at + 1; t < x.length; t++) sum += (x[t]! - m) * (x[t - at - 1]! - m)
    return total > 0 ? sum / total : NaN
  })
}
/** Partial autocorrelations at lags 1..lags (Durbin 1960). */
export const partialAutocorrelation = (x: Float64Array, lags: number): Float64Array => {
  const r = autocorrelation(x, lags)
  const out = new Float64Array(lags)
  let before: ReadonlyArray<number> = []
  for (let k = 0; k < lags; k++) {
    const up = r[k]! - before.reduce((sum, phi, j) => sum + phi * r[k - 1 - j]!, 0)
    const down = 1 - before.reduce((sum, phi, j) => sum + phi * r[j]!, 0)
    const last = up / down
    out[k] = last
    before = [...before.map((phi, j) => phi - last * before[k - 1 - j]!), last]
  }
  return out
}
/** Ljung and Box 1978: n (n + 2) sum(p_k^2 / (n - k)); p value from chi-squared with `lags` degrees. */
export const ljungBox = (x: Float64Array, lags: number): { readonly statistic: number; readonly p: number } => {
  const n = x.length
  const statistic = n * (n + 2) * autocorrelation(x, lags).reduce((sum, p, k) => sum + (p * p) / (n - k - 1), 0)
  return { statistic, p: chiSquaredTail(statistic, lags) }
}
/**
 * Lo and MacKinlay 1988 on log returns `r`: unbiased overlapping ratio of the variance of q-bar returns to q times that of one bar; `z` is
 * heteroskedasticity-consistent, `p` two-sided. Needs n > q.
 */
export const varianceRatio = (r: Float64Array, q: number): { readonly ratio: number; readonly z: number; readonly p: number } => {
  const n = r.length
  const m = mean(r)
  let single = 0
  for (const v of r) single += (v - m) ** 2
  const one = single / (n - 1)
  let window = 0
  let many = 0
  for (let t = 0; t < n; t++) {
    window += r[t]! - m
    if (t >= q) window -= r[t - q]! - m
    if (t >= q - 1) many += window ** 2
  }
  const ratio = many / (q * (n - q + 1) * (1 - q / n)) / one
  let spread = 0
  for (let j = 1; j < q; j++) {
    let sum = 0
    for (let t = j; t < n; t++) sum += (r[t]! - m) ** 2 * (r[t - j]! - m) ** 2
    // Lo and MacKinlay's delta_j: n is cancelled against the sqrt(n) of the statistic.
    spread += ((2 * (q - j)) / q) ** 2 * (sum / single ** 2)
  }
  const z = (ratio - 1) / Math.sqrt(spread)
  return { ratio, z, p: 2 * (1 - normalCdf(Math.abs(z))) }
}
/** Slope of the least-squares line through (x, y). */
const slope = (points: ReadonlyArray<readonly [number, number]>): number => {
  const n = points.length
  const mx = points.reduce((s, [x]) => s + x, 0) / n
  const my = points.reduce((s, [, y]) => s + y, 0) / n
  const xy = points.reduce((s, [x, y]) => s + (x - mx) * (y - my), 0)
  const xx = points.reduce((s, [x]) => s + (x - mx) ** 2, 0)
  return n > 1 && xx > 0 ? xy / xx : NaN
}
/** Sample deviation of x[t + l] - x[t]. */
const deviationOfDifferences = (x: Float64Array, l: number): number => {
  const n = x.length - l
  let sum = 0
  for (let t = 0; t < n; t++) sum += x[t + l]! - x[t]!
  const m = sum / n
  let squares = 0
  for (let t = 0; t < n; t++) {
    const d = x[t + l]! - x[t]! - m
    squares += d * d
  }
  return Math.sqrt(squares / (n - 1))
}
/** (a) Slope of ln std(x[t+l] - x[t]) on ln l, l = 2..20, of levels `x` (log prices). .5 for a random walk. */
export const hurstOfDifferences = (x: Float64Array): number =>
  slope(Array.from({ length: 19 }, (_, i) => [Math.log(i + 2), Math.log(deviationOfDifferences(x, i + 2))] as const))
/** Window lengths from `shortest` to `longest`, each about 1.5 times the one before. */
const scales = (shortest: number, longest: number): ReadonlyArray<number> => {
  const out: Array<number> = []
  for (let s = shortest; s <= longest; s = Math.ceil(s * 1.5)) out.push(s)
  return out
}
const segments = (n: number, s: number): ReadonlyArray<number> => Array.from({ length: Math.floor(n / s) }, (_, i) => i * s)
/** (b) Rescaled range of returns (Hurst 1951; Mandelbrot and Wallis 1969): slope of ln mean(R/S) on ln window, windows of 16 to n/4. Biased up for short windows. */
export const hurstRescaledRange = (r: Float64Array): number =>
  slope(
    scales(16, r.length / 4).map((s) => {
      const ratios = segments(r.length, s).map((start) => {
        const part = r.subarray(start, start + s)
        const m = mean(part)
        let level = 0
        let high = -Infinity
        let low = Infinity
        let square = 0
        for (const v of part) {
          level += v - m
          high = Math.max(high, level)
          low = Math.min(low, level)
          square += (v - m) ** 2
        }
        return (high - low) / Math.sqrt(square / s)
      })
      return [Math.log(s), Math.log(ratios.reduce((a, b) => a + b, 0) / ratios.length)] as const
    })
  )
/** (c) Detrended fluctuation of order 1 (Peng et al. 1994) of returns: slope of ln F on ln window, windows of 8 to n/4. */
export const hurstDetrended = (r: Float64Array): number => {
  const m = mean(r)
  let level = 0
  const profile = Float64Array.from(r, (v) => (level += v - m))
  return slope(
    scales(8, r.length / 4).map((s) => {
      const starts = segments(profile.length, s)
      const squares = starts.reduce((sum, start) => sum + residuals(profile.subarray(start, start + s)), 0)
      return [Math.log(s), Math.log(Math.sqrt(squares / (starts.length * s)))] as const
    })
  )
}
/** Sum of squares left by the least-squares line. */
const residuals = (y: Float64Array): number => {
  const n = y.length
  const middle = (n - 1) / 2
  const m = mean(y)
  let xy = 0
  let yy = 0
  for (let t = 0; t < n; t++) {
    xy += (t - middle) * y[t]!
    yy += (y[t]! - m) ** 2
  }
  return Math.max(0, yy - xy ** 2 / ((n * (n * n - 1)) / 12))
}
/** b of the least-squares dx = a + b x[-1]: the share of a deviation that the next bar takes back, negative. NaN for a constant series. */
export const meanReversion = (x: Float64Array): number => {
  const n = x.length - 1
  if (n < 2) return NaN
  const m = mean(x.subarray(0, n))
  let xd = 0
  let xx = 0
  for (let t = 0; t < n; t++) {
    const d = x[t]! - m
    xd += d * (x[t + 1]! - x[t]!)
    xx += d * d
  }
  return xx > 0 ? xd / xx : NaN
}
/** Bars until half of a deviation is gone, by the autoregression in steps: -ln 2 / ln(1 + b). NaN unless -1 < b < 0. */
export const halfLife = (x: Float64Array): number => {
  const b = meanReversion(x)
  return b > -1 && b < 0 ? -Math.LN2 / Math.log(1 + b) : NaN
}
/** The same of the process in continuous time (Ornstein and Uhlenbeck 1930), as most texts give it: -ln 2 / b. NaN unless b < 0. */
export const halfLifeLinear = (x: Float64Array): number => {
  const b = meanReversion(x)
  return b < 0 ? -Math.LN2 / b : NaN
}
