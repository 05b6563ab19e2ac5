/** Further averages, bands and channels. */
import { change, ema, rollingSum, sma, wilder, windowOf } from "../streams/averages.ts"
import { atr } from "../streams/ofAverages.ts"
import { roc } from "../streams/ofMomentum.ts"
import { Line, Moments } from "../streams/windows.ts"
import { bars, stepwise } from "./define.ts"

const close = ["close"] as const
const hl = ["high", "low"] as const
const hlc = ["high", "low", "close"] as const
const three = ["upper", "middle", "lower"] as const

export const moreAverages = [
  stepwise("vidya", {
    summary: "Chande's variable average (1992): an EMA that follows as fast as abs(CMO) is high; starts at the close",
    inputs: close,
    parameters: { n: bars(14), cmo: bars(9) },
    lookback: (_, m) => m,
    step: (m, n, length) => {
      const moved = change(m)
      const up = rollingSum(m, length)
      const size = rollingSum(m, length)
      const at = m.take(2)
      return ({ close: x }) => {
        const d = moved(x)
        const net = up(d)
        const way = size(Math.abs(d))
        if (Number.isNaN(way)) return NaN
        const c = m.cells
        const k = way > 0 ? (2 / (n + 1)) * Math.min(1, Math.abs(net) / way) : 0
        c[at + 1] = c[at] === 0 ? x : c[at + 1]! + k * (x - c[at + 1]!)
        c[at] = 1
        return c[at + 1]!
      }
    }
  }),
  stepwise("frama", {
    summary:
      "Ehlers' fractal average (2005) of (h + l) / 2: k = exp(-4.6 (D - 1)), D from the ranges of both halves and of the whole",
    inputs: hl,
    parameters: { n: bars(16, 2) },
    lookback: (n) => 2 * Math.floor(n / 2) - 1,
    step: (m, n) => {
      const half = Math.floor(n / 2)
      const highs = windowOf(m, 2 * half)
      const lows = windowOf(m, 2 * half)
      const at = m.take(2)
      const range = (h: Float64Array, l: Float64Array, from: number, to: number): number => {
        let top = -Infinity
        let bottom = Infinity
        for (let j = from; j < to; j++) {
          top = Math.max(top, h[j]!)
          bottom = Math.min(bottom, l[j]!)
        }
        return (top - bottom) / (to - from)
      }
      return ({ high, low }) => {
        const h = highs(high)
        const l = lows(low)
        if (h === undefined || l === undefined) return NaN
        const both = range(h, l, 0, half) + range(h, l, half, 2 * half)
        const whole = range(h, l, 0, 2 * half)
        const dimension = both > 0 && whole > 0 ? Math.log2(both / whole) : 1
        const k = Math.min(1, Math.max(0.01, Math.exp(-4.6 * (dimension - 1))))
        const c = m.cells
        const x = (high + low) / 2
        c[at + 1] = c[at] === 0 ? x : c[at + 1]! + k * (x - c[at + 1]!)
        c[at] = 1
        return c[at + 1]!
      }
    }
  }),
  stepwise("mcginley", {
    summary: "McGinley's dynamic (1997): M + (x - M) / (n (x / M)^4), seeded with the mean of the first n",
    inputs: close,
    parameters: { n: bars(14) },
    lookback: (n) => n - 1,
    step: (m, n) => {
      const at = m.take(2)
      return ({ close: x }) => {
        const c = m.cells
        if (c[at]! < n) {
          c[at]!++
          c[at + 1] = c[at + 1]! + x / n
        } else {
          const before = c[at + 1]!
          // A step never passes the price, which the formula would do after a fall by half.
          const divisor = Math.max(1, n * (x / before) ** 4)
          c[at + 1] = before + (x - before) / divisor
        }
        return c[at + 1]!
      }
    }
  }),
  stepwise("accbands", {
    summary: "Headley's acceleration bands: SMA of h (1 + 4 (h - l) / (h + l)), of c, and of l (1 - 4 (h - l) / (h + l))",
    inputs: hlc,
    parameters: { n: bars(20) },
    outputs: three,
    lookback: (n) => n - 1,
    step: (m, n) => {
      const [upper, middle, lower] = [sma(m, n), sma(m, n), sma(m, n)]
      return ({ close: c, high, low }, out) => {
        const width = high + low === 0 ? 0 : (4 * (high - low)) / (high + low)
        out[1] = middle(c)
        out[2] = lower(low * (1 - width))
        return upper(high * (1 + width))
      }
    }
  }),
  stepwise("starc", {
    summary: "Stoller's channel: SMA -+ k ATR",
    inputs: hlc,
    parameters: { n: bars(6), atr: bars(15), k: [2, 0, 100] },
    outputs: three,
    lookback: (n, length) => Math.max(n - 1, length),
    step: (m, n, length, k) => {
      const average = sma(m, n)
      const range = atr(m, length)
      return (bar, out) => {
        const middle = average(bar.close)
        const reach = k * range(bar)
        out[1] = middle
        out[2] = middle - reach
        return middle + reach
      }
    }
  }),
  stepwise("linreg_channel", {
    summary: "Least-squares line at the last bar, -+ k standard errors of the closes around it (divisor n)",
    inputs: close,
    parameters: { n: bars(100, 3), k: [2, 0, 100] },
    outputs: three,
    lookback: (n) => n - 1,
    step: (m, n, k) => {
      const line = new Line(m, n)
      const window = windowOf(m, n)
      return ({ close: x }, out) => {
        const w = window(x)
        if (!line.next(x) || w === undefined) return NaN
        let squares = 0
        for (let j = 0; j < n; j++) squares += (w[j]! - line.intercept - line.slope * j) ** 2
        const middle = line.intercept + line.slope * (n - 1)
        const reach = k * Math.sqrt(squares / n)
        out[1] = middle
        out[2] = middle - reach
        return middle + reach
      }
    }
  }),
  stepwise("alligator", {
    summary: "Williams' alligator: Wilder averages of (h + l) / 2, stored where they are known; drawn 8, 5 and 3 bars later",
    inputs: hl,
    parameters: { jaw: bars(13), teeth: bars(8), lips: bars(5) },
    outputs: ["jaw", "teeth", "lips"],
    lookback: (a, b, c) => Math.max(a, b, c) - 1,
    step: (m, a, b, c) => {
      const [jaw, teeth, lips] = [wilder(m, a), wilder(m, b), wilder(m, c)]
      return ({ high, low }, out) => {
        const x = (high + low) / 2
        out[1] = teeth(x)
        out[2] = lips(x)
        return jaw(x)
      }
    }
  }),
  stepwise("avgdev", {
    summary: "Mean absolute deviation from the mean",
    inputs: close,
    parameters: { n: bars(14) },
    lookback: (n) => n - 1,
    step: (m, n) => {
      const window = windowOf(m, n)
      return ({ close: x }) => {
        const w = window(x)
        if (w === undefined) return NaN
        let mean = 0
        for (let j = 0; j < n; j++) mean += w[j]!
        mean /= n
        let sum = 0
        for (let j = 0; j < n; j++) sum += Math.abs(w[j]! - mean)
        return sum / n
      }
    }
  }),
  stepwise("chaikin_vol", {
    summary: "Chaikin's volatility: change of the EMA of h - l over m bars, percent; 0 where it was 0",
    inputs: hl,
    parameters: { n: bars(10), change: bars(10) },
    lookback: (n, k) => n - 1 + k,
    step: (m, n, k) => {
      const average = ema(m, n)
      const moved = roc(m, k)
      return ({ high, low }) => moved(average(high - low))
    }
  }),
  stepwise("mass", {
    summary: "Dorsey's mass index (1992): sum over n of EMA(h - l) / EMA(EMA(h - l)); 1 a bar without range",
    inputs: hl,
    parameters: { n: bars(25), ema: bars(9) },
    lookback: (n, length) => 2 * (length - 1) + n - 1,
    step: (m, n, length) => {
      const once = ema(m, length)
      const twice = ema(m, length)
      const sum = rollingSum(m, n)
      return ({ high, low }) => {
        const a = once(high - low)
        const b = twice(a)
        return sum(b === 0 ? 1 : a / b)
      }
    }
  }),
  stepwise("rvi", {
    summary:
      "Dorsey's relative volatility (1993): share of the standard deviation of rising bars, Wilder averages, percent; 50 when nothing varies",
    inputs: close,
    parameters: { n: bars(14), deviation: bars(10, 2) },
    lookback: (n, length) => length + n - 2,
    step: (m, n, length) => {
      const moved = change(m)
      const moments = new Moments(m, length)
      const [up, whole] = [wilder(m, n), wilder(m, n)]
      return ({ close: x }) => {
        const d = moved(x)
        if (!moments.next(x)) return NaN
        const s = Math.sqrt(moments.variance)
        const a = up(d > 0 ? s : 0)
        const b = whole(d === 0 ? 0 : s)
        return Number.isNaN(b) ? NaN : b > 0 ? (100 * a) / b : 50
      }
    }
  })
]
