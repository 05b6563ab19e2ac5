/** Where other plugins add to the analytics pipeline. Cheap to import. */
import { defineExtensionPoint } from "@tetra/core"
import { Schema } from "effect"
import type { Chart } from "./dashboard/charts.ts"
import type { Analysis, TableSchema } from "./types.ts"
import type { Rule } from "./validation/Rule.ts"

/** `acme/late-rows`: whose it is, and what. */
const ownName = Schema.String.check(
  Schema.isPattern(/^[a-z][\w.-]*\/[\w.-]+$/u, { message: "must be named with its owner: acme/late-rows" })
)
/**
 * A rule of data_validation: pure, over facts that were gathered before. What it finds is scored like what the shipped rules find, and
 * `rules: { "acme/late-rows": off }` switches it off.
 */
export const ValidationRule = defineExtensionPoint<Rule>()("analytics.rule", {
  key: (rule) => rule.code,
  shape: Schema.Struct({ code: ownName, title: Schema.NonEmptyString })
})

/** The analysed table, column by column. Cells are in the order of the rows. */
export interface AnalysedTable {
  readonly schema: TableSchema
  readonly signal: AbortSignal
  /** A column as numbers (`types.ts` says how cells are coded); NaN is a missing cell. */
  readonly numbers: (column: string) => Promise<Float64Array>
  /** A text column; null is a missing cell. */
  readonly texts: (column: string) => Promise<ReadonlyArray<string | null>>
}
/** What an analysis of a plugin found. */
export interface AnalyserResult {
  /** Sentences that say what was found, the most telling first. */
  readonly statements: ReadonlyArray<string>
  readonly table?: { readonly head: ReadonlyArray<string>; readonly rows: ReadonlyArray<ReadonlyArray<string>> }
}
/** A part of the analysis. One that fails is named in the report with its reason; the others are not touched by it. */
export interface Analyser {
  readonly name: string
  readonly title: string
  readonly analyse: (table: AnalysedTable) => Promise<AnalyserResult>
}
/** The point for parts of the analysis. */
export const Analysers = defineExtensionPoint<Analyser>()("analytics.analysis", {
  key: (analyser) => analyser.name,
  shape: Schema.Struct({ name: ownName, title: Schema.NonEmptyString })
})

/** Charts for the dashboard, from what is known by then; `analysis` is undefined when it failed. */
export interface ChartSource {
  readonly name: string
  readonly charts: (from: { readonly schema: TableSchema; readonly analysis: Analysis | undefined }) => ReadonlyArray<Chart>
}
/** The point for charts of the dashboard. */
export const Charts = defineExtensionPoint<ChartSource>()("analytics.chart", {
  key: (source) => source.name,
  shape: Schema.Struct({ name: ownName })
})

/** Turns texts into vectors that are near each other when the texts mean nearly the same: `embedder: NAME` finds similar texts with it. */
export interface Embedder {
  readonly name: string
  /** Length of a vector. */
  readonly dimensions: number
  /** One vector after the other, in the order of `texts`; the same texts always give the same vectors. */
  readonly embed: (texts: ReadonlyArray<string>, tools: { readonly signal: AbortSignal }) => Promise<Float32Array>
}
/** The point for what turns texts into vectors. */
export const Embedders = defineExtensionPoint<Embedder>()("analytics.embedder", {
  key: (embedder) => embedder.name,
  shape: Schema.Struct({ name: Schema.NonEmptyString, dimensions: Schema.Int.check(Schema.isGreaterThan(0)) })
})
