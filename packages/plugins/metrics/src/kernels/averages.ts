/**
 * Moving averages (trading.md 3.1). Every kernel fills `out`, which is as long as `x`: NaN before the first defined value.
 * `from` is the index of the first defined input. Inputs have no gaps: `computeOutputs` runs a kernel on each gap-free stretch.
 */
import type { SharedColumns } from "../types.ts"
import { Intermediates } from "./Intermediates.ts"

/** Rolling sums are computed afresh this often, so that rounding errors cannot add up. */
export const ANCHOR = 1024

/** Sum of the last `n` values times `scale`; first at `from + n - 1`. */
export const rollingSum = (x: Float64Array, n: number, out: Float64Array, from = 0, scale = 1): void => {
  const rows = x.length
  const first = from + n - 1
  out.fill(NaN, 0, Math.min(first, rows))
  const block = Math.max(ANCHOR, 16 * n)
  for (let start = first; start < rows; start += block) {
    let sum = 0
    for (let i = start - n + 1; i <= start; i++) sum += x[i]!
    out[start] = sum * scale
    const end = Math.min(rows, start + block)
    let i = start + 1
    // Two steps at once: the chain of dependent additions is half as long.
    for (; i + 1 < end; i += 2) {
      const d = x[i]! - x[i - n]!
      out[i] = (sum + d) * scale
      sum += d + (x[i + 1]! - x[i + 1 - n]!)
      out[i + 1] = sum * scale
    }
    if (i < end) out[i] = (sum + (x[i]! - x[i - n]!)) * scale
  }
}
/** `rollingSum` among the shared columns, as the other functions of this name are: made there, or found. */
export const rollingSumOf = (shared: SharedColumns, x: Float64Array, n: number, from = 0, into?: Float64Array): Float64Array =>
  shared.column("sum", [x], [n, from], (out) => rollingSum(x, n, out, from), into)
/** Simple moving average; first at `from + n - 1`. */
export const sma = (x: Float64Array, n: number, out: Float64Array, from = 0): void => rollingSum(x, n, out, from, 1 / n)

export const smaOf = (shared: SharedColumns, x: Float64Array, n: number, from = 0, into?: Float64Array): Float64Array =>
  shared.column("sma", [x], [n, from], (out) => sma(x, n, out, from), into)

/**
 * `e += k (x - e)` from `out[at] = seed` on; NaN before `at`. Four steps at once with powers of `1 - k`, which stays within 1e-13 of one at
 * a time; a step of a block never reads a later input, so a longer input gives the same bits.
 */
export const recur = (x: Float64Array, k: number, out: Float64Array, at: number, seed: number): void => {
  const rows = x.length
  out.fill(NaN, 0, Math.min(at, rows))
  if (at >= rows) return
  const q = 1 - k
  const q2 = q * q
  const q3 = q2 * q
  const q4 = q2 * q2
  let e = seed
  out[at] = e
  let i = at + 1
  for (; i + 3 < rows; i += 4) {
    const a = k * x[i]!
    const b = k * x[i + 1]! + q * a
    const c = k * x[i + 2]! + q * b
    out[i] = q * e + a
    out[i + 1] = q2 * e + b
    out[i + 2] = q3 * e + c
    e = q4 * e + (k * x[i + 3]! + q * c)
    out[i + 3] = e
  }
  let power = q
  let tail = 0
  for (; i < rows; i++) {
    tail = tail === 0 ? k * x[i]! : k * x[i]! + q * tail
    out[i] = power * e + tail
    power = power === q ? q2 : q3
  }
}
const meanOf = (x: Float64Array, start: number, end: number): number => {
  let sum = 0
  for (let i = start; i < end; i++) sum += x[i]!
  return sum / (end - start)
}
/** Exponential average, k = 2/(n+1), seeded with the mean of the first `n` values; first at `from + n - 1`. */
export const ema = (x: Float64Array, n: number, out: Float64Array, from = 0): void =>
  recur(x, 2 / (n + 1), out, from + n - 1, from + n <= x.length ? meanOf(x, from, from + n) : NaN)
export const emaOf = (shared: SharedColumns, x: Float64Array, n: number, from = 0, into?: Float64Array): Float64Array =>
  shared.column("ema", [x], [n, from], (out) => ema(x, n, out, from), into)
/** Wilder's smoothing, k = 1/n, seeded with the mean of the first `n` values; first at `from + n - 1`. */
export const wilder = (x: Float64Array, n: number, out: Float64Array, from = 0): void =>
  recur(x, 1 / n, out, from + n - 1, from + n <= x.length ? meanOf(x, from, from + n) : NaN)

/** Weights 1 to n, the newest heaviest; first at `from + n - 1`. */
export const wma = (x: Float64Array, n: number, out: Float64Array, from = 0): void => {
  const rows = x.length
  const first = from + n - 1
  out.fill(NaN, 0, Math.min(first, rows))
  const scale = 2 / (n * (n + 1))
  const block = Math.max(ANCHOR, 16 * n)
  for (let start = first; start < rows; start += block) {
    let sum = 0
    let weighted = 0
    for (let j = 0; j < n; j++) {
      const value = x[start - n + 1 + j]!
      sum += value
      weighted += (j + 1) * value
    }
    out[start] = weighted * scale
    const end = Math.min(rows, start + block)
    for (let i = start + 1; i < end; i++) {
      weighted += n * x[i]! - sum
      sum += x[i]! - x[i - n]!
      out[i] = weighted * scale
    }
  }
}
export const wmaOf = (shared: SharedColumns, x: Float64Array, n: number, into?: Float64Array): Float64Array =>
  shared.column("wma", [x], [n], (out) => wma(x, n, out), into)
