/** What a report shows, as plain data: the JSON file beside the page is this. Numbers that are not defined are null. */
import type { MetricName } from "../performance/metrics.ts"

export type Maybe = number | null

export interface ReportModel {
  readonly format: "tetra/assessment-report@1"
  readonly title: string
  /** First and last evaluated day (days since 1970-01-01), number of bars. */
  readonly period: { readonly first: number; readonly last: number; readonly bars: number }
  readonly symbols: ReadonlyArray<string>
  /** The strategy that a page of its own is about, its rank and how many parameter sets were ranked. */
  readonly focus?: { readonly id: string; readonly rank: number; readonly of: number }
  /** The measures that the ranking shows. */
  readonly headline: ReadonlyArray<MetricName>
  readonly objective: { readonly name: MetricName; readonly title: string }
  readonly metrics: Readonly<Record<string, MetricText>>
  /** The best parameter set of each strategy, best first. */
  readonly strategies: ReadonlyArray<StrategySummary>
  /** Id of the summary that the others are compared with. */
  readonly benchmark: string | null
  /** Days of the sampled curves. */
  readonly days: ReadonlyArray<number>
  readonly details: Readonly<Record<string, StrategyDetail>>
  readonly scenarios: ReadonlyArray<ScenarioSummary>
  readonly heatmaps: ReadonlyArray<Heatmap>
  /** By strategy id. */
  readonly grids: Readonly<Record<string, Grid>>
  /** By strategy id; empty without walk-forward. */
  readonly walkForward: Readonly<Record<string, WalkForwardText>>
  /** By strategy id; empty without a bootstrap. */
  readonly intervals: Readonly<Record<string, ReadonlyArray<IntervalText>>>
  readonly trials: Trials
  readonly provenance: ReadonlyArray<readonly [label: string, value: string]>
  readonly warnings: ReadonlyArray<string>
}

export interface MetricText {
  readonly title: string
  readonly format: string
  readonly better: number
  readonly explanation: string
}

export interface StrategySummary {
  /** The strategy's name: its key in `details`. */
  readonly id: string
  readonly title: string
  readonly parameters: string
  readonly rank: number
  readonly score: Maybe
  /** What the score is the sum of; see `ranking/score.ts`. */
  readonly parts: Readonly<Record<"objective" | "tail" | "drawdown" | "luck" | "selection", Maybe>>
  readonly verdict: string
  readonly because: string
  readonly psr: Maybe
  readonly dsr: Maybe
  readonly pbo: Maybe
  /** In the tests of walk-forward; null without. */
  readonly objectiveOutOfSample: Maybe
  readonly objectiveMedian: Maybe
  readonly objectiveQuantile10: Maybe
  /** Of the equal-weight portfolio over all symbols on the real history. */
  readonly measures: Readonly<Partial<Record<MetricName, Maybe>>>
}

export interface StrategyDetail {
  /** On the report's `days`: equity from 1, and the deepest drawdown since the sample before. */
  readonly equity: ReadonlyArray<number>
  readonly drawdown: ReadonlyArray<number>
  readonly months: ReadonlyArray<{ readonly year: number; readonly month: number; readonly value: number }>
  readonly years: ReadonlyArray<{ readonly year: number; readonly value: number }>
  readonly histogram: {
    readonly edges: ReadonlyArray<number>
    readonly counts: ReadonlyArray<number>
    readonly normal: ReadonlyArray<number>
  }
  readonly rolling: {
    readonly days: ReadonlyArray<number>
    readonly sharpe: ReadonlyArray<Maybe>
    readonly volatility: ReadonlyArray<Maybe>
    readonly beta: ReadonlyArray<Maybe>
  }
  /** Standardised returns per bar against the quantiles of a standard normal distribution. */
  readonly qq: { readonly normal: ReadonlyArray<number>; readonly returns: ReadonlyArray<number> }
  readonly activity: Activity
  readonly fan: Fan | null
  readonly costs: ReadonlyArray<CostLevel>
  readonly drawdowns: ReadonlyArray<DrawdownText>
  /** The most recent ones, up to a bound. */
  readonly trades: ReadonlyArray<TradeText>
  readonly tradesLeftOut: number
}

/** Days since 1970-01-01; `recovery` is null while it lasts. */
export interface DrawdownText {
  readonly depth: number
  readonly peak: number
  readonly trough: number
  readonly recovery: number | null
  readonly bars: number
}

