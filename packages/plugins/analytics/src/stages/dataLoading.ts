import { defineStage } from "@tetra/core"
import { Schema } from "effect"
import { Limits, withSession } from "../duckdb/Session.ts"
import { writeLabels, writeRows } from "../duckdb/tables.ts"
import { LoadFailed } from "../loading/LoadFailed.ts"
import { readDelimited } from "../loading/readDelimited.ts"
import { readJson } from "../loading/readJson.ts"
import { readParquet } from "../loading/readParquet.ts"
import { dateOrders } from "../schema/dateFormats.ts"
import { inferTable } from "../schema/inferTable.ts"
import { Labels, Rows, Source, TableSchema } from "../types.ts"

/** Reads the file into a typed table: dialect, names, types, roles and the evidence for them. */
export const dataLoading = defineStage({
  id: "analytics/data-loading",
  version: 2,
  summary: "Read the file and infer the type of each column.",
  config: Schema.Struct({
    limits: Limits,
    delimiter: Schema.optionalKey(Schema.String),
    target_column: Schema.optionalKey(Schema.String),
    time_column: Schema.optionalKey(Schema.String),
    id_columns: Schema.Array(Schema.String),
    date_order: Schema.Literals(dateOrders)
  }),
  inputs: { source: Source },
  outputs: { table: Rows, labels: Labels, schema: TableSchema },
  errors: [LoadFailed],
  policy: { onFailure: "fail", timeout: "1 hour" },
  async run(context) {
    const {
      config,
      inputs: { source },
      out,
      signal,
      log
    } = context
    return withSession({ signal, limits: config.limits }, async (session) => {
      const loaded =
        source.format === "parquet"
          ? await readParquet(session, source)
          : source.format === "csv"
            ? await readDelimited(session, source, {
                signal,
                ...(config.delimiter === undefined ? {} : { delimiter: config.delimiter })
              })
            : await readJson(session, source)
      const named = {
        ids: config.id_columns,
        order: config.date_order,
        ...(config.target_column === undefined ? {} : { target: config.target_column }),
        ...(config.time_column === undefined ? {} : { time: config.time_column })
      }
      const schema = await inferTable(session, loaded, named, source.path, (done, total) =>
        context.progress(done, total, "columns")
      )
      if (loaded.reading.rejected > 0) log.warn("records left out", { records: loaded.reading.rejected })
      for (const { evidence, format, name } of schema.columns)
        if (evidence.ambiguousDayMonth)
          log.warn(
            `day and month of "${name}" cannot be told apart: it was read month first; if the day comes first, say date_order: day_first (--date-order day_first)`,
            { rows: evidence.ambiguousCells, format }
          )
      const table = await writeRows(
        session,
        schema.columns.map((c) => c.name),
        out.table,
        (done) => context.progress(done, schema.rows, "rows")
      )
      return { table, labels: await writeLabels(session, out.labels), schema }
    })
  }
})
