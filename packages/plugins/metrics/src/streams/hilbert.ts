/**
 * Ehlers' Hilbert-transform discriminator (Rocket Science for Traders, 2001), with TA-Lib's constants and start: prices are smoothed from the first bar,
 * the transform starts at bar `start` with an empty past.
 */
import type { StreamMemory } from "../types.ts"
import { delay } from "./averages.ts"
import { Memory } from "./Memory.ts"

type Series = NonNullable<StreamMemory["series"]>

const degrees = 180 / Math.PI
/** A wave's phase and its past: quadrature of the input, for a cycle whose period sets `gain`. */
const quadrature = (m: StreamMemory) => {
  const at = m.take(6)
  return (x: number, gain: number): number => {
    const c = m.cells
    const value = (0.0962 * x + 0.5769 * c[at + 1]! - 0.5769 * c[at + 3]! - 0.0962 * c[at + 5]!) * gain
    c.copyWithin(at + 1, at, at + 5)
    c[at] = x
    return value
  }
}
/** The cycle at a bar. */
export interface Cycle {
  /** Smoothed price, in-phase and quadrature parts; the period in bars as found and as smoothed. */
  price: number
  inPhase: number
  quadrature: number
  period: number
  smoothPeriod: number
}
/**
 * Answers the cycle (one object, changed in place), undefined before `start`. Over a whole series it is computed once for all indicators that ask, and
 * read from there.
 */
export const discriminator = (m: StreamMemory, start: number): ((x: number) => Cycle | undefined) =>
  m.series === undefined ? discriminated(m, start) : cyclesOf(m.series, start)

/** Fields of a cycle, one column each. */
const cyclesOf = ({ close, shared }: Series, start: number): ((x: number) => Cycle | undefined) => {
  const [price, inPhase, quadrature, period, smoothPeriod] = shared.columns(
    "cycle",
    [close],
    [start],
    (out) => {
      const next = discriminated(new Memory(), start)
      for (let i = 0; i < close.length; i++) {
        const cycle = next(close[i]!)
        out[0]![i] = cycle?.price ?? NaN
        out[1]![i] = cycle?.inPhase ?? NaN
        out[2]![i] = cycle?.quadrature ?? NaN
        out[3]![i] = cycle?.period ?? NaN
        out[4]![i] = cycle?.smoothPeriod ?? NaN
      }
    },
    5
  ) as readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  const cycle: Cycle = { price: NaN, inPhase: NaN, quadrature: NaN, period: NaN, smoothPeriod: NaN }
  let at = 0
  return () => {
    const i = at++
    if (i < start) return undefined
    cycle.price = price[i]!
    cycle.inPhase = inPhase[i]!
    cycle.quadrature = quadrature[i]!
    cycle.period = period[i]!
    cycle.smoothPeriod = smoothPeriod[i]!
    return cycle
  }
}

