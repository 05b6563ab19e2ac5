/** Dispersion and rolling regression over a window (trading.md 3.1). Sums are shifted by a value of the window and computed afresh now and then. */
import type { SharedColumns } from "../types.ts"
import { ANCHOR } from "./averages.ts"

/**
 * Whether a variance from shifted sums has lost its digits: a value far from the rest has just left the window, or is the shift. The window is then
 * summed afresh. `gone` and `mean` are distances from the shift.
 */
export const hasCancelled = (squares: number, gone: number, variance: number, mean: number): boolean =>
  squares < 1e-6 * gone * gone || variance < 1e-8 * mean * mean

/** Mean and population variance of the last `n`; both first at `from + n - 1`. */
export const meanAndVariance = (x: Float64Array, n: number, mean: Float64Array, variance: Float64Array, from = 0): void => {
  const rows = x.length
  const first = from + n - 1
  mean.fill(NaN, 0, Math.min(first, rows))
  variance.fill(NaN, 0, Math.min(first, rows))
  const scale = 1 / n
  const block = Math.max(ANCHOR, 16 * n)
  for (let start = first; start < rows;) {
    const shift = middle(x[start - n + 1]!, x[start - (n >> 1)]!, x[start]!)
    let sum = 0
    let squares = 0
    for (let j = start - n + 1; j <= start; j++) {
      const d = x[j]! - shift
      sum += d
      squares += d * d
    }
    const end = Math.min(rows, start + block)
    let i = start
    for (; i < end; i++) {
      let gone = 0
      if (i > start) {
        const added = x[i]! - shift
        gone = x[i - n]! - shift
        sum += added - gone
        squares += added * added - gone * gone
      }
      const m = sum * scale
      const v = squares * scale - m * m
      if (i > start && hasCancelled(squares, gone, v, m)) break
      mean[i] = shift + m
      variance[i] = v > 0 ? v : 0
    }
    start = i
  }
}
type Two = readonly [Float64Array, Float64Array]
type Three = readonly [Float64Array, Float64Array, Float64Array]
export const momentsOf = (shared: SharedColumns, x: Float64Array, n: number, from = 0): Two =>
  shared.columns("moments", [x], [n, from], ([mean, variance]) => meanAndVariance(x, n, mean!, variance!, from), 2) as Two
/** The middle one of three: a shift that one wild value cannot spoil. */
export const middle = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))

/** Mean -+ k population standard deviations over `n`; first at `n - 1`. Bollinger's convention: divisor n. */
export const bollinger = (
  x: Float64Array,
  n: number,
  k: number,
  [upper, level, lower]: readonly [Float64Array, Float64Array, Float64Array]
): void => {
  const rows = x.length
  for (const o of [upper, level, lower]) o.fill(NaN, 0, Math.min(n - 1, rows))
  const scale = 1 / n
  const block = Math.max(ANCHOR, 16 * n)
  for (let start = n - 1; start < rows;) {
    const shift = middle(x[start - n + 1]!, x[start - (n >> 1)]!, x[start]!)
    let sum = 0
    let squares = 0
    for (let j = start - n + 1; j <= start; j++) {
      const d = x[j]! - shift
      sum += d
      squares += d * d
    }
    let mean = sum * scale
    let variance = Math.max(0, squares * scale - mean * mean)
    let width = k * Math.sqrt(variance)
    upper[start] = shift + mean + width
    level[start] = shift + mean
    lower[start] = shift + mean - width
    const end = Math.min(rows, start + block)
    let i = start + 1
    for (; i < end; i++) {
      const gone = x[i - n]! - shift
      const added = x[i]! - shift
      const change = added - gone
      sum += change
      squares += change * (added + gone)
      mean = sum * scale
      variance = squares * scale - mean * mean
      if (squares < 1e-6 * gone * gone || variance < 1e-8 * mean * mean) break // hasCancelled; below 0 is among it
      width = k * Math.sqrt(variance)
      const centre = shift + mean
      upper[i] = centre + width
      level[i] = centre
      lower[i] = centre - width
    }
    start = i
  }
}

export const bollingerOf = (shared: SharedColumns, x: Float64Array, n: number, k: number, into?: Three): Three =>
  shared.columns("bollinger", [x], [n, k], (out) => bollinger(x, n, k, out as unknown as Three), into ?? 3) as unknown as Three

