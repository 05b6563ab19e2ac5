import { identifier } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import { LoadFailed } from "../loading/LoadFailed.ts"
import type { Loaded } from "../loading/readDelimited.ts"
import { nearest } from "../loading/nearest.ts"
import type { ColumnSchema, Role, TableSchema } from "../types.ts"
import type { DateOrder } from "./dateFormats.ts"
import { inferColumn, type InferredColumn } from "./inferColumn.ts"

export interface Named {
  readonly target?: string
  readonly time?: string
  readonly ids: ReadonlyArray<string>
  readonly order: DateOrder
}

const find = (columns: ReadonlyArray<InferredColumn>, wanted: string, parameter: string, file: string): string => {
  const same =
    columns.find(({ schema }) => schema.name === wanted || schema.label === wanted) ??
    columns.find(({ schema }) => schema.name.toLowerCase() === wanted.trim().toLowerCase())
  if (same !== undefined) return same.schema.name
  const names = columns.map((c) => c.schema.name)
  const close = nearest(wanted, names)
  throw new LoadFailed({
    code: "LOAD_UNREADABLE",
    file,
    detail: `${parameter} names "${wanted}", which is no column of the file.`,
    hint: close === undefined ? `Columns: ${names.slice(0, 20).join(", ")}.` : `Did you mean "${close}"?`
  })
}

/** Roles: what the parameters name, else identifiers by type and the first date column as time; the rest are features. */
const roleOf = (
  column: InferredColumn["schema"],
  named: { readonly target?: string; readonly time: string | undefined; readonly ids: ReadonlyArray<string> }
): Role =>
  column.name === named.target
    ? "target"
    : column.name === named.time
      ? "time"
      : named.ids.includes(column.name) || column.semantic === "id" || column.semantic === "uuid"
        ? "id"
        : "feature"

/** Infers every column of `raw`, then makes `rows` and `labels` (see types.ts) and drops `raw`. */
export const inferTable = async (
  session: Session,
  loaded: Loaded,
  named: Named,
  file: string,
  onColumn: (done: number, total: number) => void
): Promise<TableSchema> => {
  await session.run(`CREATE TABLE labels ("column" VARCHAR, code INTEGER, label VARCHAR)`)
  const columns: Array<InferredColumn> = []
  for (const [i, column] of loaded.columns.entries()) {
    columns.push(await inferColumn(session, i, column, { decimalComma: loaded.reading.decimalComma, order: named.order }))
    onColumn(i + 1, loaded.columns.length)
  }
  const target = named.target === undefined ? undefined : find(columns, named.target, "target_column", file)
  const ids = named.ids.map((id) => find(columns, id, "id_columns", file))
  const dated = columns.find(
    ({ schema }) =>
      (schema.physical === "date" || schema.physical === "datetime") && schema.semantic !== "constant" && schema.name !== target
  )
  const time = named.time === undefined ? dated?.schema.name : find(columns, named.time, "time_column", file)
  await session.run(
    `CREATE TABLE rows AS SELECT rowid::DOUBLE AS _row, ${columns.map((c) => `${c.expression} AS ${identifier(c.schema.name)}`).join(", ")} FROM raw`
  )
  await session.run("DROP TABLE raw")
  const [count] = await session.rows<{ n: number }>("SELECT count(*) AS n FROM rows")
  return {
    rows: count?.n ?? 0,
    columns: columns.map(({ schema }): ColumnSchema => ({
      ...schema,
      role: roleOf(schema, { ids, time, ...(target === undefined ? {} : { target }) })
    })),
    reading: loaded.reading
  }
}
