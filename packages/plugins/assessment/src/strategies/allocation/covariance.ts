/** Covariances of returns and portfolios made of them alone. */

/**
 * Covariance shrunk towards the identity times the mean variance, with the optimal weight of Ledoit and Wolf 2004 ("A well-conditioned estimator for
 * large-dimensional covariance matrices"). `returns[asset]` are series of one length; row-major, per bar, divisor n.
 */
export const shrunkCovariance = (
  returns: ReadonlyArray<Float64Array>
): { readonly matrix: Float64Array; readonly shrinkage: number } => {
  const p = returns.length
  const n = returns[0]?.length ?? 0
  const centred = returns.map((x) => {
    let sum = 0
    for (let t = 0; t < n; t++) sum += x[t]!
    return x.map((v) => v - sum / n)
  })
  const matrix = new Float64Array(p * p)
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) matrix[i * p + j] = matrix[j * p + i] = dot(centred[i]!, centred[j]!) / n
  }
  let trace = 0
  let norm = 0
  for (let i = 0; i < p; i++) trace += matrix[i * p + i]!
  for (let k = 0; k < matrix.length; k++) norm += matrix[k]! ** 2
  // Distance of the sample from the target, and its own noise: sum over bars of |x x' - S|^2 is sum |x|^4 - n |S|^2.
  const distance = norm - trace ** 2 / p
  let fourth = 0
  for (let t = 0; t < n; t++) {
    let square = 0
    for (let i = 0; i < p; i++) square += centred[i]![t]! ** 2
    fourth += square * square
  }
  const noise = (fourth - n * norm) / n ** 2
  const shrinkage = distance > 0 ? Math.min(1, Math.max(0, noise) / distance) : 0
  for (let k = 0; k < matrix.length; k++) matrix[k]! *= 1 - shrinkage
  for (let i = 0; i < p; i++) matrix[i * p + i]! += (shrinkage * trace) / p
  return { matrix, shrinkage }
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let t = 0; t < a.length; t++) sum += a[t]! * b[t]!
  return sum
}

/** Sweeps of the coordinate descents at most, and the change of the largest share at which they stop. */
const SWEEPS = 2000
const SETTLED = 1e-10

/**
 * Long-only shares of least variance that add up to 1. The minimum of `x'Cx/2 - sum x` over `x >= 0`, by coordinate descent, is the same portfolio
 * before scaling: both have equal marginal variance where they hold, and more where they do not.
 */
export const minimumVariance = (covariance: Float64Array, p: number): Float64Array =>
  descend(covariance, p, (rest, own) => Math.max(0, (1 - rest) / own))

/**
 * Shares that add up to 1 and contribute equally to the variance: the minimum of `x'Cx/2 - sum ln x`, by coordinate descent (Spinu 2013;
 * Griveau-Billion, Richard & Roncalli 2013).
 */
export const equalRisk = (covariance: Float64Array, p: number): Float64Array =>
  descend(covariance, p, (rest, own) => (Math.sqrt(rest * rest + 4 * own) - rest) / (2 * own))

/** `best(rest, own)` is the best value of one coordinate, given its covariance with the rest and its own variance. */
const descend = (covariance: Float64Array, p: number, best: (rest: number, own: number) => number): Float64Array => {
  // A series without variation has no direction that a variance could see; the floor keeps it finite.
  let scale = 0
  for (let i = 0; i < p; i++) scale += covariance[i * p + i]! / p
  const floor = scale > 0 ? 1e-8 * scale : 1
  const x = new Float64Array(p)
  for (let i = 0; i < p; i++) x[i] = 1 / Math.max(covariance[i * p + i]!, floor) / p
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0
    let largest = 0
    for (let i = 0; i < p; i++) {
      const row = i * p
      let rest = 0
      for (let j = 0; j < p; j++) rest += covariance[row + j]! * x[j]!
      const own = Math.max(covariance[row + i]!, floor)
      const now = best(rest - covariance[row + i]! * x[i]!, own)
      moved = Math.max(moved, Math.abs(now - x[i]!))
      largest = Math.max(largest, now)
      x[i] = now
    }
    if (moved <= SETTLED * largest) break
  }
  let sum = 0
  for (let i = 0; i < p; i++) sum += x[i]!
  return x.map((v) => v / sum)
}
