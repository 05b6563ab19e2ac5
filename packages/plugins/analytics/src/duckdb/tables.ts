import { existsSync } from "node:fs"
import { batch, type DatasetRef, type TextVector, type Writer } from "@tetra/core"
import type { Labels, Rows, TableSchema } from "../types.ts"
import { identifier } from "./quote.ts"
import type { Session } from "./Session.ts"

const chunkRows = 2048 // DuckDB's vector size
const batchRows = 65_536

/** Parquet files that are really there; a dataset that lives in memory (in tests) names files that are not. */
const onDisk = (files: ReadonlyArray<string>) => files.length > 0 && files.every((file) => existsSync(file))

const openRows = async (session: Session, table: DatasetRef<typeof Rows>): Promise<void> => {
  const columns = ["_row", ...table.more]
  if (onDisk(table.files)) {
    const cells = columns.map(
      (c) => `CASE WHEN isnan(${identifier(c)}::DOUBLE) THEN NULL ELSE ${identifier(c)}::DOUBLE END AS ${identifier(c)}`
    )
    return session.run(`CREATE TABLE rows AS SELECT ${cells.join(", ")} FROM ${table.sql}`)
  }
  await session.run(`CREATE TABLE rows (${columns.map((c) => `${identifier(c)} DOUBLE`).join(", ")})`)
  if (table.rows === 0) return
  const { DOUBLE, DuckDBDataChunk } = session.api
  const appender = await session.connection.createAppender("rows")
  for await (const part of table.scan({ more: "all" })) {
    const vectors: ReadonlyArray<ArrayLike<number>> = [
      part.columns._row,
      ...table.more.map((c) => part.more?.[c] ?? new Float64Array(part.rows).fill(NaN))
    ]
    for (let from = 0; from < part.rows; from += chunkRows) {
      const rows = Math.min(chunkRows, part.rows - from)
      const chunk = DuckDBDataChunk.create(
        vectors.map(() => DOUBLE),
        rows
      )
      vectors.forEach((cells, column) => {
        const vector = chunk.getColumnVector(column)
        for (let i = 0; i < rows; i++) vector.setItem(i, Number.isNaN(cells[from + i]) ? null : cells[from + i]!)
        vector.flush()
      })
      appender.appendDataChunk(chunk)
    }
  }
  appender.closeSync()
}

const cellOf = (vector: TextVector, row: number) => vector.values[vector.codes[row]!] ?? ""

const openLabels = async (session: Session, labels: DatasetRef<typeof Labels>): Promise<void> => {
  if (onDisk(labels.files))
    return session.run(`CREATE TABLE labels AS SELECT "column", code::INTEGER AS code, label FROM ${labels.sql}`)
  await session.run(`CREATE TABLE labels ("column" VARCHAR, code INTEGER, label VARCHAR)`)
  if (labels.rows === 0) return
  const { DuckDBDataChunk, INTEGER, VARCHAR } = session.api
  const appender = await session.connection.createAppender("labels")
  for await (const { columns, rows: total } of labels.scan()) {
    for (let from = 0; from < total; from += chunkRows) {
      const rows = Math.min(chunkRows, total - from)
      const chunk = DuckDBDataChunk.create([VARCHAR, INTEGER, VARCHAR], rows)
      const range = Array.from({ length: rows }, (_, i) => from + i)
      chunk.setColumns([
        range.map((i) => cellOf(columns.column, i)),
        range.map((i) => columns.code[i]!),
        range.map((i) => cellOf(columns.label, i))
      ])
      appender.appendDataChunk(chunk)
    }
  }
  appender.closeSync()
}

export interface TableRefs {
  readonly table: DatasetRef<typeof Rows>
  readonly labels: DatasetRef<typeof Labels>
  readonly schema: TableSchema
}
/**
 * Makes `rows` (every column DOUBLE, NULL = missing) and `labels` in the session, and answers the schema as it fits the
 * table: columns that a later step dropped are left out, columns that it added are decimal features.
 */
export const openTable = async (session: Session, { table, labels, schema }: TableRefs): Promise<TableSchema> => {
  await openRows(session, table)
  await openLabels(session, labels)
  const known = new Set(schema.columns.map((c) => c.name))
  const added = table.more.filter((name) => !known.has(name))
  const counts =
    added.length === 0
      ? {}
      : (
          await session.rows<Record<string, number>>(
            `SELECT ${added.flatMap((c, i) => [`count(${identifier(c)}) AS n${i}`, `count(DISTINCT ${identifier(c)}) AS d${i}`]).join(", ")} FROM rows`
          )
        )[0]!
  return {
    ...schema,
    rows: table.rows,
    columns: [
      ...schema.columns.filter((c) => table.more.includes(c.name)),
      ...added.map((name, i) => ({
        name,
        label: name,
        physical: "decimal" as const,
        semantic: "decimal" as const,
        role: "feature" as const,
        confidence: 1,
        evidence: {
          missing: table.rows - (counts[`n${i}`] ?? 0),
          distinct: counts[`d${i}`] ?? 0,
          nonConforming: 0,
          samples: [],
          spaced: 0,
          control: 0,
          mojibake: 0,
          nonFinite: 0,
          formats: [],
          ambiguousDayMonth: false
        }
      }))
    ]
  }
}

/** Streams the DuckDB table `rows` into the engine's table, ordered by `_row`. */
export const writeRows = async (
  session: Session,
  columns: ReadonlyArray<string>,
  out: Writer<typeof Rows>,
  onRows: (done: number) => void
) => {
  const names = ["_row", ...columns]
  let pending: Array<ReadonlyArray<Float64Array>> = []
  let held = 0
  let done = 0
  const flush = async () => {
    if (held === 0) return
    const joined = names.map((_, column) => {
      const all = new Float64Array(held)
      let at = 0
      for (const part of pending) {
        all.set(part[column]!, at)
        at += part[column]!.length
      }
      return all
    })
    await out.append(
      batch({ _row: Int32Array.from(joined[0]!) }, Object.fromEntries(columns.map((name, i) => [name, joined[i + 1]!])))
    )
    done += held
    pending = []
    held = 0
    onRows(done)
  }
  for await (const part of session.batches(`SELECT ${names.map(identifier).join(", ")} FROM rows ORDER BY _row`)) {
    pending.push(part)
    held += part[0]?.length ?? 0
    if (held >= batchRows) await flush()
  }
  await flush()
  return out.done()
}

/** Streams the DuckDB table `labels` into the engine's table, ordered by column and code. */
export const writeLabels = async (session: Session, out: Writer<typeof Labels>) => {
  const result = await session.connection.stream(`SELECT "column", code, label FROM labels ORDER BY "column", code`)
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return out.done()
    const [column, code, label] = chunk.getColumns() as [Array<string>, Array<number>, Array<string>]
    await out.append(batch({ column: dictionary(column), code: Int32Array.from(code), label: dictionary(label) }))
  }
}
const dictionary = (cells: ReadonlyArray<string>): TextVector => {
  const at = new Map<string, number>()
  const codes = Int32Array.from(cells, (cell) => {
    const known = at.get(cell)
    if (known !== undefined) return known
    at.set(cell, at.size)
    return at.size - 1
  })
  return { codes, values: [...at.keys()] }
}
