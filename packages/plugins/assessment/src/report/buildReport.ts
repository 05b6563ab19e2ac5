/** The model of a report, from rankings, results and the history run again for the best of each strategy. */
import type { Bench, Rules } from "../backtest/backtest.ts"
import { parametersOf } from "../backtest/grid.ts"
import { type Axis, axisOf } from "../backtest/history.ts"
import { heldReturns, type Portfolio, portfolioOf } from "../backtest/portfolio.ts"
import { type Benchmark, benchmarkOf } from "../performance/benchmark.ts"
import { measure } from "../performance/measure.ts"
import { type Measures, METRICS, type MetricName, metricNames } from "../performance/metrics.ts"
import { judge } from "../ranking/verdict.ts"
import type { Objective } from "../settings.ts"
import type { Evidence } from "../stages/evidence.ts"
import type { StrategyDef } from "../types.ts"
import { costLevels, costSensitivity } from "./costSensitivity.ts"
import { gridOf } from "./grids.ts"
import { heatmapOf } from "./heatmap.ts"
import {
  type Grid,
  type Heatmap,
  HEADLINE,
  type IntervalText,
  type Maybe,
  maybe,
  type ReportModel,
  type ScenarioSummary,
  type StrategyDetail,
  type StrategySummary,
  type WalkForwardText
} from "./ReportModel.ts"
import { samplesOf } from "./sampling.ts"
import { strategyDetail } from "./strategyDetail.ts"

/** A row of `strategy_rankings`. */
export interface RankingRow {
  readonly rank: number
  readonly strategy: string
  readonly parameters: string
  readonly score: number
  readonly verdict: string
  readonly numbers: Readonly<Record<string, number>>
}

export interface ReportInput {
  readonly rows: ReadonlyArray<RankingRow>
  readonly strategies: ReadonlyMap<string, StrategyDef>
  readonly benches: ReadonlyArray<Bench>
  readonly rules: Rules
  readonly objective: Objective
  readonly evidence: Evidence
  readonly scenarios: ReadonlyArray<ScenarioSummary>
  readonly provenance: ReportModel["provenance"]
  readonly warnings: ReadonlyArray<string>
  /** By strategy id. */
  readonly walkForward?: Readonly<Record<string, WalkForwardText>>
  readonly intervals?: Readonly<Record<string, ReadonlyArray<IntervalText>>>
  /** Returns of the benchmark symbol on the axis; holding the portfolio itself when left out. */
  readonly benchmark?: ((axis: Axis) => Float64Array) | undefined
}

/** The best row of each strategy, in order of rank. */
export const bestOfEach = (rows: ReadonlyArray<RankingRow>): ReadonlyArray<RankingRow> => {
  const seen = new Set<string>()
  return rows.filter(({ strategy }) => !seen.has(strategy) && seen.add(strategy))
}

/** `fast 20, slow 100` for `{"fast":20,"slow":100}`. */
export const spelled = (parameters: string): string =>
  Object.entries(JSON.parse(parameters) as Record<string, number>)
    .filter(([name, value]) => !(name === "short" && value === 0))
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")

