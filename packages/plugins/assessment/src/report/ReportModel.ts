/** What a report shows, as plain data: the JSON file beside the page is this. Numbers that are not defined are null. */
import type { MetricName } from "../performance/metrics.ts"

export type Maybe = number | null

export interface ReportModel {
  readonly format: "tetra/assessment-report@1"
  readonly title: string
  /** First and last evaluated day (days since 1970-01-01), number of bars. */
  readonly period: { readonly first: number; readonly last: number; readonly bars: number }
  readonly symbols: ReadonlyArray<string>
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
  readonly objectiveMedian: Maybe
  readonly objectiveQuantile10: Maybe
  /** Of the equal-weight portfolio over all symbols on the real history. */
  readonly measures: Readonly<Record<MetricName, Maybe>>
}

export interface StrategyDetail {
  /** On `days`: equity from 1, and the deepest drawdown since the sample before. */
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
  }
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
}

/** Null for what is not a finite number, and few enough digits for a file that people download. */
export const maybe = (x: number | undefined): Maybe => (x !== undefined && Number.isFinite(x) ? Number(x.toPrecision(7)) : null)
export const rounded = (x: number): number => Number(x.toPrecision(6))
