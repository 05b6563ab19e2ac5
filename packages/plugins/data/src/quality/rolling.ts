/** Medians for the quality rules. */

/** The last `size` values, asked whether a value is far above their median: seldom true, so nothing is kept sorted. */
export class RollingMedian {
  private readonly ring: Float64Array
  private filled = 0
  private at = 0
  constructor(size: number) {
    this.ring = new Float64Array(size)
  }
  /** NaN is not counted. */
  push(value: number): void {
    if (value !== value) return
    this.ring[this.at] = value
    this.at = (this.at + 1) % this.ring.length
    if (this.filled < this.ring.length) this.filled++
  }
  /** The median, when it is above 0 and `value` above `factor` times it; undefined otherwise, and until `size` values are there. */
  exceededBy(value: number, factor: number): number | undefined {
    const { ring } = this
    const size = ring.length
    if (this.filled < size) return undefined
    let below = 0
    for (let i = 0; i < size; i++) if (ring[i]! * factor < value) below++
    // With fewer than half of them below, the median is not: no need to sort.
    if (below < size >> 1) return undefined
    const median = medianOf(ring)
    return median > 0 && value > factor * median ? median : undefined
  }
}
/** Median of a list; NaN for an empty one. */
export const medianOf = (values: ArrayLike<number>): number => {
  if (values.length === 0) return NaN
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
