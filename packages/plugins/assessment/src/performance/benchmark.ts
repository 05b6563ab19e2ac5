/** Comparison with a benchmark, aligned bar by bar. */
import { momentsOf } from "./moments.ts"

export interface AgainstBenchmark {
  /** Jensen's alpha, arithmetic, per year: `(mean(y) - beta mean(x)) * A`. */
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

/** `returns` and `benchmark` are simple returns of the same bars; a bar that the benchmark does not have (NaN) is left out of both. */
export const againstBenchmark = (returns: Float64Array, benchmark: Float64Array, annualisation: number): AgainstBenchmark => {
  const complete = !benchmark.some(Number.isNaN)
  const y = complete ? returns : returns.filter((_, i) => !Number.isNaN(benchmark[i]))
  const x = complete ? benchmark : benchmark.filter((v) => !Number.isNaN(v))
  const own = momentsOf(y)
  const its = momentsOf(x)
  const difference = momentsOf(Float64Array.from(y, (v, i) => v - x[i]!))
  let product = 0
  for (let i = 0; i < y.length; i++) product += (y[i]! - own.mean) * (x[i]! - its.mean)
  const covariance = product / (y.length - 1)
  const beta = its.std > 0 ? covariance / its.std ** 2 : NaN
  return {
    alpha: (own.mean - beta * its.mean) * annualisation,
    beta,
    correlation: own.std > 0 && its.std > 0 ? covariance / (own.std * its.std) : NaN,
    trackingError: difference.std * Math.sqrt(annualisation),
    informationRatio: difference.std > 0 ? (difference.mean / difference.std) * Math.sqrt(annualisation) : NaN,
    upCapture: capture(y, x, 1),
    downCapture: capture(y, x, -1)
  }
}

const capture = (y: Float64Array, x: Float64Array, side: 1 | -1): number => {
  let own = 0
  let its = 0
  let bars = 0
  for (let i = 0; i < x.length; i++) {
    if (x[i]! * side <= 0) continue
    own += Math.log1p(y[i]!)
    its += Math.log1p(x[i]!)
    bars++
  }
  return bars === 0 ? NaN : Math.expm1(own / bars) / Math.expm1(its / bars)
}
