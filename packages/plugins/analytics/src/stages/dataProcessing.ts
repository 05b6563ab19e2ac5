import { defineStage } from "@tetra/core"
import { Schema } from "effect"
import { Limits, withSession } from "../duckdb/Session.ts"
import { openTable, writeLabels, writeRows } from "../duckdb/tables.ts"
import { cleanTable } from "../processing/cleanTable.ts"
import { Labels, Lineage, Rows, TableSchema } from "../types.ts"

/** Cleans the table for the analysis and records what it did. Its ports replace those of data_loading. */
export const dataProcessing = defineStage({
  id: "analytics/data-processing",
  version: 1,
  summary: "Tidy text, drop empty columns and rows without a target.",
  config: Schema.Struct({ limits: Limits }),
  inputs: { table: Rows, labels: Labels, schema: TableSchema },
  outputs: { table: Rows, labels: Labels, schema: TableSchema, lineage: Lineage },
  policy: { onFailure: "degrade", timeout: "1 hour" },
  async run(context) {
    const { config, inputs, out, signal } = context
    return withSession({ signal, limits: config.limits }, async (session) => {
      const opened = await openTable(session, inputs)
      const { schema, lineage } = await cleanTable(session, opened, (done, total) => context.progress(done, total, "steps"))
      const table = await writeRows(
        session,
        schema.columns.map((c) => c.name),
        out.table,
        (done) => context.progress(done, schema.rows, "rows")
      )
      return { table, labels: await writeLabels(session, out.labels), schema, lineage }
    })
  }
})
