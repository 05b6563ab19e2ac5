/** Streams of the averages and bands (trading.md 3.1): the kernels of the same names, one bar at a time. */
import type { Step, Steps } from "../indicators/define.ts"
import type { Bar, StreamMemory as Memory } from "../types.ts"
import { delay, ema, rollingSum, sma, wilder, windowOf, wma } from "./averages.ts"
import { trueRange } from "./bars.ts"
import type { Node } from "./Memory.ts"
import { Moments, rollingMax, rollingMin } from "./windows.ts"

/** A step of closes alone. */
export const ofClose =
  (make: (m: Memory, ...p: Parameters<Steps> extends [Memory, ...infer P] ? P : never) => Node): Steps =>
  (m, ...p) => {
    const node = make(m, ...p)
    return (bar) => node(bar.close)
  }
/** n averages, one over the other; answers them all. */
const cascade = (m: Memory, n: number, depth: number): ((x: number) => Float64Array) => {
  const levels = Array.from({ length: depth }, () => ema(m, n))
  const out = new Float64Array(depth)
  return (x) => {
    let value = x
    for (let d = 0; d < depth; d++) out[d] = value = levels[d]!(value)
    return out
  }
}
const dema = (m: Memory, n: number): Node => {
  const levels = cascade(m, n, 2)
  return (x) => {
    const e = levels(x)
    return 2 * e[0]! - e[1]!
  }
}
const tema = (m: Memory, n: number): Node => {
  const levels = cascade(m, n, 3)
  return (x) => {
    const e = levels(x)
    return 3 * e[0]! - 3 * e[1]! + e[2]!
  }
}
const trima = (m: Memory, n: number): Node => {
  const a = n % 2 === 1 ? (n + 1) / 2 : n / 2
  const inner = sma(m, a)
  const outer = sma(m, n + 1 - a)
  return (x) => outer(inner(x))
}
interface Average {
  readonly lookback: (n: number) => number
  readonly make: (m: Memory, n: number) => Node
}
const window = (n: number): number => n - 1
/** By TA-Lib's numbers. */
const kinds: ReadonlyArray<Average> = [
  { lookback: window, make: sma },
  { lookback: window, make: ema },
  { lookback: window, make: wma },
  { lookback: (n) => 2 * n - 2, make: dema },
  { lookback: (n) => 3 * n - 3, make: tema },
  { lookback: window, make: trima }
]
/** 0 SMA, 1 EMA, 2 WMA, 3 DEMA, 4 TEMA, 5 TRIMA; between two numbers the lower counts. */
export const averageOf = (kind: number): Average => kinds[Math.floor(kind)]!
const kama = (m: Memory, n: number): Node => {
  const window = windowOf(m, n + 1)
  const at = m.take(4) // seen, place in the block, length of the way, average
  const before = delay(m, 1)
  const oldest = delay(m, n + 1)
  return (x) => {
    const c = m.cells
    const w = window(x)
    const previous = before(x)
    const gone = oldest(x)
    c[at]!++
    if (c[at] === n) c[at + 3] = x
    if (w === undefined) return NaN
    c[at] = n + 1
    if (c[at + 1] === 0) {
      c[at + 2] = 0
      for (let j = 1; j <= n; j++) c[at + 2] = c[at + 2]! + Math.abs(w[j]! - w[j - 1]!)
    } else c[at + 2] = c[at + 2]! + (Math.abs(x - previous) - Math.abs(w[0]! - gone))
    c[at + 1] = (c[at + 1]! + 1) % 1024
    const travelled = Math.abs(x - w[0]!)
    const ratio = c[at + 2]! <= travelled ? 1 : travelled / c[at + 2]!
    const k = ratio * (2 / 3 - 2 / 31) + 2 / 31
    return (c[at + 3] = c[at + 3]! + k * k * (x - c[at + 3]!))
  }
}
const weighed = (m: Memory, n: number, price: (bar: Bar) => number): Step => {
  const value = rollingSum(m, n)
  const volume = rollingSum(m, n)
  return (bar) => {
    const a = value(price(bar) * bar.volume)
    const b = volume(bar.volume)
    return b > 0 ? a / b : NaN
  }
}
const alma = (m: Memory, n: number, offset: number, sigma: number): Node => {
  const window = windowOf(m, n)
  const weights = Float64Array.from({ length: n }, (_, j) =>
    Math.exp(-((j - offset * (n - 1)) ** 2) / (2 * (n / sigma) * (n / sigma)))
  )
  const all = weights.reduce((a, b) => a + b, 0)
  return (x) => {
    const w = window(x)
    if (w === undefined) return NaN
    let sum = 0
    for (let j = 0; j < n; j++) sum += weights[j]! * w[j]!
    return sum / all
  }
}
export const averageSteps: Readonly<Record<string, Steps>> = {
  sma: ofClose(sma),
  ema: ofClose(ema),
  wma: ofClose(wma),
  wilder: ofClose(wilder),
  dema: ofClose(dema),
  tema: ofClose(tema),
  trima: ofClose(trima),
  kama: ofClose(kama),
  hma: ofClose((m, n) => {
    const half = wma(m, Math.max(1, Math.floor(n / 2)))
    const whole = wma(m, n)
    const outer = wma(m, Math.floor(Math.sqrt(n)))
    return (x) => outer(2 * half(x) - whole(x))
  }),
  t3: ofClose((m, n, v) => {
    const levels = cascade(m, n, 6)
    const c6 = -v * v * v
    const c5 = 3 * v * v - 3 * c6
    const c4 = -6 * v * v - 3 * v + 3 * c6
    const c3 = 1 + 3 * v - c6 + 3 * v * v
    return (x) => {
      const e = levels(x)
      return c6 * e[5]! + c5 * e[4]! + c4 * e[3]! + c3 * e[2]!
    }
  }),
  vwma: (m, n) => weighed(m, n, (bar) => bar.close),
  vwap: (m, n) => weighed(m, n, (bar) => (bar.high + bar.low + bar.close) / 3),
  zlema: ofClose((m, n) => {
    const lagged = delay(m, Math.floor((n - 1) / 2))
    const average = ema(m, n)
    return (x) => average(2 * x - lagged(x))
  }),
  alma: ofClose(alma)
}
/** Upper band first, then middle and lower in `out`. */
const bands = (m: Memory, n: number, k: number) => {
  const moments = new Moments(m, n, true)
  return (x: number, out: Float64Array): number => {
    if (!moments.next(x)) return NaN
    const width = k * Math.sqrt(moments.variance)
    out[1] = moments.mean
    out[2] = moments.mean - width
    return moments.mean + width
  }
}
export const bandSteps: Readonly<Record<string, Steps>> = {
  bbands: (m, n, k) => {
    const next = bands(m, n, k)
    return (bar, out) => next(bar.close, out)
  },
  percentb: (m, n, k) => {
    const next = bands(m, n, k)
    const made = new Float64Array(3)
    return ({ close }) => {
      const upper = next(close, made)
      return upper === made[2] ? 0.5 : (close - made[2]!) / (upper - made[2]!)
    }
  },
  bandwidth: (m, n, k) => {
    const next = bands(m, n, k)
    const made = new Float64Array(3)
    return ({ close }) => {
      const upper = next(close, made)
      return (upper - made[2]!) / made[1]!
    }
  },
  keltner: (m, n, atrLength, k) => {
    const average = ema(m, n)
    const range = atr(m, atrLength)
    return (bar, out) => {
      const middle = average(bar.close)
      const reach = k * range(bar)
      out[1] = middle
      out[2] = middle - reach
      return middle + reach
    }
  },
  donchian: (m, n) => {
    const highest = rollingMax(m, n)
    const lowest = rollingMin(m, n)
    return ({ high, low }, out) => {
      const upper = highest(high)
      out[2] = lowest(low)
      out[1] = (upper + out[2]) / 2
      return upper
    }
  },
  envelope: (m, n, percent) => {
    const average = sma(m, n)
    return ({ close }, out) => {
      const middle = average(close)
      out[1] = middle
      out[2] = middle * (1 - percent / 100)
      return middle * (1 + percent / 100)
    }
  }
}
/** Wilder's average of the true range, two steps to a block as in the kernel. */
export const atr = (m: Memory, n: number): ((bar: Bar) => number) => {
  const range = trueRange(m)
  const at = m.take(3) // seen, or n + 1 and n + 2 in turn; average; first half of a block
  const k = 1 / n
  const q = 1 - k
  return (bar) => {
    const r = range(bar)
    if (Number.isNaN(r)) return NaN
    const c = m.cells
    const seen = ++c[at]!
    if (seen <= n) {
      c[at + 1] = c[at + 1]! + r
      return seen === n ? (c[at + 1] = c[at + 1]! / n) : NaN
    }
    if (seen === n + 1) {
      c[at + 2] = k * r
      return q * c[at + 1]! + c[at + 2]!
    }
    c[at] = n
    return (c[at + 1] = q * q * c[at + 1]! + (k * r + q * c[at + 2]!))
  }
}
