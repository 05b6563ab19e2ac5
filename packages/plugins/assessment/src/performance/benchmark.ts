/** Comparison with a benchmark, aligned bar by bar. */
import { type Moments, momentsOf } from "./moments.ts"

export interface AgainstBenchmark {
  /** Jensen's alpha, arithmetic, per year: `(mean(y-rf) - beta mean(x-rf)) * A`. */
  readonly alpha: number
  /** Sample covariance over the benchmark's variance. */
  readonly beta: number
  readonly correlation: number
  /** Standard deviation of the difference, per year. */
  readonly trackingError: number
  /** Mean difference over its standard deviation, per year. */
  readonly informationRatio: number
  /** Geometric mean return in the benchmark's rising (falling) bars over the benchmark's own. */
  readonly upCapture: number
  readonly downCapture: number
}

/** A benchmark with everything about it that does not depend on who is compared with it: made once per series. */
export interface Benchmark {
  /** Bars that it has; undefined when it has them all. */
  readonly bars: Int32Array | undefined
  /** Its simple returns on those bars. */
  readonly returns: Float64Array
  readonly moments: Moments
  readonly rising: Side
  readonly falling: Side
}

interface Side {
  /** Places in `returns`. */
  readonly places: Int32Array
  /** Its geometric mean return there. */
  readonly growth: number
}

/** `returns` are simple returns of the evaluated bars; NaN = the benchmark has no such bar. */
export const benchmarkOf = (returns: Float64Array): Benchmark => {
  const gaps = returns.some(Number.isNaN)
  const bars = gaps ? Int32Array.from(returns.keys().filter((t) => !Number.isNaN(returns[t]))) : undefined
  const own = bars === undefined ? returns : gathered(returns, bars)
  return { bars, returns: own, moments: momentsOf(own), rising: sideOf(own, 1), falling: sideOf(own, -1) }
}

const sideOf = (returns: Float64Array, sign: 1 | -1): Side => {
  const places = Int32Array.from(returns.keys().filter((t) => returns[t]! * sign > 0))
  let sum = 0
  for (const t of places) sum += Math.log1p(returns[t]!)
  return { places, growth: Math.expm1(sum / places.length) }
}

/** What is compared with a benchmark: simple returns, log returns and moments of the evaluated bars. */
export interface Compared {
  readonly returns: Float64Array
  readonly logs: Float64Array
  readonly moments: Moments
  /** As long as `returns`; overwritten. */
  readonly space: Float64Array
}

/** A bar that the benchmark does not have is left out of both. `riskFree` is a rate per year, as in `Conventions`; it matters to alpha alone. */
export const againstBenchmark = (
  whole: Compared,
  its: Benchmark,
  { annualisation, riskFree }: { readonly annualisation: number; readonly riskFree: number }
): AgainstBenchmark => {
  const { returns: y, logs, moments: own, space } = its.bars === undefined ? whole : onBars(whole, its.bars)
  const x = its.returns
  let product = 0
  for (let i = 0; i < y.length; i++) product += (y[i]! - own.mean) * (x[i]! - its.moments.mean)
  const difference = differenceOf({ returns: y, moments: own, space }, its, product)
  const covariance = product / (y.length - 1)
  const beta = its.moments.std > 0 ? covariance / its.moments.std ** 2 : NaN
  return {
    alpha: (own.mean - beta * its.moments.mean) * annualisation - (1 - beta) * riskFree,
    beta,
    correlation: own.std > 0 && its.moments.std > 0 ? covariance / (own.std * its.moments.std) : NaN,
    trackingError: difference.std * Math.sqrt(annualisation),
    informationRatio: difference.std > 0 ? (difference.mean / difference.std) * Math.sqrt(annualisation) : NaN,
    upCapture: capture(logs, its.rising),
    downCapture: capture(logs, its.falling)
  }
}

/** Of this share of the variances that it is left of, a variance of differences has lost too many digits. */
const CANCELLED = 1e-4

/** Mean and deviation of `y - x` from the moments of both, or from the differences where those nearly cancel. `product` is the sum of co-deviations. */
const differenceOf = (
  { returns, moments: own, space }: Omit<Compared, "logs">,
  { returns: x, moments: its }: Benchmark,
  product: number
): Pick<Moments, "mean" | "std"> => {
  const both = own.std ** 2 + its.std ** 2
  const variance = both - (2 * product) / (returns.length - 1)
  if (variance > CANCELLED * both) return { mean: own.mean - its.mean, std: Math.sqrt(variance) }
  for (let i = 0; i < returns.length; i++) space[i] = returns[i]! - x[i]!
  return momentsOf(space)
}

const capture = (logs: Float64Array, { places, growth }: Side): number => {
  let sum = 0
  for (let i = 0; i < places.length; i++) sum += logs[places[i]!]!
  return places.length === 0 ? NaN : Math.expm1(sum / places.length) / growth
}

const gathered = (values: Float64Array, places: Int32Array): Float64Array => Float64Array.from(places, (t) => values[t]!)

const onBars = ({ returns, logs }: Compared, bars: Int32Array): Compared => {
  const own = gathered(returns, bars)
  return { returns: own, logs: gathered(logs, bars), moments: momentsOf(own), space: new Float64Array(bars.length) }
}
