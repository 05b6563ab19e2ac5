/** Ordinary least squares by the Cholesky factor of the cross products, of columns that the caller centred (or not, for no constant). */
import { backSolve, cholesky, forwardSolve, gram } from "./matrix.ts"
import { mean } from "./returns.ts"

/** The column less its mean: what stands for a constant among the regressors. */
export const centred = (x: Float64Array): Float64Array => {
  const m = mean(x)
  const out = new Float64Array(x.length)
  for (let t = 0; t < out.length; t++) out[t] = x[t]! - m
  return out
}
/**
 * Residual sums of squares of `y` on the first k columns, for k = 0 to all of them, out of one factor: what a search for the number of lags needs.
 * NaN from the first column on that the ones before explain.
 */
export const nestedResiduals = (y: Float64Array, columns: ReadonlyArray<Float64Array>): Float64Array => {
  const products = gram([...columns, y])
  const factor = cholesky(products.slice(0, -1).map((row) => row.subarray(0, -1)))
  const z = forwardSolve(factor, products.at(-1)!.slice(0, -1))
  const out = new Float64Array(columns.length + 1)
  out[0] = products.at(-1)!.at(-1)!
  for (let k = 0; k < z.length; k++) out[k + 1] = out[k]! - z[k]! ** 2
  return out
}
export interface Fit {
  readonly coefficients: Float64Array
  /** Sum of squared residuals. */
  readonly rss: number
  /** Coefficient of the last column over its standard error, with `degrees` left over. */
  readonly lastT: number
}
/** Least squares of `y` on `columns`; `degrees` is the number of observations less that of all estimated coefficients, the constant included. */
export const leastSquares = (y: Float64Array, columns: ReadonlyArray<Float64Array>, degrees: number): Fit => {
  const products = gram([...columns, y])
  const factor = cholesky(products.slice(0, -1).map((row) => row.subarray(0, -1)))
  const z = forwardSolve(factor, products.at(-1)!.slice(0, -1))
  const coefficients = backSolve(factor, z)
  let rss = 0
  for (let t = 0; t < y.length; t++) {
    let left = y[t]!
    for (let k = 0; k < columns.length; k++) left -= coefficients[k]! * columns[k]![t]!
    rss += left * left
  }
  // The last coefficient is z / L of the last row, its standard error s / L: L cancels.
  return { coefficients, rss, lastT: degrees > 0 ? z.at(-1)! / Math.sqrt(rss / degrees) : NaN }
}
/** Residuals of `y` on `columns`. */
export const residualsOf = (y: Float64Array, columns: ReadonlyArray<Float64Array>): Float64Array => {
  if (columns.length === 0) return y
  const { coefficients } = leastSquares(y, columns, y.length)
  return y.map((v, t) => columns.reduce((left, x, k) => left - coefficients[k]! * x[t]!, v))
}