export interface TradeText {
  readonly symbol: string
  readonly side: 1 | -1
  readonly entry: number
  readonly exit: number
  readonly bars: number
  readonly return: number
  /** Worst and best gain before costs at a close while it was open, on the same capital. */
  readonly adverse: number
  readonly favourable: number
}

export interface Activity {
  /** Year times 12 plus month from 0. */
  readonly months: ReadonlyArray<number>
  /** Mean share of the symbols with a position at the close. */
  readonly held: ReadonlyArray<number>
  readonly entries: ReadonlyArray<number>
}

export interface Fan {
  readonly days: ReadonlyArray<number>
  readonly levels: ReadonlyArray<number>
  /** Equity per level, on `days`. */
  readonly quantiles: ReadonlyArray<ReadonlyArray<number>>
  readonly paths: number
  readonly blockLength: number
  /** Share of the paths that end below where they began. */
  readonly losing: number
}

export interface CostLevel {
  readonly label: string
  readonly feesBps: number
  readonly slippageBps: number
  readonly annualReturn: Maybe
  readonly sharpe: Maybe
}

export interface Grid {
  readonly title: string
  /** Parameters that were varied. */
  readonly names: ReadonlyArray<string>
  readonly sets: ReadonlyArray<ReadonlyArray<number>>
  /** Objective on the history, per set. */
  readonly values: ReadonlyArray<Maybe>
  /** Sets in all; more than `sets` when those were thinned. */
  readonly tried: number
}

export interface WalkForwardText {
  readonly folds: ReadonlyArray<FoldText>
  readonly objective: Maybe
  readonly annualReturn: Maybe
  readonly maxDrawdown: Maybe
  /** Annual return out of sample over the one in sample. */
  readonly efficiency: Maybe
  /** Share of the folds that choose what the one before chose, and mean distance from choice to choice as a share of the ranges. */
  readonly unchanged: Maybe
  readonly distance: Maybe
  /** Equity of the tests, one after the other, from 1. */
  readonly curve: { readonly days: ReadonlyArray<number>; readonly equity: ReadonlyArray<number> }
}

export interface FoldText {
  readonly trainFirst: number
  readonly trainLast: number
  readonly testFirst: number
  readonly testLast: number
  readonly parameters: string
  readonly objectiveTrain: Maybe
  readonly objectiveTest: Maybe
  readonly annualTrain: Maybe
  readonly annualTest: Maybe
}

export interface IntervalText {
  readonly statistic: string
  readonly confidence: number
  readonly estimate: Maybe
  readonly low: Maybe
  readonly high: Maybe
  readonly bcaLow: Maybe
  readonly bcaHigh: Maybe
}

export interface ScenarioSummary {
  readonly id: string
  readonly title: string
  readonly type: string
  /** Total return over paths and symbols, per strategy id. */
  readonly returns: Readonly<
    Record<string, { readonly worst: Maybe; readonly median: Maybe; readonly best: Maybe; readonly cells: number }>
  >
}

export interface Heatmap {
  readonly strategy: string
  readonly title: string
  readonly x: { readonly name: string; readonly values: ReadonlyArray<number> }
  readonly y: { readonly name: string; readonly values: ReadonlyArray<number> }
  /** `[y][x]`: mean annual Sharpe ratio over symbols. */
  readonly values: ReadonlyArray<ReadonlyArray<Maybe>>
  readonly combinations: number
}

export interface Trials {
  readonly count: number
  /** Annual Sharpe ratio that the luckiest of them would show without skill. */
  readonly luckiestSharpe: Maybe
  readonly pbo: Maybe
  readonly splits: number
  readonly degradation: Maybe
  readonly lossProbability: Maybe
  readonly logits: { readonly edges: ReadonlyArray<number>; readonly counts: ReadonlyArray<number> }
  /** Clusters of trials that are really different. */
  readonly effective: number
  /** p-values of the tests against holding the symbols; null without a bootstrap. */
  readonly superiority: Superiority | null
}

export interface Superiority {
  readonly realityCheck: number
  readonly spa: { readonly lower: number; readonly consistent: number; readonly upper: number }
  readonly superior: number
  readonly blockLength: number
}

/** The measures that every strategy is shown with. */
export const HEADLINE = [
  "annual_return",
  "sharpe",
  "max_drawdown",
  "trades",
  "exposure"
] as const satisfies ReadonlyArray<MetricName>

/** Null for what is not a finite number, and few enough digits for a file that people download. */
export const maybe = (x: number | undefined): Maybe => (x !== undefined && Number.isFinite(x) ? Number(x.toPrecision(7)) : null)
export const rounded = (x: number): number => Number(x.toPrecision(6))