/** Yields after each strategy, so that the caller can let an interruption in; the last answer is the model. */
export function* buildReport(input: ReportInput): Generator<number, ReportModel> {
  const { rules, benches, evidence } = input
  const axis = axisOf(benches)
  const best = bestOfEach(input.rows)
  const heldBars = input.benchmark?.(axis) ?? heldReturns(benches, axis, rules)
  const held = benchmarkOf(heldBars)
  const levels = costLevels(benches, rules)
  const setsOf = Map.groupBy(input.rows, ({ strategy }) => strategy)
  const grids: Record<string, Grid> = {}
  const strategies: Array<StrategySummary> = []
  const details: Record<string, StrategyDetail> = {}
  for (const [i, row] of best.entries()) {
    const strategy = input.strategies.get(row.strategy)!
    const parameters = parametersOf(strategy, row.parameters)
    const portfolio = portfolioOf(benches, axis, { strategy, parameters, rules })
    const measures = measuresOf(portfolio, held, { axis, rules })
    strategies.push(summaryOf(row, strategy, measures))
    yield i + 1
    if (i >= MOST_DETAILS && strategy.role !== "benchmark") continue
    const costs = costSensitivity(benches, { strategy, parameters }, levels)
    details[row.strategy] = strategyDetail({ ...portfolio, axis, rules, benchmark: heldBars, costs })
    const grid = gridOf(strategy, setsOf.get(row.strategy) ?? [])
    if (grid !== undefined) grids[row.strategy] = grid
    yield i + 1
  }
  const heatmaps: Array<Heatmap> = []
  for (const row of best) {
    const made = heatmaps.length < MOST_HEATMAPS ? heatmapOf(input.strategies.get(row.strategy)!, benches, rules) : undefined
    if (made !== undefined) heatmaps.push(made)
    yield best.length
  }
  return {
    format: "tetra/assessment-report@1",
    title: "Strategy assessment",
    period: { first: axis.dates[0] ?? 0, last: axis.dates.at(-1) ?? 0, bars: axis.dates.length },
    symbols: benches.map((b) => b.series.symbol),
    headline: HEADLINE,
    objective: { name: input.objective, title: METRICS[input.objective].title },
    metrics: METRICS,
    strategies,
    benchmark: best.find((row) => input.strategies.get(row.strategy)?.role === "benchmark")?.strategy ?? null,
    days: samplesOf(axis.dates.length).map((t) => axis.dates[t]!),
    details,
    scenarios: input.scenarios,
    heatmaps,
    grids,
    walkForward: input.walkForward ?? {},
    intervals: input.intervals ?? {},
    trials: {
      count: evidence.count,
      luckiestSharpe: evidence.luckiest === null ? null : maybe(evidence.luckiest * Math.sqrt(rules.annualisation)),
      pbo: evidence.pbo,
      splits: evidence.splits,
      degradation: evidence.degradation,
      lossProbability: evidence.lossProbability,
      logits: evidence.logits,
      effective: evidence.effective,
      superiority: evidence.superiority
    },
    provenance: input.provenance,
    warnings: input.warnings
  }
}

const MOST_HEATMAPS = 6
/** The best strategies, and the benchmark, are shown with curves; the others with their numbers. */
const MOST_DETAILS = 100

const measuresOf = (
  { equity, returns, trades, totals }: Portfolio,
  benchmark: Benchmark,
  { axis, rules }: { readonly axis: Axis; readonly rules: Rules }
): Measures => {
  const days = (axis.dates.at(-1) ?? 0) - (axis.dates[0] ?? 0)
  return measure({ equity, returns, benchmark, days, totals, trades }, rules)
}

const summaryOf = (row: RankingRow, strategy: StrategyDef, measures: Measures): StrategySummary => {
  const n = (name: string): number => row.numbers[name] ?? NaN
  const evidence = {
    psr: n("psr"),
    dsr: n("dsr"),
    pbo: n("pbo"),
    median: n("objective_median"),
    outOfSample: n("objective_out_of_sample")
  }
  const { because } = judge({
    role: strategy.role,
    bars: n("bars"),
    trades: measures.trades,
    exposure: measures.exposure,
    ...evidence
  })
  return {
    id: row.strategy,
    title: strategy.title,
    parameters: spelled(row.parameters),
    rank: row.rank,
    score: maybe(row.score),
    parts: {
      objective: maybe(n("score_objective")),
      tail: maybe(n("score_tail")),
      drawdown: maybe(n("score_drawdown")),
      luck: maybe(n("score_luck")),
      selection: maybe(n("score_selection"))
    },
    verdict: row.verdict,
    because,
    psr: maybe(evidence.psr),
    dsr: maybe(evidence.dsr),
    pbo: maybe(evidence.pbo),
    objectiveMedian: maybe(evidence.median),
    objectiveOutOfSample: maybe(n("objective_out_of_sample")),
    objectiveQuantile10: maybe(n("objective_quantile_10")),
    measures: Object.fromEntries(metricNames.map((name) => [name, maybe(measures[name])])) as Record<MetricName, Maybe>
  }
}
