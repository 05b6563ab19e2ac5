/** Trend scanning (Lopez de Prado 2020, "Machine Learning for Asset Managers", 5.4): the most significant trend that begins at a bar. Looks ahead. */

export interface Trends {
  /** Sign of the slope; NaN where fewer than `longest` bars follow. */
  readonly label: Float64Array
  /** t value of the slope, of the length that makes it largest in size. */
  readonly tValue: Float64Array
  /** Last row of that length; -1 without an answer. */
  readonly row: Int32Array
}
/** A line without any residual has an infinite t: it counts as this. */
const mostT = 1e6

/** For each bar the least-squares lines over it and the next `shortest` to `longest` closes. */
export const trendScanning = (close: Float64Array, shortest: number, longest: number): Trends => {
  const rows = close.length
  const out = {
    label: new Float64Array(rows).fill(NaN),
    tValue: new Float64Array(rows).fill(NaN),
    row: new Int32Array(rows).fill(-1)
  }
  for (let t = 0; t + longest < rows; t++) {
    // Distances from the first close keep the sums small.
    let y = 0
    let iy = 0
    let yy = 0
    let best = 0
    let at = t + shortest
    for (let i = 1; i <= longest; i++) {
      const d = close[t + i]! - close[t]!
      y += d
      iy += i * d
      yy += d * d
      if (i < shortest) continue
      const value = slopeT(i + 1, y, iy, yy)
      if (Math.abs(value) <= Math.abs(best)) continue
      best = value
      at = t + i
    }
    out.label[t] = Math.sign(best)
    out.tValue[t] = best
    out.row[t] = at
  }
  return out
}
/** t of the slope of n values at 0, 1, ..., n - 1 from their sum, the sum of i y and that of y^2; 0 for a constant. */
const slopeT = (n: number, y: number, iy: number, yy: number): number => {
  const middle = (n - 1) / 2
  const xx = (n * (n * n - 1)) / 12
  const slope = (iy - middle * y) / xx
  const total = yy - (y * y) / n
  const rest = Math.max(0, total - slope * slope * xx)
  if (!(total > 0)) return 0
  const t = slope / Math.sqrt(rest / (n - 2) / xx)
  return Math.max(-mostT, Math.min(mostT, t))
}
