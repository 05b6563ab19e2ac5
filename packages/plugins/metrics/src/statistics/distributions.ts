/** The normal, chi-squared and gamma functions that the statistics need, to about 1e-13. */

/** Standard normal density. */
export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
/** Standard normal distribution function: Taylor series about 0 (Marsaglia 2004), continued fraction (Lentz) beyond 5. */
export const normalCdf = (x: number): number => {
  if (Number.isNaN(x)) return NaN
  if (Math.abs(x) > 38) return x > 0 ? 1 : 0
  if (Math.abs(x) > 5) {
    const z = Math.abs(x)
    let fraction = 0
    for (let k = 80; k >= 1; k--) fraction = k / (z + fraction)
    const tail = normalDensity(z) / (z + fraction)
    return x > 0 ? 1 - tail : tail
  }
  let term = x
  let sum = x
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (x * x) / k
    sum += term
  }
  return 0.5 + sum * normalDensity(x)
}
/** Inverse of `normalCdf` by Newton's method, for 0 < p < 1. */
export const normalQuantile = (p: number): number => {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN
  // Start: the logistic approximation; the step is bounded, so the tails converge too.
  let x = Math.log(p / (1 - p)) / 1.702
  for (let i = 0; i < 100; i++) {
    const step = (normalCdf(x) - p) / normalDensity(x)
    x -= Math.max(-1, Math.min(1, step))
    if (Math.abs(step) < 1e-15 * Math.max(1, Math.abs(x))) break
  }
  return x
}
/** ln Gamma(x) for x > 0: Stirling's series after shifting x above 10. */
export const lnGamma = (x: number): number => {
  let shift = 0
  let z = x
  for (; z < 10; z++) shift += Math.log(z)
  const r = 1 / (z * z)
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360_360))))) / z
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift
}
/** P(X > x) of a chi-squared variable with `k` degrees of freedom: the upper regularised gamma function. */
export const chiSquaredTail = (x: number, k: number): number => {
  if (!(x > 0)) return Number.isNaN(x) ? NaN : 1
  const a = k / 2
  const z = x / 2
  const front = Math.exp(a * Math.log(z) - z - lnGamma(a))
  if (z < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= z / (a + n)
      sum += term
    }
    return 1 - front * sum
  }
  let fraction = 0
  for (let n = 300; n >= 1; n--) fraction = (n * (n - a)) / (z + 2 * n + 1 - a - fraction)
  return front / (z + 1 - a - fraction)
}
