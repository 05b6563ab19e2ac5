/** Streams of the oscillators of one price: the kernels of the same names, one bar at a time. */
import type { Steps } from "../indicators/define.ts"
import type { StreamMemory as Memory } from "../types.ts"
import { change, delay, ema, sma } from "./averages.ts"
import type { Node } from "./Memory.ts"
import { ofClose } from "./ofAverages.ts"
import { rollingMax, rollingMin } from "./windows.ts"

/** Sums of abs(dx) and of abs(dx) + dx that fade by 1 - 1/n, two steps to a block as in the kernel. */
export const rsi = (m: Memory, n: number): Node => {
  const before = delay(m, 1)
  const at = m.take(6) // seen, or n + 1 and n + 2 in turn; size, twice; a and a + d of the first half; first close
  const q = 1 - 1 / n
  return (x) => {
    if (Number.isNaN(x)) return NaN
    const c = m.cells
    const d = x - before(x)
    if (Number.isNaN(d)) {
      c[at + 5] = x
      return NaN
    }
    const a = Math.abs(d)
    const seen = ++c[at]!
    let size: number
    let twice: number
    if (seen <= n) {
      c[at + 1] = size = c[at + 1]! + a
      if (seen < n) return NaN
      c[at + 2] = twice = size + (x - c[at + 5]!)
    } else if (seen === n + 1) {
      c[at + 3] = a
      c[at + 4] = a + d
      size = q * c[at + 1]! + a
      twice = q * c[at + 2]! + (a + d)
    } else {
      c[at] = n
      c[at + 1] = size = q * q * c[at + 1]! + (a + q * c[at + 3]!)
      c[at + 2] = twice = q * q * c[at + 2]! + (a + d + q * c[at + 4]!)
    }
    return size > 0 ? (50 * twice) / size : 0
  }
}
const cmo = (m: Memory, n: number): Node => {
  const moved = change(m)
  const at = m.take(3) // seen, gain, loss
  return (x) => {
    const d = moved(x)
    if (Number.isNaN(d)) return NaN
    const c = m.cells
    const g = d > 0 ? d : 0
    if (c[at]! < n) {
      c[at]!++
      c[at + 1] = c[at + 1]! + g / n
      c[at + 2] = c[at + 2]! + (g - d) / n
    } else {
      c[at + 1] = c[at + 1]! + (g - c[at + 1]!) / n
      c[at + 2] = c[at + 2]! + (g - d - c[at + 2]!) / n
    }
    const [gain, loss] = [c[at + 1]!, c[at + 2]!]
    if (c[at]! < n) return NaN
    return gain + loss > 0 ? (100 * (gain - loss)) / (gain + loss) : 0
  }
}
export const roc = (m: Memory, n: number): Node => {
  const lagged = delay(m, n)
  return (x) => {
    const before = lagged(x)
    return before === 0 ? 0 : 100 * (x / before - 1)
  }
}
/** As the kernel: both averages from `slow - 1` on, one step at a time up to the signal's seed, then two steps to a block. */
const macd: Steps = (m, first, second, g) => {
  const fast = Math.min(first, second)
  const slow = Math.max(first, second)
  const at = m.take(9) // seen; a, b, mean, s; x, u, v, w of the first half
  const ka = 2 / (slow + 1)
  const kb = 2 / (fast + 1)
  const ks = 2 / (g + 1)
  const [qa, qb, qs] = [1 - ka, 1 - kb, 1 - ks]
  const end = slow + g - 1
  return ({ close: x }, out) => {
    const c = m.cells
    const seen = ++c[at]!
    const [A, B, MEAN, S] = [at + 1, at + 2, at + 3, at + 4]
    let line: number
    let signal: number
    if (seen <= end) {
      if (seen <= slow) {
        c[A] = c[A]! + x
        if (seen > slow - fast) c[B] = c[B]! + x
        if (seen < slow) return NaN
        c[A] = c[A] / slow
        c[B] = c[B]! / fast
        c[MEAN] = c[B] - c[A]
      } else {
        c[A] = c[A]! + ka * (x - c[A]!)
        c[B] = c[B]! + kb * (x - c[B]!)
        c[MEAN] = c[MEAN]! + (c[B] - c[A])
      }
      if (seen < end) return NaN
      line = c[B] - c[A]
      c[S] = signal = c[MEAN] / g
    } else if (seen === end + 1) {
      const u = ka * x
      const v = kb * x
      line = qb * c[B]! + v - (qa * c[A]! + u)
      const w = ks * line
      signal = qs * c[S]! + w
      c[at + 6] = u
      c[at + 7] = v
      c[at + 8] = w
    } else {
      c[at] = end
      c[A] = qa * qa * c[A]! + (ka * x + qa * c[at + 6]!)
      c[B] = qb * qb * c[B]! + (kb * x + qb * c[at + 7]!)
      line = c[B] - c[A]
      c[S] = signal = qs * qs * c[S]! + (ks * line + qs * c[at + 8]!)
    }
    out[1] = signal
    out[2] = line - signal
    return line
  }
}
const twoAverages =
  (answer: (fast: number, slow: number) => number): Steps =>
  (m, a, b) => {
    const fast = ema(m, Math.min(a, b))
    const slow = ema(m, Math.max(a, b))
    return ({ close }) => answer(fast(close), slow(close))
  }
/** 100 (c - LL) / (HH - LL), 0 when the range is 0. */
export const fastK = (m: Memory, n: number): ((high: number, low: number, close: number) => number) => {
  const highest = rollingMax(m, n)
  const lowest = rollingMin(m, n)
  return (high, low, close) => {
    const bottom = lowest(low)
    const range = highest(high) - bottom
    if (Number.isNaN(range)) return NaN
    return range > 0 ? (100 * (close - bottom)) / range : 0
  }
}
const stochastic =
  (smoothed: boolean): Steps =>
  (m, n, p, q) => {
    const raw = fastK(m, n)
    const k = sma(m, smoothed ? p : 1)
    const d = sma(m, smoothed ? q : p)
    return ({ close, high, low }, out) => {
      const value = k(raw(high, low, close))
      out[1] = d(value)
      return value
    }
  }
export const momentumSteps: Readonly<Record<string, Steps>> = {
  rsi: ofClose(rsi),
  cmo: ofClose(cmo),
  roc: ofClose(roc),
  mom: ofClose(change),
  trix: ofClose((m, n) => {
    const averages = [ema(m, n), ema(m, n), ema(m, n)] as const
    const moved = roc(m, 1)
    return (x) => moved(averages[2](averages[1](averages[0](x))))
  }),
  macd,
  apo: twoAverages((fast, slow) => fast - slow),
  ppo: twoAverages((fast, slow) => (slow === 0 ? 0 : (100 * (fast - slow)) / slow)),
  stoch: stochastic(true),
  stochf: stochastic(false),
  stochrsi: (m, n, k, d) => {
    const strength = rsi(m, n)
    const raw = fastK(m, k)
    const once = sma(m, 1)
    const slow = sma(m, d)
    return ({ close }, out) => {
      const s = strength(close)
      const value = once(raw(s, s, s))
      out[1] = slow(value)
      return value
    }
  },
  tsi: ofClose((m, long, short) => {
    const moved = change(m)
    const nodes = [ema(m, long), ema(m, short), ema(m, long), ema(m, short)] as const
    return (x) => {
      const d = moved(x)
      const direction = nodes[1](nodes[0](d))
      const size = nodes[3](nodes[2](Math.abs(d)))
      return size === 0 ? 0 : (100 * direction) / size
    }
  })
}
