/** What the assessment pipeline provides (trading.md 4). Keep this module cheap. */
import { Col, defineAsset, defineExtensionPoint, defineTable, defineValue } from "@tetra/core"
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { Schema } from "effect"
import type { AccountRules } from "./events/Account.ts"
import type { BarContext } from "./events/runEvents.ts"

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

/** Series by name, cached (`"sma_20"`), NaN before their lookback; and numbers in [0, 1), seeded per (seed, strategy, scenario, path, symbol). */
export interface StrategyTools {
  readonly indicator: (name: string) => Float64Array
  readonly random: () => number
}
interface StrategyInfo {
  readonly name: string
  readonly title: string
  /** `benchmark`: what others are measured against, chosen by nobody. `null`: decides by chance, so that any success of it is luck. */
  readonly role?: "benchmark" | "null"
  /** `import.meta.url` of a module that exports it, and needs no indicators of other plugins: large sweeps then run it in threads. */
  readonly module?: string
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly default: number; readonly grid: ReadonlyArray<number> }>
}
/** Decides a target weight per bar from columns: the fast style. */
export interface WeightStrategy extends StrategyInfo {
  /**
   * Fills `weight` (-1 short to 1 long, share of equity) with the target decided at the close of each bar from bars up to it only; the engine
   * trades at the next open.
   */
  readonly weights: (
    columns: SeriesColumns,
    parameters: ReadonlyArray<number>,
    weight: Float64Array,
    tools: StrategyTools
  ) => void
  readonly onBar?: undefined
  /**
   * For a strategy that is fully invested exactly while one indicator is above another: their names, upper first. Large sweeps then cost the
   * crossings instead of the bars. Undefined where the parameters mean something else.
   */
  readonly crossover?: (parameters: ReadonlyArray<number>) => readonly [upper: string, lower: string] | undefined
}
/** Places orders bar by bar: the style for stops, limits and brackets. */
export interface EventStrategy extends StrategyInfo {
  /**
   * Answers what is called at the close of each bar, from the last one before the account starts. It sees the bars up to `context.bar` only by its own
   * care; what it orders is active from the next bar on. Fees and slippage are those of the run; orders fill at opens and within bars.
   */
  readonly onBar: (parameters: ReadonlyArray<number>, tools: StrategyTools) => (context: BarContext) => void
  readonly account?: Partial<Omit<AccountRules, "slippage" | "commission">>
  readonly weights?: undefined
  readonly crossover?: undefined
}
/** `Strategy.contribute({...})` makes it nameable in `config.strategies`. */
export type StrategyDef = WeightStrategy | EventStrategy
export type { BarContext } from "./events/runEvents.ts"
export type { OrderRequest } from "./events/Order.ts"
export const Strategy = defineExtensionPoint<StrategyDef>()("assessment.strategy", { key: (s) => s.name })
