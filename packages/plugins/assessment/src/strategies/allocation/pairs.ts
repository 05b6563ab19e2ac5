/** Pairs of symbols that move together: sells the dear one and buys the cheap one (Engle & Granger 1987; Vidyamurthy 2004). */
import { adf } from "@tetra/plugin-metrics/kernels"
import type { AllocationStrategy, Universe } from "../../types.ts"
import { movesOf } from "./budgets.ts"
import { quotedOn } from "./selection.ts"

/** Days between two choices of pairs. */
const DAYS = 63
/** Only this many of the most correlated pairs are tested for cointegration. */
const CANDIDATES = 200
/** 5 % critical value of the Engle-Granger test for two series with a constant (MacKinnon 2010, asymptotic). */
const CRITICAL = -3.33613

interface Pair {
  readonly a: number
  readonly b: number
  /** `ln a = level + slope ln b + e`, with the standard deviation of e. */
  readonly level: number
  readonly slope: number
  readonly deviation: number
  readonly statistic: number
}

/**
 * Every 63 days, over the `formation` days before: the pairs with the strongest cointegration, at most `pairs` of them and each symbol in one only.
 * Enters when the spread is more than `entry` standard deviations from its mean and leaves within `exit`. Long only, it buys the cheap one alone.
 */
export const pairsCointegration: AllocationStrategy = {
  name: "pairs_cointegration",
  title: "Cointegrated pairs",
  parameters: [
    { name: "formation", default: 252, grid: [126, 252] },
    { name: "entry", default: 2, grid: [1.5, 2] },
    { name: "exit", default: 0.5, grid: [0, 0.5] },
    { name: "pairs", default: 5, grid: [5] },
    { name: "short", default: 0, grid: [0] }
  ],
  allocate: (universe, [formation, entry, exit, most, both], weights) => {
    const logs = universe.closes.map((x) => x.map(Math.log))
    const find = pairsFinder(universe, logs, formation!)
    let pairs: ReadonlyArray<Pair> = []
    let sides: Array<number> = []
    for (let t = 0; t < universe.date.length; t++) {
      if (t % DAYS === 0) {
        pairs = t >= formation! ? find(t).slice(0, most) : []
        sides = pairs.map(() => 0)
      }
      for (const [k, { a, b, level, slope, deviation }] of pairs.entries()) {
        const z = (logs[a]![t]! - level - slope * logs[b]![t]!) / deviation
        if (sides[k] === 0 && Math.abs(z) > entry!) sides[k] = z > 0 ? -1 : 1
        else if (sides[k] !== 0 && sides[k]! * z > -exit!) sides[k] = 0
        const share = sides[k]! / most! / (1 + slope)
        weights[a]![t] = both === 1 ? share : Math.max(0, share)
        weights[b]![t] = both === 1 ? -share * slope : Math.max(0, -share * slope)
      }
    }
  }
}

/** Cointegrated pairs as of a day, strongest first, each symbol once. */
const pairsFinder = (universe: Universe, logs: ReadonlyArray<Float64Array>, n: number) => {
  const moves = movesOf(universe)
  const quoted = quotedOn(universe)
  return (t: number): ReadonlyArray<Pair> => {
    const known = logs.flatMap((x, i) =>
      quoted[i]![t] === 1 && Number.isFinite(moves[i]![t - n + 1]) && Number.isFinite(x[t]) ? [i] : []
    )
    const recent = known.map((i) => standardised(moves[i]!.subarray(t - n + 1, t + 1)))
    const candidates = known
      .flatMap((a, k) => known.slice(0, k).map((b, j) => ({ a: b, b: a, together: product(recent[k]!, recent[j]!) })))
      .filter(({ together }) => together > 0)
      .toSorted((x, y) => y.together - x.together || x.a - y.a || x.b - y.b)
      .slice(0, CANDIDATES)
    const window = (i: number) => logs[i]!.subarray(t - n + 1, t + 1)
    const found = candidates
      .map(({ a, b }) => ({ a, b, ...cointegration(window(a), window(b)) }))
      .filter(({ slope, statistic, deviation }) => slope > 0 && deviation > 0 && statistic < CRITICAL)
      .toSorted((x, y) => x.statistic - y.statistic)
    const used = new Set<number>()
    return found.filter(({ a, b }) => !used.has(a) && !used.has(b) && used.add(a).add(b))
  }
}

/** With mean 0 and length 1; zeros for a constant series. */
const standardised = (x: Float64Array): Float64Array => {
  const mean = meanOf(x)
  const out = new Float64Array(x.length)
  for (let t = 0; t < x.length; t++) out[t] = x[t]! - mean
  const size = Math.sqrt(product(out, out))
  for (let t = 0; t < x.length; t++) out[t] = size > 0 ? out[t]! / size : 0
  return out
}

const meanOf = (x: Float64Array): number => {
  let sum = 0
  for (let t = 0; t < x.length; t++) sum += x[t]!
  return sum / x.length
}

const product = (x: Float64Array, y: Float64Array): number => {
  let sum = 0
  for (let t = 0; t < x.length; t++) sum += x[t]! * y[t]!
  return sum
}

/**
 * Least squares of y on x, and the Dickey-Fuller statistic of its residuals with one lag: `engleGranger` looks for the best number of lags, which is
 * too slow for hundreds of pairs.
 */
export const cointegration = (y: Float64Array, x: Float64Array): Omit<Pair, "a" | "b"> => {
  const n = y.length
  const [my, mx] = [meanOf(y), meanOf(x)]
  let [xx, xy] = [0, 0]
  for (let t = 0; t < n; t++) {
    xx += (x[t]! - mx) ** 2
    xy += (x[t]! - mx) * (y[t]! - my)
  }
  const slope = xy / xx
  const level = my - slope * mx
  const e = new Float64Array(n)
  for (let t = 0; t < n; t++) e[t] = y[t]! - level - slope * x[t]!
  const deviation = Math.sqrt(product(e, e) / (n - 2))
  return { level, slope, deviation, statistic: adf(e, { trend: "n", lags: 1 }).statistic }
}
