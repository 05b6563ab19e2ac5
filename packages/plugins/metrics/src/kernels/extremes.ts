/** Rolling maxima and minima: monotone queues, O(1) a bar whatever the window. */

const rolling = (x: Float64Array, n: number, sign: 1 | -1, out: Float64Array, from: number, age: boolean): void => {
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
    if (i >= first) out[i] = age ? i - queue[head]! : x[queue[head]!]!
  }
}
/** Highest of the last `n`; first at `from + n - 1`. */
export const rollingMax = (x: Float64Array, n: number, out: Float64Array, from = 0): void => rolling(x, n, 1, out, from, false)
/** Lowest of the last `n`; first at `from + n - 1`. */
export const rollingMin = (x: Float64Array, n: number, out: Float64Array, from = 0): void => rolling(x, n, -1, out, from, false)
/** Bars since the highest of the last `n` (0 = this bar; the latest of equals). */
export const barsSinceMax = (x: Float64Array, n: number, out: Float64Array, from = 0): void => rolling(x, n, 1, out, from, true)
/** Bars since the lowest of the last `n` (0 = this bar; the latest of equals). */
export const barsSinceMin = (x: Float64Array, n: number, out: Float64Array, from = 0): void => rolling(x, n, -1, out, from, true)
