import { type Contributions, type DatasetRef, defineStage, optional, type Unavailable } from "@tetra/core"
import { Result, Schema } from "effect"
import { Limits, type Session, withSession } from "../duckdb/Session.ts"
import { openTable, type TableRefs } from "../duckdb/tables.ts"
import { candidatesOf } from "../insights/candidates.ts"
import { rankInsights } from "../insights/rank.ts"
import { analysedTable } from "../contributed/analysedTable.ts"
import { similarTexts } from "../contributed/similarTexts.ts"
import { type AnalysedTable, type Analyser, Analysers, type Embedder, Embedders } from "../points.ts"
import { associate, isCategory, isMeasure } from "../statistics/associations.ts"
import { describeCategories } from "../statistics/categories.ts"
import { compareTarget } from "../statistics/comparisons.ts"
import { describeNumbers } from "../statistics/describe.ts"
import { scatterOf } from "../statistics/sample.ts"
import { profileTime } from "../statistics/timeProfile.ts"
import {
  Analysis,
  type ColumnSchema,
  type ColumnStatistics,
  type Contributed,
  Labels,
  type Missing,
  Rows,
  TableSchema
} from "../types.ts"

const Config = Schema.Struct({
  limits: Limits,
  /** Rows used where all rows would be too slow (rank correlations). */
  sample_size: Schema.Int,
  seed: Schema.Int,
  business_context: Schema.String,
  /** Finds similar texts with the embedder of this name. */
  embedder: Schema.optionalKey(Schema.String)
})
const scatterPoints = 800
const maxScatters = 3
const maxTimeMeasures = 3
const isNumber = (c: ColumnSchema) => c.physical !== "text" && c.physical !== "boolean"

const describe = async (
  session: Session,
  schema: TableSchema,
  onColumns: (done: number, total: number) => void
): Promise<ReadonlyArray<ColumnStatistics>> => {
  const total = schema.columns.length
  const numbers = await describeNumbers(
    session,
    schema.columns.filter(isNumber).map((c) => ({ name: c.name, whole: c.physical === "integer" })),
    (done) => onColumns(done, total)
  )
  const statistics: Array<ColumnStatistics> = []
  for (const [i, column] of schema.columns.entries()) {
    const described = numbers.get(column.name)
    if (described !== undefined) {
      const { n, distinct, numeric } = described
      statistics.push({
        name: column.name,
        basis: "all",
        n,
        missing: schema.rows - n,
        distinct,
        ...(numeric === undefined ? {} : { numeric })
      })
    } else {
      const { n, distinct, categories } = await describeCategories(session, column)
      statistics.push({ name: column.name, basis: "all", n, missing: schema.rows - n, distinct, categories })
    }
    onColumns(i + 1, total)
  }
  return statistics
}

/** The strongest pairs of numbers, the target's first, each with a sample of its points. */
const scatters = async (
  session: Session,
  schema: TableSchema,
  associations: (typeof Analysis.schema.Type)["associations"],
  seed: number
) => {
  const target = schema.columns.find((c) => c.role === "target")?.name
  const has = (a: { readonly a: string; readonly b: string }) => Number(a.a === target || a.b === target)
  const pairs = associations
    .filter((a) => a.measure === "pearson" && Math.abs(a.value) >= 0.3)
    .toSorted((x, y) => has(y) - has(x) || Math.abs(y.value) - Math.abs(x.value))
    .slice(0, maxScatters)
  const found: Array<(typeof Analysis.schema.Type)["scatters"][number]> = []
  for (const { a, b } of pairs) {
    const [x, y] = a === target ? [b, a] : [a, b]
    found.push({ x, y, points: await scatterOf(session, x, y, { limit: scatterPoints, seed }) })
  }
  return found
}

/** Columns followed over time: the target if it is a number, then the first other measures. */
const followed = (columns: ReadonlyArray<ColumnSchema>) =>
  columns
    .filter((c) => isMeasure(c) && !["latitude", "longitude"].includes(c.semantic))
    .toSorted((a, b) => Number(b.role === "target") - Number(a.role === "target"))
    .slice(0, maxTimeMeasures)
    .map((c) => c.name)

