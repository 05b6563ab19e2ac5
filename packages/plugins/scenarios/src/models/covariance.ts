/** Correlation of many return series: shrinkage and its Cholesky factor. */

/**
 * Correlation shrunk towards the identity with the optimal weight of Ledoit and Wolf 2004 ("A well-conditioned estimator for large-dimensional
 * covariance matrices"), on standardised series, so that the variances stay as they are. `series[asset][t]`, all of one length.
 */
export const shrunkCorrelation = (
  series: ReadonlyArray<Float64Array>
): { readonly correlation: ReadonlyArray<Float64Array>; readonly shrinkage: number } => {
  const p = series.length
  const n = series[0]?.length ?? 0
  const z = series.map((x) => {
    const mean = x.reduce((a, b) => a + b, 0) / n
    const deviation = Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / n)
    // A constant series has no direction: it stays uncorrelated.
    return x.map((v) => (deviation > 0 ? (v - mean) / deviation : 0))
  })
  const sample = z.map((a) => Float64Array.from(z, (b) => a.reduce((sum, v, t) => sum + v * b[t]!, 0) / n))
  for (let i = 0; i < p; i++) sample[i]![i] = 1
  let distance = 0
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) distance += (sample[i]![j]! - (i === j ? 1 : 0)) ** 2
  let noise = 0
  for (let t = 0; t < n; t++)
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) noise += (z[i]![t]! * z[j]![t]! - sample[i]![j]!) ** 2
  const shrinkage = distance > 0 ? Math.min(1, noise / n ** 2 / (distance / p) / p) : 0
  return {
    correlation: sample.map((row, i) => row.map((v, j) => (i === j ? 1 : (1 - shrinkage) * v))),
    shrinkage
  }
}
/** Lower factor L with L L' = matrix. A pivot that is not positive (assets that are copies of each other) is lifted to 1e-10. */
export const choleskyOf = (matrix: ReadonlyArray<Float64Array>): ReadonlyArray<Float64Array> => {
  const n = matrix.length
  const factor = matrix.map(() => new Float64Array(n))
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!
      for (let k = 0; k < j; k++) sum -= factor[i]![k]! * factor[j]![k]!
      factor[i]![j] = i === j ? Math.sqrt(Math.max(sum, 1e-10)) : sum / factor[j]![j]!
    }
  return factor
}
