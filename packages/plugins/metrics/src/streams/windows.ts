/** Steps over the last n values: extremes, dispersion, the fitted line. Bit for bit as the kernels of the same names. */
import { ANCHOR } from "../kernels/averages.ts"
import { hasCancelled, middle } from "../kernels/spread.ts"
import type { StreamMemory as Memory } from "../types.ts"
import { type Node, Ring } from "./Memory.ts"

/** Bars since the largest of `sign * x` among the last `n`, the latest of equals; the value is found with it. */
const extreme = (m: Memory, n: number, sign: 1 | -1, of: "value" | "age"): Node => {
  const ring = new Ring(m, n)
  const at = m.take(3) // whether any was seen, age, value
  return (x) => {
    if (Number.isNaN(x)) return NaN
    ring.push(x)
    const c = m.cells
    if (c[at] === 0 || sign * x >= sign * c[at + 2]!) {
      c[at] = 1
      c[at + 1] = 0
      c[at + 2] = x
    } else if (c[at + 1]! + 1 < n) c[at + 1]!++
    else {
      // The extreme has left: the next one is looked for among those that stayed, which are all there since it was n bars old.
      let best = 0
      for (let j = 1; j < n; j++) if (sign * ring.get(j) >= sign * ring.get(best)) best = j
      c[at + 1] = n - 1 - best
      c[at + 2] = ring.get(best)
    }
    return ring.isFull ? c[of === "age" ? at + 1 : at + 2]! : NaN
  }
}
export const rollingMax = (m: Memory, n: number): Node => extreme(m, n, 1, "value")
export const rollingMin = (m: Memory, n: number): Node => extreme(m, n, -1, "value")
export const barsSinceMax = (m: Memory, n: number): Node => extreme(m, n, 1, "age")
export const barsSinceMin = (m: Memory, n: number): Node => extreme(m, n, -1, "age")

/** Mean and population variance; `next` answers whether there are `n` values. */
export class Moments {
  mean = NaN
  variance = NaN
  private readonly ring: Ring
  private readonly at: number // place in the block, shift, sum, squares
  private readonly block: number
  private readonly memory: Memory
  private readonly n: number
  private readonly asBollinger: boolean
  /** `asBollinger`: the kernel of that name multiplies the difference of squares out. */
  constructor(memory: Memory, n: number, asBollinger = false) {
    this.memory = memory
    this.n = n
    this.asBollinger = asBollinger
    this.ring = new Ring(memory, n)
    this.at = memory.take(4)
    this.block = Math.max(ANCHOR, 16 * n)
  }
  next(x: number): boolean {
    if (Number.isNaN(x)) return false
    const { at, memory, n, ring } = this
    const left = ring.push(x)
    if (!ring.isFull) return false
    const c = memory.cells
    const scale = 1 / n
    let place = c[at]!
    if (place > 0) {
      const shift = c[at + 1]!
      const added = x - shift
      const gone = left - shift
      const d = added - gone
      c[at + 2] = c[at + 2]! + d
      c[at + 3] = c[at + 3]! + (this.asBollinger ? d * (added + gone) : added * added - gone * gone)
      const m = c[at + 2]! * scale
      const v = c[at + 3]! * scale - m * m
      if (hasCancelled(c[at + 3]!, gone, v, m)) place = 0
    }
    if (place === 0) this.sumAfresh()
    c[at] = place + 1 === this.block ? 0 : place + 1
    const m = c[at + 2]! * scale
    const v = c[at + 3]! * scale - m * m
    this.mean = c[at + 1]! + m
    this.variance = v > 0 ? v : 0
    return true
  }
  private sumAfresh(): void {
    const { at, n, ring } = this
    const c = this.memory.cells
    const shift = middle(ring.get(0), ring.get(n - 1 - (n >> 1)), ring.get(n - 1))
    let sum = 0
    let squares = 0
    for (let j = 0; j < n; j++) {
      const d = ring.get(j) - shift
      sum += d
      squares += d * d
    }
    c[at + 1] = shift
    c[at + 2] = sum
    c[at + 3] = squares
  }
}
/** The least-squares line over the last `n` values at times 0..n-1; `next` answers whether there are `n`. */
export class Line {
  intercept = NaN
  slope = NaN
  private readonly ring: Ring
  private readonly at: number // place in the block, shift, sum, product
  private readonly block: number
  private readonly memory: Memory
  private readonly n: number
  constructor(memory: Memory, n: number) {
    this.memory = memory
    this.n = n
    this.ring = new Ring(memory, n)
    this.at = memory.take(4)
    this.block = Math.max(ANCHOR, 16 * n)
  }
  next(x: number): boolean {
    if (Number.isNaN(x)) return false
    const { at, memory, n, ring } = this
    const left = ring.push(x)
    if (!ring.isFull) return false
    const c = memory.cells
    const place = c[at]!
    c[at] = place + 1 === this.block ? 0 : place + 1
    if (place === 0) {
      c[at + 1] = x
      c[at + 2] = 0
      c[at + 3] = 0
      for (let j = 0; j < n; j++) {
        const d = ring.get(j) - x
        c[at + 2] = c[at + 2]! + d
        c[at + 3] = c[at + 3]! + j * d
      }
    } else {
      const gone = left - c[at + 1]!
      const added = x - c[at + 1]!
      c[at + 3] = c[at + 3]! + ((n - 1) * added - (c[at + 2]! - gone))
      c[at + 2] = c[at + 2]! + (added - gone)
    }
    const centre = (n - 1) / 2
    const b = n > 1 ? (c[at + 3]! - centre * c[at + 2]!) / ((n * (n * n - 1)) / 12) : 0
    this.slope = b
    this.intercept = c[at + 1]! + c[at + 2]! / n - b * centre
    return true
  }
}
