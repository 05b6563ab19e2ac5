/** Medians for the quality rules. */

/** The median of the last `size` values, kept sorted: a new value costs one search and one move of at most `size` cells. */
export class RollingMedian {
  private readonly sorted: Float64Array
  private readonly ring: Float64Array
  private filled = 0
  private at = 0
  private readonly size: number
  constructor(size: number) {
    this.size = size
    this.sorted = new Float64Array(size)
    this.ring = new Float64Array(size)
  }
  private place(value: number): number {
    let low = 0
    let high = this.filled
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.sorted[middle]! < value) low = middle + 1
      else high = middle
    }
    return low
  }
  /** NaN is not counted. */
  push(value: number): void {
    if (value !== value) return
    if (this.filled === this.size) {
      const old = this.place(this.ring[this.at]!)
      this.sorted.copyWithin(old, old + 1, this.filled)
      this.filled--
    }
    const place = this.place(value)
    this.sorted.copyWithin(place + 1, place, this.filled)
    this.sorted[place] = value
    this.filled++
    this.ring[this.at] = value
    this.at = (this.at + 1) % this.size
  }
  /** Undefined until `size` values are there. */
  get median(): number | undefined {
    if (this.filled < this.size) return undefined
    const half = this.size >> 1
    return this.size % 2 === 1 ? this.sorted[half]! : (this.sorted[half - 1]! + this.sorted[half]!) / 2
  }
}
/** Median of a list; NaN for an empty one. */
export const medianOf = (values: ReadonlyArray<number>): number => {
  if (values.length === 0) return NaN
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
