/** The stationary bootstrap (Politis and Romano 1994) and its block length (Politis and White 2004, corrected by Patton et al. 2009). */
import type { RandomSource } from "../random.ts"

/**
 * Indices into `n` rows: blocks of geometric length with mean `blockLength`, starting anywhere, wrapping around. All assets use the same rows, so
 * they keep moving together.
 */
export const stationaryIndices = (n: number, blockLength: number, random: RandomSource, out: Int32Array): void => {
  const restart = 1 / Math.max(1, blockLength)
  let row = 0
  for (let i = 0; i < out.length; i++) {
    row = i === 0 || random.uniform() < restart ? random.index(n) : row + 1 === n ? 0 : row + 1
    out[i] = row
  }
}
const autocovariances = (x: Float64Array, lags: number): Float64Array => {
  const n = x.length
  const mean = x.reduce((a, b) => a + b, 0) / n
  return Float64Array.from({ length: lags + 1 }, (_, k) => {
    let sum = 0
    for (let t = k; t < n; t++) sum += (x[t]! - mean) * (x[t - k]! - mean)
    return sum / n
  })
}
/**
 * Mean block length for the stationary bootstrap of a series: `(2 G^2 / D)^(1/3) n^(1/3)` with flat-top lag window, G = sum w |k| R(k), D = 2 g(0)^2.
 * The lag cut-off is the first after which K = max(5, sqrt(log10 n)) autocorrelations are inside 2 sqrt(log10 n / n). Between 1 and
 * min(3 sqrt n, n / 3); 1 for a constant series.
 */
export const politisWhite = (x: Float64Array): number => {
  const n = x.length
  if (n < 10) return 1
  const run = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))))
  const longest = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + run)
  const bound = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3))
  const covariance = autocovariances(x, longest)
  if (!(covariance[0]! > 0)) return 1
  const limit = 2 * Math.sqrt(Math.log10(n) / n)
  const isLarge = (k: number) => Math.abs(covariance[k]! / covariance[0]!) >= limit
  let last = 0
  let quiet = 0
  for (let k = 1; k <= longest && quiet < run; k++) {
    if (isLarge(k)) {
      last = k
      quiet = 0
    } else quiet++
  }
  // Without a quiet run the last large lag stands.
  const m = Math.min(longest, 2 * Math.max(1, last))
  let g = 0
  let spectrum = covariance[0]!
  for (let k = 1; k <= m; k++) {
    const weight = Math.min(1, 2 * (1 - k / m))
    g += 2 * weight * k * covariance[k]!
    spectrum += 2 * weight * covariance[k]!
  }
  const length = (Math.abs((2 * g * g) / (2 * spectrum * spectrum)) * n) ** (1 / 3)
  return Math.min(bound, Math.max(1, length))
}
