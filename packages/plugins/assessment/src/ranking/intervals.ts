/** Confidence intervals by the stationary bootstrap, and what the order of the trades alone does to the drawdown. */
import { RandomSource } from "@tetra/plugin-scenarios/kernels"
import { normalCdf, normalQuantile } from "../performance/normal.ts"
import type { Conventions } from "../performance/measure.ts"
import { quantileOf } from "../performance/moments.ts"
import { resampled, type Resamples } from "./resamples.ts"

export const intervalStatistics = ["sharpe", "annual_return", "max_drawdown", "excess_return"] as const
export type IntervalStatistic = (typeof intervalStatistics)[number]

export interface Interval {
  readonly statistic: IntervalStatistic
  readonly estimate: number
  /** Percentile interval. */
  readonly low: number
  readonly high: number
  /** Bias-corrected and accelerated (Efron 1987); NaN where it is not defined. */
  readonly bcaLow: number
  readonly bcaHigh: number
}

export interface IntervalInput {
  /** Simple returns per bar of the strategy and of the benchmark, on the axis of the resamples. */
  readonly returns: Float64Array
  readonly benchmark: Float64Array
  readonly conventions: Pick<Conventions, "annualisation" | "riskFree">
  readonly confidence: number
  readonly resamples: Resamples
}

/** Bars whose product neither over- nor underflows. */
const PIECE = 255

/** `sum ln(1+x)`, by products over pieces: one logarithm for 256 bars. */
const logGrowth = (x: Float64Array, n: number): number => {
  let logs = 0
  let product = 1
  for (let t = 0; t < n; t++) {
    product *= 1 + x[t]!
    if ((t & PIECE) === PIECE) {
      logs += Math.log(product)
      product = 1
    }
  }
  return logs + Math.log(product)
}

/** Deepest drawdown of returns, as a negative share. */
const deepestFall = (x: Float64Array, n: number): number => {
  let below = 1 // Equity over the highest equity so far.
  let worst = 1
  for (let t = 0; t < n; t++) {
    below *= 1 + x[t]!
    if (below > 1) below = 1
    else if (below < worst) worst = below
  }
  return Math.max(0, worst) - 1
}

/** In the order of `intervalStatistics`: annual Sharpe ratio over the risk-free rate, geometric annual return, deepest drawdown (a negative share), and annual return over the benchmark's. */
const statisticsOf = (
  r: Float64Array,
  b: Float64Array,
  n: number,
  { annualisation, riskFree }: IntervalInput["conventions"],
  out: Float64Array
): void => {
  let sum = 0
  let squares = 0
  for (let t = 0; t < n; t++) {
    sum += r[t]!
    squares += r[t]! * r[t]!
  }
  const mean = sum / n
  const variance = Math.max(0, squares - n * mean * mean) / (n - 1)
  const annual = Math.expm1((logGrowth(r, n) * annualisation) / n)
  out[0] = variance > 1e-28 ? ((mean - riskFree / annualisation) / Math.sqrt(variance)) * Math.sqrt(annualisation) : NaN
  out[1] = annual
  out[2] = deepestFall(r, n)
  out[3] = annual - Math.expm1((logGrowth(b, n) * annualisation) / n)
}

/** Bars left out at once for the acceleration: blocks, because neighbouring returns belong together. */
const JACKKNIFE_BLOCKS = 50

/**
 * `confidence` 0.9 answers the 5 % and the 95 % point of each statistic's bootstrap distribution. The acceleration of BCa is estimated by leaving out
 * one of 50 stretches of the axis at a time (Künsch 1989). Undefined for fewer than 20 bars.
 */
export const intervalsOf = (input: IntervalInput): ReadonlyArray<Interval> | undefined => {
  const { returns, benchmark, conventions, resamples, confidence } = input
  const n = returns.length
  if (n < 20) return undefined
  const found = new Float64Array(4)
  statisticsOf(returns, benchmark, n, conventions, found)
  const estimates = Float64Array.from(found)
  const values = intervalStatistics.map(() => new Float64Array(resamples.count))
  const r = new Float64Array(n)
  const b = new Float64Array(n)
  for (let i = 0; i < resamples.count; i++) {
    resampled(returns, resamples, i, r)
    resampled(benchmark, resamples, i, b)
    statisticsOf(r, b, n, conventions, found)
    for (const [k, own] of values.entries()) own[i] = found[k]!
  }
  const accelerations = accelerationsOf(input)
  return intervalStatistics.map((statistic, k) => ({
    statistic,
    estimate: estimates[k]!,
    ...bounds(values[k]!, { estimate: estimates[k]!, acceleration: accelerations[k]!, confidence })
  }))
}

