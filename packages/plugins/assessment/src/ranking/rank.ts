/** Strategies and parameter sets in order: verdict first, then a penalised objective. */
import { type Moments, momentsOf, quantileOf, sorted } from "../performance/moments.ts"
import { type Overfitting, overfittingInSteps } from "./backtestOverfitting.ts"
import { scoreOf, type ScoreParts, scoreParts, type ScoreWeights, scoreWeights } from "./score.ts"
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
  /** The objective of those. */
  readonly historyObjective: number
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

/**
 * Returns without what the market gave: `y - beta x`, with beta by least squares. A rising market makes every strategy that is mostly invested look
 * skilled; significance is therefore tested on what is left. Null when nothing is: the benchmark itself.
 */
export const hedged = (y: Float64Array, x: Float64Array): Float64Array | null => {
  const beta = slopeOf(y, x)
  const rest = Number.isFinite(beta) ? y.map((r, t) => r - beta * x[t]!) : y
  return momentsOf(rest).std > 1e-9 * momentsOf(y).std ? rest : null
}

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
  const measured = candidates.map((candidate, i) => ({
    ...summaryOf(candidate),
    ...evidenceOf(moments[i]!, candidate.role === "benchmark" ? { trials: 1, variance: 0 } : { trials, variance }),
    pbo: byStrategy.get(candidate.strategy)?.probability ?? NaN,
    role: candidate.role
  }))
  const parts = scoreParts(measured, weights)
  const rows = candidates.map(({ strategy, parameters, trades, exposure }, i): Omit<Ranked, "rank"> => {
    const { role: _, ...numbers } = measured[i]!
    const judged = judge({ ...measured[i]!, trades, exposure })
    return { strategy, parameters, score: scoreOf(parts[i]!), parts: parts[i]!, ...judged, ...numbers }
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
    history: Number.isFinite(candidate.historyObjective) ? candidate.historyObjective : 0,
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
