/** Portfolios made of a covariance alone. */

type Matrix = ReadonlyArray<Float64Array>

/** Sweeps of the coordinate descents at most, and the change of the largest share at which they stop. */
const SWEEPS = 2000
const SETTLED = 1e-10

/**
 * Long-only shares of least variance that add up to 1. The minimum of `x'Cx/2 - sum x` over `x >= 0`, by coordinate descent, is the same portfolio
 * before scaling: both have equal marginal variance where they hold, and more where they do not.
 */
export const minimumVariance = (covariance: Matrix): Float64Array =>
  descend(covariance, (rest, own) => Math.max(0, (1 - rest) / own))

/**
 * Shares that add up to 1 and contribute equally to the variance: the minimum of `x'Cx/2 - sum ln x`, by coordinate descent (Spinu 2013;
 * Griveau-Billion, Richard & Roncalli 2013).
 */
export const equalRisk = (covariance: Matrix): Float64Array =>
  descend(covariance, (rest, own) => (Math.sqrt(rest * rest + 4 * own) - rest) / (2 * own))

/** `best(rest, own)` is the best value of one coordinate, given its covariance with the rest and its own variance. */
const descend = (covariance: Matrix, best: (rest: number, own: number) => number): Float64Array => {
  // A series without variation has no direction that a variance could see; the floor keeps it finite.
  const p = covariance.length
  let scale = 0
  for (let i = 0; i < p; i++) scale += covariance[i]![i]! / p
  const floor = scale > 0 ? 1e-8 * scale : 1
  const x = new Float64Array(p)
  for (let i = 0; i < p; i++) x[i] = 1 / Math.max(covariance[i]![i]!, floor) / p
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0
    let largest = 0
    for (let i = 0; i < p; i++) {
      const row = covariance[i]!
      let rest = 0
      for (let j = 0; j < p; j++) rest += row[j]! * x[j]!
      const own = Math.max(row[i]!, floor)
      const now = best(rest - row[i]! * x[i]!, own)
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
