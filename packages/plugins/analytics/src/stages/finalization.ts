import { mkdir, rename, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { defineStage, optional, type Unavailable } from "@tetra/core"
import { Result, Schema } from "effect"
import {
  Analysis,
  AnalyticsReport,
  Dashboard,
  Lineage,
  type Missing,
  Quality,
  type Report,
  Source,
  TableSchema
} from "../types.ts"

/** The results cannot be written to the folder that was asked for. */
export class OutputUnwritable extends Schema.TaggedError<OutputUnwritable>()("OutputUnwritable", {
  folder: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.folder} cannot be written (${this.detail}). Choose another output_directory.`
  }
}

/** JSON with sorted keys: equal results are equal bytes. */
export const stableJson = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, v: unknown) =>
      v !== null && typeof v === "object" && !Array.isArray(v)
        ? Object.fromEntries(Object.entries(v).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : v,
    2
  )

const writeAside = async (folder: string, name: string, content: string): Promise<void> => {
  const aside = join(folder, `.${name}.partial`)
  await writeFile(aside, content, { mode: 0o600 })
  await rename(aside, join(folder, name))
}

const missing = (part: string, input: Result.Result<unknown, Unavailable>): ReadonlyArray<Missing> =>
  Result.isSuccess(input) ? [] : [{ part, reason: input.failure.message.split("\n")[0] ?? "" }]

/** Gathers the results, writes `results.json`, and copies the outputs to `output_directory` when one is named. */
export const finalization = defineStage({
  id: "analytics/finalization",
  version: 1,
  summary: "Write results.json and the report.",
  config: Schema.Struct({
    output_directory: Schema.optionalKey(Schema.String),
    /** Without it, a missing dashboard is what was asked for. */
    generate_dashboard: Schema.Boolean,
    settings: Schema.Record(Schema.String, Schema.Unknown)
  }),
  inputs: {
    source: Source,
    loaded: TableSchema,
    schema: optional(TableSchema),
    quality: optional(Quality),
    lineage: optional(Lineage),
    analysis: optional(Analysis),
    dashboard: optional(Dashboard)
  },
  outputs: { report: AnalyticsReport },
  errors: [OutputUnwritable],
  // Writes outside the store: a reused result would leave a folder without its files.
  policy: { onFailure: "fail", timeout: "5 minutes", cache: "never" },
  async run(context) {
    const { config, inputs } = context
    const { source, quality, lineage, analysis, dashboard } = inputs
    const schema = Result.getOrElse(inputs.schema, () => inputs.loaded)
    const folder = config.output_directory === undefined ? undefined : resolve(config.output_directory)
    const unavailable = [
      ...missing("data_validation", quality),
      ...missing("data_processing", lineage),
      ...missing("analysis", analysis),
      ...(config.generate_dashboard ? missing("dashboard_generation", dashboard) : []),
      ...(Result.isSuccess(analysis) ? analysis.success.unavailable : [])
    ]
    const report: Report = {
      source: source.name,
      total: schema.rows,
      columns: schema.columns.length,
      status: unavailable.length === 0 ? "completed" : "partial",
      quality: Result.isSuccess(quality) ? { score: quality.success.score, grade: quality.success.grade } : null,
      findings: Result.isSuccess(analysis) ? analysis.success.insights.slice(0, 5).map((i) => i.statement) : [],
      unavailable,
      outputs: [...(Result.isSuccess(dashboard) ? [dashboard.success.name] : []), "results.json"],
      output_directory: folder ?? null
    }
    const { path: _, ...file } = source
    const value = <A>(input: Result.Result<A, Unavailable>) => (Result.isSuccess(input) ? input.success : null)
    const results = stableJson({
      version: 1,
      report,
      source: file,
      settings: config.settings,
      schema,
      quality: value(quality),
      lineage: value(lineage),
      analysis: value(analysis)
    })
    await context.artifact("results.json", results)
    if (folder !== undefined) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeAside(folder, "results.json", results)
        if (Result.isSuccess(dashboard)) await writeAside(folder, dashboard.success.name, dashboard.success.html)
      } catch (cause) {
        throw new OutputUnwritable({ folder, detail: cause instanceof Error ? cause.message : String(cause) })
      }
    }
    context.progress(report.outputs.length, report.outputs.length, "files")
    return { report }
  }
})
