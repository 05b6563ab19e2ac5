import { Effect, Stream } from "effect"
import { type Batch, DatasetError, type DatasetRef, type ScanOptions, type Table } from "../../authoring/data.ts"
import { op } from "../../execution/op.ts"
import type { Producer, StoredTable } from "../../domain/Artifact.ts"
import { ColumnAbsent, type Field, fieldsOf, groupRows, type Rows } from "../parquet/layout.ts"
import type { Scanner, Scanning } from "../parquet/scan.ts"
import { columnBuilder } from "../parquet/vectors.ts"
import { conditionsOf } from "../parquet/where.ts"
import { recorded } from "../recorded.ts"
import { toDatasetError } from "./datasetError.ts"

/** Most rows that `read` answers in one batch unless told otherwise. */
const defaultMaxRows = 1_000_000

interface AnyOptions {
  readonly columns?: ReadonlyArray<string>
  readonly more?: ReadonlyArray<string> | "all"
  readonly where?: Readonly<Record<string, unknown>>
  readonly batchRows?: number
  readonly maxRows?: number
}
const chosen = (
  type: Table,
  table: StoredTable,
  options: AnyOptions
): { readonly named: ReadonlyArray<Field>; readonly more: ReadonlyArray<Field> } => {
  const all = fieldsOf(type, [])
  const shape = (detail: string) => new DatasetError({ asset: type.id, reason: "shape", detail })
  const named = options.columns?.map((name) => {
    const field = all.find((known) => known.name === name)
    if (field === undefined) throw shape(`there is no column "${name}"; there are ${all.map((known) => known.name).join(", ")}`)
    return field
  })
  const wanted = options.more === "all" ? table.more : (options.more ?? [])
  const absent = wanted.find((name) => !table.more.includes(name))
  if (absent !== undefined) throw shape(`there is no further column "${absent}"; there are ${table.more.join(", ") || "none"}`)
  return { named: named ?? all, more: wanted.map((name): Field => ({ name, kind: "float" })) }
}
const toBatch = (rows: Rows, more: ReadonlyArray<Field>): Batch => {
  const columns: Record<string, unknown> = { ...rows.columns }
  const further: Record<string, unknown> = {}
  for (const { name } of more) {
    further[name] = columns[name]
    delete columns[name]
  }
  return recorded<Batch>({ rows: rows.rows, columns, ...(more.length === 0 ? {} : { more: further }) })
}

const tooMany = (type: Table, rows: number, maxRows: number) =>
  new DatasetError({
    asset: type.id,
    reason: "shape",
    detail: `${rows} rows are more than read() takes into memory (maxRows ${maxRows}). Choose rows with where, go through them with scan(), or raise maxRows`
  })

/** The handle of a stored table. Making it reads nothing. `scannerOf` loads the Parquet reader when the first row is wanted. */
export const makeDatasetRef = <T extends Table>(
  type: T,
  table: StoredTable,
  producer: Producer,
  from: {
    readonly scannerOf: () => Promise<Scanner>
    readonly files: ReadonlyArray<string>
    /** Looks into what a read failed with: a damaged file is told as such. */
    readonly explain: (error: DatasetError) => Promise<DatasetError>
  }
): DatasetRef<T> => {
  const scanning = (options: AnyOptions): Scanning & { readonly more: ReadonlyArray<Field> } => {
    const { more, named } = chosen(type, table, options)
    const conditions = conditionsOf(fieldsOf(type, []), options.where ?? {})
    if (typeof conditions === "string") throw new DatasetError({ asset: type.id, reason: "shape", detail: conditions })
    const batchRows = Math.max(1, Math.floor(options.batchRows ?? groupRows))
    return { files: from.files, fields: [...named, ...more], conditions, batchRows, more }
  }
  const failed = (cause: unknown): DatasetError =>
    cause instanceof ColumnAbsent
      ? new DatasetError({
          asset: type.id,
          reason: "shape",
          detail: `${cause.message}. It was written before the column existed: run the stage that made it again`
        })
      : toDatasetError(type.id, from.files.join(", "), cause)
  async function* batches(options: AnyOptions): AsyncGenerator<Batch> {
    try {
      const what = scanning(options)
      const scanner = await from.scannerOf()
      for await (const rows of scanner.scan(what)) yield toBatch(rows, what.more)
    } catch (cause) {
      throw await from.explain(failed(cause))
    }
  }
  const scan = (options: AnyOptions = {}) => {
    const stream = Stream.suspend(() => Stream.fromAsyncIterable(batches(options), failed))
    // The same value is a Stream and an AsyncIterable; the latter goes straight to the rows.
    Object.defineProperty(stream, Symbol.asyncIterator, { value: () => batches(options) })
    return stream
  }
  const readAll = async (options: AnyOptions): Promise<Batch> => {
    const what = scanning(options)
    const maxRows = options.maxRows ?? defaultMaxRows
    if (what.conditions.length === 0 && table.rows > maxRows) throw tooMany(type, table.rows, maxRows)
    const expected = what.conditions.length === 0 ? table.rows : 0
    const builders = what.fields.map(({ kind }) => columnBuilder(kind, Number.MAX_SAFE_INTEGER, expected))
    let rows = 0
    const scanner = await from.scannerOf()
    for await (const part of scanner.scan(what)) {
      rows += part.rows
      if (rows > maxRows) throw tooMany(type, rows, maxRows)
      for (const [i, { name }] of what.fields.entries()) {
        const vector = part.columns[name]
        if (vector !== undefined) builders[i]?.add(vector)
      }
    }
    const columns = Object.fromEntries(what.fields.map(({ name }, i) => [name, builders[i]?.view() ?? new Uint8Array(0)]))
    return toBatch({ rows, columns }, what.more)
  }
  const explained = (options: AnyOptions): Promise<Batch> =>
    readAll(options).catch(async (cause: unknown) => {
      throw await from.explain(failed(cause))
    })
  return {
    type,
    version: table.version,
    rows: table.rows,
    bytes: table.bytes,
    more: table.more,
    files: from.files,
    sql: sqlOf(from.files, type.more !== undefined),
    producer,
    asOf: table.asOf,
    knownAt: table.knownAt,
    scan: <K extends keyof T["columns"] & string>(options?: ScanOptions<T["columns"], K>) =>
      recorded(scan(recorded<AnyOptions>(options ?? {}))),
    read: <K extends keyof T["columns"] & string>(options?: ScanOptions<T["columns"], K>) =>
      recorded(op(Effect.tryPromise({ try: () => explained(recorded<AnyOptions>(options ?? {})), catch: failed })))
  }
}
/** The table as DuckDB reads it. Wide tables may be a union of files with different further columns. */
const sqlOf = (files: ReadonlyArray<string>, wide: boolean): string => {
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(", ")
  return `read_parquet([${list}]${wide ? ", union_by_name = true" : ""})`
}
