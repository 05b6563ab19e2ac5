/** Streams of the oscillators of whole bars and of volume: the kernels of the same names, one bar at a time. */
import type { Step, Steps } from "../indicators/define.ts"
import { movement } from "../kernels/range.ts"
import type { Bar, StreamMemory as Memory } from "../types.ts"
import { change, delay, ema, rollingSum, sma, total, wilder, windowOf } from "./averages.ts"
import { trueRange, typical } from "./bars.ts"
import { barsSinceMax, barsSinceMin, rollingMax, rollingMin } from "./windows.ts"

/** `movement` of each bar after the first: NaN at the first. */
const moves = (m: Memory) => {
  const highBefore = delay(m, 1)
  const lowBefore = delay(m, 1)
  return ({ high, low }: Bar): number => movement(high - highBefore(high), lowBefore(low) - low)
}
/** Wilder's sums: the first over n - 1 values, then S (1 - 1/n) + v; answers from the n-th value on. */
const wilderSum = (m: Memory, n: number) => {
  const at = m.take(2)
  const keep = 1 - 1 / n
  return (x: number): number => {
    if (Number.isNaN(x)) return NaN
    const c = m.cells
    if (c[at]! < n) c[at]!++
    const ready = c[at]! >= n
    c[at + 1] = c[at + 1]! * (ready ? keep : 1) + x
    return ready ? c[at + 1]! : NaN
  }
}
const dx = (m: Memory, n: number): ((bar: Bar) => number) => {
  const moved = moves(m)
  const net = wilderSum(m, n)
  const all = wilderSum(m, n)
  return (bar) => {
    const move = moved(bar)
    const difference = net(move)
    const size = all(Math.abs(move))
    if (Number.isNaN(size)) return NaN
    return size > 0 ? (100 * Math.abs(difference)) / size : 0
  }
}
const directional = {
  dx,
  di: (m, n) => {
    const moved = moves(m)
    const range = trueRange(m)
    const sums = [wilderSum(m, n), wilderSum(m, n), wilderSum(m, n)] as const
    return (bar, out) => {
      const move = moved(bar)
      const size = Math.abs(move)
      const up = sums[0](size + move)
      const down = sums[1](size - move)
      const whole = sums[2](range(bar))
      const scale = whole > 0 ? 12.5 / whole : 0
      out[1] = down * scale
      return up * scale
    }
  },
  adx: (m, n) => {
    const index = dx(m, n)
    const average = wilder(m, n)
    return (bar) => average(index(bar))
  },
  adxr: (m, n) => {
    const index = dx(m, n)
    const average = wilder(m, n)
    const before = delay(m, n - 1)
    return (bar) => {
      const value = average(index(bar))
      return (value + before(value)) / 2
    }
  }
} satisfies Record<string, Steps>

const aroon = (m: Memory, n: number): Step => {
  const sinceHigh = barsSinceMax(m, n + 1)
  const sinceLow = barsSinceMin(m, n + 1)
  return ({ high, low }, out) => {
    out[1] = (100 * (n - sinceLow(low))) / n
    return (100 * (n - sinceHigh(high))) / n
  }
}
const ratio = (a: number, b: number): number => (b > 0 ? a / b : Number.isNaN(b) ? NaN : 0)
const oscillators = {
  cci: (m, n) => {
    const average = sma(m, n)
    const window = windowOf(m, n)
    return (bar) => {
      const x = typical(bar)
      const centre = average(x)
      const w = window(x)
      if (w === undefined) return NaN
      let sum = 0
      for (let j = 0; j < n; j++) sum += Math.abs(w[j]! - centre)
      const deviation = sum / n
      return deviation <= 1e-14 * Math.abs(centre) ? 0 : (x - centre) / (0.015 * deviation)
    }
  },
  willr: (m, n) => {
    const highest = rollingMax(m, n)
    const lowest = rollingMin(m, n)
    return ({ close, high, low }) => {
      const top = highest(high)
      const range = top - lowest(low)
      return Number.isNaN(range) ? NaN : range > 0 ? (-100 * (top - close)) / range : 0
    }
  },
  ultosc: (m, ...p) => {
    const lengths = p.slice(0, 3)
    const before = delay(m, 1)
    const range = trueRange(m)
    const sums = lengths.map((n) => [rollingSum(m, n), rollingSum(m, n)] as const)
    return (bar) => {
      const c = before(bar.close)
      const pressure = bar.close - Math.min(bar.low, c)
      const whole = range(bar)
      let out = 0
      for (const [at, [pressures, ranges]] of sums.entries()) {
        const a = pressures(pressure)
        const b = ranges(whole)
        if (b > 0) out = out + (((100 * 2 ** (2 - at)) / 7) * a) / b
      }
      return out
    }
  },
  ao: (m, a, b) => {
    const fast = sma(m, Math.min(a, b))
    const slow = sma(m, Math.max(a, b))
    return ({ high, low }) => fast((high + low) / 2) - slow((high + low) / 2)
  },
  bop:
    () =>
    ({ close, high, low, open }) =>
      high - low > 0 ? (close - open) / (high - low) : 0,
  vortex: (m, n) => {
    const highBefore = delay(m, 1)
    const lowBefore = delay(m, 1)
    const range = trueRange(m)
    const sums = [rollingSum(m, n), rollingSum(m, n), rollingSum(m, n)] as const
    return (bar, out) => {
      const up = sums[0](Math.abs(bar.high - lowBefore(bar.low)))
      const down = sums[1](Math.abs(bar.low - highBefore(bar.high)))
      const whole = sums[2](range(bar))
      out[1] = ratio(down, whole)
      return ratio(up, whole)
    }
  },
  aroon,
  aroonosc: (m, n) => {
    const both = aroon(m, n)
    const made = new Float64Array(2)
    return (bar) => both(bar, made) - made[1]!
  }
} satisfies Record<string, Steps>

