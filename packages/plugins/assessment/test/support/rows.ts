/** Rows back into a batch: what a stage answered becomes the input of the next one. */
import { type Batch, type Table, text } from "@tetra/core"

export const batchesOfRows = <T extends Table>(
  type: T,
  rows: ReadonlyArray<Readonly<Record<string, unknown>>>
): Batch<T["columns"]> => {
  const column = (name: string) => rows.map((row) => row[name])
  const vectors = Object.entries(type.columns).map(([name, { kind }]) => {
    if (kind === "text") return [name, text(column(name) as ReadonlyArray<string>)]
    if (kind === "float") return [name, Float64Array.from(column(name) as ReadonlyArray<number>)]
    if (kind === "flag") return [name, Uint8Array.from(column(name) as ReadonlyArray<number>)]
    return [name, Int32Array.from(column(name) as ReadonlyArray<number>)]
  })
  const further = Object.keys(rows[0] ?? {}).filter((name) => !(name in type.columns))
  const more = Object.fromEntries(further.map((name) => [name, Float64Array.from(column(name) as ReadonlyArray<number>)]))
  return { rows: rows.length, columns: Object.fromEntries(vectors) as Batch<T["columns"]>["columns"], more }
}
