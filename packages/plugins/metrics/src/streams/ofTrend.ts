/** Streams of volatility, trend, stops, rolling statistics and prices: the kernels of the same names, one bar at a time. */
import type { Step, Steps } from "../indicators/define.ts"
import type { Bar, StreamMemory as Memory } from "../types.ts"
import { delay, rollingSum, sma } from "./averages.ts"
import { trueRange, typical } from "./bars.ts"
import { atr, ofClose } from "./ofAverages.ts"
import { barsSinceMax, barsSinceMin, Line, Moments, rollingMax, rollingMin } from "./windows.ts"

const ofVariance =
  (answer: (variance: number) => number): Steps =>
  (m, n) => {
    const moments = new Moments(m, n)
    return ({ close }) => (moments.next(close) ? answer(moments.variance) : NaN)
  }
/** Root of the annual mean of a term of each bar. */
const rooted =
  (term: (bar: Bar) => number): Steps =>
  (m, n, annual) => {
    const sum = rollingSum(m, n, annual / n)
    return (bar) => {
      const value = sum(term(bar))
      return Number.isNaN(value) ? NaN : Math.sqrt(Math.max(0, value))
    }
  }
const rogersSatchell = ({ close, high, low, open }: Bar): number =>
  Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open)
const volatility = {
  tr: (m) => trueRange(m),
  atr: (m, n) => atr(m, n),
  natr: (m, n) => {
    const range = atr(m, n)
    return (bar) => (100 * range(bar)) / bar.close
  },
  stddev: ofVariance(Math.sqrt),
  var: ofVariance((v) => v),
  ulcer: ofClose((m, n) => {
    const highest = rollingMax(m, n)
    const average = sma(m, n)
    return (x) => Math.sqrt(Math.max(0, average((100 * (x / highest(x) - 1)) ** 2)))
  }),
  chop: (m, n) => {
    const range = trueRange(m)
    const sum = rollingSum(m, n)
    const highest = rollingMax(m, n)
    const lowest = rollingMin(m, n)
    return (bar) => {
      const all = sum(range(bar))
      const width = highest(bar.high) - lowest(bar.low)
      return width > 0 ? (100 * Math.log10(all / width)) / Math.log10(n) : 100
    }
  },
  vol_cc: (m, n, annual) => {
    const before = delay(m, 1)
    const moments = new Moments(m, n)
    const scale = (annual * n) / (n - 1)
    return ({ close }) => (moments.next(Math.log(close / before(close))) ? Math.sqrt(moments.variance * scale) : NaN)
  },
  vol_parkinson: rooted(({ high, low }) => Math.log(high / low) ** 2 / (4 * Math.LN2)),
  vol_gk: rooted(
    ({ close, high, low, open }) => 0.5 * Math.log(high / low) ** 2 - (2 * Math.LN2 - 1) * Math.log(close / open) ** 2
  ),
  vol_rs: rooted(rogersSatchell),
  vol_yz: (m, n, annual) => {
    const before = delay(m, 1)
    const overnight = new Moments(m, n)
    const session = new Moments(m, n)
    const within = rollingSum(m, n, 1 / n)
    const k = 0.34 / (1.34 + (n + 1) / (n - 1))
    const sample = n / (n - 1)
    return (bar) => {
      const last = before(bar.close)
      if (Number.isNaN(last)) return NaN
      overnight.next(Math.log(bar.open / last))
      session.next(Math.log(bar.close / bar.open))
      const rest = within(rogersSatchell(bar))
      return Math.sqrt(annual * Math.max(0, sample * (overnight.variance + k * session.variance) + (1 - k) * rest))
    }
  }
} satisfies Record<string, Steps>

