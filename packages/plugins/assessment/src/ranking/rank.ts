/** Strategies and parameter sets in order: verdict first, then a penalised objective. */
import { type Moments, momentsOf, quantileOf, sorted } from "../performance/moments.ts"
import { politisWhite } from "@tetra/plugin-scenarios/kernels"
import { type Overfitting, overfittingInSteps } from "./backtestOverfitting.ts"
import { type EffectiveTrials, effectiveTrialsInSteps } from "./effectiveTrials.ts"
import { benjaminiHochberg, holm } from "./multipleTesting.ts"
import { resamplesOf } from "./resamples.ts"
import { scoreOf, type ScoreParts, scoreParts, type ScoreWeights, scoreWeights } from "./score.ts"
import { deflatedSharpe, luckiestSharpe, minimumTrackRecord, probabilisticSharpe, sharpePerBar } from "./significance.ts"
import { type Superiority, superiorityInSteps } from "./superiority.ts"
import { judge, type Verdict } from "./verdict.ts"

/** One strategy with one parameter set. */
export interface Candidate {
  readonly strategy: string
  readonly parameters: string
  readonly role?: "benchmark" | "null" | undefined
  /** The objective, and the deepest drawdown (negative share), of each (scenario, path, symbol). */
  readonly objective: ReadonlyArray<number>
  readonly drawdown: ReadonlyArray<number>
  /** Returns on the real history, equal weights over symbols; all candidates on the same bars. */
  readonly history: Float64Array
  /** The objective of those. */
  readonly historyObjective: number
  /** The strategy's objective in the tests of walk-forward. */
  readonly outOfSample?: number | undefined
  /** Trades on the real history over all symbols, and mean exposure there. */
  readonly trades: number
  readonly exposure: number
}

export interface Ranked {
  readonly rank: number
  readonly strategy: string
  readonly parameters: string
  readonly score: number
  /** What the score is the sum of. */
  readonly parts: ScoreParts
  readonly verdict: Verdict
  readonly because: string
  readonly history: number
  /** NaN without walk-forward. */
  readonly outOfSample: number
  readonly median: number
  readonly quantile10: number
  readonly best: number
  readonly worst: number
  readonly cells: number
  readonly medianDrawdown: number
  /** Of the real history. */
  readonly bars: number
  readonly psr: number
  readonly dsr: number
  /** The same with the effective number of trials. */
  readonly dsrEffective: number
  /** Chance of as good a Sharpe ratio without skill, adjusted for the number of trials: any false discovery (Holm), their share (Benjamini & Hochberg). */
  readonly holm: number
  readonly falseDiscovery: number
  /** Whether it beats holding the symbols by the step-wise test, at 5 % for any false one. */
  readonly superior: boolean
  readonly pbo: number
  /** Bars needed for 95 % confidence in a positive Sharpe ratio. */
  readonly minimumBars: number
}

export interface Ranking {
  readonly rows: ReadonlyArray<Ranked>
  /** Parameter sets that were tried, those that a search gave up included. */
  readonly trials: number
  /** Clusters of those that are really different. */
  readonly effectiveTrials: number
  /** Tests against holding the symbols; undefined without resamples. */
  readonly superiority: (Superiority & { readonly blockLength: number }) | undefined
  /** The Sharpe ratio per bar of hedged returns that the luckiest of the trials would show without skill. */
  readonly luckiest: number
  readonly bars: number
  /** Over all candidates, and per strategy with more than one parameter set. */
  readonly overall: Overfitting | undefined
  readonly byStrategy: ReadonlyMap<string, Overfitting>
}

/** An objective that is not defined (a flat account has no Sharpe ratio) counts as 0: neither gain nor loss. */
const filled = (values: ReadonlyArray<number>): Float64Array => sorted(values.map((v) => (Number.isFinite(v) ? v : 0)))

/**
 * Returns without what the market and idle cash gave: `(y - rf) - beta (x - rf)`, with beta by least squares. A rising market makes every strategy that
 * is mostly invested look skilled, and interest one that is mostly not; significance is therefore tested on what is left. Null when nothing is: the
 * benchmark itself. `riskFree` is a rate per bar.
 */
