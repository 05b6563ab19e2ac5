/**
 * What flows between the stages of the analytics pipeline. Cheap to import: schemas only, no DuckDB.
 *
 * **How a table with unknown columns travels.** The columns of the analysed file are not known when this is compiled, so a
 * table is three ports that always travel together:
 *
 * - `table` (`Rows`): one row per record; `_row` is its number from 0, and every column of the file is a further float
 *   column under its own name. A number stands for itself; a boolean is 0 or 1; a date is days since 1970-01-01; a date with
 *   time is seconds since 1970-01-01 UTC; a time of day or a duration is seconds; a percentage is stored / 100; text is a
 *   code into `labels`. NaN is a missing cell.
 * - `labels` (`Labels`): the text behind the codes, `label` of (`column`, `code`).
 * - `schema` (`TableSchema`): name, type and evidence of each column, in the order of the file.
 *
 * So the engine stores, caches, ships and cleans it up like every other table (Parquet, content-addressed), DuckDB reads it
 * without crossing into JavaScript, and a step of another package is an ordinary stage:
 *
 * ```ts
 * const perPerson = defineStage({
 *   id: "acme/per-person", inputs: { table: Rows }, outputs: { table: Rows },
 *   async run({ inputs }) {
 *     const { columns, more = {} } = await inputs.table.read({ more: "all" })
 *     return { table: batch({ _row: columns._row }, { ...more, per_person: more.fare!.map((f, i) => f / more.people![i]!) }) }
 *   }
 * })
 * extendPipeline<typeof analytics>("analytics_pipeline")({ after: { data_processing: perPerson } })
 * ```
 *
 * A further column that `schema` does not describe is read as a decimal feature; a described column that is no longer in
 * `table` is left out. A step that adds text also replaces `labels` and `schema`.
 */
import { Col, defineAsset, defineTable, defineValue } from "@tetra/core"
import { Schema } from "effect"

/** Records of the analysed file; see the top of this module for how cells are coded. */
export const Rows = defineTable("analytics/Rows@1", { _row: Col.int }, { key: ["_row"], more: Col.float })
/** Text behind the codes of the text columns of `Rows`. */
export const Labels = defineTable(
  "analytics/Labels@1",
  { column: Col.text, code: Col.int, label: Col.text },
  { key: ["column", "code"] }
)

/** How the cells of a column are kept. */
export const Physical = Schema.Literals(["boolean", "integer", "decimal", "date", "datetime", "time", "text"])
export type Physical = typeof Physical.Type
/** What the cells of a column are. */
export const Semantic = Schema.Literals([
  "boolean",
  "integer",
  "decimal",
  "currency",
  "percent",
  "latitude",
  "longitude",
  "date",
  "datetime",
  "time",
  "duration",
  "id",
  "uuid",
  "email",
  "url",
  "ipv4",
  "categorical",
  "ordinal",
  "text",
  "json",
  "constant",
  "empty"
])
export type Semantic = typeof Semantic.Type
/** What a column is for. */
export const Role = Schema.Literals(["target", "feature", "id", "time"])
export type Role = typeof Role.Type

/** Counts found while the column was read, over all rows. */
export const Evidence = Schema.Struct({
  /** Cells that are empty or a missing token such as `NA`. */
  missing: Schema.Int,
  /** Distinct non-missing texts. */
  distinct: Schema.Int,
  /** Non-missing cells that the chosen type cannot hold; they became missing. */
  nonConforming: Schema.Int,
  samples: Schema.Array(Schema.String),
  /** Cells with blanks around or doubled inside, or a no-break space. */
  spaced: Schema.Int,
  /** Cells with NUL or C0 controls other than TAB, LF, CR. */
  control: Schema.Int,
  /** Cells with U+FFFD or the pairs that UTF-8 read as Latin-1 leaves. */
  mojibake: Schema.Int,
  /** Cells that spell infinity or not-a-number. */
  nonFinite: Schema.Int,
  /** The type that most cells of a text column would fit, with the share (0 to 1) that does. */
  almost: Schema.optionalKey(Schema.Struct({ type: Semantic, share: Schema.Finite })),
  /** Date formats seen, with the number of cells of each. */
  formats: Schema.Array(Schema.Struct({ format: Schema.String, cells: Schema.Int })),
  /** True when day and month could be exchanged in every cell, and nobody said which comes first. */
  ambiguousDayMonth: Schema.Boolean,
  /** Cells that would then be another date. */
  ambiguousCells: Schema.optionalKey(Schema.Int)
})
export type Evidence = typeof Evidence.Type
/** What was found out about one column. */
export const ColumnSchema = Schema.Struct({
  /** Trimmed, unique name: the further column of `Rows`. */
  name: Schema.String,
  /** The header as it stood in the file. */
  label: Schema.String,
  physical: Physical,
  semantic: Semantic,
  /** Date format (strptime) or currency unit, where there is one. */
  format: Schema.optionalKey(Schema.String),
  unit: Schema.optionalKey(Schema.String),
  role: Role,
  /** Ordered labels of an ordinal column, lowest first. */
  order: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Conforming share of the non-missing cells, 0 to 1. */
  confidence: Schema.Finite,
  evidence: Evidence
})
export type ColumnSchema = typeof ColumnSchema.Type