const accelerationsOf = ({ returns, benchmark, conventions }: IntervalInput): ReadonlyArray<number> => {
  const n = returns.length
  const blocks = Math.min(JACKKNIFE_BLOCKS, n)
  const found = new Float64Array(4)
  const left = intervalStatistics.map(() => new Float64Array(blocks))
  const [r, b] = [new Float64Array(n), new Float64Array(n)]
  for (let block = 0; block < blocks; block++) {
    const from = Math.floor((block * n) / blocks)
    const to = Math.floor(((block + 1) * n) / blocks)
    for (const [x, out] of [
      [returns, r],
      [benchmark, b]
    ] as const) {
      out.set(x.subarray(0, from))
      out.set(x.subarray(to), from)
    }
    statisticsOf(r, b, n - (to - from), conventions, found)
    for (let k = 0; k < left.length; k++) left[k]![block] = found[k]!
  }
  return left.map(accelerationOf)
}

/** `sum (m - x)^3 / (6 (sum (m - x)^2)^1.5)` over the values with one part left out (Efron 1987); 0 when they are all alike. */
export const accelerationOf = (values: Float64Array): number => {
  const mean = values.reduce((a, v) => a + v, 0) / values.length
  let squares = 0
  let cubes = 0
  for (const v of values) {
    squares += (mean - v) ** 2
    cubes += (mean - v) ** 3
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0
}

interface Bounded {
  readonly estimate: number
  readonly acceleration: number
  readonly confidence: number
}

/** Percentile and BCa bounds of bootstrap values. */
export const bounds = (
  values: Float64Array,
  { estimate, acceleration, confidence }: Bounded
): Pick<Interval, "low" | "high" | "bcaLow" | "bcaHigh"> => {
  const ascending = values.filter((v) => Number.isFinite(v)).sort()
  const tail = (1 - confidence) / 2
  let below = 0
  for (const v of ascending) below += v < estimate ? 1 : v === estimate ? 0.5 : 0
  const bias = normalQuantile(below / ascending.length)
  const shifted = (q: number): number => {
    const z = bias + normalQuantile(q)
    return quantileOf(ascending, normalCdf(bias + z / (1 - acceleration * z)))
  }
  const defined = Number.isFinite(bias) && Number.isFinite(acceleration)
  return {
    low: quantileOf(ascending, tail),
    high: quantileOf(ascending, 1 - tail),
    bcaLow: defined ? shifted(tail) : NaN,
    bcaHigh: defined ? shifted(1 - tail) : NaN
  }
}

export interface TradeOrder {
  /** Deepest drawdown of the trades in the order that they had, and the quantiles of it over random orders; negative shares. */
  readonly actual: number
  readonly quantile05: number
  readonly median: number
  readonly quantile95: number
  /** Share of random orders with a deeper drawdown. */
  readonly deeper: number
}

/**
 * `gains` are the trades' gains as shares of equity, compounded. The same trades in another order end with the same equity, but not with the same
 * drawdown: what one saw was one draw. Undefined for fewer than two trades.
 */
export const tradeOrder = (
  gains: Float64Array,
  { count, seed }: { readonly count: number; readonly seed: number }
): TradeOrder | undefined => {
  if (gains.length < 2) return undefined
  const random = new RandomSource(seed, "trade order", gains.length)
  const actual = deepestFall(gains, gains.length)
  const order = Float64Array.from(gains)
  const drawn = new Float64Array(count)
  let deeper = 0
  for (let i = 0; i < count; i++) {
    for (let k = order.length - 1; k > 0; k--) {
      const other = random.index(k + 1)
      const held = order[k]!
      order[k] = order[other]!
      order[other] = held
    }
    drawn[i] = deepestFall(order, order.length)
    if (drawn[i]! < actual) deeper++
  }
  drawn.sort()
  return {
    actual,
    quantile05: quantileOf(drawn, 0.05),
    median: quantileOf(drawn, 0.5),
    quantile95: quantileOf(drawn, 0.95),
    deeper: deeper / count
  }
}
