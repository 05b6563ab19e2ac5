/** What the scenarios pipeline provides (trading.md 2). Keep this module cheap. */
import { Col, defineAsset, defineExtensionPoint, defineTable, defineValue } from "@tetra/core"
import { Schema } from "effect"

/** Schema of a scenario: how it is made, and from what. */
export const ScenarioDefinition = Schema.Struct({
  /** Stable and readable: `covid_2020`, `gbm_base`, `crash_equity_30_v`. */
  id: Schema.NonEmptyString,
  version: Schema.Int,
  type: Schema.Literals(["historical", "monte_carlo", "bootstrap", "parametric", "regime", "custom"]),
  title: Schema.String,
  parameters: Schema.Record(Schema.String, Schema.Union([Schema.Finite, Schema.String, Schema.Boolean])),
  universe: Schema.Array(Schema.String),
  seed: Schema.Int,
  n_paths: Schema.Int,
  /** Steps after the warm-up, in sessions. */
  horizon: Schema.Int,
  frequency: Schema.Literal("1d"),
  /** Bars before step 0, for indicators to warm up on. */
  warmup: Schema.Int,
  /** Version of the market data that it was made from. */
  parent: Schema.String
})
/** One scenario, as it is published. */
export type Definition = typeof ScenarioDefinition.Type
/** What a run asks for: the parameters of the pipeline. */
export interface ScenarioSettings {
  readonly type: "all" | Definition["type"]
  readonly paths: number
  readonly horizon: number
  readonly seed: number
  /** Empty: every symbol of the market data, up to `max_symbols`. */
  readonly universe: ReadonlyArray<string>
  readonly max_symbols: number
  readonly warmup: number
  /** Ids of historical windows; empty: all. */
  readonly windows: ReadonlyArray<string>
  readonly unlisted: "drop" | "proxy"
  readonly crash_sizes: ReadonlyArray<number>
}
/** The type of `scenario_definitions`. */
export const ScenarioCatalogue = defineValue("tetra/ScenarioDefinitions@1", Schema.Array(ScenarioDefinition))
/**
 * Bars of every scenario: one scenario after the other, each sorted by (path, symbol, step). `step` is negative in the warm-up and starts at 0; `date` is the real
 * session for historical windows and a running session date for generated paths. Prices are adjusted for splits and dividends.
 */
export const ScenarioBars = defineTable(
  "tetra/ScenarioTimeseries@1",
  {
    scenario_id: Col.text,
    path: Col.int,
    symbol: Col.text,
    step: Col.int,
    date: Col.day,
    open: Col.float,
    high: Col.float,
    low: Col.float,
    close: Col.float,
    volume: Col.float
  },
  { key: ["scenario_id", "path", "symbol", "step"], time: "date" }
)

/** Every scenario of a run: `scenario_definitions`. */
export const ScenarioDefinitions = defineAsset("scenario_definitions", ScenarioCatalogue)
/** Bars of every scenario: `scenario_timeseries`. */
export const ScenarioTimeseries = defineAsset("scenario_timeseries", ScenarioBars)

/** Closing prices and dates of one universe, adjusted: `[symbol][bar]`, oldest first, all of one length. */
export interface MarketHistory {
  readonly symbols: ReadonlyArray<string>
  readonly dates: Int32Array
  readonly close: ReadonlyArray<Float64Array>
}
/** A generator of paths: `generate` answers `[path][symbol][step]` closes, `steps` long, that start after the last close of `history`. */
export interface ScenarioGenerator {
  readonly name: string
  readonly title: string
  readonly type: "monte_carlo" | "bootstrap" | "parametric" | "regime" | "custom"
  generate(
    history: MarketHistory,
    options: {
      readonly paths: number
      readonly steps: number
      readonly random: () => number
      readonly parameters: Readonly<Record<string, unknown>>
    }
  ): ReadonlyArray<ReadonlyArray<Float64Array>>
}
/** The point for generators of scenarios. */
export const Generator = defineExtensionPoint<ScenarioGenerator>()("scenarios.generator", { key: (g) => g.name })