/** How the file was read. */
export const Reading = Schema.Struct({
  format: Schema.Literals(["csv", "json", "ndjson", "parquet"]),
  encoding: Schema.String,
  delimiter: Schema.optionalKey(Schema.String),
  quote: Schema.optionalKey(Schema.String),
  header: Schema.Boolean,
  decimalComma: Schema.Boolean,
  skippedLines: Schema.Int,
  /** Where in a JSON document the records were found: `$` or `$.features`. */
  path: Schema.optionalKey(Schema.String),
  /** Records left out because they have too many cells or broken quotes, and records filled up because they are too short. */
  rejected: Schema.Int,
  padded: Schema.Int,
  rejects: Schema.Array(Schema.Struct({ line: Schema.Int, error: Schema.String, text: Schema.String })),
  /** Headers that were blank or repeated. */
  renamed: Schema.Array(Schema.Struct({ from: Schema.String, to: Schema.String }))
})
export type Reading = typeof Reading.Type

/** Describes `Rows`: the columns in file order and how they were read. */
export const TableSchema = defineValue(
  "analytics/Schema@1",
  Schema.Struct({
    rows: Schema.Int,
    columns: Schema.Array(ColumnSchema),
    reading: Reading
  })
)
export type TableSchema = typeof TableSchema.schema.Type

/** The file, as found by initialization: what it is and, by `sha256`, what is in it. */
export const Source = defineValue(
  "analytics/Source@1",
  Schema.Struct({
    path: Schema.String,
    name: Schema.String,
    bytes: Schema.Int,
    sha256: Schema.String,
    format: Schema.Literals(["csv", "json", "ndjson", "parquet"]),
    encoding: Schema.Literals(["utf-8", "utf-16le", "utf-16be", "windows-1252"]),
    /** Bytes of the byte order mark, 0 when there is none. */
    mark: Schema.Int,
    lineEnds: Schema.Literals(["lf", "crlf", "cr", "mixed"])
  })
)
export type Source = typeof Source.schema.Type

/** How bad a finding is. */
export const Severity = Schema.Literals(["info", "warning", "error", "critical"])
export type Severity = typeof Severity.Type
/** The side of quality that a finding is about. */
export const Dimension = Schema.Literals(["completeness", "validity", "uniqueness", "consistency", "integrity", "timeliness"])
export type Dimension = typeof Dimension.Type
/** `share` is affected / n, 0 to 1. */
export const Finding = Schema.Struct({
  code: Schema.String,
  severity: Severity,
  dimension: Dimension,
  columns: Schema.Array(Schema.String),
  affected: Schema.Finite,
  n: Schema.Finite,
  share: Schema.Finite,
  threshold: Schema.String,
  examples: Schema.Array(Schema.String),
  message: Schema.String,
  fix: Schema.optionalKey(Schema.String)
})
export type Finding = typeof Finding.Type
/** Quality of the data: scores 0 to 100, grade A to F. */
export const Quality = defineValue(
  "analytics/Quality@1",
  Schema.Struct({
    score: Schema.Finite,
    grade: Schema.Literals(["A", "B", "C", "D", "F"]),
    dimensions: Schema.Record(Schema.String, Schema.Finite),
    findings: Schema.Array(Finding),
    checked: Schema.Array(Schema.String)
  })
)
export type Quality = typeof Quality.schema.Type

