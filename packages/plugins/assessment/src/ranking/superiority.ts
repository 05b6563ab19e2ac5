/** Is the best of many strategies better than the benchmark, or only the luckiest? Tests on the joint bootstrap distribution of all of them. */
import { quantileOf } from "../performance/moments.ts"
import { fourProducts } from "../performance/ratios.ts"
import { type Resamples, resampledMeansInSteps } from "./resamples.ts"

export interface Superiority {
  /** Place of the strategy with the highest mean difference, and with the highest studentised one. */
  readonly best: number
  readonly bestStudentised: number
  /** White's reality check (2000): p-value of `max_k sqrt(n) mean(d_k)`, not studentised. */
  readonly realityCheck: number
  /** Hansen's test for superior predictive ability (2005), studentised; the consistent p-value lies between the two others. */
  readonly spa: { readonly statistic: number; readonly lower: number; readonly consistent: number; readonly upper: number }
  /** Strategies that beat the benchmark by Romano & Wolf's step-wise test (2005), with a chance of any false one below `level`. */
  readonly superior: ReadonlyArray<number>
}

/** Strategies between two chances for the caller to do something else: some milliseconds. */
const PER_STEP = 8
/** Kernel weights below this are left out. */
const NEGLIGIBLE = 1e-12

/**
 * Variance of `sqrt(n) mean(x)` under the stationary bootstrap with mean block length 1/q (Politis & Romano 1994, lemma 1; Hansen 2005):
 * `g(0) + 2 sum_i k(i) g(i)` with `k(i) = (1-i/n)(1-q)^i + (i/n)(1-q)^(n-i)` and the autocovariances g, divisor n.
 */
export const bootstrapVariance = (x: Float64Array, blockLength: number): number => {
  const n = x.length
  const keep = 1 - 1 / Math.max(1, blockLength)
  let mean = 0
  for (let t = 0; t < n; t++) mean += x[t]!
  mean /= n
  const centred = x.map((v) => v - mean)
  const products = [0, 0, 0, 0]
  const reach = keep === 0 ? 0 : Math.min(n - 1, Math.ceil(Math.log(NEGLIGIBLE) / Math.log(keep)))
  let variance = 0
  for (const d of centred) variance += (d * d) / n
  for (let from = 1; from < n; from += 4) {
    if (from > reach && n - from > reach + 4) from = n - reach - 4
    fourProducts(centred, from, products)
    for (let i = from; i < from + 4 && i < n; i++)
      variance += 2 * ((1 - i / n) * keep ** i + (i / n) * keep ** (n - i)) * (products[i - from]! / n)
  }
  return variance
}

/**
 * `differences` are per-bar returns of each strategy over those of the benchmark, on the axis of `resamples`, whose mean block length is given.
 * One that does not vary is left out. Undefined when all are.
 */
export function* superiorityInSteps(
  differences: ReadonlyArray<Float64Array>,
  resamples: Resamples,
  { blockLength, level = 0.05 }: { readonly blockLength: number; readonly level?: number }
): Generator<void, Superiority | undefined> {
  const n = resamples.bars
  const root = Math.sqrt(n)
  const places: Array<number> = []
  const means: Array<number> = []
  const deviations: Array<number> = []
  for (const [k, d] of differences.entries()) {
    if (k % PER_STEP === PER_STEP - 1) yield
    const deviation = Math.sqrt(Math.max(0, bootstrapVariance(d, blockLength)))
    const mean = d.reduce((a, b) => a + b, 0) / n
    if (!(deviation > 1e-12 * (1 + Math.abs(mean)))) continue
    places.push(k)
    means.push(mean)
    deviations.push(deviation)
  }
  if (places.length === 0) return undefined
  const shifted = yield* resampledMeansInSteps(
    places.map((k) => differences[k]!),
    resamples
  )
  for (const [k, own] of shifted.entries()) for (let i = 0; i < own.length; i++) own[i]! -= means[k]!
  const t = means.map((mean, k) => (root * mean) / deviations[k]!)
  const plain = Math.max(...means)
  const statistic = Math.max(0, ...t)
  const limit = Math.sqrt(2 * Math.log(Math.log(n)))
  // What is added to the shifted bootstrap means, so that strategies far below the benchmark count less (Hansen 2005, equations 9 and 10).
  const spare = (g: (mean: number, k: number) => number) =>
    shareAbove(shifted, { statistic, scale: deviations.map((d) => root / d), add: means.map((mean, k) => mean - g(mean, k)) })
  return {
    best: places[means.indexOf(plain)]!,
    bestStudentised: places[t.indexOf(Math.max(...t))]!,
    realityCheck: shareAbove(shifted, {
      statistic: root * plain,
      scale: means.map(() => root),
      add: means.map(() => 0),
      floor: -Infinity
    }),
    spa: {
      statistic,
      lower: spare((mean) => Math.max(0, mean)),
      consistent: spare((mean, k) => (t[k]! >= -limit ? mean : 0)),
      upper: spare((mean) => mean)
    },
    superior: stepDown(shifted, { t, scale: deviations.map((d) => root / d), level }).map((k) => places[k]!)
  }
}

interface Tested {
  readonly statistic: number
  readonly scale: ReadonlyArray<number>
  /** Added to every bootstrap mean of a strategy before it is scaled. */
  readonly add: ReadonlyArray<number>
  readonly floor?: number
}

/** Share of resamples in which the largest of all strategies' bootstrap statistics is above the one that was seen. */
const shareAbove = (shifted: ReadonlyArray<Float64Array>, { statistic, scale, add, floor = 0 }: Tested): number => {
  const highest = new Float64Array(shifted[0]!.length).fill(floor)
  for (const [k, own] of shifted.entries()) {
    for (let i = 0; i < own.length; i++) highest[i] = Math.max(highest[i]!, (own[i]! + add[k]!) * scale[k]!)
  }
  let above = 0
  for (const value of highest) if (value > statistic) above++
  return above / highest.length
}

/** Rejects whatever is above the quantile of the maximum over those that are left, until a round rejects nothing. */
const stepDown = (
  shifted: ReadonlyArray<Float64Array>,
  { t, scale, level }: { readonly t: ReadonlyArray<number>; readonly scale: ReadonlyArray<number>; readonly level: number }
): ReadonlyArray<number> => {
  const superior: Array<number> = []
  let left = t.map((_, k) => k)
  for (;;) {
    if (left.length === 0) return superior
    const highest = new Float64Array(shifted[0]!.length).fill(-Infinity)
    for (const k of left) {
      const own = shifted[k]!
      for (let i = 0; i < own.length; i++) highest[i] = Math.max(highest[i]!, own[i]! * scale[k]!)
    }
    const limit = quantileOf(highest.sort(), 1 - level)
    const rejected = left.filter((k) => t[k]! > limit)
    if (rejected.length === 0) return superior.toSorted((a, b) => a - b)
    superior.push(...rejected)
    left = left.filter((k) => t[k]! <= limit)
  }
}
