/** Value at risk, ratios, and shape of a distribution of returns (trading.md 3.2). Losses are positive numbers. */
import { normalDensity, normalQuantile } from "./distributions.ts"
import { deepest } from "./drawdown.ts"
import { annualReturn, deviation, mean, quantileOfSorted } from "./returns.ts"

/** Third and fourth standardised moments. `g1`, `g2` biased (divisor n), g2 in excess of 3; `G1`, `G2` corrected (Joanes and Gill 1998). */
export interface Shape {
  readonly g1: number
  readonly g2: number
  readonly G1: number
  readonly G2: number
}
export const shapeOf = (x: Float64Array): Shape => {
  const n = x.length
  const m = mean(x)
  let m2 = 0
  let m3 = 0
  let m4 = 0
  for (const v of x) {
    const d = v - m
    m2 += d * d
    m3 += d * d * d
    m4 += d * d * d * d
  }
  m2 /= n
  const g1 = m3 / n / m2 ** 1.5
  const g2 = m4 / n / (m2 * m2) - 3
  return {
    g1,
    g2,
    G1: n > 2 ? (g1 * Math.sqrt(n * (n - 1))) / (n - 2) : NaN,
    G2: n > 3 ? ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * g2 + 6) : NaN
  }
}
/** Jarque and Bera 1980: `n/6 (g1^2 + g2^2/4)`; the p value is the chi-squared tail of 2 degrees, which is exp(-x/2). */
export const jarqueBera = (x: Float64Array): { readonly statistic: number; readonly p: number } => {
  const { g1, g2 } = shapeOf(x)
  const statistic = (x.length / 6) * (g1 * g1 + (g2 * g2) / 4)
  return { statistic, p: Math.exp(-statistic / 2) }
}
export interface ValueAtRisk {
  readonly var: number
  readonly cvar: number
}
/** VaR = -quantile(r, 1 - c), type 7; CVaR = -mean of the returns at or below that quantile. */
export const historicalVar = (r: Float64Array, confidence: number): ValueAtRisk => {
  const sorted = Float64Array.from(r).sort()
  const q = quantileOfSorted(sorted, 1 - confidence)
  let sum = 0
  let n = 0
  for (const v of sorted) {
    if (v > q) break
    sum += v
    n++
  }
  return { var: -q, cvar: n > 0 ? -sum / n : NaN }
}
/** -(m + z s) and -(m - s phi(z) / (1 - c)). */
export const gaussianVar = (r: Float64Array, confidence: number): ValueAtRisk => {
  const m = mean(r)
  const s = deviation(r)
  const z = normalQuantile(1 - confidence)
  return { var: -(m + z * s), cvar: -(m - (s * normalDensity(z)) / (1 - confidence)) }
}
/**
 * Cornish and Fisher 1938: the normal quantile corrected for biased skew and excess kurtosis. `valid` is false where the corrected quantile is not
 * increasing in z (Maillard 2012), so that the number means nothing.
 */
export const cornishFisherVar = (r: Float64Array, confidence: number): { readonly var: number; readonly valid: boolean } => {
  const { g1: s, g2: k } = shapeOf(r)
  const z = normalQuantile(1 - confidence)
  const adjusted = z + ((z * z - 1) * s) / 6 + ((z ** 3 - 3 * z) * k) / 24 - ((2 * z ** 3 - 5 * z) * s * s) / 36
  // Derivative a z^2 + b z + c of the expansion: positive everywhere when a > 0 and b^2 < 4 a c.
  const a = k / 8 - (s * s) / 6
  const b = s / 3
  const c = 1 - k / 8 + (5 * s * s) / 36
  const valid = a === 0 ? b === 0 && c > 0 : a > 0 && b * b < 4 * a * c
  return { var: -(mean(r) + adjusted * deviation(r)), valid }
}
/** Returns are quotients near 1, less 1: a spread below this is their rounding. */
const FLAT = 1e-14
/** mean(r - rf) / std(r - rf) * sqrt(A), `rf` per bar; NaN without variation. */
export const sharpe = (r: Float64Array, annual: number, rf = 0): number => {
  const s = deviation(r)
  return s > FLAT ? ((mean(r) - rf) / s) * Math.sqrt(annual) : NaN
}
/** mean(r - mar) A / (sqrt(mean(min(r - mar, 0)^2)) sqrt(A)), the mean over all n; NaN without a fall below `mar`. */
export const sortino = (r: Float64Array, annual: number, mar = 0): number => {
  let down = 0
  for (const v of r) down += Math.min(v - mar, 0) ** 2
  const risk = Math.sqrt(down / r.length)
  return risk > 0 ? ((mean(r) - mar) / risk) * Math.sqrt(annual) : NaN
}
/** Geometric annual return / abs(deepest drawdown); NaN without one. */
export const calmar = (r: Float64Array, annual: number): number => {
  const worst = deepest(r)
  return worst < 0 ? annualReturn(r, annual) / -worst : NaN
}
/** sum max(r - th, 0) / sum max(th - r, 0); NaN without a loss (Keating and Shadwick 2002). */
export const omega = (r: Float64Array, threshold = 0): number => {
  let gain = 0
  let loss = 0
  for (const v of r) {
    gain += Math.max(v - threshold, 0)
    loss += Math.max(threshold - v, 0)
  }
  return loss > 0 ? gain / loss : NaN
}
/** Hill 1975: 1 / mean(ln(x_i / x_(k+1))) over the k = floor(share n) largest absolute returns of the side. NaN for fewer than 2. */
export const hillTail = (r: Float64Array, side: "both" | "left" | "right", share = 0.05): number => {
  const sized = Float64Array.from(r, (v) => (side === "both" ? Math.abs(v) : side === "left" ? -v : v))
    .sort()
    .reverse()
  const k = Math.floor(r.length * share)
  const floor = sized[k]
  if (k < 2 || floor === undefined || !(floor > 0)) return NaN
  let sum = 0
  for (let i = 0; i < k; i++) sum += Math.log(sized[i]! / floor)
  return sum > 0 ? k / sum : NaN
}
