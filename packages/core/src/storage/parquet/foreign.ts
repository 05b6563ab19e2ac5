import { open } from "node:fs/promises"
import { type FileMetaData, parquetRead, type SchemaElement } from "hyparquet"
import { Moved } from "../../execution/Moved.ts"
import { canMiss, type Field, type Kind, missingDay, missingMicros, type Rows, type Vector } from "./layout.ts"
import { decompressNow } from "./zstd.ts"
import type { ParquetFile } from "./ParquetFile.ts"

const unitOf = (element: SchemaElement): string | undefined =>
  element.logical_type?.type === "TIMESTAMP" ? element.logical_type.unit : undefined
const isPlainInteger = ({ converted_type, logical_type }: SchemaElement): boolean =>
  logical_type === undefined || logical_type.type === "INTEGER"
    ? converted_type === undefined || converted_type.startsWith("INT_")
    : false
const accepted: Readonly<Record<Kind, (element: SchemaElement) => boolean>> = {
  float: ({ type }) => type === "DOUBLE" || type === "FLOAT",
  int: (element) => element.type === "INT32" && isPlainInteger(element),
  long: (element) => (element.type === "INT64" || element.type === "INT32") && isPlainInteger(element),
  flag: ({ type }) => type === "BOOLEAN",
  text: ({ converted_type, logical_type, type }) =>
    type === "BYTE_ARRAY" && (converted_type === "UTF8" || converted_type === "ENUM" || logical_type?.type === "STRING"),
  day: ({ converted_type, type }) => type === "INT32" && converted_type === "DATE",
  micros: (element) => element.type === "INT64" && (element.converted_type === "TIMESTAMP_MICROS" || unitOf(element) === "MICROS")
}
const sqlType: Readonly<Record<Kind, string>> = {
  float: "DOUBLE",
  int: "INTEGER",
  long: "BIGINT",
  flag: "BOOLEAN",
  text: "VARCHAR",
  day: "DATE",
  micros: "TIMESTAMPTZ"
}

/** Top-level columns of a file; nested ones appear with their children skipped. */
const columnsOf = ({ schema }: FileMetaData): ReadonlyArray<SchemaElement> => {
  const columns: Array<SchemaElement> = []
  for (let i = 1; i < schema.length; i++) {
    const element = schema[i]
    if (element === undefined) continue
    columns.push(element)
    for (let children = element.num_children ?? 0; children > 0; children--) children += schema[++i]?.num_children ?? 0
  }
  return columns
}
/** Names of the columns in stored order. */
export const foreignNames = (file: ParquetFile): ReadonlyArray<string> => columnsOf(file.metadata).map(({ name }) => name)
/** What keeps a file from being read as `fields`, in words, or `undefined`. */
export const foreignFault = (file: ParquetFile, fields: ReadonlyArray<Field>): string | undefined => {
  const columns = columnsOf(file.metadata)
  for (const { kind, name } of fields) {
    const column = columns.find((element) => element.name === name)
    if (column === undefined)
      return `the file has no column "${name}"; it has ${columns.map((element) => element.name).join(", ")}`
    if (!accepted[kind](column)) {
      const found = [column.type ?? "a nested type", column.converted_type].filter((word) => word !== undefined).join(" ")
      return `column "${name}" is ${found}, its kind ${kind} wants ${sqlType[kind]}: write ${name}::${sqlType[kind]} AS ${name} in the query`
    }
  }
  const strayed = columns.find(({ name }) => !fields.some((field) => field.name === name))
  return strayed === undefined ? undefined : `the file has a column "${strayed.name}" that the table has not`
}

const bigOf = (cell: unknown): bigint => (typeof cell === "bigint" ? cell : BigInt(Number(cell)))
/** Cells as hyparquet gives them (null = missing) in the form of a batch. Refuses a NULL where the kind has none. */
const vectorOf = (field: Field, cells: ArrayLike<unknown>): Vector => {
  const list = Array.from(cells)
  if (!canMiss(field.kind) && list.some((cell) => cell === null || cell === undefined)) {
    throw new ForeignFault(
      `column "${field.name}" (${field.kind}) has NULLs, which this kind cannot hold: filter them out or use coalesce`
    )
  }
  switch (field.kind) {
    case "float":
      return Float64Array.from(list, (cell) => (cell === null || cell === undefined ? Number.NaN : Number(cell)))
    case "int":
      return Int32Array.from(list, Number)
    case "day":
      return Int32Array.from(list, (cell) => (cell === null || cell === undefined ? missingDay : Number(cell)))
    case "long":
      return BigInt64Array.from(list, bigOf)
    case "micros":
      return BigInt64Array.from(list, (cell) => (cell === null || cell === undefined ? missingMicros : bigOf(cell)))
    case "flag":
      return Uint8Array.from(list, (cell) => (cell === true ? 1 : 0))
    default:
      return textOf(list)
  }
}
const textOf = (cells: ReadonlyArray<unknown>): Vector => {
  const at = new Map<string, number>()
  const codes = Int32Array.from(cells, (cell) => {
    if (cell === null || cell === undefined) return -1
    const value = typeof cell === "string" ? cell : JSON.stringify(cell)
    const known = at.get(value) ?? at.size
    if (known === at.size) at.set(value, known)
    return known
  })
  return { codes, values: [...at.keys()] }
}
/** A fault of the rows in a file of somebody else, in words for its author. */
export class ForeignFault extends Error {}

/** The rows of a Parquet file that somebody else wrote (DuckDB), one row group at a time. */
export async function* foreignRows(file: ParquetFile, fields: ReadonlyArray<Field>): AsyncGenerator<Rows> {
  const handle = await open(file.path, "r")
  try {
    const { size } = await handle.stat()
    const source = {
      byteLength: size,
      slice: async (from: number, to = size) => {
        const bytes = new Uint8Array(to - from)
        await handle.read(bytes, 0, bytes.byteLength, from)
        Moved.read(bytes.byteLength)
        return bytes.buffer
      }
    }
    let start = 0
    for (const group of file.metadata.row_groups) {
      const rows = Number(group.num_rows)
      const parts = new Map<string, Array<ArrayLike<unknown>>>()
      await parquetRead({
        file: source,
        metadata: file.metadata,
        columns: fields.map(({ name }) => name),
        rowStart: start,
        rowEnd: start + rows,
        compressors: { ZSTD: decompressNow },
        parsers: { dateFromDays: (days: number) => days, timestampFromMicroseconds: (micros: bigint) => micros },
        onChunk: ({ columnData, columnName }) => {
          const list = parts.get(columnName) ?? []
          list.push(columnData)
          parts.set(columnName, list)
        }
      })
      yield {
        rows,
        columns: Object.fromEntries(
          fields.map((field) => [
            field.name,
            vectorOf(
              field,
              (parts.get(field.name) ?? []).flatMap((part) => Array.from(part))
            )
          ])
        )
      }
      start += rows
    }
  } finally {
    await handle.close()
  }
}