const moneyFlow = ({ close, high, low, volume }: Bar): number => {
  const range = high - low
  return range > 0 ? ((close - low - (high - close)) / range) * volume : 0
}
const pvt: Steps = (m) => {
  const before = delay(m, 1)
  const at = m.take(1)
  return ({ close, volume }) => {
    const last = before(close)
    if (!Number.isNaN(last) && last !== 0) m.cells[at] = m.cells[at]! + volume * (close / last - 1)
    return m.cells[at]!
  }
}
const volumes = {
  obv: (m) => {
    const moved = change(m)
    const sum = total(m)
    return ({ close, volume }) => {
      const d = moved(close)
      return sum(Number.isNaN(d) || d > 0 ? volume : d < 0 ? -volume : 0)
    }
  },
  ad: (m) => {
    const sum = total(m)
    return (bar) => sum(moneyFlow(bar))
  },
  adosc: (m, fast, slow) => {
    const sum = total(m)
    const at = m.take(3)
    const [kf, ks] = [2 / (fast + 1), 2 / (slow + 1)]
    return (bar) => {
      const x = sum(moneyFlow(bar))
      const c = m.cells
      if (c[at] === 0) c[at + 1] = c[at + 2] = x
      c[at] = 1
      c[at + 1] = c[at + 1]! + kf * (x - c[at + 1]!)
      c[at + 2] = c[at + 2]! + ks * (x - c[at + 2]!)
      return c[at + 1]! - c[at + 2]!
    }
  },
  cmf: (m, n) => {
    const flow = rollingSum(m, n)
    const traded = rollingSum(m, n)
    return (bar) => {
      const a = flow(moneyFlow(bar))
      const b = traded(bar.volume)
      return b > 0 ? a / b : NaN
    }
  },
  mfi: (m, n) => {
    const before = delay(m, 1)
    const up = rollingSum(m, n)
    const down = rollingSum(m, n)
    return (bar) => {
      const now = typical(bar)
      const last = before(now)
      if (Number.isNaN(last)) return NaN
      const still = Math.abs(now - last) <= 1e-14 * now
      const gain = up(!still && now > last ? now * bar.volume : 0)
      const loss = down(!still && now <= last ? now * bar.volume : 0)
      if (Number.isNaN(gain)) return NaN
      const [g, l] = [Math.max(0, gain), Math.max(0, loss)]
      return g + l > 0 ? (100 * g) / (g + l) : 0
    }
  },
  force: (m, n) => {
    const moved = change(m)
    const average = ema(m, n)
    return ({ close, volume }) => average(moved(close) * volume)
  },
  pvt,
  vpt: pvt,
  vwap_session: (m) => {
    const at = m.take(3) // day + 1, value, volume
    return (bar) => {
      const c = m.cells
      if (c[at] !== bar.date + 1) {
        c[at] = bar.date + 1
        c[at + 1] = 0
        c[at + 2] = 0
      }
      c[at + 1] = c[at + 1]! + typical(bar) * bar.volume
      c[at + 2] = c[at + 2]! + bar.volume
      return c[at + 2]! > 0 ? c[at + 1]! / c[at + 2]! : NaN
    }
  }
} satisfies Record<string, Steps>
export const barSteps: Readonly<Record<string, Steps>> = { ...directional, ...oscillators, ...volumes }
