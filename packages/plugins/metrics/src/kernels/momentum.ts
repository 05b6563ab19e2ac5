/** Oscillators of one price (trading.md 3.1). Gap-free inputs; NaN before the first defined value. */
import type { SharedColumns } from "../types.ts"
import { ema, emaOf, emasOf, sma } from "./averages.ts"
import { rollingMaxOf, rollingMinOf } from "./extremes.ts"
import { Intermediates } from "./Intermediates.ts"
import type { Bars } from "./range.ts"

/** 100 (x / x[-n] - 1), 0 where x[-n] is 0; first at `from + n`. */
export const roc = (x: Float64Array, n: number, out: Float64Array, from = 0): void => {
  out.fill(NaN, 0, Math.min(from + n, out.length))
  for (let i = from + n; i < x.length; i++) {
    const before = x[i - n]!
    out[i] = before === 0 ? 0 : 100 * (x[i]! / before - 1)
  }
}
/** x - x[-n]; first at `n`. */
export const momentum = (x: Float64Array, n: number, out: Float64Array): void => {
  out.fill(NaN, 0, Math.min(n, out.length))
  for (let i = n; i < x.length; i++) out[i] = x[i]! - x[i - n]!
}

/**
 * 100 G / (G + L) of Wilder's averages seeded with the mean of the first `n` changes, 0 when G + L = 0; first at `n`. G + L is the average of the
 * absolute change, and 2 G that of it plus the change: no branch on the sign. Two steps at once, as in `recur`.
 */
export const rsi = (x: Float64Array, n: number, out: Float64Array): void => {
  const rows = x.length
  out.fill(NaN, 0, Math.min(n, rows))
  if (rows <= n) return
  let size = 0
  for (let i = 1; i <= n; i++) size += Math.abs(x[i]! - x[i - 1]!)
  let twice = size + (x[n]! - x[0]!)
  // Sums instead of means: the factor 1/n cancels in the ratio.
  out[n] = size > 0 ? (50 * twice) / size : 0
  const q = 1 - 1 / n
  const q2 = q * q
  let before = x[n]!
  let i = n + 1
  for (; i + 1 < rows; i += 2) {
    const middle = x[i]!
    const after = x[i + 1]!
    const d1 = middle - before
    const d2 = after - middle
    const a1 = Math.abs(d1)
    const a2 = Math.abs(d2)
    const size1 = q * size + a1
    const twice1 = q * twice + (a1 + d1)
    size = q2 * size + (a2 + q * a1)
    twice = q2 * twice + (a2 + d2 + q * (a1 + d1))
    out[i] = size1 > 0 ? (50 * twice1) / size1 : 0
    out[i + 1] = size > 0 ? (50 * twice) / size : 0
    before = after
  }
  if (i < rows) {
    const d = x[i]! - before
    const a = Math.abs(d)
    const size1 = q * size + a
    out[i] = size1 > 0 ? (50 * (q * twice + (a + d))) / size1 : 0
  }
}
export const rsiOf = (shared: SharedColumns, x: Float64Array, n: number, into?: Float64Array): Float64Array =>
  shared.column("rsi", [x], [n], (out) => rsi(x, n, out), into)
/** 100 (G - L) / (G + L) on the averages of RSI, 0 when G + L = 0; first at `n`. */
export const cmo = (x: Float64Array, n: number, out: Float64Array): void => {
  out.fill(NaN, 0, Math.min(n, out.length))
  if (x.length <= n) return
  let gain = 0
  let loss = 0
  for (let i = 1; i < x.length; i++) {
    const d = x[i]! - x[i - 1]!
    const g = d > 0 ? d : 0
    if (i <= n) {
      gain += g / n
      loss += (g - d) / n
    } else {
      gain += (g - gain) / n
      loss += (g - d - loss) / n
    }
    if (i >= n) out[i] = gain + loss > 0 ? (100 * (gain - loss)) / (gain + loss) : 0
  }
}

/** EMA(fast) - EMA(slow), each seeded at its own start; first at `slow - 1`. */
export const apo = (
  x: Float64Array,
  fast: number,
  slow: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const slowly = emaOf(shared, x, slow)
  const fastly = emaOf(shared, x, fast)
  for (let i = 0; i < x.length; i++) out[i] = fastly[i]! - slowly[i]!
}
/** 100 (EMA(fast) - EMA(slow)) / EMA(slow), 0 where EMA(slow) is 0; first at `slow - 1`. */
export const ppo = (
  x: Float64Array,
  fast: number,
  slow: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const slowly = emaOf(shared, x, slow)
  const fastly = emaOf(shared, x, fast)
  for (let i = 0; i < x.length; i++) {
    const base = slowly[i]!
    out[i] = base === 0 ? 0 : (100 * (fastly[i]! - base)) / base
  }
}

