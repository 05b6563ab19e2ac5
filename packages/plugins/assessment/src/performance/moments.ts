/** Sample moments and quantiles of a series of returns. Two passes, so a large mean costs no digits. */

export interface Moments {
  readonly n: number
  readonly mean: number
  /** Sample standard deviation, divisor n-1; NaN below two values. */
  readonly std: number
  /** Biased skewness g1 and raw (not excess) kurtosis g2+3; NaN when all values are equal. */
  readonly skewness: number
  readonly kurtosis: number
}

/** A spread below this share of the size of the values, or below it where they are small, is rounding and not variation: returns are quotients near 1, less 1. */
const FLAT = 1e-14

export const momentsOf = (x: Float64Array): Moments => {
  const n = x.length
  if (n === 0) return { n, mean: NaN, std: NaN, skewness: NaN, kurtosis: NaN }
  let sum = 0
  let largest = 0
  for (let i = 0; i < n; i++) {
    sum += x[i]!
    const size = Math.abs(x[i]!)
    if (size > largest) largest = size
  }
  const mean = sum / n
  let m2 = 0
  let m3 = 0
  let m4 = 0
  for (let i = 0; i < n; i++) {
    const d = x[i]! - mean
    const dd = d * d
    m2 += dd
    m3 += dd * d
    m4 += dd * dd
  }
  m2 /= n
  if (Math.sqrt(m2) <= FLAT * Math.max(1, largest)) return { n, mean, std: n > 1 ? 0 : NaN, skewness: NaN, kurtosis: NaN }
  return {
    n,
    mean,
    std: n > 1 ? Math.sqrt((m2 * n) / (n - 1)) : NaN,
    skewness: m3 / n / (m2 * Math.sqrt(m2)),
    kurtosis: m4 / n / (m2 * m2)
  }
}

/** Quantile of ascending values by linear interpolation of order statistics (type 7 of Hyndman & Fan 1996); NaN when there are none. */
export const quantileOf = (ascending: Float64Array, q: number): number => {
  if (ascending.length === 0) return NaN
  const at = q * (ascending.length - 1)
  const below = Math.floor(at)
  const low = ascending[below]!
  return at === below ? low : low + (at - below) * (ascending[below + 1]! - low)
}

/** The finite values, ascending. */
export const sorted = (values: Iterable<number>): Float64Array =>
  Float64Array.from([...values].filter(Number.isFinite)).toSorted()
