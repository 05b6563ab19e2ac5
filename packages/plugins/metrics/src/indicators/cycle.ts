/** Ehlers' cycle indicators, with TA-Lib's conventions. */
import type { StreamMemory as Memory } from "../types.ts"
import { type Cycle, discriminator, dominantPhase, trendline } from "../streams/hilbert.ts"
import { bars, type Step, stepwise } from "./define.ts"

const close = ["close"] as const
/** Bars before the transform starts, and before the first value: the short ones answer from the period, the long ones from a whole cycle of prices. */
const short = { start: 12, lookback: () => 32 } as const
const long = { start: 37, lookback: () => 63 } as const

/** NaN until there is a cycle. */
const ofCycle =
  (start: number, make: (m: Memory) => (cycle: Cycle, out: Float64Array) => number) =>
  (m: Memory): Step => {
    const next = discriminator(m, start)
    const answer = make(m)
    return (bar, out) => {
      const cycle = next(bar.close)
      return cycle === undefined ? NaN : answer(cycle, out)
    }
  }
const radians = Math.PI / 180
/** Whether prices trend or swing: 1 or 0. */
const trendMode = (m: Memory): Step => {
  const next = discriminator(m, long.start)
  const phaseOf = dominantPhase(m, long.start)
  const line = trendline(m)
  const at = m.take(4) // sine, lead sine, phase of the bar before; bars since the sines crossed
  return (bar) => {
    line.see(bar.close)
    const cycle = next(bar.close)
    if (cycle === undefined) return NaN
    const c = m.cells
    const phase = phaseOf(cycle)
    const level = line.at(cycle)
    const sine = Math.sin(phase * radians)
    const lead = Math.sin((phase + 45) * radians)
    const crossed = (sine > lead && c[at]! <= c[at + 1]!) || (sine < lead && c[at]! >= c[at + 1]!)
    c[at + 3] = crossed ? 1 : c[at + 3]! + 1
    const turned = phase - c[at + 2]!
    const pace = 360 / cycle.smoothPeriod
    const swings = crossed || c[at + 3]! < 0.5 * cycle.smoothPeriod || (turned > 0.67 * pace && turned < 1.5 * pace)
    c[at] = sine
    c[at + 1] = lead
    c[at + 2] = phase
    return !swings || (level !== 0 && Math.abs((cycle.price - level) / level) >= 0.015) ? 1 : 0
  }
}
export const cycles = [
  stepwise("mama", {
    summary: "MESA adaptive average, and the following one",
    inputs: close,
    parameters: { fast: [0.5, 0.01, 0.99], slow: [0.05, 0.01, 0.99] },
    outputs: ["", "fama"],
    lookback: short.lookback,
    step: (m, fast, slow) => {
      const next = discriminator(m, short.start)
      const at = m.take(3) // phase, mama, fama
      return ({ close: x }, out) => {
        const cycle = next(x)
        if (cycle === undefined) return NaN
        const c = m.cells
        const phase = cycle.inPhase === 0 ? 0 : Math.atan(cycle.quadrature / cycle.inPhase) / radians
        const turned = Math.max(1, c[at]! - phase)
        const k = turned > 1 ? Math.max(slow, fast / turned) : fast
        c[at] = phase
        c[at + 1] = k * x + (1 - k) * c[at + 1]!
        c[at + 2] = 0.5 * k * c[at + 1]! + (1 - 0.5 * k) * c[at + 2]!
        out[1] = c[at + 2]!
        return c[at + 1]!
      }
    }
  }),
  stepwise("mavp", {
    summary: "SMA as long as the dominant cycle, within min and max bars",
    inputs: close,
    parameters: { min: bars(2, 2), max: [30, 2, 50] },
    lookback: (_, max) => Math.max(32, max - 1),
    step: (m, min, max) => {
      const next = discriminator(m, short.start)
      const at = m.take(max)
      return ({ close: x }) => {
        m.cells.copyWithin(at + 1, at, at + max - 1)
        m.cells[at] = x
        const cycle = next(x)
        if (cycle === undefined) return NaN
        const n = Math.min(max, Math.max(min, Math.trunc(cycle.smoothPeriod)))
        let sum = 0
        for (let j = 0; j < n; j++) sum += m.cells[at + j]!
        return sum / n
      }
    }
  }),
  stepwise("ht_dcperiod", {
    summary: "Period of the dominant cycle, in bars",
    inputs: close,
    lookback: short.lookback,
    step: ofCycle(short.start, () => (cycle) => cycle.smoothPeriod)
  }),
  stepwise("ht_phasor", {
    summary: "Parts of the dominant cycle: in phase, and a quarter ahead",
    inputs: close,
    outputs: ["inphase", "quadrature"],
    lookback: short.lookback,
    step: ofCycle(short.start, () => (cycle, out) => {
      out[1] = cycle.quadrature
      return cycle.inPhase
    })
  }),
  stepwise("ht_dcphase", {
    summary: "Phase of the dominant cycle, degrees",
    inputs: close,
    lookback: long.lookback,
    step: ofCycle(long.start, (m) => dominantPhase(m, long.start))
  }),
  stepwise("ht_sine", {
    summary: "Sine of the dominant phase, and of 45 degrees more",
    inputs: close,
    outputs: ["", "lead"],
    lookback: long.lookback,
    step: ofCycle(long.start, (m) => {
      const phaseOf = dominantPhase(m, long.start)
      return (cycle, out) => {
        const phase = phaseOf(cycle)
        out[1] = Math.sin((phase + 45) * radians)
        return Math.sin(phase * radians)
      }
    })
  }),
  stepwise("ht_trendline", {
    summary: "Mean over the dominant cycle: what is left without it",
    inputs: close,
    lookback: long.lookback,
    step: (m) => {
      const next = discriminator(m, long.start)
      const line = trendline(m)
      return ({ close: x }) => {
        line.see(x)
        const cycle = next(x)
        return cycle === undefined ? NaN : line.at(cycle)
      }
    }
  }),
  stepwise("ht_trendmode", { summary: "Trend (1) or cycle (0)", inputs: close, lookback: long.lookback, step: trendMode })
]