/** EMA of an EMA, and so on, `times` times. */
export const emasOf = (shared: SharedColumns, x: Float64Array, n: number, times: number): ReadonlyArray<Float64Array> => {
  const all: Array<Float64Array> = []
  for (let depth = 0; depth < times; depth++) all.push(emaOf(shared, all[depth - 1] ?? x, n, depth * (n - 1)))
  return all
}
/** 2 E1 - E2; first at `2n - 2`. */
export const dema = (x: Float64Array, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const [once, twice] = emasOf(shared, x, n, 2) as readonly [Float64Array, Float64Array]
  for (let i = 0; i < x.length; i++) out[i] = 2 * once[i]! - twice[i]!
}
/** 3 E1 - 3 E2 + E3; first at `3n - 3`. */
export const tema = (x: Float64Array, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const [once, twice, thrice] = emasOf(shared, x, n, 3) as readonly [Float64Array, Float64Array, Float64Array]
  for (let i = 0; i < x.length; i++) out[i] = 3 * once[i]! - 3 * twice[i]! + thrice[i]!
}
/** Triangular: the mean of a mean, of lengths (n+1)/2 twice (odd n), or n/2 and n/2 + 1; first at `n - 1`. */
export const trima = (x: Float64Array, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const a = n % 2 === 1 ? (n + 1) / 2 : n / 2
  sma(smaOf(shared, x, a), n + 1 - a, out, a - 1)
}
/** Hull: WMA(2 WMA(n/2) - WMA(n), floor(sqrt n)); first at `n - 1 + floor(sqrt n) - 1`. */
export const hma = (x: Float64Array, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const raw = new Float64Array(x.length)
  const fast = wmaOf(shared, x, Math.max(1, Math.floor(n / 2)))
  const slow = wmaOf(shared, x, n)
  for (let i = 0; i < x.length; i++) raw[i] = 2 * fast[i]! - slow[i]!
  wma(raw, Math.floor(Math.sqrt(n)), out, n - 1)
}
/** Tillson's T3 with volume factor `v`; first at `6n - 6`. */
export const t3 = (
  x: Float64Array,
  n: number,
  v: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  type Column = Float64Array
  const [, , e3, e4, e5, e6] = emasOf(shared, x, n, 6) as readonly [Column, Column, Column, Column, Column, Column]
  const c6 = -v * v * v
  const c5 = 3 * v * v - 3 * c6
  const c4 = -6 * v * v - 3 * v + 3 * c6
  const c3 = 1 + 3 * v - c6 + 3 * v * v
  for (let i = 0; i < x.length; i++) out[i] = c6 * e6[i]! + c5 * e5[i]! + c4 * e4[i]! + c3 * e3[i]!
}
/** EMA of `2 x - x[-lag]`, lag = floor((n-1)/2); first at `lag + n - 1`. */
export const zlema = (x: Float64Array, n: number, out: Float64Array): void => {
  const lag = Math.floor((n - 1) / 2)
  const ahead = new Float64Array(x.length)
  for (let i = lag; i < x.length; i++) ahead[i] = 2 * x[i]! - x[i - lag]!
  ema(ahead, n, out, lag)
}
/** Arnaud Legoux: Gaussian weights centred at `offset (n-1)` with width `n / sigma`; first at `n - 1`. */
export const alma = (
  x: Float64Array,
  n: number,
  shape: { readonly offset: number; readonly sigma: number },
  out: Float64Array
): void => {
  const weights = new Float64Array(n)
  const width = n / shape.sigma
  let total = 0
  for (let j = 0; j < n; j++) {
    weights[j] = Math.exp(-((j - shape.offset * (n - 1)) ** 2) / (2 * width * width))
    total += weights[j]!
  }
  out.fill(NaN, 0, Math.min(n - 1, x.length))
  for (let i = n - 1; i < x.length; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += weights[j]! * x[i - n + 1 + j]!
    out[i] = sum / total
  }
}
/** Kaufman: c = (ER (2/3 - 2/31) + 2/31)^2, ER = abs(x - x[-n]) / sum of abs changes, started from x[n-1]; first at `n`. */
export const kama = (x: Float64Array, n: number, out: Float64Array): void => {
  const rows = x.length
  out.fill(NaN, 0, Math.min(n, rows))
  if (rows <= n) return
  let path = 0
  for (let i = 1; i < n; i++) path += Math.abs(x[i]! - x[i - 1]!)
  let average = x[n - 1]!
  for (let i = n; i < rows; i++) {
    if ((i - n) % ANCHOR === 0) {
      path = 0
      for (let j = i - n + 1; j <= i; j++) path += Math.abs(x[j]! - x[j - 1]!)
    } else path += Math.abs(x[i]! - x[i - 1]!) - Math.abs(x[i - n]! - x[i - n - 1]!)
    const travelled = Math.abs(x[i]! - x[i - n]!)
    const ratio = path <= travelled ? 1 : travelled / path
    const c = ratio * (2 / 3 - 2 / 31) + 2 / 31
    average += c * c * (x[i]! - average)
    out[i] = average
  }
}
/** Volume-weighted mean of the last `n`; NaN while their volume is 0; first at `n - 1`. */
export const vwma = (
  x: Float64Array,
  volume: Float64Array,
  n: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const traded = rollingSumOf(shared, volume, n)
  const value = shared.column("value", [x, volume], [], (made) => {
    for (let i = 0; i < x.length; i++) made[i] = x[i]! * volume[i]!
  })
  rollingSum(value, n, out)
  for (let i = 0; i < x.length; i++) out[i] = traded[i]! > 0 ? out[i]! / traded[i]! : NaN
}
