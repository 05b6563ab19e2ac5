/**
 * Special functions behind the p-values. Series and continued fractions follow Press et al., Numerical Recipes (3rd ed.),
 * chapter 6; the gamma function uses Lanczos' approximation (g = 7, 9 terms; Godfrey 2001), relative error below 1e-14.
 */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7
]
const tiny = 1e-300
const precision = 1e-16
const maxTerms = 10_000

/** ln of the gamma function, x > 0. */
export const lnGamma = (x: number): number => {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x)
  const z = x - 1
  const sum = lanczos.slice(1).reduce((total, c, i) => total + c / (z + i + 1), lanczos[0]!)
  const t = z + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** Lentz's evaluation of a continued fraction b0 + a1/(b1 + a2/(b2 + ...)). */
const continued = (b0: number, a: (i: number) => number, b: (i: number) => number): number => {
  let f = b0 === 0 ? tiny : b0
  let c = f
  let d = 0
  for (let i = 1; i <= maxTerms; i++) {
    d = b(i) + a(i) * d
    c = b(i) + a(i) / c
    if (Math.abs(d) < tiny) d = tiny
    if (Math.abs(c) < tiny) c = tiny
    d = 1 / d
    f *= c * d
    if (Math.abs(c * d - 1) < precision) break
  }
  return f
}

const betaFraction = (x: number, a: number, b: number): number => {
  const term = (i: number) => {
    if (i === 1) return 1
    const m = Math.floor((i - 1) / 2)
    return i % 2 === 1
      ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
      : -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
  }
  return continued(0, term, () => 1)
}

/** Regularised incomplete beta function I_x(a, b), 0 <= x <= 1. */
export const incompleteBeta = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b
}

/** Upper regularised incomplete gamma function Q(a, x). */
export const upperGamma = (a: number, x: number): number => {
  if (x <= 0) return 1
  const front = Math.exp(-x + a * Math.log(x) - lnGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let i = 1; i < maxTerms && Math.abs(term) > Math.abs(sum) * precision; i++) {
      term *= x / (a + i)
      sum += term
    }
    return 1 - front * sum
  }
  return (
    front *
    continued(
      0,
      (i) => (i === 1 ? 1 : -(i - 1) * (i - 1 - a)),
      (i) => x + 2 * i - 1 - a
    )
  )
}

/** Two-sided p of Student's t with `df` degrees of freedom. */
export const studentP = (t: number, df: number): number => incompleteBeta(df / (df + t * t), df / 2, 0.5)
/** P(F > f) with `d1` and `d2` degrees of freedom. */
export const fisherP = (f: number, d1: number, d2: number): number =>
  f <= 0 ? 1 : incompleteBeta(d2 / (d2 + d1 * f), d2 / 2, d1 / 2)
/** P(X > x) of chi-squared with `df` degrees of freedom. */
export const chiSquareP = (x: number, df: number): number => upperGamma(df / 2, x / 2)
