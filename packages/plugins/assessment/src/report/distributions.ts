/** Histograms and rolling statistics of returns. */
import type { Conventions } from "../performance/measure.ts"
import { type Moments, momentsOf, quantileOf } from "../performance/moments.ts"
import { normalCdf, normalQuantile } from "../performance/normal.ts"

export interface Histogram {
  /** One more than `counts`; the first and last bins also hold what is beyond them. */
  readonly edges: ReadonlyArray<number>
  readonly counts: ReadonlyArray<number>
}

/** Equal bins between two edges; NaN is left out. */
export const histogram = (values: Float64Array, { low, high, bins }: { low: number; high: number; bins: number }): Histogram => {
  const width = (high - low) / bins
  const counts = Array<number>(bins).fill(0)
  for (const v of values) {
    if (Number.isNaN(v)) continue
    counts[width > 0 ? Math.min(bins - 1, Math.max(0, Math.floor((v - low) / width))) : 0]!++
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => low + i * width), counts }
}

const BINS = 41
/** Bins to the 0.5 % and 99.5 % quantile, symmetric around 0, with the counts of a normal distribution of the same mean and spread. */
export const returnHistogram = (returns: Float64Array): Histogram & { readonly normal: ReadonlyArray<number> } => {
  const ascending = returns.toSorted()
  const reach = Math.max(Math.abs(quantileOf(ascending, 0.005)), Math.abs(quantileOf(ascending, 0.995))) || 0.001
  const { edges, counts } = histogram(returns, { low: -reach, high: reach, bins: BINS })
  const moments = momentsOf(returns)
  const normal = counts.map((_, i) => (moments.std > 0 ? moments.n * binShare(moments, edges, i) : 0))
  return { edges, counts, normal }
}

/** Probability of bin i under the normal distribution, the tails in the outer bins. */
const binShare = ({ mean, std }: Moments, edges: ReadonlyArray<number>, i: number): number => {
  const upTo = (x: number): number => normalCdf((x - mean) / std)
  return (i === edges.length - 2 ? 1 : upTo(edges[i + 1]!)) - (i === 0 ? 0 : upTo(edges[i]!))
}

/** Annual Sharpe ratio over the risk-free rate and volatility (sample, simple returns) of each full window of `length` bars, at its last bar. NaN before. */
export const rolling = (
  returns: Float64Array,
  length: number,
  { annualisation, riskFree }: Pick<Conventions, "annualisation" | "riskFree">
): { readonly sharpe: Float64Array; readonly volatility: Float64Array } => {
  const sharpe = new Float64Array(returns.length).fill(NaN)
  const volatility = new Float64Array(returns.length).fill(NaN)
  for (let t = length - 1; t < returns.length; t++) {
    const { mean, std } = momentsOf(returns.subarray(t - length + 1, t + 1))
    volatility[t] = std * Math.sqrt(annualisation)
    sharpe[t] = std > 0 ? ((mean - riskFree / annualisation) / std) * Math.sqrt(annualisation) : NaN
  }
  return { sharpe, volatility }
}

const QQ_POINTS = 99
/** Quantiles of the standardised values at (i - 0.5) / n against those of a standard normal distribution; empty when the values do not vary. */
export const quantilePairs = (
  values: Float64Array
): { readonly normal: ReadonlyArray<number>; readonly returns: ReadonlyArray<number> } => {
  const { mean, std } = momentsOf(values)
  if (!(std > 0)) return { normal: [], returns: [] }
  const ascending = values.toSorted()
  // The outermost points are the extremes themselves: that is where tails show.
  const points = Math.min(QQ_POINTS, values.length)
  const shares = Array.from({ length: points }, (_, i) => {
    const place = points === 1 ? 0 : Math.round((i * (values.length - 1)) / (points - 1))
    return { share: (place + 0.5) / values.length, value: (ascending[place]! - mean) / std }
  })
  return { normal: shares.map(({ share }) => normalQuantile(share)), returns: shares.map(({ value }) => value) }
}

/** Covariance with the benchmark over its variance, of each full window, at its last bar. A window with a bar that the benchmark does not have is NaN. */
export const rollingBeta = (returns: Float64Array, benchmark: Float64Array, length: number): Float64Array => {
  const out = new Float64Array(returns.length).fill(NaN)
  for (let t = length - 1; t < returns.length; t++) {
    const y = momentsOf(returns.subarray(t - length + 1, t + 1)).mean
    const x = momentsOf(benchmark.subarray(t - length + 1, t + 1)).mean
    let product = 0
    let squares = 0
    for (let i = t - length + 1; i <= t; i++) {
      product += (returns[i]! - y) * (benchmark[i]! - x)
      squares += (benchmark[i]! - x) ** 2
    }
    if (squares > 0) out[t] = product / squares
  }
  return out
}
