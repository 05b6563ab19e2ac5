/** The standard normal distribution, to about 1e-15 in the middle and 1e-12 relative in the tails. */

export const normalDensity = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)

const SERIES_UP_TO = 4

/** P(Z <= z): Taylor series in the middle (Marsaglia 2004), continued fraction of the Mills ratio in the tails. */
export const normalCdf = (z: number): number => {
  if (z !== z) return NaN
  const size = Math.abs(z)
  if (size < SERIES_UP_TO) {
    let term = z
    let sum = z
    for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
      term *= (z * z) / k
      sum += term
    }
    return 0.5 + sum * normalDensity(z)
  }
  let fraction = size
  for (let k = 80; k >= 1; k--) fraction = size + k / fraction
  const tail = normalDensity(size) / fraction
  return z < 0 ? tail : 1 - tail
}

/** The z with P(Z <= z) = p. Abramowitz & Stegun 26.2.23 as a start, then Halley steps on the distribution function. */
export const normalQuantile = (p: number): number => {
  if (!(p >= 0 && p <= 1)) return NaN
  if (p === 0) return -Infinity
  if (p === 1) return Infinity
  if (p > 0.5) return -normalQuantile(1 - p)
  const t = Math.sqrt(-2 * Math.log(p))
  let z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))))
  for (let i = 0; i < 3; i++) {
    const u = (normalCdf(z) - p) / normalDensity(z)
    z -= u / (1 + (z * u) / 2)
  }
  return z
}
