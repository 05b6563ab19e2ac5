/** Cointegration: does a combination of levels revert (trading.md 3.2). Levels are log prices, all of one length. */
import { cholesky, eigenvalues, forwardSolve, gram, type Matrix } from "./matrix.ts"
import { mackinnonP } from "./mackinnon.ts"
import { centred, leastSquares, residualsOf } from "./regression.ts"
import { mean } from "./returns.ts"
import { adf } from "./stationarity.ts"

export interface EngleGranger {
  /** Dickey-Fuller t of the residuals of y = a + b x, lags by AIC. */
  readonly statistic: number
  /** MacKinnon's p value of "not cointegrated", for two variables and a constant. */
  readonly p: number
  /** Units of x that hedge one of y. */
  readonly hedge: number
  readonly intercept: number
}
/** Engle and Granger 1987, two steps. NaN when x does not vary or explains y exactly. */
export const engleGranger = (y: Float64Array, x: Float64Array): EngleGranger => {
  const own = centred(y)
  const other = centred(x)
  const { coefficients } = leastSquares(own, [other], y.length - 2)
  const hedge = coefficients[0]!
  const spread = residualsOf(own, [other])
  const noise = spread.reduce((sum, v) => sum + v * v, 0)
  const size = own.reduce((sum, v) => sum + v * v, 0)
  // A spread of rounding errors has no dynamics to test.
  const statistic = noise > 1e-24 * size ? adf(spread, { trend: "n" }).statistic : NaN
  return { statistic, p: mackinnonP(statistic, 2, "c"), hedge, intercept: mean(y) - hedge * mean(x) }
}
export interface JohansenTest {
  /** For each rank r = 0, 1, ...: the trace statistic of "at most r relations", and its critical values at 90, 95 and 99 %. */
  readonly ranks: ReadonlyArray<{ readonly trace: number; readonly critical: readonly [number, number, number] }>
  /** Relations at the 95 % level: the first rank that is not refused. */
  readonly relations: number
  readonly eigenvalues: Float64Array
}
/** MacKinnon, Haug and Michelis 1999, with a constant, for 1 to 12 variables less the rank. */
const critical: ReadonlyArray<readonly [number, number, number]> = [
  [2.7055, 3.8415, 6.6349],
  [13.4294, 15.4943, 19.9349],
  [27.0669, 29.7961, 35.4628],
  [44.4929, 47.8545, 54.6815],
  [65.8202, 69.8189, 77.8202],
  [91.109, 95.7542, 104.9637],
  [120.3673, 125.6185, 135.9825],
  [153.6341, 159.529, 171.0905],
  [190.8714, 197.3772, 210.0366],
  [232.103, 239.2468, 253.2526],
  [277.374, 285.1402, 300.2821],
  [326.5354, 334.9795, 351.215]
]
/** inverse(L) M inverse(L'). */
const whitened = (factor: Matrix, m: Matrix): Matrix => {
  const half = m.map((row) => forwardSolve(factor, row))
  const across = half.map((_, j) => Float64Array.from(half, (row) => row[j]!))
  return across.map((column) => forwardSolve(factor, column))
}
/**
 * Johansen 1988, 1991: trace test with a constant and `lags` lagged differences. Answers no ranks for more than 12 series or too few bars.
 */
export const johansen = (levels: ReadonlyArray<Float64Array>, lags = 1): JohansenTest => {
  const n = levels.length
  const bars = levels[0]?.length ?? 0
  const none = { ranks: [], relations: 0, eigenvalues: new Float64Array(0) }
  if (n < 1 || n > critical.length || bars < 10 * n + lags) return none
  const differences = levels.map((x) => Float64Array.from({ length: bars - 1 }, (_, t) => x[t + 1]! - x[t]!))
  const rows = bars - 1 - lags
  const short = differences.flatMap((d) =>
    Array.from({ length: lags }, (_, k) => centred(d.slice(lags - 1 - k, lags - 1 - k + rows)))
  )
  const r0 = differences.map((d) => centred(residualsOf(centred(d.slice(lags)), short)))
  const r1 = levels.map((x) => centred(residualsOf(centred(x.slice(1, 1 + rows)), short)))
  const products = gram([...r0, ...r1], rows)
  const s00 = products.slice(0, n).map((row) => row.subarray(0, n))
  const s11 = products.slice(n).map((row) => row.subarray(n))
  const s10 = products.slice(n).map((row) => row.slice(0, n))
  const factor = cholesky(s00)
  const between = gram(s10.map((row) => forwardSolve(factor, row)))
  const values = eigenvalues(whitened(cholesky(s11), between))
  if (values.some((v) => !(v < 1))) return none
  const ranks = Array.from({ length: n }, (_, r) => ({
    trace: -rows * values.subarray(r).reduce((sum, v) => sum + Math.log(1 - Math.max(0, v)), 0),
    critical: critical[n - r - 1]!
  }))
  const accepted = ranks.findIndex((r) => r.trace <= r.critical[1])
  return { ranks, relations: accepted < 0 ? n : accepted, eigenvalues: values }
}
