/** Small dense symmetric matrices, as rows: factors, solutions and eigenvalues. Sizes are counts of assets or regressors, tens at the most. */

export type Matrix = ReadonlyArray<Float64Array>

/** Inner products of every pair of columns, divided by `divisor`. */
export const gram = (columns: ReadonlyArray<Float64Array>, divisor = 1): Matrix => {
  const out = columns.map(() => new Float64Array(columns.length))
  for (const [i, a] of columns.entries())
    for (let j = 0; j <= i; j++) {
      const b = columns[j]!
      let sum = 0
      for (let t = 0; t < a.length; t++) sum += a[t]! * b[t]!
      out[i]![j] = out[j]![i] = sum / divisor
    }
  return out
}
/**
 * Lower factor L with L L' = matrix. A pivot at or below `tolerance` times its diagonal (a column that the ones before explain) gets NaN, which
 * everything that is computed from it shows.
 */
export const cholesky = (matrix: Matrix, tolerance = 1e-13): Matrix => {
  const factor = matrix.map((row) => new Float64Array(row.length))
  for (const [i, row] of factor.entries())
    for (let j = 0; j <= i; j++) {
      const other = factor[j]!
      let sum = matrix[i]![j]!
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!
      row[j] = i === j ? (sum > tolerance * matrix[i]![i]! ? Math.sqrt(sum) : NaN) : sum / other[j]!
    }
  return factor
}
/** x of L x = b, L a lower factor. */
export const forwardSolve = (factor: Matrix, b: Float64Array): Float64Array => {
  const x = Float64Array.from(b)
  for (const [i, row] of factor.entries()) {
    for (let k = 0; k < i; k++) x[i]! -= row[k]! * x[k]!
    x[i]! /= row[i]!
  }
  return x
}
/** x of L' x = b, L a lower factor. */
export const backSolve = (factor: Matrix, b: Float64Array): Float64Array => {
  const x = Float64Array.from(b)
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i]! -= factor[k]![i]! * x[k]!
    x[i]! /= factor[i]![i]!
  }
  return x
}
/** Eigenvalues of a symmetric matrix, largest first (cyclic Jacobi rotations: Golub and Van Loan 2013, 8.5). */
export const eigenvalues = (matrix: Matrix): Float64Array => {
  const a = matrix.map((row) => Float64Array.from(row))
  const n = a.length
  const size = a.reduce((sum, row) => row.reduce((s, v) => s + v * v, sum), 0)
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) off += a[i]![j]! ** 2
    if (!(off > 1e-30 * size)) break
    for (let p = 1; p < n; p++) for (let q = 0; q < p; q++) rotate(a, p, q)
  }
  return Float64Array.from(a, (row, i) => row[i]!)
    .sort()
    .reverse()
}
/** One rotation, which makes `a[p][q]` zero. */
const rotate = (a: ReadonlyArray<Float64Array>, p: number, q: number): void => {
  const apq = a[p]![q]!
  if (apq === 0) return
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq)
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (const row of a) {
    const x = row[p]!
    const y = row[q]!
    row[p] = c * x - s * y
    row[q] = s * x + c * y
  }
  const rowP = a[p]!
  const rowQ = a[q]!
  for (let k = 0; k < a.length; k++) {
    const x = rowP[k]!
    const y = rowQ[k]!
    rowP[k] = c * x - s * y
    rowQ[k] = s * x + c * y
  }
}