/** What data_processing did to the table, in order. */
export const Lineage = defineValue(
  "analytics/Lineage@1",
  Schema.Struct({
    steps: Schema.Array(
      Schema.Struct({
        step: Schema.String,
        rowsIn: Schema.Int,
        rowsOut: Schema.Int,
        columnsIn: Schema.Int,
        columnsOut: Schema.Int,
        note: Schema.String
      })
    )
  })
)
export type Lineage = typeof Lineage.schema.Type

/** `all`: every row was used. `sample`: a seeded sample. */
export const Basis = Schema.Literals(["all", "sample"])
export type Basis = typeof Basis.Type
/** Statistics of the numbers of a column. */
const Numeric = Schema.Struct({
  mean: Schema.Finite,
  sd: Schema.NullOr(Schema.Finite),
  variance: Schema.NullOr(Schema.Finite),
  min: Schema.Finite,
  max: Schema.Finite,
  sum: Schema.Finite,
  /** Quantiles .01 .05 .25 .5 .75 .95 .99, Hyndman-Fan type 7. */
  quantiles: Schema.Array(Schema.Finite),
  iqr: Schema.Finite,
  mad: Schema.Finite,
  skewness: Schema.NullOr(Schema.Finite),
  kurtosis: Schema.NullOr(Schema.Finite),
  zeros: Schema.Int,
  negatives: Schema.Int,
  outliers: Schema.Int,
  /** Equal bins from `start`, each `width` wide. The last one is closed. */
  histogram: Schema.Struct({ start: Schema.Finite, width: Schema.Finite, counts: Schema.Array(Schema.Int) })
})
/** Statistics of the numbers of a column. */
export type Numeric = typeof Numeric.Type
/** The most frequent cells of a column. */
const Categories = Schema.Struct({
  top: Schema.Array(Schema.Struct({ label: Schema.String, count: Schema.Int })),
  others: Schema.Int,
  entropyBits: Schema.Finite,
  gini: Schema.Finite
})
/** The most frequent cells of a column. */
export type Categories = typeof Categories.Type
/** Statistics of one column. */
export const ColumnStatistics = Schema.Struct({
  name: Schema.String,
  basis: Basis,
  n: Schema.Int,
  missing: Schema.Int,
  distinct: Schema.Int,
  numeric: Schema.optionalKey(Numeric),
  categories: Schema.optionalKey(Categories)
})
export type ColumnStatistics = typeof ColumnStatistics.Type
/** `measure`: pearson and spearman -1 to 1; cramers_v (bias-corrected) and correlation_ratio (eta squared) 0 to 1. */
export const Association = Schema.Struct({
  a: Schema.String,
  b: Schema.String,
  measure: Schema.Literals(["pearson", "spearman", "cramers_v", "eta_squared"]),
  value: Schema.Finite,
  /** Fisher z interval of Pearson's r, 95%. */
  interval: Schema.optionalKey(Schema.Tuple([Schema.Finite, Schema.Finite])),
  test: Schema.String,
  statistic: Schema.Finite,
  p: Schema.Finite,
  /** Benjamini-Hochberg within the family of the same measure. */
  q: Schema.Finite,
  basis: Basis,
  n: Schema.Int
})
export type Association = typeof Association.Type
/** A feature against the target: one entry per group (of the feature or of the target, whichever is categorical). */
export const GroupComparison = Schema.Struct({
  value: Schema.String,
  by: Schema.String,
  /** Set when the means are shares (0 to 1): the class of `value` that they are shares of. */
  shareOf: Schema.optionalKey(Schema.String),
  groups: Schema.Array(
    Schema.Struct({ label: Schema.String, n: Schema.Int, mean: Schema.Finite, sd: Schema.NullOr(Schema.Finite) })
  ),
  test: Schema.String,
  statistic: Schema.Finite,
  p: Schema.Finite,
  q: Schema.Finite,
  effect: Schema.Struct({ name: Schema.String, value: Schema.Finite }),
  basis: Basis,
  n: Schema.Int
})
export type GroupComparison = typeof GroupComparison.Type
/** How the rows lie in time. */
export const TimeProfile = Schema.Struct({
  time: Schema.String,
  unit: Schema.Literals(["hour", "day", "week", "month", "year"]),
  /** Start of each period, ISO 8601, with the rows in it and, per value column, the mean (null: no value). */
  periods: Schema.Array(Schema.String),
  counts: Schema.Array(Schema.Int),
  means: Schema.Array(Schema.Struct({ column: Schema.String, values: Schema.Array(Schema.NullOr(Schema.Finite)) })),
  basis: Basis,
  n: Schema.Int
})
export type TimeProfile = typeof TimeProfile.Type
/** A part of the analysis that could not be made, with the reason. */
export const Missing = Schema.Struct({ part: Schema.String, reason: Schema.String })
export type Missing = typeof Missing.Type
/** A finding in plain language, with what it rests on. */
export const Insight = Schema.Struct({
  kind: Schema.Literals(["quality", "extreme", "concentration", "difference", "association", "trend"]),
  subjects: Schema.Array(Schema.String),
  statement: Schema.String,
  /** Size of the effect on a scale of 0 to 1, with the measure that it comes from. */
  effect: Schema.Finite,
  measure: Schema.String,
  q: Schema.NullOr(Schema.Finite),
  n: Schema.Int,
  coverage: Schema.Finite,
  basis: Basis,
  confidence: Schema.Literals(["high", "medium", "low"]),
  evidence: Schema.Array(Schema.String),
  caveats: Schema.Array(Schema.String),
  rank: Schema.Finite
})
export type Insight = typeof Insight.Type
/** A part of the analysis that another plugin made. */
const Contributed = Schema.Struct({
  name: Schema.String,
  title: Schema.String,
  statements: Schema.Array(Schema.String),
  table: Schema.optionalKey(Schema.Struct({ head: Schema.Array(Schema.String), rows: Schema.Array(Schema.Array(Schema.String)) }))
})
/** A part of the analysis that another plugin made. */
export type Contributed = typeof Contributed.Type
/** Results of the analysis stage. */
export const Analysis = defineValue(
  "analytics/Analysis@1",
  Schema.Struct({
    rows: Schema.Int,
    columns: Schema.Array(ColumnStatistics),
    associations: Schema.Array(Association),
    comparisons: Schema.Array(GroupComparison),
    time: Schema.NullOr(TimeProfile),
    scatters: Schema.Array(
      Schema.Struct({ x: Schema.String, y: Schema.String, points: Schema.Array(Schema.Tuple([Schema.Finite, Schema.Finite])) })
    ),
    insights: Schema.Array(Insight),
    /** What analysers of other plugins found. */
    contributed: Schema.optionalKey(Schema.Array(Contributed)),
    unavailable: Schema.Array(Missing)
  })
)
export type Analysis = typeof Analysis.schema.Type

