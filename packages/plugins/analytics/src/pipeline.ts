import { definePipeline, option } from "@tetra/core"
import { Schema } from "effect"
import { dateOrders } from "./schema/dateFormats.ts"
import { analysis } from "./stages/analysis.ts"
import { dashboardGeneration } from "./stages/dashboardGeneration.ts"
import { dataLoading } from "./stages/dataLoading.ts"
import { dataProcessing } from "./stages/dataProcessing.ts"
import { dataValidation, RuleSettings } from "./stages/dataValidation.ts"
import { finalization } from "./stages/finalization.ts"
import { initialization } from "./stages/initialization.ts"

const positive = Schema.Int.check(Schema.isGreaterThan(0))
export const Parameters = Schema.Struct({
  data_source: option(Schema.String, { help: "File to analyse: CSV, TSV, JSON, NDJSON or Parquet", default: "" }),
  format: option(Schema.Literals(["auto", "csv", "tsv", "json", "ndjson", "parquet"]), {
    help: "Format, when the file does not say it itself",
    default: "auto"
  }),
  delimiter: option(Schema.String.check(Schema.isPattern(/^.$/s)), { help: "Delimiter of a CSV, when it is not found right" }),
  target_column: option(Schema.String, { help: "Column to explain" }),
  time_column: option(Schema.String, { help: "Column with the time of a row; the first date column when left out" }),
  id_columns: option(Schema.Array(Schema.String), { help: "Columns that identify a row", default: [] }),
  date_order: option(Schema.Literals(dateOrders), {
    help: "What comes first in dates such as 01/02/2026 when no cell tells: auto is month_first, with a warning",
    default: "auto"
  }),
  business_context: option(Schema.String, {
    help: "What the data is about: shown on the dashboard, and its words raise the rank of findings",
    default: ""
  }),
  sample_size: option(positive, {
    help: "Rows for what is too slow on all rows (rank correlations)",
    unit: "rows",
    default: 100_000
  }),
  memory_limit: option(Schema.String.check(Schema.isPattern(/^[1-9]\d*(MB|GB)$/)), {
    help: "Memory of DuckDB, for example 1GB",
    defaultText: "half of the free memory, at least 256MB"
  }),
  threads: option(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 256 })), {
    help: "Threads of DuckDB",
    defaultText: "one per core"
  }),
  strict_validation: option(Schema.Boolean, { help: "Let a finding of severity error fail the validation", default: false }),
  rules: option(RuleSettings, { help: "Per rule code: off, or the severity of its findings", default: {} }),
  embedder: option(Schema.String, { help: "Embedder of a plugin that finds similar texts" }),
  generate_dashboard: option(Schema.Boolean, { help: "Make the HTML dashboard", default: true }),
  dashboard_theme: option(Schema.Literals(["light", "dark", "auto"]), {
    help: "Theme in which the dashboard opens",
    default: "light"
  }),
  max_html_mb: option(Schema.Finite.check(Schema.isGreaterThan(0)), {
    help: "Largest size of the dashboard",
    unit: "MB",
    default: 5
  }),
  output_directory: option(Schema.String, {
    help: "Folder that gets dashboard.html and results.json, beside the run's own reports"
  }),
  seed: option(Schema.Int, { help: "Seed of every sample", default: 42 })
})

const only = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V })

/**
 * Loads one file, checks it, describes it, finds what is worth knowing and draws it. Seven stages; initialization,
 * data_loading and finalization are fatal, any other may fail and is then named in the report and on the dashboard.
 */
export const analytics = definePipeline({
  name: "analytics_pipeline",
  summary: "Quality, statistics, findings and a dashboard for one table.",
  parameters: Parameters,
  stages: ({ use, params }) => {
    const limits = { ...only("memory_limit", params.memory_limit), ...only("threads", params.threads) }
    const initial = use(initialization, { config: { data_source: params.data_source, format: params.format } })
    const { source } = initial
    const loading = use(dataLoading, {
      config: {
        limits,
        id_columns: params.id_columns,
        date_order: params.date_order,
        ...only("delimiter", params.delimiter),
        ...only("target_column", params.target_column),
        ...only("time_column", params.time_column)
      },
      inputs: { source }
    })
    const { table, labels, schema } = loading
    const validation = use(dataValidation, {
      config: { limits, strict_validation: params.strict_validation, rules: params.rules },
      inputs: { source, table, labels, schema }
    })
    const processing = use(dataProcessing, { config: { limits }, inputs: { table, labels, schema } })
    const analysing = use(analysis, {
      config: {
        limits,
        sample_size: params.sample_size,
        seed: params.seed,
        business_context: params.business_context,
        ...only("embedder", params.embedder)
      },
      inputs: {
        table: processing.table,
        labels: processing.labels,
        schema: processing.schema,
        loadedTable: table,
        loadedLabels: labels,
        loaded: schema
      }
    })
    const results = {
      source,
      loaded: schema,
      schema: processing.schema,
      quality: validation.quality,
      lineage: processing.lineage,
      analysis: analysing.analysis
    }
    const dashboard = use(dashboardGeneration, {
      config: {
        dashboard_theme: params.dashboard_theme,
        max_html_mb: params.max_html_mb,
        business_context: params.business_context
      },
      inputs: results,
      enabled: params.generate_dashboard
    })
    const { memory_limit: _, threads: __, output_directory, data_source: ___, ...settings } = params
    return {
      initialization: initial,
      data_loading: loading,
      data_validation: validation,
      data_processing: processing,
      analysis: analysing,
      dashboard_generation: dashboard,
      finalization: use(finalization, {
        config: { settings, generate_dashboard: params.generate_dashboard, ...only("output_directory", output_directory) },
        inputs: { ...results, dashboard: dashboard.dashboard }
      })
    }
  }
})
