/** What the metrics pipeline provides (trading.md 3). Keep this module cheap. */
import { Col, defineAsset, defineExtensionPoint, defineGroup, defineTable } from "@tetra/core"

/**
 * Wide: one column per metric, `<metric>_<parameters>[_<output>]` (`sma_20`, `macd_12_26_9_signal`), NaN before its lookback. One row per bar of
 * (scenario_id, path, symbol); `scenario_id` "base" is the real history. Values of day t use bars up to t only, on split- and dividend-adjusted prices.
 */
export const Indicators = defineTable(
  "tetra/TechnicalIndicators@1",
  {
    scenario_id: Col.text,
    path: Col.int,
    symbol: Col.text,
    date: Col.day
  },
  { key: ["scenario_id", "path", "symbol", "date"], time: "date", more: Col.float }
)
/**
 * What each indicator of the real history remembers at its last bar, so that the next run goes on from there: `bars` of it were used, `history` is a hash
 * of them, `code` of the indicator; `state` is empty for one that only looks at a fixed number of bars.
 */
export const IndicatorStates = defineTable(
  "tetra/IndicatorStates@1",
  {
    symbol: Col.text,
    indicator: Col.text,
    bars: Col.int,
    last: Col.day,
    history: Col.text,
    code: Col.text,
    state: Col.text
  },
  { key: ["symbol", "indicator"] }
)
/** Long: (scenario, path, symbol, window, metric, parameters) -> value. `window` is `full` or a number of bars. */
export const Statistics = defineTable(
  "tetra/StatisticalMetrics@1",
  {
    scenario_id: Col.text,
    path: Col.int,
    symbol: Col.text,
    window: Col.text,
    metric: Col.text,
    parameters: Col.text,
    value: Col.float
  },
  { key: ["scenario_id", "path", "symbol", "window", "metric", "parameters"] }
)
/** Wide: features known at `available_at`; labels, which look ahead by design, are prefixed `label_` and are never a feature. */
export const Features = defineTable(
  "tetra/MlFeatures@1",
  {
    symbol: Col.text,
    date: Col.day,
    available_at: Col.micros
  },
  { key: ["symbol", "date"], time: "date", known: "available_at", more: Col.float }
)

/** Indicators by symbol and day, a column each: `technical_indicators`. */
export const TechnicalIndicators = defineAsset("technical_indicators", Indicators)
/** Where indicators stopped, so that the next run goes on from there: `indicator_states`. */
export const SavedIndicators = defineAsset("indicator_states", IndicatorStates)
/** Statistics of each series: `statistical_metrics`. */
export const StatisticalMetrics = defineAsset("statistical_metrics", Statistics)
/** Features and labels by symbol and day: `ml_features`. */
export const MlFeatures = defineAsset("ml_features", Features)
/** Everything that the metrics pipeline provides, required together. */
export const CalculatedMetrics = defineGroup("calculated_metrics", {
  technical_indicators: TechnicalIndicators,
  statistical_metrics: StatisticalMetrics,
  ml_features: MlFeatures
})

/** Bars of one series, oldest first, all of one length; adjusted prices. */
export interface SeriesColumns {
  readonly date: Int32Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}
/** One bar, for streams. */
export interface Bar {
  readonly date: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}
/** What a stream remembers: cells, all 0 at the start and reserved before the first bar. `cells` is replaced while it grows: read it anew at every bar. */
export interface StreamMemory {
  readonly cells: Float64Array
  /** Reserves so many cells; answers the index of the first. */
  take(count: number): number
  /** While a whole series is run through from its first bar: its closes, and what indicators of it share. */
  readonly series?: { readonly close: Float64Array; readonly shared: SharedColumns } | undefined
}
/** Columns that several indicators of one series need, each made once: a name, the columns that it is made of, numbers, and how. Never write to what it answers. */
export interface SharedColumns {
  /** `make` fills every value. With `into`, the column is (also) there, and is shared from there: it must not be changed afterwards. */
  column(
    name: string,
    of: ReadonlyArray<Float64Array>,
    parameters: ReadonlyArray<number>,
    make: (out: Float64Array) => void,
    into?: Float64Array
  ): Float64Array
  /** Several columns that are made together; `into`: how many, or the columns themselves. */
  columns(
    name: string,
    of: ReadonlyArray<Float64Array>,
    parameters: ReadonlyArray<number>,
    make: (out: ReadonlyArray<Float64Array>) => void,
    into: number | ReadonlyArray<Float64Array>
  ): ReadonlyArray<Float64Array>
  /** Anything else that is made of columns. */
  once<T>(name: string, of: ReadonlyArray<Float64Array>, make: () => T): T
}
/** An indicator: pure functions over columns. `Indicator.contribute({...})` makes it nameable in `config.metrics`. */
export interface IndicatorDef {
  readonly name: string
  readonly summary?: string
  readonly parameters: ReadonlyArray<{
    readonly name: string
    readonly default: number
    readonly min: number
    readonly max: number
  }>
  /** The columns that it reads (all when left out). It runs on each stretch of bars where none of them is missing, so `batch` meets no NaN. */
  readonly inputs?: ReadonlyArray<"open" | "high" | "low" | "close" | "volume">
  /** Suffixes of its outputs; `[""]` for a single one. */
  readonly outputs: ReadonlyArray<string>
  /** How many leading bars are NaN: a pure function of the parameters. */
  readonly lookback: (parameters: ReadonlyArray<number>) => number
  /**
   * Fills every output, each as long as the input; the value at t uses bars up to t only. `shared` holds what the other indicators of the same run made
   * of the same columns; kernels take it as their last argument.
   */
  readonly batch: (
    columns: SeriesColumns,
    parameters: ReadonlyArray<number>,
    out: ReadonlyArray<Float64Array>,
    shared: SharedColumns
  ) => void
  /**
   * One bar at a time: called once, answers the step that is called with each bar, which answers the first output and writes the others to `out`. All that
   * it remembers is in `memory`, so that it can be saved. Must agree with `batch` to 1e-12; the checks see to it.
   */
  readonly stream?: (parameters: ReadonlyArray<number>, memory: StreamMemory) => (bar: Bar, out: Float64Array) => number
  /** Instead of `stream`: the number of bars, this one included, that a value depends on. The stream keeps so many and runs `batch` over them. */
  readonly window?: (parameters: ReadonlyArray<number>) => number
  /** Later bars change what was said of earlier ones: it can be drawn, and is never a feature. */
  readonly repaints?: boolean
}
/** The point for indicators: their names can be used in `metrics:` and by strategies. */
export const Indicator = defineExtensionPoint<IndicatorDef>()("metrics.indicator", { key: (i) => i.name })
