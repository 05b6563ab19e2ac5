/** Rolling maxima and minima, O(1) a bar whatever the window. */
import type { SharedColumns } from "../types.ts"

/**
 * The input is cut into blocks of `n`; a window is the end of one block and the start of the next, so its maximum is that of a suffix and of a prefix
 * (van Herk 1992; Gil and Werman 1993). `sign` -1 makes it a minimum.
 */
const extreme = (x: Float64Array, n: number, sign: 1 | -1, out: Float64Array, from: number): void => {
  const rows = x.length
  const first = from + n - 1
  out.fill(NaN, 0, Math.min(first, rows))
  const suffix = new Float64Array(n + 1) // suffix[j] = the largest of the block before from its j-th value on
  for (let start = from + n; start <= rows; start += n) {
    let largest = -Infinity
    suffix[n] = -Infinity
    for (let j = n - 1; j >= 0; j--) {
      largest = Math.max(largest, sign * x[start - n + j]!)
      suffix[j] = largest
    }
    out[start - 1] = sign * largest
    const end = Math.min(n - 1, rows - start)
    largest = -Infinity
    for (let j = 0; j < end; j++) {
      largest = Math.max(largest, sign * x[start + j]!)
      out[start + j] = sign * Math.max(largest, suffix[j + 1]!)
    }
  }
}
/** Bars since the extreme, by a queue of candidates. */
const age = (x: Float64Array, n: number, sign: 1 | -1, out: Float64Array, from: number): void => {
  const rows = x.length
  const first = from + n - 1
  out.fill(NaN, 0, Math.min(first, rows))
  const queue = new Int32Array(n + 1) // indices with decreasing sign*x, as a ring
  const size = n + 1
  let head = 0
  let length = 0
  for (let i = from; i < rows; i++) {
    if (length > 0 && queue[head]! <= i - n) {
      head = head + 1 === size ? 0 : head + 1
      length--
    }
    const value = sign * x[i]!
    // `>=`: of equal values the latest stays, as the rule of Aroon wants.
    while (length > 0) {
      const last = head + length - 1
      if (value >= sign * x[queue[last >= size ? last - size : last]!]!) length--
      else break
    }
    const tail = head + length
    queue[tail >= size ? tail - size : tail] = i
    length++
    if (i >= first) out[i] = i - queue[head]!
  }
}
/** Highest of the last `n`; first at `from + n - 1`. */
export const rollingMax = (x: Float64Array, n: number, out: Float64Array, from = 0): void => extreme(x, n, 1, out, from)
export const rollingMaxOf = (shared: SharedColumns, x: Float64Array, n: number, from = 0, into?: Float64Array): Float64Array =>
  shared.column("max", [x], [n, from], (out) => rollingMax(x, n, out, from), into)
/** Lowest of the last `n`; first at `from + n - 1`. */
export const rollingMin = (x: Float64Array, n: number, out: Float64Array, from = 0): void => extreme(x, n, -1, out, from)
export const rollingMinOf = (shared: SharedColumns, x: Float64Array, n: number, from = 0, into?: Float64Array): Float64Array =>
  shared.column("min", [x], [n, from], (out) => rollingMin(x, n, out, from), into)
/** Bars since the highest of the last `n` (0 = this bar; the latest of equals). */
export const barsSinceMax = (x: Float64Array, n: number, out: Float64Array, from = 0): void => age(x, n, 1, out, from)
/** Bars since the lowest of the last `n` (0 = this bar; the latest of equals). */
export const barsSinceMin = (x: Float64Array, n: number, out: Float64Array, from = 0): void => age(x, n, -1, out, from)
export const barsSinceMaxOf = (shared: SharedColumns, x: Float64Array, n: number, into?: Float64Array): Float64Array =>
  shared.column("since max", [x], [n], (out) => barsSinceMax(x, n, out), into)
export const barsSinceMinOf = (shared: SharedColumns, x: Float64Array, n: number, into?: Float64Array): Float64Array =>
  shared.column("since min", [x], [n], (out) => barsSinceMin(x, n, out), into)
