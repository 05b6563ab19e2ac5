/** Where one series is above another: the entries and exits of every cross-over strategy. */

/** Bars per block: about the best on 250 to 10,000 bars. */
const BLOCK = 16

/** A series with the lowest and highest value of each block, so that stretches without a crossing are skipped unread. */
export interface Line {
  readonly values: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Made once per indicator and read by every combination that it is in. A block with a NaN is never skipped. */
export const lineOf = (values: Float64Array): Line => {
  const blocks = Math.ceil(values.length / BLOCK)
  const low = new Float64Array(blocks).fill(Infinity)
  const high = new Float64Array(blocks).fill(-Infinity)
  for (let t = 0; t < values.length; t++) {
    const b = (t / BLOCK) | 0
    const v = values[t]!
    if (v < low[b]!) low[b] = v
    if (v > high[b]!) high[b] = v
    if (v !== v) {
      low[b] = -Infinity
      high[b] = Infinity
    }
  }
  return { values, low, high }
}

/**
 * Bars at whose close `upper > lower` begins (even places) and ends (odd places), from bar `first - 1` on, where holding already counts as a
 * beginning. NaN in either means not above. Writes to `changes`, which is as long as the series, and answers how many.
 */
export const crossings = (upper: Line, lower: Line, first: number, changes: Int32Array): number => {
  const u = upper.values
  const l = lower.values
  const { low: upperLow, high: upperHigh } = upper
  const { low: lowerLow, high: lowerHigh } = lower
  const n = u.length
  const blocks = upperLow.length
  let count = 0
  let t = first > 0 ? first - 1 : 0
  let b = (t / BLOCK) | 0
  for (;;) {
    for (;;) {
      while (b < blocks && upperHigh[b]! <= lowerLow[b]!) b++
      if (b >= blocks) return count
      if (t < b * BLOCK) t = b * BLOCK
      const end = Math.min(n, (b + 1) * BLOCK)
      while (t < end && !(u[t]! > l[t]!)) t++
      if (t < end) break
      b++
    }
    changes[count++] = t
    for (;;) {
      if (t < b * BLOCK) t = b * BLOCK
      const end = Math.min(n, (b + 1) * BLOCK)
      while (t < end && u[t]! > l[t]!) t++
      if (t < end) break
      b++
      while (b < blocks && upperLow[b]! > lowerHigh[b]!) b++
      if (b >= blocks) return count
    }
    changes[count++] = t
  }
}
