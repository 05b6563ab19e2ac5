/** Further volume indicators, stops, pivots and bricks. */
import { delay, ema, sma } from "../streams/averages.ts"
import { typical } from "../streams/bars.ts"
import type { StreamMemory as Memory } from "../types.ts"
import { bars, type Step, stepwise } from "./define.ts"

const traded = ["high", "low", "close", "volume"] as const
const hl = ["high", "low"] as const
const hlc = ["high", "low", "close"] as const

/** Klinger's volume force: v abs(2 dm / cm - 1) T 100; dm = h - l, cm sums dm while the trend T of h + l + c lasts. NaN at the first bar. */
const volumeForce = (m: Memory): Step => {
  const at = m.take(5) // 0 at the start, h + l + c, range, cumulated range, trend
  return (bar) => {
    const c = m.cells
    const [start, sum, range, cumulated, trend] = [c[at] === 0, c[at + 1]!, c[at + 2]!, c[at + 3]!, c[at + 4]!]
    const now = bar.high + bar.low + bar.close
    const width = bar.high - bar.low
    c[at] = 1
    c[at + 1] = now
    c[at + 2] = width
    if (start) return NaN
    const side = now > sum ? 1 : -1
    c[at + 3] = side === trend ? cumulated + width : range + width
    c[at + 4] = side
    return c[at + 3]! > 0 ? bar.volume * Math.abs((2 * width) / c[at + 3]! - 1) * side * 100 : 0
  }
}
/** 1000 at the first bar, times c / c[-1] on bars whose volume fell (or rose). */
const volumeIndex =
  (counts: (now: number, before: number) => boolean) =>
  (m: Memory): Step => {
    const [closeBefore, volumeBefore] = [delay(m, 1), delay(m, 1)]
    const at = m.take(1)
    return ({ close, volume }) => {
      const [c, v] = [closeBefore(close), volumeBefore(volume)]
      if (Number.isNaN(c)) m.cells[at] = 1000
      else if (counts(volume, v) && c !== 0) m.cells[at] = m.cells[at]! * (close / c)
      return m.cells[at]!
    }
  }
