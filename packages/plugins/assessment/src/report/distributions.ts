/** Histograms and rolling statistics of returns. */
import { type Moments, momentsOf, quantileOf } from "../performance/moments.ts"
import { normalCdf } from "../performance/normal.ts"

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

/** Annual Sharpe ratio and volatility (sample, simple returns) of each full window of `length` bars, at its last bar. NaN before. */
export const rolling = (
  returns: Float64Array,
  length: number,
  annualisation: number
): { readonly sharpe: Float64Array; readonly volatility: Float64Array } => {
  const sharpe = new Float64Array(returns.length).fill(NaN)
  const volatility = new Float64Array(returns.length).fill(NaN)
  for (let t = length - 1; t < returns.length; t++) {
    const { mean, std } = momentsOf(returns.subarray(t - length + 1, t + 1))
    volatility[t] = std * Math.sqrt(annualisation)
    sharpe[t] = std > 0 ? (mean / std) * Math.sqrt(annualisation) : NaN
  }
  return { sharpe, volatility }
}
