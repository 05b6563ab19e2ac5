import { identifier, literal } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { ColumnSchema, Lineage, TableSchema } from "../types.ts"

const mostlyMissing = 0.95
type Step = Lineage["steps"][number]

/** Trims labels, makes runs of blanks one, and gives labels that become equal one code: the one of the most frequent. */
const tidyText = async (
  session: Session,
  schema: TableSchema
): Promise<{ readonly schema: TableSchema; readonly step: Step }> => {
  const untidy = schema.columns.filter((c) => c.physical === "text" && c.evidence.spaced > 0)
  const columns: Array<ColumnSchema> = []
  for (const column of schema.columns) {
    if (!untidy.includes(column)) {
      columns.push(column)
      continue
    }
    const name = literal(column.name)
    await session.run(`CREATE OR REPLACE TEMP TABLE tidy AS SELECT code, min(code) OVER (PARTITION BY clean) AS kept, clean FROM
      (SELECT code, trim(regexp_replace(replace(label, chr(160), ' '), '\\s+', ' ', 'g')) AS clean FROM labels WHERE "column" = ${name})`)
    await session.run(
      `UPDATE rows SET ${identifier(column.name)} = tidy.kept FROM tidy WHERE rows.${identifier(column.name)}::INTEGER = tidy.code AND tidy.code <> tidy.kept`
    )
    await session.run(`DELETE FROM labels WHERE "column" = ${name}`)
    await session.run(`INSERT INTO labels SELECT ${name}, code, clean FROM tidy WHERE code = kept`)
    const [r] = await session.rows<{ n: number }>("SELECT count(*) AS n FROM tidy WHERE code = kept")
    columns.push({ ...column, evidence: { ...column.evidence, spaced: 0, distinct: r?.n ?? 0 } })
  }
  const cells = untidy.reduce((s, c) => s + c.evidence.spaced, 0)
  return {
    schema: { ...schema, columns },
    step: stepOf("tidy text", schema, { ...schema, columns }, `${cells} cells of ${untidy.length} columns trimmed`)
  }
}

const stepOf = (step: string, before: TableSchema, after: TableSchema, note: string): Step => ({
  step,
  rowsIn: before.rows,
  rowsOut: after.rows,
  columnsIn: before.columns.length,
  columnsOut: after.columns.length,
  note
})

/** Drops columns with more than 95% missing cells, but never one that has a role. */
const dropMissing = async (
  session: Session,
  schema: TableSchema
): Promise<{ readonly schema: TableSchema; readonly step: Step }> => {
  const dropped = schema.columns.filter(
    (c) => c.role === "feature" && c.evidence.missing + c.evidence.nonConforming > mostlyMissing * schema.rows
  )
  for (const { name } of dropped) await session.run(`ALTER TABLE rows DROP COLUMN ${identifier(name)}`)
  const after = { ...schema, columns: schema.columns.filter((c) => !dropped.includes(c)) }
  await session.run(
    `DELETE FROM labels WHERE "column" NOT IN (${[...after.columns.map((c) => literal(c.name)), "''"].join(", ")})`
  )
  return {
    schema: after,
    step: stepOf(
      "drop columns with over 95% missing",
      schema,
      after,
      dropped.length === 0 ? "none" : dropped.map((c) => c.name).join(", ")
    )
  }
}

/** Drops rows without a target: they can teach nothing about it. */
const dropUntargeted = async (
  session: Session,
  schema: TableSchema
): Promise<{ readonly schema: TableSchema; readonly step: Step }> => {
  const target = schema.columns.find((c) => c.role === "target")
  if (target !== undefined) await session.run(`DELETE FROM rows WHERE ${identifier(target.name)} IS NULL`)
  const [r] = await session.rows<{ n: number }>("SELECT count(*) AS n FROM rows")
  const after = { ...schema, rows: r?.n ?? 0 }
  return {
    schema: after,
    step: stepOf(
      "drop rows without target",
      schema,
      after,
      target === undefined ? "no target named" : `${schema.rows - after.rows} rows`
    )
  }
}

/**
 * Cleans the open table in place. Nothing is imputed or clipped here: statistics are about what was observed, and a model
 * fits its own imputation on its training rows.
 */
export const cleanTable = async (session: Session, schema: TableSchema, onStep: (done: number, total: number) => void) => {
  const steps: Array<Step> = []
  let now = schema
  for (const [i, clean] of [tidyText, dropMissing, dropUntargeted].entries()) {
    const { schema: after, step } = await clean(session, now)
    steps.push(step)
    now = after
    onStep(i + 1, 3)
  }
  return { schema: now, lineage: { steps } satisfies Lineage }
}