/** The finished dashboard: one self-contained HTML document. */
export const Dashboard = defineValue(
  "analytics/Dashboard@1",
  Schema.Struct({
    name: Schema.String,
    bytes: Schema.Int,
    html: Schema.String,
    /** What was left out to keep within `max_html_mb`. */
    dropped: Schema.Array(Schema.String)
  })
)
/** Summary of one analysis; provided as the asset `analytics_report`. */
export const Report = defineValue(
  "analytics/Report@1",
  Schema.Struct({
    source: Schema.String,
    /** Rows analysed. */
    total: Schema.Int,
    columns: Schema.Int,
    status: Schema.Literals(["completed", "partial"]),
    quality: Schema.NullOr(Schema.Struct({ score: Schema.Finite, grade: Schema.String })),
    findings: Schema.Array(Schema.String),
    unavailable: Schema.Array(Missing),
    /** Names of the files that the run wrote. */
    outputs: Schema.Array(Schema.String),
    output_directory: Schema.NullOr(Schema.String)
  })
)
export type Report = typeof Report.schema.Type
/** Where the results are: `analytics_report`. */
export const AnalyticsReport = defineAsset("analytics_report", Report)

export type { Chart } from "./dashboard/charts.ts"
export {
  type AnalysedTable,
  type Analyser,
  type AnalyserResult,
  Analysers,
  type ChartSource,
  Charts,
  type Embedder,
  Embedders,
  ValidationRule
} from "./points.ts"
export type { Facts, Found, Rule } from "./validation/Rule.ts"