const midRange = (m: Memory, n: number): ((bar: Bar) => number) => {
  const highest = rollingMax(m, n)
  const lowest = rollingMin(m, n)
  return ({ high, low }) => (highest(high) + lowest(low)) / 2
}
/** See the kernel for the rules. */
const sar: Steps = (m, step, limit) => {
  const at = m.take(8) // seen; long; extreme, stop, factor; high and low before
  const first = Math.min(step, limit)
  return ({ high: h, low: l }) => {
    const c = m.cells
    const seen = c[at]!
    if (seen < 2) c[at] = seen + 1
    const h0 = c[at + 5]!
    const l0 = c[at + 6]!
    c[at + 5] = h
    c[at + 6] = l
    if (seen === 0) return NaN
    if (seen === 1) {
      const fall = l0 - l
      const up = !(fall > 0 && h - h0 < fall)
      c[at + 1] = up ? 1 : 0
      c[at + 2] = up ? h : l
      c[at + 3] = up ? l0 : h0
      c[at + 4] = first
    }
    // The bar of the start counts as its own bar before.
    const [hb, lb] = seen === 1 ? [h, l] : [h0, l0]
    let long = c[at + 1] === 1
    let extreme = c[at + 2]!
    let stop = c[at + 3]!
    let factor = c[at + 4]!
    if (long ? l <= stop : h >= stop) {
      stop = long ? Math.max(extreme, hb, h) : Math.min(extreme, lb, l)
      long = !long
      factor = first
      extreme = long ? h : l
    } else if (long ? h > extreme : l < extreme) {
      extreme = long ? h : l
      factor = Math.min(limit, factor + step)
    }
    const said = stop
    stop += factor * (extreme - stop)
    c[at + 1] = long ? 1 : 0
    c[at + 2] = extreme
    c[at + 3] = long ? Math.min(stop, lb, l) : Math.max(stop, hb, h)
    c[at + 4] = factor
    return said
  }
}
const supertrend: Steps = (m, n, k) => {
  const range = atr(m, n)
  const closeBefore = delay(m, 1)
  const at = m.take(4) // 0 at the start, upper, lower, up
  return (bar, out) => {
    const r = range(bar)
    const before = closeBefore(bar.close)
    if (Number.isNaN(r)) return NaN
    const c = m.cells
    const middle = (bar.high + bar.low) / 2
    const width = k * r
    const start = c[at] === 0
    const upper = start || middle + width < c[at + 1]! || before > c[at + 1]! ? middle + width : c[at + 1]!
    const lower = start || middle - width > c[at + 2]! || before < c[at + 2]! ? middle - width : c[at + 2]!
    if (start) c[at + 3] = bar.close >= lower ? 1 : 0
    else if (c[at + 3] === 1 ? bar.close < lower : bar.close > upper) c[at + 3] = 1 - c[at + 3]!
    c[at] = 1
    c[at + 1] = upper
    c[at + 2] = lower
    out[1] = c[at + 3] === 1 ? 1 : -1
    return c[at + 3] === 1 ? lower : upper
  }
}
const atrStop: Steps = (m, n, k) => {
  const range = atr(m, n)
  const at = m.take(3) // 0 at the start, long, stop
  return (bar) => {
    const width = k * range(bar)
    if (Number.isNaN(width)) return NaN
    const c = m.cells
    const x = bar.close
    const long = c[at] === 0 || c[at + 1] === 1
    const stop = c[at + 2]!
    let next: number
    let side = long
    if (c[at] === 0) next = x - width
    else if (long === x >= stop) next = long ? Math.max(stop, x - width) : Math.min(stop, x + width)
    else {
      side = !long
      next = side ? x - width : x + width
    }
    c[at] = 1
    c[at + 1] = side ? 1 : 0
    return (c[at + 2] = next)
  }
}
const trend = {
  sar,
  supertrend,
  atrstop: atrStop,
  ichimoku: (m, a, b, d) => {
    const lines = [midRange(m, a), midRange(m, b), midRange(m, d)] as const
    return (bar, out) => {
      const conversion = lines[0](bar)
      const base = lines[1](bar)
      out[1] = base
      out[2] = (conversion + base) / 2
      out[3] = lines[2](bar)
      out[4] = b
      return conversion
    }
  },
  chandelier: (m, n, k) => {
    const range = atr(m, n)
    const highest = rollingMax(m, n)
    const lowest = rollingMin(m, n)
    return (bar, out) => {
      const r = range(bar)
      out[1] = lowest(bar.low) + k * r
      return highest(bar.high) - k * r
    }
  }
} satisfies Record<string, Steps>

const fitted =
  (answer: (intercept: number, slope: number, n: number) => number): Steps =>
  (m, n) => {
    const line = new Line(m, n)
    return ({ close }) => (line.next(close) ? answer(line.intercept, line.slope, n) : NaN)
  }
const statistical = {
  linreg: fitted((a, b, n) => a + b * (n - 1)),
  linreg_slope: fitted((_, b) => b),
  linreg_angle: fitted((_, b) => (Math.atan(b) * 180) / Math.PI),
  linreg_intercept: fitted((a) => a),
  tsf: fitted((a, b, n) => a + b * n),
  min: ofClose(rollingMin),
  max: ofClose(rollingMax),
  argmin: ofClose(barsSinceMin),
  argmax: ofClose(barsSinceMax),
  sum: ofClose((m, n) => rollingSum(m, n)),
  zscore: ofClose((m, n) => {
    const moments = new Moments(m, n)
    return (x) => {
      if (!moments.next(x)) return NaN
      const deviation = Math.sqrt((moments.variance * n) / (n - 1))
      return deviation > 1e-14 * Math.abs(moments.mean) ? (x - moments.mean) / deviation : 0
    }
  })
} satisfies Record<string, Steps>

const heikinAshi: Steps = (m) => {
  const at = m.take(3) // 0 at the start, open and close before
  return (bar, out): number => {
    const c = m.cells
    const close = (bar.open + bar.high + bar.low + bar.close) / 4
    const open = c[at] === 0 ? (bar.open + bar.close) / 2 : (c[at + 1]! + c[at + 2]!) / 2
    c[at] = 1
    c[at + 1] = open
    c[at + 2] = close
    out[1] = Math.max(bar.high, open, close)
    out[2] = Math.min(bar.low, open, close)
    out[3] = close
    return open
  }
}
const prices: Readonly<Record<string, () => Step>> = {
  avgprice: () => (b) => (b.open + b.high + b.low + b.close) / 4,
  medprice: () => (b) => (b.high + b.low) / 2,
  typprice: () => typical,
  wclprice: () => (b) => (b.high + b.low + 2 * b.close) / 4
}
export const trendSteps: Readonly<Record<string, Steps>> = {
  ...volatility,
  ...trend,
  ...statistical,
  ...prices,
  heikin_ashi: heikinAshi
}
