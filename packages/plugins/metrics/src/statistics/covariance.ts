/** How many series move together (trading.md 3.2). `series[asset][t]` are returns, all of one length. */
import { eigenvalues, gram, type Matrix } from "./matrix.ts"
import { centred } from "./regression.ts"

/** Sample covariances (n - 1). */
export const sampleCovariance = (series: ReadonlyArray<Float64Array>): Matrix =>
  gram(series.map(centred), Math.max(1, (series[0]?.length ?? 0) - 1))

/** RiskMetrics: `S = l S + (1 - l) r r'` about a mean of 0, seeded with the mean product of the first 20 bars; NaN below 20. */
export const ewmaCovariance = (series: ReadonlyArray<Float64Array>, decay = 0.94): Matrix => {
  const seeds = 20
  const n = series[0]?.length ?? 0
  if (n < seeds) return series.map(() => new Float64Array(series.length).fill(NaN))
  const out = gram(
    series.map((x) => x.subarray(0, seeds)),
    seeds
  )
  for (let t = seeds; t < n; t++)
    for (const [i, row] of out.entries())
      for (let j = 0; j < row.length; j++) row[j] = decay * row[j]! + (1 - decay) * series[i]![t]! * series[j]![t]!
  return out
}
/**
 * Ledoit and Wolf 2004 ("A well-conditioned estimator for large-dimensional covariance matrices"): the covariance (divisor n) pulled towards mean
 * variance times identity by the weight that is least wrong in expectation.
 */
export const ledoitWolf = (series: ReadonlyArray<Float64Array>): { readonly covariance: Matrix; readonly shrinkage: number } => {
  const p = series.length
  const n = series[0]?.length ?? 0
  const x = series.map(centred)
  const sample = gram(x, n)
  const target = sample.reduce((sum, row, i) => sum + row[i]!, 0) / p
  let distance = 0
  for (const [i, row] of sample.entries()) for (let j = 0; j < p; j++) distance += (row[j]! - (i === j ? target : 0)) ** 2
  // Mean squared distance of each bar's product from the sample: sum over (x_it x_jt)^2 is the square of the squares' sum.
  let fourth = 0
  for (let t = 0; t < n; t++) {
    let square = 0
    for (let i = 0; i < p; i++) square += x[i]![t]! ** 2
    fourth += square * square
  }
  const size = sample.reduce((sum, row) => row.reduce((s, v) => s + v * v, sum), 0)
  const noise = (fourth / n - size) / n
  const shrinkage = distance > 0 ? Math.max(0, Math.min(1, noise / distance)) : 0
  return {
    covariance: sample.map((row, i) => row.map((v, j) => (1 - shrinkage) * v + (i === j ? shrinkage * target : 0))),
    shrinkage
  }
}
/** Correlations of a covariance; NaN beside a series that does not vary. */
export const correlationOf = (covariance: Matrix): Matrix =>
  covariance.map((row, i) =>
    row.map((v, j) => (i === j ? 1 : Math.max(-1, Math.min(1, v / Math.sqrt(covariance[i]![i]! * covariance[j]![j]!)))))
  )
/** Share of the total variance that each principal component of a covariance or correlation carries, largest first; their sum is 1. */
export const componentShares = (matrix: Matrix): Float64Array => {
  const values = eigenvalues(matrix).map((v) => Math.max(0, v))
  const total = values.reduce((a, b) => a + b, 0)
  return values.map((v) => v / total)
}
/** sqrt((1 - rho) / 2): 0 for copies, 1 for opposites (Mantegna 1999; Lopez de Prado 2016). A metric, unlike the correlation. */
export const correlationDistance = (rho: number): number => Math.sqrt(Math.max(0, (1 - rho) / 2))
