/** Strategies and parameter sets in order of a penalised objective over scenarios, paths and symbols. */
import { type Moments, momentsOf, quantileOf, sorted } from "../performance/moments.ts"
import { type Overfitting, overfittingInSteps } from "./backtestOverfitting.ts"
import { deflatedSharpe, luckiestSharpe, minimumTrackRecord, probabilisticSharpe, sharpePerBar } from "./significance.ts"
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
  /** Trades on the real history over all symbols, and mean exposure there. */
  readonly trades: number
  readonly exposure: number
}

/** How the parts of the score are weighed; stored with the ranking. */
export interface ScoreWeights {
  /** Of the 10 % quantile of the objective; the rest is on the median. */
  readonly quantile: number
  readonly drawdown: number
  readonly dsr: number
  readonly pbo: number
}
export const scoreWeights: ScoreWeights = { quantile: 0.5, drawdown: 0.25, dsr: 1, pbo: 1 }

export interface Ranked {
  readonly rank: number
  readonly strategy: string
  readonly parameters: string
  readonly score: number
  readonly verdict: Verdict
  readonly because: string
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
  readonly pbo: number
  /** Bars needed for 95 % confidence in a positive Sharpe ratio. */
  readonly minimumBars: number
}

export interface Ranking {
  readonly rows: ReadonlyArray<Ranked>
  readonly trials: number
  /** The Sharpe ratio per bar of hedged returns that the luckiest of the trials would show without skill. */
  readonly luckiest: number
  readonly bars: number
  /** Over all candidates, and per strategy with more than one parameter set. */
  readonly overall: Overfitting | undefined
  readonly byStrategy: ReadonlyMap<string, Overfitting>
}

/** An objective that is not defined (a flat account has no Sharpe ratio) counts as 0: neither gain nor loss. */
const filled = (values: ReadonlyArray<number>): Float64Array => sorted(values.map((v) => (Number.isFinite(v) ? v : 0)))

const standardised = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const { mean, std } = momentsOf(Float64Array.from(values))
  return values.map((v) => (std > 0 ? (v - mean) / std : 0))
}

/**
 * Returns without what the market gave: `y - beta x`, with beta by least squares. A rising market makes every strategy that is mostly invested look
 * skilled; significance is therefore tested on what is left. Null when nothing is: the benchmark itself.
 */
export const hedged = (y: Float64Array, x: Float64Array): Float64Array | null => {
  const beta = slopeOf(y, x)
  const rest = Number.isFinite(beta) ? y.map((r, t) => r - beta * x[t]!) : y
  return momentsOf(rest).std > 1e-9 * momentsOf(y).std ? rest : null
}

/**
 * `score = z(objective) - w1 z(drawdown) - w2 (1 - DSR) - w3 PBO`, where the objective is the weighted mean of median and 10 % quantile over all
 * cells, z is over the candidates, drawdown is the median depth, DSR is of the hedged returns and counts every candidate as a trial, and PBO is of the
 * strategy's own grid (0 for a single parameter set). The benchmark was chosen by nobody: its DSR is its PSR, on its own returns. The null benchmark
 * gets no credit for luck: DSR 0, PBO 1, and its objective is the 10 % quantile alone. Higher is better; ties go by strategy and parameters. `benchmark` are returns on the same bars.
 */
export const rank = (candidates: ReadonlyArray<Candidate>, benchmark: Float64Array): Ranking => {
  const steps = rankInSteps(candidates, benchmark)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/** The same, stopping now and then, so that a long one can be interrupted. */
export function* rankInSteps(
  candidates: ReadonlyArray<Candidate>,
  benchmark: Float64Array,
  weights: ScoreWeights = scoreWeights
): Generator<void, Ranking> {
  const moments: Array<Moments> = []
  for (const c of candidates) {
    moments.push(momentsOf((c.role === "benchmark" ? null : hedged(c.history, benchmark)) ?? c.history))
    yield
  }
  const tried = moments.filter((_, i) => candidates[i]!.role !== "benchmark")
  const spread = momentsOf(Float64Array.from(tried.map(sharpePerBar).filter(Number.isFinite))).std ** 2
  const variance = Number.isFinite(spread) ? spread : 0
  const trials = tried.length
  const byStrategy = yield* overfittingByStrategy(candidates)
  const summaries = candidates.map((c) => summaryOf(c))
  const quantileShare = candidates.map((c) => (c.role === "null" ? 1 : weights.quantile))
  const objective = standardised(summaries.map((s, i) => s.median + quantileShare[i]! * (s.quantile10 - s.median)))
  const drawdown = standardised(summaries.map((s) => Math.abs(s.medianDrawdown)))
  const rows = candidates.map((candidate, i): Omit<Ranked, "rank"> => {
    const evidence = evidenceOf(moments[i]!, candidate.role === "benchmark" ? { trials: 1, variance: 0 } : { trials, variance })
    const pbo = byStrategy.get(candidate.strategy)?.probability ?? NaN
    const { verdict, because } = judge({ ...candidate, ...evidence, pbo, median: summaries[i]!.median })
    const byChance = candidate.role === "null"
    const doubt = byChance || Number.isNaN(evidence.dsr) ? 1 : 1 - evidence.dsr
    const selection = byChance ? 1 : Number.isNaN(pbo) ? 0 : pbo
    const score = objective[i]! - weights.drawdown * drawdown[i]! - weights.dsr * doubt - weights.pbo * selection
    const { strategy, parameters } = candidate
    return { strategy, parameters, score, verdict, because, ...summaries[i]!, ...evidence, pbo }
  })
  const ordered = rows.toSorted(
    (a, b) => b.score - a.score || compareText(a.strategy, b.strategy) || compareText(a.parameters, b.parameters)
  )
  return {
    rows: ordered.map((row, i) => Object.assign({ rank: i + 1 }, row)),
    trials,
    luckiest: luckiestSharpe(trials, variance),
    bars: candidates[0]?.history.length ?? 0,
    overall: yield* overfittingInSteps(candidates.map((c) => c.history)),
    byStrategy
  }
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

const evidenceOf = (moments: Moments, { trials, variance }: { readonly trials: number; readonly variance: number }) => ({
  bars: moments.n,
  psr: probabilisticSharpe(moments),
  dsr: deflatedSharpe(moments, trials, variance),
  minimumBars: minimumTrackRecord(moments)
})

const summaryOf = (candidate: Candidate) => {
  const objective = filled(candidate.objective)
  return {
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
