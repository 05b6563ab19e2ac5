/** Seeded series for tests: a log-normal walk with overnight gaps and ranges around the body. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { randomFrom } from "../../src/simulation/random.ts"

export const normalFrom =
  (random: () => number): (() => number) =>
  () =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

export interface WalkOptions {
  readonly seed: number
  readonly bars: number
  /** Mean and standard deviation of a bar's log return. */
  readonly drift?: number
  readonly volatility?: number
}

export const walk = ({ seed, bars, drift = 0, volatility = 0.01 }: WalkOptions): SeriesColumns => {
  const random = randomFrom(seed)
  const normal = normalFrom(random)
  const columns = {
    date: Int32Array.from({ length: bars }, (_, t) => 14_000 + t + 2 * Math.floor(t / 5)),
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars),
    close: new Float64Array(bars),
    volume: new Float64Array(bars)
  }
  let price = 100
  for (let t = 0; t < bars; t++) {
    columns.open[t] = price * Math.exp(0.4 * volatility * normal())
    price *= Math.exp(drift + volatility * normal())
    columns.close[t] = price
    columns.high[t] = Math.max(columns.open[t]!, price) * Math.exp(0.3 * volatility * random())
    columns.low[t] = Math.min(columns.open[t]!, price) * Math.exp(-0.3 * volatility * random())
    columns.volume[t] = 1e6 * (0.5 + random())
  }
  return columns
}

/** Simple moving average by definition, NaN before it is full. */
export const plainSma = (x: Float64Array, n: number): Float64Array =>
  Float64Array.from(x, (_, t) => (t < n - 1 ? NaN : x.subarray(t - n + 1, t + 1).reduce((a, b) => a + b, 0) / n))

export const maxRelativeDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let worst = 0
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!]
    if (Number.isNaN(x) && Number.isNaN(y)) continue
    worst = Math.max(worst, Math.abs(x - y) / Math.max(1, Math.abs(x), Math.abs(y)))
  }
  return worst
}

/** Targets that hold for a while and then change: flat, long, short, partial, or "keep" (NaN). */
export const randomTargets = (seed: number, bars: number): Float64Array => {
  const random = randomFrom(seed)
  let current = 0
  return Float64Array.from({ length: bars }, () => {
    if (random() < 0.1) current = [0, 1, -1, 0.5, -0.3, NaN][Math.floor(random() * 6)]!
    return current
  })
}
/** A market with missing bars and bars without volume. */
export const holedMarket = (seed: number, bars: number): SeriesColumns => {
  const columns = walk({ seed, bars, volatility: 0.02 })
  const random = randomFrom(seed + 1)
  for (let t = 1; t < bars; t++) {
    if (random() < 0.03) {
      for (const price of [columns.open, columns.high, columns.low, columns.close]) price[t] = NaN
    }
    if (random() < 0.03) columns.volume[t] = 0
  }
  return columns
}