export const hedged = (y: Float64Array, x: Float64Array, riskFree = 0): Float64Array | null => {
  const beta = slopeOf(y, x)
  const rest = Number.isFinite(beta) ? y.map((r, t) => r - riskFree - beta * (x[t]! - riskFree)) : over(y, riskFree)
  return momentsOf(rest).std > 1e-9 * momentsOf(y).std ? rest : null
}

const over = (x: Float64Array, riskFree: number): Float64Array => (riskFree === 0 ? x : x.map((r) => r - riskFree))

/** `robust` first and `insufficient data` last; whether a strategy that does not convince is fragile or overfit is left to the score. */
const tierOf = (verdict: Verdict): number => (verdict === "robust" ? 0 : verdict === "insufficient data" ? 2 : 1)

/**
 * Robust strategies first, then by `scoreParts`, higher first; ties go by strategy and parameters. DSR is of the hedged returns and counts every candidate as a trial, PBO is of the
 * strategy's own grid. The benchmark was chosen by nobody: its DSR is its PSR, on its own returns. `benchmark` are returns on the same bars as the histories.
 */
export const rank = (candidates: ReadonlyArray<Candidate>, benchmark: Float64Array): Ranking => {
  const steps = rankInSteps(candidates, benchmark)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

export interface RankOptions {
  readonly weights?: ScoreWeights
  /** Rate per bar that Sharpe ratios are over; 0 when left out. */
  readonly riskFree?: number
  /** Parameter sets that were tried; as many as there are candidates when left out. */
  readonly tried?: number
  /** Of the bootstrap tests; none without it. */
  readonly bootstrap?: { readonly resamples: number; readonly seed: number }
}

/** The same, stopping now and then, so that a long one can be interrupted. */
export function* rankInSteps(
  candidates: ReadonlyArray<Candidate>,
  benchmark: Float64Array,
  { weights = scoreWeights, riskFree = 0, tried = 0, bootstrap }: RankOptions = {}
): Generator<void, Ranking> {
  const returns: Array<Float64Array> = []
  for (const c of candidates) {
    returns.push((c.role === "benchmark" ? null : hedged(c.history, benchmark, riskFree)) ?? over(c.history, riskFree))
    yield
  }
  const moments = returns.map(momentsOf)
  const isRival = (_: unknown, i: number): boolean => candidates[i]!.role !== "benchmark"
  const rivals = candidates.filter(isRival)
  const trials = Math.max(tried - (candidates.length - rivals.length), rivals.length)
  const variance = spreadOf(moments.filter(isRival), trials)
  const effective = yield* effectiveTrialsInSteps(returns.filter(isRival))
  const byStrategy = yield* overfittingByStrategy(candidates)
  const psr = moments.map((m) => probabilisticSharpe(m))
  const chance = psr.map((p, i) => (candidates[i]!.role === "benchmark" ? NaN : 1 - p))
  const [anyFalse, shareFalse] = [holm(chance), benjaminiHochberg(chance)]
  const measured = candidates.map((candidate, i) => ({
    ...summaryOf(candidate),
    ...evidenceOf(moments[i]!, candidate.role === "benchmark" ? ALONE : { trials, variance, effective }),
    holm: anyFalse[i]!,
    falseDiscovery: shareFalse[i]!,
    pbo: byStrategy.get(candidate.strategy)?.probability ?? NaN,
    role: candidate.role
  }))
  const superiority = yield* superiorityOf(rivals, benchmark, bootstrap)
  const superior = new Set(superiority?.superior.map((k) => rivals[k]!))
  const parts = scoreParts(measured, weights)
  const rows = candidates.map(({ strategy, parameters, trades, exposure }, i): Omit<Ranked, "rank"> => {
    const { role: _, ...numbers } = measured[i]!
    const judged = judge({ ...measured[i]!, trades, exposure })
    const own = { score: scoreOf(parts[i]!), parts: parts[i]!, superior: superior.has(candidates[i]!) }
    return { strategy, parameters, ...own, ...judged, ...numbers }
  })
  const ordered = rows.toSorted(
    (a, b) =>
      tierOf(a.verdict) - tierOf(b.verdict) ||
      b.score - a.score ||
      compareText(a.strategy, b.strategy) ||
      compareText(a.parameters, b.parameters)
  )
  return {
    rows: ordered.map((row, i) => Object.assign({ rank: i + 1 }, row)),
    trials,
    effectiveTrials: effective.count,
    luckiest: luckiestSharpe(trials, variance),
    bars: candidates[0]?.history.length ?? 0,
    overall: yield* overfittingInSteps(candidates.map((c) => c.history)),
    byStrategy,
    superiority
  }
}

/**
 * Sample variance of the trials' Sharpe ratios per bar. When a search gave most of them up, those that are left were chosen for being alike and good:
 * then at least the variance 1/n of trials without skill is assumed.
 */
const spreadOf = (rivals: ReadonlyArray<Moments>, trials: number): number => {
  const spread = momentsOf(Float64Array.from(rivals.map(sharpePerBar).filter(Number.isFinite))).std ** 2
  const seen = Number.isFinite(spread) ? spread : 0
  return trials > rivals.length ? Math.max(seen, 1 / (rivals[0]?.n ?? Infinity)) : seen
}

/** Fewer bars than this are too few to resample. */
const FEWEST_BARS = 60

function* superiorityOf(
  rivals: ReadonlyArray<Candidate>,
  benchmark: Float64Array,
  bootstrap: RankOptions["bootstrap"]
): Generator<void, Ranking["superiority"]> {
  if (bootstrap === undefined || bootstrap.resamples === 0 || benchmark.length < FEWEST_BARS) return undefined
  const blockLength = politisWhite(benchmark)
  const resamples = resamplesOf(benchmark.length, { count: bootstrap.resamples, blockLength, seed: bootstrap.seed })
  const differences = rivals.map(({ history }) => history.map((r, t) => r - benchmark[t]!))
  const found = yield* superiorityInSteps(differences, resamples, { blockLength })
  return found && { ...found, blockLength }
}

/** Of y on x by least squares. */
const slopeOf = (y: Float64Array, x: Float64Array): number => {
  const [meanY, meanX] = [momentsOf(y).mean, momentsOf(x).mean]
  let product = 0
  let square = 0
  for (let t = 0; t < y.length; t++) {
    product += (y[t]! - meanY) * (x[t]! - meanX)
    square += (x[t]! - meanX) ** 2
  }
  return product / square
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface Multitude {
  readonly trials: number
  readonly variance: number
  readonly effective: EffectiveTrials
}
/** Nobody chose it among others. */
const ALONE: Multitude = { trials: 1, variance: 0, effective: { count: 1, variance: 0 } }

const evidenceOf = (moments: Moments, { trials, variance, effective }: Multitude) => ({
  bars: moments.n,
  psr: probabilisticSharpe(moments),
  dsr: deflatedSharpe(moments, trials, variance),
  dsrEffective: deflatedSharpe(moments, effective.count, effective.variance),
  minimumBars: minimumTrackRecord(moments)
})

const summaryOf = (candidate: Candidate) => {
  const objective = filled(candidate.objective)
  return {
    history: Number.isFinite(candidate.historyObjective) ? candidate.historyObjective : 0,
    outOfSample: candidate.outOfSample ?? NaN,
    median: quantileOf(objective, 0.5),
    quantile10: quantileOf(objective, 0.1),
    best: objective.at(-1) ?? NaN,
    worst: objective[0] ?? NaN,
    cells: objective.length,
    medianDrawdown: quantileOf(filled(candidate.drawdown), 0.5)
  }
}

function* overfittingByStrategy(candidates: ReadonlyArray<Candidate>): Generator<void, ReadonlyMap<string, Overfitting>> {
  const out = new Map<string, Overfitting>()
  for (const [strategy, own] of Map.groupBy(candidates, (c) => c.strategy)) {
    const found = yield* overfittingInSteps(own.map((c) => c.history))
    if (found !== undefined) out.set(strategy, found)
  }
  return out
}