const discriminated = (m: StreamMemory, start: number): ((x: number) => Cycle | undefined) => {
  const lags = [delay(m, 1), delay(m, 2), delay(m, 3)] as const
  const parts = [quadrature(m), quadrature(m), quadrature(m), quadrature(m)] as const
  const at = m.take(10) // seen; 3 detrended values; I2, Q2, Re, Im, period, smooth period
  const cycle: Cycle = { price: NaN, inPhase: NaN, quadrature: NaN, period: NaN, smoothPeriod: NaN }
  return (x) => {
    const c = m.cells
    const price = (4 * x + 3 * lags[0](x) + 2 * lags[1](x) + lags[2](x)) / 10
    if (c[at]! < start) {
      c[at]!++
      return undefined
    }
    const before = c[at + 8]!
    const gain = 0.075 * before + 0.54
    const detrended = parts[0](price, gain)
    const q1 = parts[1](detrended, gain)
    const i1 = c[at + 3]!
    c.copyWithin(at + 2, at + 1, at + 3)
    c[at + 1] = detrended
    const [i2, q2] = [c[at + 4]!, c[at + 5]!]
    const jI = parts[2](i1, gain)
    const jQ = parts[3](q1, gain)
    const nextQ = 0.2 * (q1 + jI) + 0.8 * q2
    const nextI = 0.2 * (i1 - jQ) + 0.8 * i2
    const re = 0.2 * (nextI * i2 + nextQ * q2) + 0.8 * c[at + 6]!
    const im = 0.2 * (nextI * q2 - nextQ * i2) + 0.8 * c[at + 7]!
    let period = re !== 0 && im !== 0 ? 360 / (Math.atan(im / re) * degrees) : before
    period = Math.max(Math.min(period, 1.5 * before), 0.67 * before)
    period = 0.2 * Math.min(50, Math.max(6, period)) + 0.8 * before
    c[at + 4] = nextI
    c[at + 5] = nextQ
    c[at + 6] = re
    c[at + 7] = im
    c[at + 8] = period
    c[at + 9] = 0.33 * period + 0.67 * c[at + 9]!
    cycle.price = price
    cycle.inPhase = i1
    cycle.quadrature = q1
    cycle.period = period
    cycle.smoothPeriod = c[at + 9]!
    return cycle
  }
}
/** Longest cycle, in bars. */
const LONGEST = 50
/** Values newest first, at most 50. */
const recent = (m: StreamMemory) => {
  const at = m.take(LONGEST)
  return {
    push: (x: number): void => {
      m.cells.copyWithin(at + 1, at, at + LONGEST - 1)
      m.cells[at] = x
    },
    ago: (k: number): number => m.cells[at + k]!
  }
}
/** The period rounded to bars. */
const wholeBars = (smoothPeriod: number): number => Math.trunc(smoothPeriod + 0.5)

/** Sines and cosines of the bars of a cycle of so many. */
const waves = Array.from({ length: LONGEST + 1 }, (_, bars) => {
  const angles = Float64Array.from({ length: bars }, (__, i) => (i * 2 * Math.PI) / bars)
  return { sine: angles.map(Math.sin), cosine: angles.map(Math.cos) }
})

/** Phase of the dominant cycle in degrees, -45 to 315. Of a whole series once for all that ask, as the cycles are; those start at bar `start`. */
export const dominantPhase = (m: StreamMemory, start: number): ((cycle: Cycle) => number) => {
  if (m.series === undefined) return phased(m)
  const { close, shared } = m.series
  const series = m.series
  const phase = shared.column("phase", [close], [start], (out) => {
    const next = cyclesOf(series, start)
    const phaseOf = phased(new Memory())
    for (let i = 0; i < close.length; i++) {
      const cycle = next(close[i]!)
      out[i] = cycle === undefined ? NaN : phaseOf(cycle)
    }
  })
  let at = start
  return () => phase[at++]!
}

const phased = (m: StreamMemory): ((cycle: Cycle) => number) => {
  const prices = recent(m)
  const at = m.take(1)
  return ({ price, smoothPeriod }) => {
    prices.push(price)
    const bars = wholeBars(smoothPeriod)
    const { sine, cosine } = waves[bars]!
    let re = 0
    let im = 0
    for (let i = 0; i < bars; i++) {
      re += sine[i]! * prices.ago(i)
      im += cosine[i]! * prices.ago(i)
    }
    let phase = m.cells[at]!
    if (im !== 0) phase = Math.atan(re / im) * degrees
    else phase += Math.sign(re) * 90
    phase += 90 + 360 / smoothPeriod + (im < 0 ? 180 : 0)
    if (phase > 315) phase -= 360
    return (m.cells[at] = phase)
  }
}
/** Mean over one cycle, smoothed over four bars. `see` takes every price, `at` answers for a bar with a cycle. */
export const trendline = (m: StreamMemory) => {
  const prices = recent(m)
  const at = m.take(3)
  return {
    see: prices.push,
    at: ({ smoothPeriod }: Cycle): number => {
      const c = m.cells
      const bars = wholeBars(smoothPeriod)
      let mean = 0
      for (let i = 0; i < bars; i++) mean += prices.ago(i)
      if (bars > 0) mean /= bars
      const line = (4 * mean + 3 * c[at]! + 2 * c[at + 1]! + c[at + 2]!) / 10
      c.copyWithin(at + 1, at, at + 2)
      c[at] = mean
      return line
    }
  }
}