/** Least squares over the last `n` values at times 0..n-1: value at 0 and slope per bar; first at `n - 1`. */
export const regression = (x: Float64Array, n: number, intercept: Float64Array, slope: Float64Array): void => {
  const rows = x.length
  intercept.fill(NaN, 0, Math.min(n - 1, rows))
  slope.fill(NaN, 0, Math.min(n - 1, rows))
  const centre = (n - 1) / 2
  const spread = (n * (n * n - 1)) / 12
  const block = Math.max(ANCHOR, 16 * n)
  for (let start = n - 1; start < rows; start += block) {
    const shift = x[start]!
    let sum = 0
    let product = 0
    for (let j = 0; j < n; j++) {
      const d = x[start - n + 1 + j]! - shift
      sum += d
      product += j * d
    }
    const end = Math.min(rows, start + block)
    for (let i = start; i < end; i++) {
      if (i > start) {
        const gone = x[i - n]! - shift
        const added = x[i]! - shift
        product += (n - 1) * added - (sum - gone)
        sum += added - gone
      }
      const b = n > 1 ? (product - centre * sum) / spread : 0
      slope[i] = b
      intercept[i] = shift + sum / n - b * centre
    }
  }
}
/** Intercept and slope. */
export const regressionOf = (shared: SharedColumns, x: Float64Array, n: number): Two =>
  shared.columns("line", [x], [n], ([intercept, slope]) => regression(x, n, intercept!, slope!), 2) as Two
/** Pearson correlation of the last `n` pairs, 0 when one side is constant; first at `n - 1`. */
export const correlation = (x: Float64Array, y: Float64Array, n: number, out: Float64Array): void => {
  const rows = x.length
  out.fill(NaN, 0, Math.min(n - 1, rows))
  for (let i = n - 1; i < rows; i++) {
    let mx = 0
    let my = 0
    for (let j = i - n + 1; j <= i; j++) {
      mx += x[j]!
      my += y[j]!
    }
    mx /= n
    my /= n
    let xx = 0
    let yy = 0
    let xy = 0
    for (let j = i - n + 1; j <= i; j++) {
      const a = x[j]! - mx
      const b = y[j]! - my
      xx += a * a
      yy += b * b
      xy += a * b
    }
    out[i] = xx > 0 && yy > 0 ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : 0
  }
}
/** x / x[-1] - 1, 0 where x[-1] is 0. */
const rise = (x: Float64Array, i: number): number => {
  const before = x[i - 1]!
  return before === 0 ? 0 : (x[i]! - before) / before
}
/** Slope of the returns of `y` on those of `x` over the last `n`, 0 when `x` does not move (TA-Lib's BETA); first at `n`. */
export const beta = (x: Float64Array, y: Float64Array, n: number, out: Float64Array): void => {
  const rows = x.length
  out.fill(NaN, 0, Math.min(n, rows))
  for (let i = n; i < rows; i++) {
    let mx = 0
    let my = 0
    for (let j = i - n + 1; j <= i; j++) {
      mx += rise(x, j)
      my += rise(y, j)
    }
    mx /= n
    my /= n
    let xx = 0
    let xy = 0
    for (let j = i - n + 1; j <= i; j++) {
      const a = rise(x, j) - mx
      xx += a * a
      xy += a * (rise(y, j) - my)
    }
    out[i] = xx > 0 ? xy / xx : 0
  }
}
/** Mean absolute deviation from the window's mean (as in CCI); first at `n - 1`. */
export const meanDeviation = (x: Float64Array, mean: Float64Array, n: number, out: Float64Array): void => {
  out.fill(NaN, 0, Math.min(n - 1, out.length))
  for (let i = n - 1; i < x.length; i++) {
    let sum = 0
    const m = mean[i]!
    for (let j = i - n + 1; j <= i; j++) sum += Math.abs(x[j]! - m)
    out[i] = sum / n
  }
}
/** Share of the `n` values before this one that are below this one, in percent; first at `n`. */
export const percentRank = (x: Float64Array, n: number, out: Float64Array): void => {
  out.fill(NaN, 0, Math.min(n, out.length))
  for (let i = n; i < x.length; i++) {
    let below = 0
    for (let j = i - n; j < i; j++) if (x[j]! < x[i]!) below++
    out[i] = (100 * below) / n
  }
}
