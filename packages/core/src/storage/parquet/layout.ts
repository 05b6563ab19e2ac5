import type { SchemaElement } from "hyparquet"
import type { Column, Table, TextVector } from "../../authoring/data.ts"

/** Rows of every row group but the last: DuckDB's own size, so that its threads share a file evenly. */
export const groupRows = 122_880
/** Level of zstd: the point where more effort stops paying on market data. */
export const zstdLevel = 3
/** Names our layout in the file's metadata. Raise it when the same rows would give other bytes. */
export const layoutVersion = "1"
export const metadataKeys = { type: "tetra.type", layout: "tetra.layout", columns: "tetra.columns" } as const

export type Kind = Column["kind"]
/** Cells of one column: what `Batch` carries. */
export type Vector = Float64Array | Int32Array | BigInt64Array | Uint8Array | TextVector
export interface Field {
  readonly name: string
  readonly kind: Kind
}
/** Columns by name, all of `rows` cells. */
export interface Rows {
  readonly rows: number
  readonly columns: Readonly<Record<string, Vector>>
}

/** What stands for a missing cell in memory; it is NULL in the file. The other kinds have none. */
export const missingDay = -2_147_483_648
export const missingMicros = -(2n ** 63n)
export const canMiss = (kind: Kind): boolean => kind === "float" || kind === "text" || kind === "day" || kind === "micros"

/** The named columns in the table's order, then the further ones in theirs. */
export const fieldsOf = (type: Table, more: ReadonlyArray<string>): ReadonlyArray<Field> => [
  ...Object.entries(type.columns).map(([name, { kind }]): Field => ({ name, kind })),
  ...more.map((name): Field => ({ name, kind: "float" }))
]

const physical = {
  float: { type: "DOUBLE" },
  int: { type: "INT32" },
  long: { type: "INT64" },
  flag: { type: "BOOLEAN" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  day: { type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } },
  micros: {
    type: "INT64",
    converted_type: "TIMESTAMP_MICROS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" }
  }
} satisfies Record<Kind, Partial<SchemaElement>>

/** A column that can miss cells is OPTIONAL always, so that the schema does not depend on the rows. */
export const schemaElementOf = ({ kind, name }: Field): SchemaElement => ({
  name,
  ...physical[kind],
  repetition_type: canMiss(kind) ? "OPTIONAL" : "REQUIRED"
})
export const schemaOf = (fields: ReadonlyArray<Field>): Array<SchemaElement> => [
  { name: "schema", num_children: fields.length },
  ...fields.map(schemaElementOf)
]
/** A file lacks a column whose kind has no way to say "missing". */
export class ColumnAbsent extends Error {}
