/** What the assessment pipeline provides (trading.md 4). Keep this module cheap. */
import { Col, defineAsset, defineExtensionPoint, defineTable, defineValue } from "@tetra/core"
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { Schema } from "effect"
import type { AccountRules } from "./events/AccountRules.ts"
import type { BarContext } from "./events/BarContext.ts"
import type { Rebalance } from "./simulation/Rebalance.ts"
import type { Universe } from "./simulation/Universe.ts"

/** One row per backtest: (scenario, path, symbol, strategy, parameters); `fingerprint` is a hash of bars, parameters, rules and code version; `metrics` of trading.md 4.4 are further columns. A strategy for all symbols has `symbol` "portfolio". */
export const Backtests = defineTable(
  "tetra/BacktestResults@2",
  {
    scenario_id: Col.text,
    path: Col.int,
    symbol: Col.text,
    strategy: Col.text,
    parameters: Col.text,
    first: Col.day,
    last: Col.day,
    bars: Col.int,
    fingerprint: Col.text
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
/**
 * The parameter sets that were tried, in the order of their numbers. `rung` is how far halving let one come (0 = its first comparison, and the
 * number of comparisons for one that was run on everything); it counts as tried wherever it stopped.
 */
export const ParameterTrials = defineTable(
  "tetra/ParameterTrials@1",
  { number: Col.int, strategy: Col.text, parameters: Col.text, rung: Col.int, kept: Col.flag, objective: Col.float },
  { key: ["number"] }
)
/**
 * Returns per day of each kept trial on the history, equal weights over the symbols that have the day, with the digits of a 32-bit float: a column
 * per trial, named `trial_` and its number.
 */
export const Returns = defineTable("tetra/StrategyReturns@1", { date: Col.day }, { key: ["date"], more: Col.float })
/** One row per strategy and fold of walk-forward: what was chosen on the training days, and what became of it on the test days. */
export const Folds = defineTable(
  "tetra/WalkForwardFolds@1",
  {
    strategy: Col.text,
    fold: Col.int,
    train_first: Col.day,
    train_last: Col.day,
    test_first: Col.day,
    test_last: Col.day,
    parameters: Col.text,
    candidates: Col.int,
    objective_train: Col.float,
    objective_test: Col.float,
    annual_train: Col.float,
    annual_test: Col.float
  },
  { key: ["strategy", "fold"] }
)
/** The tests of all folds, one after the other: returns and equity that nobody had seen when the parameters were chosen. */
export const OutOfSample = defineTable(
  "tetra/WalkForwardReturns@1",
  { strategy: Col.text, date: Col.day, fold: Col.int, return: Col.float, equity: Col.float },
  { key: ["strategy", "date"] }
)
/**
 * One row per strategy. `efficiency` is the annual return out of sample over the one in sample; `unchanged`, `mode` and `distance` tell how stable the
 * chosen parameters are (0 to 1).
 */
export const WalkForward = defineTable(
  "tetra/WalkForward@1",
  {
    strategy: Col.text,
    folds: Col.int,
    bars: Col.int,
    objective: Col.float,
    annual_return: Col.float,
    max_drawdown: Col.float,
    psr: Col.float,
    efficiency: Col.float,
    unchanged: Col.float,
    mode: Col.float,
    distance: Col.float
  },
  { key: ["strategy"] }
)
/**
 * Confidence intervals of the best parameter set of each strategy on the history, by the stationary bootstrap: percentile (`low`, `high`) and BCa.
 * `statistic` is sharpe, annual_return, max_drawdown or excess_return (over the benchmark); trade_order_drawdown has the quantiles of the deepest
 * drawdown over random orders of the same trades instead.
 */
export const Intervals = defineTable(
  "tetra/PerformanceIntervals@1",
  {
    strategy: Col.text,
    parameters: Col.text,
    statistic: Col.text,
    confidence: Col.float,
    estimate: Col.float,
    low: Col.float,
    high: Col.float,
    bca_low: Col.float,
    bca_high: Col.float
  },
  { key: ["strategy", "parameters", "statistic"] }
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

/** A row per strategy, parameters and series: `backtest_results`. */
export const BacktestResults = defineAsset("backtest_results", Backtests)
/** Strategies in order, with verdicts: `strategy_rankings`. */
export const StrategyRankings = defineAsset("strategy_rankings", Rankings)
/** Every parameter set that was tried: `parameter_trials`. */
export const TriedParameters = defineAsset("parameter_trials", ParameterTrials)
/** Daily returns, a column per strategy: `strategy_returns`. */
export const StrategyReturns = defineAsset("strategy_returns", Returns)
/** What was chosen in each fold: `walk_forward_folds`. */
export const WalkForwardFolds = defineAsset("walk_forward_folds", Folds)
/** Daily returns outside of the samples: `walk_forward_returns`. */
export const WalkForwardReturns = defineAsset("walk_forward_returns", OutOfSample)
/** How strategies did outside of their samples: `walk_forward`. */
export const WalkForwardSummary = defineAsset("walk_forward", WalkForward)
/** Bootstrap intervals of the measures: `performance_intervals`. */
export const PerformanceIntervals = defineAsset("performance_intervals", Intervals)
/** Where the pages of the reports are: `reports`. */
export const AssessmentReports = defineAsset("reports", Reports)

/**
 * Series by name, cached (`"sma_20"`), NaN before their lookback; and numbers in [0, 1), seeded per (seed, strategy, scenario, path, symbol). A strategy
 * for all symbols says which one it means by its place, the first when left out: on a day without a bar it gets what was last known.
 */
export interface StrategyTools {
  readonly indicator: (name: string, symbol?: number) => Float64Array
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
  readonly allocate?: undefined
  /**
   * For a strategy that is fully invested exactly while one indicator is above another: their names, upper first. Large sweeps then cost the
   * crossings instead of the bars. Undefined where the parameters mean something else.
   */
  readonly crossover?: (parameters: ReadonlyArray<number>) => readonly [upper: string, lower: string] | undefined
}
/** Places orders bar by bar: the style for stops, limits and brackets. */
export interface EventStrategy extends StrategyInfo {
  /** `symbol`, the default: an account for each symbol. `universe`: one account with shared cash for all of them. */
  readonly trades?: "symbol" | "universe"
  /**
   * Answers what is called at the close of each bar, from the last one before the account starts. It sees the bars up to `context.bar` only by its own
   * care; what it orders is active from the next bar on. Costs and the fill of market orders are those of the run; stops and limits fill within bars.
   */
  readonly onBar: (parameters: ReadonlyArray<number>, tools: StrategyTools) => (context: BarContext) => void
  readonly account?: Partial<Omit<AccountRules, "slippage" | "commission" | "fill">>
  readonly weights?: undefined
  readonly allocate?: undefined
  readonly crossover?: undefined
}
/** Decides the target weights of all symbols together: rotation, pairs, risk budgets. One account with shared cash trades them. */
export interface AllocationStrategy extends StrategyInfo {
  /**
   * Fills `weights[symbol]`, one number for each day of the universe, with the shares of equity decided at its close from days up to it only; NaN keeps
   * the last target. The sizes of one day add up to `gross` at most. Symbols that the market has no bar for cannot fill, and their orders wait.
   */
  readonly allocate: (
    universe: Universe,
    parameters: ReadonlyArray<number>,
    weights: ReadonlyArray<Float64Array>,
    tools: StrategyTools
  ) => void
  /** When positions are brought back to targets that did not change; never when left out. */
  readonly rebalance?: (parameters: ReadonlyArray<number>) => Rebalance
  /** 1 unless said otherwise. */
  readonly gross?: number
  readonly weights?: undefined
  readonly onBar?: undefined
  readonly crossover?: undefined
}
/** `Strategy.contribute({...})` makes it nameable in `config.strategies`. */
export type StrategyDef = WeightStrategy | EventStrategy | AllocationStrategy
export type { BarContext } from "./events/BarContext.ts"
export type { Rebalance } from "./simulation/Rebalance.ts"
export type { Universe } from "./simulation/Universe.ts"
export type { AccountRules } from "./events/AccountRules.ts"
export type { Bracket, OrderRequest, Size } from "./events/Order.ts"
/** The point for strategies: their names can be used in `strategies:`. */
export const Strategy = defineExtensionPoint<StrategyDef>()("assessment.strategy", { key: (s) => s.name })
