/** What the assessment pipeline provides (trading.md 4). Keep this module cheap. */
import { Col, defineAsset, defineExtensionPoint, defineTable, defineValue } from "@tetra/core"
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { Schema } from "effect"

/** One row per backtest: (scenario, path, symbol, strategy, parameters); `metrics` of trading.md 4.4 are further columns. */
export const Backtests = defineTable(
  "tetra/BacktestResults@1",
  {
    scenario_id: Col.text,
    path: Col.int,
    symbol: Col.text,
    strategy: Col.text,
    parameters: Col.text,
    first: Col.day,
    last: Col.day,
    bars: Col.int
  },
  { key: ["scenario_id", "path", "symbol", "strategy", "parameters"], more: Col.float }
)
/** One row per strategy and parameter set, best first; the score, what it is the sum of (`score_*`) and the weights (`weight_*`) are further columns. */
export const Rankings = defineTable(
  "tetra/StrategyRankings@1",
  {
    rank: Col.int,
    strategy: Col.text,
    parameters: Col.text,
    score: Col.float,
    verdict: Col.text
  },
  { key: ["strategy", "parameters"], more: Col.float }
)
/** The reports that a run wrote: named files, found again with `tetra report`. */
export const Reports = defineValue(
  "tetra/Reports@1",
  Schema.Array(
    Schema.Struct({
      title: Schema.String,
      name: Schema.String,
      media: Schema.String,
      hash: Schema.String,
      bytes: Schema.Int
    })
  )
)

export const BacktestResults = defineAsset("backtest_results", Backtests)
export const StrategyRankings = defineAsset("strategy_rankings", Rankings)
export const AssessmentReports = defineAsset("reports", Reports)

/** A strategy: target weight per bar from columns. `Strategy.contribute({...})` makes it nameable in `config.strategies`. */
export interface StrategyDef {
  readonly name: string
  readonly title: string
  /** `benchmark`: what others are measured against, chosen by nobody. `null`: decides by chance, so that any success of it is luck. */
  readonly role?: "benchmark" | "null"
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly default: number; readonly grid: ReadonlyArray<number> }>
  /**
   * Fills `weight` (-1 short to 1 long, share of equity) with the target decided at the close of each bar from bars up to it only; the engine
   * trades at the next open. `indicator` answers a cached series (`"sma_20"`), NaN before its lookback. `random` is seeded per (seed, strategy, scenario, path, symbol).
   */
  readonly weights: (
    columns: SeriesColumns,
    parameters: ReadonlyArray<number>,
    weight: Float64Array,
    tools: { readonly indicator: (name: string) => Float64Array; readonly random: () => number }
  ) => void
  /**
   * For a strategy that is fully invested exactly while one indicator is above another: their names, upper first. Large sweeps then cost the
   * crossings instead of the bars. Undefined where the parameters mean something else.
   */
  readonly crossover?: (parameters: ReadonlyArray<number>) => readonly [upper: string, lower: string] | undefined
}
export const Strategy = defineExtensionPoint<StrategyDef>()("assessment.strategy", { key: (s) => s.name })