/** As SAR, with a start value (above 0 long, below 0 short, 0 by the first DM), an offset at a turn, and the stop of shorts negative. */
const sarExtended = (m: Memory, startValue: number, offset: number, step: number, limit: number): Step => {
  const at = m.take(7) // seen; long; extreme, stop, factor; high and low before
  const first = Math.min(step, limit)
  return ({ high: h, low: l }) => {
    const c = m.cells
    const seen = c[at]!
    if (seen < 2) c[at] = seen + 1
    const [h0, l0] = [c[at + 5]!, c[at + 6]!]
    c[at + 5] = h
    c[at + 6] = l
    if (seen === 0) return NaN
    if (seen === 1) {
      const fall = l0 - l
      const up = startValue === 0 ? !(fall > 0 && h - h0 < fall) : startValue > 0
      c[at + 1] = up ? 1 : 0
      c[at + 2] = up ? h : l
      c[at + 3] = startValue === 0 ? (up ? l0 : h0) : Math.abs(startValue)
      c[at + 4] = first
    }
    // The bar of the start counts as its own bar before.
    const [hb, lb] = seen === 1 ? [h, l] : [h0, l0]
    let [long, extreme, stop, factor] = [c[at + 1] === 1, c[at + 2]!, c[at + 3]!, c[at + 4]!]
    if (long ? l <= stop : h >= stop) {
      stop = long ? Math.max(extreme, hb, h) : Math.min(extreme, lb, l)
      stop *= long ? 1 + offset : 1 - offset
      long = !long
      factor = first
      extreme = long ? h : l
    } else if (long ? h > extreme : l < extreme) {
      extreme = long ? h : l
      factor = Math.min(limit, factor + step)
    }
    const said = long ? stop : -stop
    stop += factor * (extreme - stop)
    c[at + 1] = long ? 1 : 0
    c[at + 2] = extreme
    c[at + 3] = long ? Math.min(stop, lb, l) : Math.max(stop, hb, h)
    c[at + 4] = factor
    return said
  }
}
/** 1 where the bar `k` bars ago is higher (`sign` 1; lower for -1) than the k bars on either side of it. */
const fractal = (m: Memory, k: number, sign: 1 | -1) => {
  const at = m.take(2 * k + 1)
  return (x: number): number => {
    const c = m.cells
    c.copyWithin(at, at + 1, at + 2 * k + 1)
    c[at + 2 * k] = x
    const middle = sign * c[at + k]!
    for (let j = 0; j <= 2 * k; j++) if (j !== k && sign * c[at + j]! >= middle) return 0
    return 1
  }
}
/** Bricks of `percent` of the last one's price; the way back starts after two. Answers the last brick's price, and how many this bar built. */
const renko = (m: Memory, percent: number): Step => {
  const at = m.take(2) // price of the last brick, direction
  const up = 1 + percent / 100
  return ({ close: x }, out) => {
    const c = m.cells
    let level = c[at]! > 0 ? c[at]! : x
    // No share of a price that is 0 or below can be taken: nothing is built.
    if (!(x > 0)) {
      out[1] = 0
      return level
    }
    let way = c[at + 1]!
    let built = 0
    while (x >= level * (way < 0 ? up * up : up)) {
      level *= way < 0 ? up * up : up
      way = 1
      built++
    }
    while (x <= level / (way > 0 ? up * up : up)) {
      level /= way > 0 ? up * up : up
      way = -1
      built--
    }
    c[at] = level
    c[at + 1] = way
    out[1] = built
    return level
  }
}
export const moreVolume = [
  stepwise("kvo", {
    summary: "Klinger's volume oscillator: EMA(fast) - EMA(slow) of the volume force, and its EMA",
    inputs: traded,
    parameters: { fast: bars(34), slow: bars(55), signal: bars(13) },
    outputs: ["", "signal"],
    lookback: (a, b, g) => Math.max(a, b) + g - 1,
    step: (m, a, b, g) => {
      const force = volumeForce(m)
      const [fast, slow, signal] = [ema(m, Math.min(a, b)), ema(m, Math.max(a, b)), ema(m, g)]
      return (bar, out) => {
        const x = force(bar, out)
        const value = fast(x) - slow(x)
        out[1] = signal(value)
        return value
      }
    }
  }),
  stepwise("emv", {
    summary: "Arms' ease of movement: SMA of the change of (h + l) / 2 times (h - l) per `scale` traded; 0 without volume",
    inputs: ["high", "low", "volume"],
    parameters: { n: bars(14), scale: [1e8, 1, 1e15] },
    lookback: (n) => n,
    step: (m, n, scale) => {
      const before = delay(m, 1)
      const average = sma(m, n)
      return ({ high, low, volume }) => {
        const x = (high + low) / 2
        const moved = x - before(x)
        return average(volume > 0 || Number.isNaN(moved) ? (moved * (high - low) * scale) / volume : 0)
      }
    }
  }),
  stepwise("nvi", {
    summary: "Negative volume index: 1000, times c / c[-1] on bars with less volume",
    inputs: ["close", "volume"],
    lookback: () => 0,
    step: volumeIndex((now, before) => now < before)
  }),
  stepwise("pvi", {
    summary: "Positive volume index: 1000, times c / c[-1] on bars with more volume",
    inputs: ["close", "volume"],
    lookback: () => 0,
    step: volumeIndex((now, before) => now > before)
  }),
  stepwise("sarext", {
    summary: "Parabolic stop with a start value and an offset at turns; negative while short",
    inputs: hl,
    parameters: { start: [0, -1e9, 1e9], offset: [0, 0, 1], step: [0.02, 0, 1], limit: [0.2, 0, 1] },
    lookback: () => 1,
    step: sarExtended
  }),
  stepwise("pivots", {
    summary: "Pivot of the bar before, (h + l + c) / 3, with three resistances and supports: known before the bar begins",
    inputs: hlc,
    outputs: ["", "r1", "s1", "r2", "s2", "r3", "s3"],
    lookback: () => 1,
    step: (m) => {
      const [highs, lows, pivots] = [delay(m, 1), delay(m, 1), delay(m, 1)]
      return (bar, out) => {
        const [h, l, p] = [highs(bar.high), lows(bar.low), pivots(typical(bar))]
        out[1] = 2 * p - l
        out[2] = 2 * p - h
        out[3] = p + (h - l)
        out[4] = p - (h - l)
        out[5] = h + 2 * (p - l)
        out[6] = l - 2 * (h - p)
        return p
      }
    }
  }),
  stepwise("fractals", {
    summary: "Williams' fractals, told when they are known: 1 where the bar k bars ago is the highest (lowest) of 2k + 1",
    inputs: hl,
    parameters: { k: bars(2) },
    outputs: ["up", "down"],
    lookback: (k) => 2 * k,
    step: (m, k) => {
      const [up, down] = [fractal(m, k, 1), fractal(m, k, -1)]
      return ({ high, low }, out) => {
        out[1] = down(low)
        return up(high)
      }
    }
  }),
  stepwise("renko", {
    summary: "Renko bricks of closes: price of the last brick, and bricks built at this bar (below 0: down)",
    inputs: ["close"],
    parameters: { percent: [1, 0.01, 100] },
    outputs: ["", "bricks"],
    lookback: () => 0,
    step: renko
  })
]