export interface MacdLengths {
  readonly fast: number
  readonly slow: number
  readonly signal: number
}
/** MACD line, its EMA and their difference; both EMAs start at `slow - 1`, all three outputs at `slow + signal - 2`. */
export const macd = (x: Float64Array, lengths: MacdLengths, out: readonly [Float64Array, Float64Array, Float64Array]): void => {
  const [line, signal, histogram] = out
  const rows = x.length
  const { slow, fast } = lengths
  const start = slow - 1
  const first = start + lengths.signal - 1
  if (rows <= first) {
    for (const o of out) o.fill(NaN)
    return
  }
  let a = 0
  for (let i = 0; i < slow; i++) a += x[i]!
  a /= slow
  let b = 0
  for (let i = slow - fast; i < slow; i++) b += x[i]!
  b /= fast
  const ka = 2 / (slow + 1)
  const kb = 2 / (fast + 1)
  let mean = b - a
  for (let i = slow; i <= first; i++) {
    a += ka * (x[i]! - a)
    b += kb * (x[i]! - b)
    mean += b - a
  }
  for (const o of out) o.fill(NaN, 0, first)
  line[first] = b - a
  signal[first] = mean / lengths.signal
  histogram[first] = b - a - mean / lengths.signal
  threeAverages(x, first, { a, b, ka, kb, ks: 2 / (lengths.signal + 1) }, out)
}
/** The steady part of MACD: both averages and the signal in one pass, two steps at once. */
const threeAverages = (
  x: Float64Array,
  first: number,
  from: { readonly a: number; readonly b: number; readonly ka: number; readonly kb: number; readonly ks: number },
  [line, signal, histogram]: readonly [Float64Array, Float64Array, Float64Array]
): void => {
  const rows = x.length
  const { ka, kb, ks } = from
  const qa = 1 - ka
  const qb = 1 - kb
  const qs = 1 - ks
  const qa2 = qa * qa
  const qb2 = qb * qb
  const qs2 = qs * qs
  let { a, b } = from
  let s = signal[first]!
  let i = first + 1
  for (; i + 1 < rows; i += 2) {
    const x1 = x[i]!
    const x2 = x[i + 1]!
    const u = ka * x1
    const v = kb * x1
    const m1 = qb * b + v - (qa * a + u)
    a = qa2 * a + (ka * x2 + qa * u)
    b = qb2 * b + (kb * x2 + qb * v)
    const m2 = b - a
    const w = ks * m1
    const s1 = qs * s + w
    s = qs2 * s + (ks * m2 + qs * w)
    line[i] = m1
    line[i + 1] = m2
    signal[i] = s1
    signal[i + 1] = s
    histogram[i] = m1 - s1
    histogram[i + 1] = m2 - s
  }
  if (i < rows) {
    const m = qb * b + kb * x[i]! - (qa * a + ka * x[i]!)
    const s1 = qs * s + ks * m
    line[i] = m
    signal[i] = s1
    histogram[i] = m - s1
  }
}

/** 100 (c - LL) / (HH - LL) over `n` bars, 0 when the range is 0; first at `from + n - 1`. */
export const fastK = (bars: Bars, n: number, out: Float64Array, from = 0, shared: SharedColumns = new Intermediates()): void => {
  const lowest = rollingMinOf(shared, bars.low, n, from)
  const highest = rollingMaxOf(shared, bars.high, n, from)
  out.fill(NaN, 0, Math.min(from + n - 1, out.length))
  for (let i = from + n - 1; i < out.length; i++) {
    const range = highest[i]! - lowest[i]!
    out[i] = range > 0 ? (100 * (bars.close[i]! - lowest[i]!)) / range : 0
  }
}
const fastKOf = (shared: SharedColumns, bars: Bars, n: number, from: number): Float64Array =>
  shared.column("fast k", [bars.close, bars.high, bars.low], [n, from], (out) => fastK(bars, n, out, from, shared))
/** Slow stochastic: K is the SMA(smooth) of the fast K, D the SMA(signal) of K; both start at `n + smooth + signal - 3`. */
export const stochastic = (
  bars: Bars,
  lengths: { readonly n: number; readonly smooth: number; readonly signal: number; readonly from?: number },
  k: Float64Array,
  d: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const from = lengths.from ?? 0
  const { n, smooth, signal } = lengths
  const raw = fastKOf(shared, bars, n, from)
  sma(raw, smooth, k, from + n - 1)
  sma(k, signal, d, from + n + smooth - 2)
  k.fill(NaN, 0, Math.min(k.length, from + n + smooth + signal - 3))
}
/** Stochastic of RSI(n): fast K over `k` values, D = SMA(d) of it; both start at `n + k + d - 2`. */
export const stochRsi = (
  x: Float64Array,
  lengths: { readonly n: number; readonly k: number; readonly d: number },
  k: Float64Array,
  d: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const strength = rsiOf(shared, x, lengths.n)
  stochastic(
    { high: strength, low: strength, close: strength },
    { n: lengths.k, smooth: 1, signal: lengths.d, from: lengths.n },
    k,
    d,
    shared
  )
}
/** 100 ROC(1) of a triple EMA, in percent; first at `3n - 2`. */
export const trix = (x: Float64Array, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void =>
  roc(emasOf(shared, x, n, 3)[2]!, 1, out, 3 * n - 3)
/** True strength (Blau): 100 EMA(EMA(dx, long), short) / EMA(EMA(abs dx, long), short), 0 without movement; first at `long + short - 1`. */
export const tsi = (x: Float64Array, long: number, short: number, out: Float64Array): void => {
  const change = new Float64Array(x.length)
  const size = new Float64Array(x.length)
  for (let i = 1; i < x.length; i++) {
    change[i] = x[i]! - x[i - 1]!
    size[i] = Math.abs(change[i]!)
  }
  ema(change, long, out, 1)
  ema(out, short, change, long)
  ema(size, long, out, 1)
  ema(out, short, size, long)
  for (let i = 0; i < x.length; i++) out[i] = size[i] === 0 ? 0 : (100 * change[i]!) / size[i]!
}
