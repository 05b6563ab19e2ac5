/** Further oscillators. */
import type { StreamMemory as Memory } from "../types.ts"
import { change, ema, rollingSum, seeded, skip, sma, wma } from "../streams/averages.ts"
import type { Node } from "../streams/Memory.ts"
import { averageOf } from "../streams/ofAverages.ts"
import { fastK, roc, rsi } from "../streams/ofMomentum.ts"
import { rollingMax, rollingMin } from "../streams/windows.ts"
import { bars, type Step, stepwise } from "./define.ts"

const close = ["close"] as const
const hlc = ["high", "low", "close"] as const

/** Share of the n values before that are below this one, percent. */
const percentRank = (m: Memory, n: number): Node => {
  const at = m.take(n + 1) // seen, values
  return (x) => {
    if (Number.isNaN(x)) return NaN
    const c = m.cells
    let below = 0
    for (let j = 1; j <= n; j++) if (c[at + j]! < x) below++
    const full = c[at]! >= n
    if (!full) c[at]!++
    c.copyWithin(at + 2, at + 1, at + n)
    c[at + 1] = x
    return full ? (100 * below) / n : NaN
  }
}
/** Bars in a row with a higher (+) or lower (-) close; 0 without change and at the first. */
const streak = (m: Memory): Node => {
  const moved = change(m)
  const at = m.take(1)
  return (x) => {
    const d = moved(x)
    const c = m.cells
    const before = c[at]!
    c[at] = d > 0 ? Math.max(0, before) + 1 : d < 0 ? Math.min(0, before) - 1 : 0
    return c[at]
  }
}
/** Stochastic of a series where no range keeps the value before, then e += (x - e) / 2: one half of Schaff's cycle. */
const cycled = (m: Memory, n: number): Node => {
  const highest = rollingMax(m, n)
  const lowest = rollingMin(m, n)
  const at = m.take(3) // 0 at the start, K, D
  return (x) => {
    const bottom = lowest(x)
    const range = highest(x) - bottom
    if (Number.isNaN(range)) return NaN
    const c = m.cells
    if (range > 0) c[at + 1] = (100 * (x - bottom)) / range
    c[at + 2] = c[at] === 0 ? c[at + 1]! : c[at + 2]! + 0.5 * (c[at + 1]! - c[at + 2]!)
    c[at] = 1
    return c[at + 2]!
  }
}
/** Wilder-like trail of QQE: the band of the side that the line is on, never loosened. */
const trail = (m: Memory): ((line: number, width: number) => number) => {
  const at = m.take(5) // 0 at the start, long, short, trend, line before
  return (line, width) => {
    const c = m.cells
    const [start, long, short, trend, before] = [c[at] === 0, c[at + 1]!, c[at + 2]!, c[at + 3]!, c[at + 4]!]
    c[at] = 1
    c[at + 1] = !start && before > long && line > long ? Math.max(long, line - width) : line - width
    c[at + 2] = !start && before < short && line < short ? Math.min(short, line + width) : line + width
    c[at + 3] = start || line > short ? 1 : line < long ? -1 : trend
    c[at + 4] = line
    return c[at + 3] === 1 ? c[at + 1]! : c[at + 2]!
  }
}
const qqe = (m: Memory, n: number, smoothing: number, factor: number): Step => {
  const strength = rsi(m, n)
  const line = ema(m, smoothing)
  const moved = change(m)
  const [once, twice] = [ema(m, 2 * n - 1), ema(m, 2 * n - 1)]
  const follow = trail(m)
  return ({ close: x }, out) => {
    const value = line(strength(x))
    const width = factor * twice(once(Math.abs(moved(value))))
    if (Number.isNaN(width)) return NaN
    out[1] = follow(value, width)
    return value
  }
}
const fisher = (m: Memory, n: number): Step => {
  const position = fastK(m, n)
  const at = m.take(2) // smoothed place, Fisher transform
  return ({ high, low }, out) => {
    const x = (high + low) / 2
    const place = position(x, x, x)
    if (Number.isNaN(place)) return NaN
    const c = m.cells
    const value = Math.max(-0.999, Math.min(0.999, 0.66 * (place / 100 - 0.5) + 0.67 * c[at]!))
    out[1] = c[at + 1]!
    c[at] = value
    return (c[at + 1] = 0.5 * Math.log((1 + value) / (1 - value)) + 0.5 * c[at + 1]!)
  }
}
const kst = (m: Memory, n: number): Step => {
  const parts = (
    [
      [10, 10],
      [15, 10],
      [20, 10],
      [30, 15]
    ] as const
  ).map(([k, length]) => [roc(m, k), sma(m, length)] as const)
  const signal = sma(m, n)
  return ({ close: x }, out) => {
    let sum = 0
    for (let j = 0; j < 4; j++) sum += (j + 1) * parts[j]![1](parts[j]![0](x))
    out[1] = signal(sum)
    return sum
  }
}
export const moreMomentum = [
  stepwise("kst", {
    summary: "Pring's know sure thing: SMAs (10, 10, 10, 15) of ROC 10, 15, 20, 30, weights 1 to 4, and its SMA",
    inputs: close,
    parameters: { signal: bars(9) },
    outputs: ["", "signal"],
    lookback: (n) => 44 + n - 1,
    step: kst
  }),
  stepwise("coppock", {
    summary: "Coppock curve: WMA of ROC(long) + ROC(short)",
    inputs: close,
    parameters: { n: bars(10), long: bars(14), short: bars(11) },
    lookback: (n, a, b) => Math.max(a, b) + n - 1,
    step: (m, n, a, b) => {
      const [long, short, average] = [roc(m, a), roc(m, b), wma(m, n)]
      return ({ close: x }) => average(long(x) + short(x))
    }
  }),
  stepwise("fisher", {
    summary: "Ehlers' Fisher transform (2002) of the place of (h + l) / 2 in its range, and its value of the bar before",
    inputs: ["high", "low"],
    parameters: { n: bars(9, 2) },
    outputs: ["", "signal"],
    lookback: (n) => n,
    step: fisher
  }),
  stepwise("connorsrsi", {
    summary: "Connors RSI: mean of RSI, RSI of the streak, and percent rank of the last change among the rank changes before",
    inputs: close,
    parameters: { n: bars(3), streak: bars(2), rank: bars(100) },
    lookback: (n, b, rank) => Math.max(n, b, rank + 1),
    step: (m, n, b, rank) => {
      const strength = rsi(m, n)
      const run = streak(m)
      const runStrength = rsi(m, b)
      const moved = roc(m, 1)
      const place = percentRank(m, rank)
      return ({ close: x }) => (strength(x) + runStrength(run(x)) + place(moved(x))) / 3
    }
  }),
  stepwise("pmo", {
    summary: "Swenlin's price momentum: 10 E(E(ROC 1, k = 2 / long), k = 2 / short), and its EMA",
    inputs: close,
    parameters: { long: bars(35, 2), short: bars(20, 2), signal: bars(10) },
    outputs: ["", "signal"],
    lookback: (a, b, n) => a + b + n - 2,
    step: (m, a, b, n) => {
      const moved = roc(m, 1)
      const [once, twice, signal] = [seeded(m, a, 2 / a), seeded(m, b, 2 / b), ema(m, n)]
      return ({ close: x }, out) => {
        const value = twice(10 * once(moved(x)))
        out[1] = signal(value)
        return value
      }
    }
  }),
  stepwise("qqe", {
    summary:
      "Quantitative qualitative estimation: EMA of RSI, and a trail `factor` smoothed ranges (EMA of EMA over 2n - 1) away",
    inputs: close,
    parameters: { n: bars(14), smooth: bars(5), factor: [4.236, 0, 100] },
    outputs: ["", "trail"],
    lookback: (n, smooth) => n + smooth + 4 * (n - 1),
    step: qqe
  }),
  stepwise("smi", {
    summary:
      "Blau's stochastic momentum (1993): distance from the middle of the range over half of it, both smoothed twice; 0 without range",
    inputs: hlc,
    parameters: { n: bars(13), long: bars(25), short: bars(2), signal: bars(9) },
    outputs: ["", "signal"],
    lookback: (n, a, b, g) => n + a + b + g - 4,
    step: (m, n, a, b, g) => {
      const [highest, lowest] = [rollingMax(m, n), rollingMin(m, n)]
      const [d1, d2, r1, r2, signal] = [ema(m, a), ema(m, b), ema(m, a), ema(m, b), ema(m, g)]
      return ({ close: x, high, low }, out) => {
        const [top, bottom] = [highest(high), lowest(low)]
        const distance = d2(d1(x - (top + bottom) / 2))
        const range = r2(r1(top - bottom))
        const value = range === 0 ? 0 : (200 * distance) / range
        out[1] = signal(value)
        return value
      }
    }
  }),
  stepwise("schaff", {
    summary: "Schaff trend cycle: the place of MACD in its range, halved smoothing, twice; what it was where there is no range",
    inputs: close,
    parameters: { fast: bars(23), slow: bars(50), n: bars(10, 2) },
    lookback: (a, b, n) => Math.max(a, b) - 1 + 2 * (n - 1),
    step: (m, a, b, n) => {
      const [fast, slow] = [ema(m, Math.min(a, b)), ema(m, Math.max(a, b))]
      const [first, second] = [cycled(m, n), cycled(m, n)]
      return ({ close: x }) => second(first(fast(x) - slow(x)))
    }
  }),
  stepwise("macdext", {
    summary: "MACD of other averages: ma 0 SMA, 1 EMA, 2 WMA, 3 DEMA, 4 TEMA, 5 TRIMA (TA-Lib's numbers)",
    inputs: close,
    parameters: { fast: bars(12, 2), slow: bars(26, 2), signal: bars(9), ma: [0, 0, 5] },
    outputs: ["", "signal", "hist"],
    lookback: (a, b, g, kind) => averageOf(kind).lookback(Math.max(a, b)) + averageOf(kind).lookback(g),
    step: (m, a, b, g, kind) => {
      const { lookback, make } = averageOf(kind)
      const [short, long] = [Math.min(a, b), Math.max(a, b)]
      // Both averages give their first value at the same bar, as in MACD.
      const late = skip(m, lookback(long) - lookback(short))
      const [fast, slow, signal] = [make(m, short), make(m, long), make(m, g)]
      return ({ close: x }, out) => {
        const line = fast(late(x)) - slow(x)
        out[1] = signal(line)
        out[2] = line - out[1]
        return line
      }
    }
  }),
  stepwise("imi", {
    summary: "Intraday momentum (Chande): share of rising bodies in all bodies of n bars, percent; 0 without bodies",
    inputs: ["open", "close"],
    parameters: { n: bars(14) },
    lookback: (n) => n - 1,
    step: (m, n) => {
      const [up, all] = [rollingSum(m, n), rollingSum(m, n)]
      return ({ close: c, open }) => {
        const a = up(Math.max(0, c - open))
        const b = all(Math.abs(c - open))
        return Number.isNaN(b) ? NaN : b > 1e-14 * Math.abs(c) ? Math.max(0, Math.min(100, (100 * a) / b)) : 0
      }
    }
  })
]
