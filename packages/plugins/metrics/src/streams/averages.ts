/** Steps of the moving averages: one value in, one out, with the same arithmetic in the same order as the kernels of the same names, so bit for bit. */
import { ANCHOR } from "../kernels/averages.ts"
import type { StreamMemory as Memory } from "../types.ts"
import { type Node, Ring } from "./Memory.ts"

/** The value `n` steps ago. */
export const delay = (m: Memory, n: number): Node => {
  if (n === 0) return (x) => x
  const ring = new Ring(m, n)
  return (x) => {
    if (Number.isNaN(x)) return NaN
    const full = ring.isFull
    const gone = ring.push(x)
    return full ? gone : NaN
  }
}
/** x - x[-n]. */
export const change = (m: Memory, n = 1): Node => {
  const before = delay(m, n)
  return (x) => x - before(x)
}
/** Leaves out the first `n` values. */
export const skip = (m: Memory, n: number): Node => {
  const at = m.take(1)
  return (x) => {
    if (Number.isNaN(x) || m.cells[at]! >= n) return x
    m.cells[at]!++
    return NaN
  }
}
/** The running sum. */
export const total = (m: Memory): Node => {
  const at = m.take(1)
  return (x) => (Number.isNaN(x) ? NaN : (m.cells[at] = m.cells[at]! + x))
}
/** Sum of the last `n` times `scale`, computed afresh as often as the kernel does. */
export const rollingSum = (m: Memory, n: number, scale = 1): Node => {
  const ring = new Ring(m, n)
  const at = m.take(3) // place in the block, sum, change of the step before
  const block = Math.max(ANCHOR, 16 * n)
  return (x) => {
    if (Number.isNaN(x)) return NaN
    const gone = ring.push(x)
    if (!ring.isFull) return NaN
    const c = m.cells
    const place = c[at]!
    c[at] = place + 1 === block ? 0 : place + 1
    if (place === 0) {
      let sum = 0
      for (let j = 0; j < n; j++) sum += ring.get(j)
      c[at + 1] = sum
      return sum * scale
    }
    const d = x - gone
    if (place % 2 === 1) {
      c[at + 2] = d
      return (c[at + 1]! + d) * scale
    }
    return (c[at + 1] = c[at + 1]! + (c[at + 2]! + d)) * scale
  }
}
export const sma = (m: Memory, n: number): Node => rollingSum(m, n, 1 / n)

/** `e += k (x - e)` from the first value on, four steps to a block as in the kernel `recur`. */
export const recur = (m: Memory, k: number): Node => {
  const at = m.take(3) // phase: 0 before the seed, then 1..4; e at the start of the block; the rest
  const q = 1 - k
  const q2 = q * q
  const powers = [0, q, q2, q2 * q, q2 * q2]
  return (x) => {
    if (Number.isNaN(x)) return NaN
    const c = m.cells
    const phase = c[at]!
    if (phase === 0) {
      c[at] = 1
      return (c[at + 1] = x)
    }
    const rest = phase === 1 ? k * x : k * x + q * c[at + 2]!
    const e = powers[phase]! * c[at + 1]! + rest
    c[at + 2] = rest
    c[at] = phase === 4 ? 1 : phase + 1
    if (phase === 4) c[at + 1] = e
    return e
  }
}
/** `recur` seeded with the mean of the first `n`. */
export const seeded = (m: Memory, n: number, k: number): Node => {
  const at = m.take(2)
  const next = recur(m, k)
  return (x) => {
    if (Number.isNaN(x)) return NaN
    const c = m.cells
    if (c[at]! >= n) return next(x)
    c[at]!++
    c[at + 1] = c[at + 1]! + x
    return c[at] === n ? next(c[at + 1]! / n) : NaN
  }
}
export const ema = (m: Memory, n: number): Node => seeded(m, n, 2 / (n + 1))
export const wilder = (m: Memory, n: number): Node => seeded(m, n, 1 / n)
export const wma = (m: Memory, n: number): Node => {
  const ring = new Ring(m, n)
  const at = m.take(3) // place in the block, sum, weighted sum
  const block = Math.max(ANCHOR, 16 * n)
  const scale = 2 / (n * (n + 1))
  return (x) => {
    if (Number.isNaN(x)) return NaN
    const gone = ring.push(x)
    if (!ring.isFull) return NaN
    const c = m.cells
    const place = c[at]!
    c[at] = place + 1 === block ? 0 : place + 1
    if (place === 0) {
      let sum = 0
      let weighted = 0
      for (let j = 0; j < n; j++) {
        sum += ring.get(j)
        weighted += (j + 1) * ring.get(j)
      }
      c[at + 1] = sum
      c[at + 2] = weighted
    } else {
      c[at + 2] = c[at + 2]! + (n * x - c[at + 1]!)
      c[at + 1] = c[at + 1]! + (x - gone)
    }
    return c[at + 2]! * scale
  }
}
/** The last `n` values, oldest first, in one buffer; undefined while there are fewer. */
export const windowOf = (m: Memory, n: number): ((x: number) => Float64Array | undefined) => {
  const ring = new Ring(m, n)
  const out = new Float64Array(n)
  return (x) => {
    if (Number.isNaN(x)) return undefined
    ring.push(x)
    if (!ring.isFull) return undefined
    for (let j = 0; j < n; j++) out[j] = ring.get(j)
    return out
  }
}