interface Given {
  readonly table: Result.Result<DatasetRef<typeof Rows>, Unavailable>
  readonly labels: Result.Result<DatasetRef<typeof Labels>, Unavailable>
  readonly schema: Result.Result<typeof TableSchema.schema.Type, Unavailable>
  readonly loadedTable: DatasetRef<typeof Rows>
  readonly loadedLabels: DatasetRef<typeof Labels>
  readonly loaded: typeof TableSchema.schema.Type
}
/** All three of the cleaned table, or all three as loaded: their codes belong together. */
const cleanOr = ({ table, labels, schema, loadedTable, loadedLabels, loaded }: Given): TableRefs =>
  Result.isSuccess(table) && Result.isSuccess(labels) && Result.isSuccess(schema)
    ? { table: table.success, labels: labels.success, schema: schema.success }
    : { table: loadedTable, labels: loadedLabels, schema: loaded }

interface Uses {
  readonly analysers: Contributions<Analyser>
  readonly embedders: Contributions<Embedder>
}
/** What other plugins add, and similar texts when an embedder is chosen. */
const contributedParts = ({ analysers, embedders }: Uses, embedder: string | undefined, table: AnalysedTable) => {
  const similar = async () => {
    const chosen = embedders.get(embedder ?? "")
    if (chosen === undefined)
      throw new Error(`no embedder is called "${embedder}"; listed plugins contribute ${embedders.keys.join(", ") || "none"}`)
    return similarTexts(table, chosen)
  }
  return [
    ...analysers.all.map(({ value }) => ({ name: value.name, title: value.title, work: async () => value.analyse(table) })),
    ...(embedder === undefined ? [] : [{ name: "similar texts", title: "Similar texts", work: similar }])
  ]
}
/** Statistics and insights. Each part is isolated: one that fails is named in `unavailable` with its reason. */
export const analysis = defineStage({
  id: "analytics/analysis",
  version: 1,
  summary: "Describe every column, relate them, and rank what is worth knowing.",
  config: Config,
  // Without the cleaned table the one as loaded is analysed: something is better than nothing.
  inputs: {
    table: optional(Rows),
    labels: optional(Labels),
    schema: optional(TableSchema),
    loadedTable: Rows,
    loadedLabels: Labels,
    loaded: TableSchema
  },
  outputs: { analysis: Analysis },
  uses: { analysers: Analysers, embedders: Embedders },
  policy: { onFailure: "degrade", timeout: "2 hours" },
  async run(context) {
    const { config, inputs, signal, uses } = context
    const refs = cleanOr(inputs)
    const result = await withSession({ signal, limits: config.limits }, async (session) => {
      const schema = await openTable(session, refs)
      const unavailable: Array<Missing> = []
      const isolated = async <A>(part: string, work: Promise<A>, otherwise: A): Promise<A> =>
        work.catch((cause: unknown) => {
          signal.throwIfAborted()
          const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!
          context.log.warn("a part of the analysis failed", { part, reason })
          unavailable.push({ part, reason })
          return otherwise
        })
      const columns = await describe(session, schema, (done, total) => context.progress(done, total, "columns"))
      const options = {
        sampleSize: config.sample_size,
        seed: config.seed,
        rows: schema.rows,
        onPair: (done: number, total: number) => context.progress(done, total, "pairs")
      }
      const associations = await isolated("associations", associate(session, schema.columns, options), [])
      const comparisons = await isolated("target comparisons", compareTarget(session, schema.columns), [])
      const time = await isolated("time profile", profileTime(session, schema.columns, followed(schema.columns)), null)
      const points = await isolated("scatter plots", scatters(session, schema, associations, config.seed), [])
      const target = schema.columns.find((c) => c.role === "target")
      if (target !== undefined && comparisons.length === 0 && !isMeasure(target) && !isCategory(target)) {
        unavailable.push({
          part: "target comparisons",
          reason: `"${target.name}" is ${target.semantic} with ${target.evidence.distinct} values, which is neither a number nor a category`
        })
      }
      const base = { rows: schema.rows, columns, associations, comparisons, time }
      const words = config.business_context
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u)
        .filter((w) => w.length > 2)
      const insights = rankInsights(candidatesOf({ columns: schema.columns, analysis: base }), {
        target: target?.name,
        time: time?.time,
        words
      })
      const contributed: Array<Contributed> = []
      for (const { name, title, work } of contributedParts(uses, config.embedder, analysedTable({ ...refs, schema }, signal))) {
        const found = await isolated(name, work(), undefined)
        if (found !== undefined) contributed.push({ name, title, ...found })
      }
      return { ...base, scatters: points, insights, ...(contributed.length === 0 ? {} : { contributed }), unavailable }
    })
    return { analysis: result }
  }
})
