/** Upsert of small tables by key: the same rows give the same batch, whatever order they came in. */
import type { Batch, Columns, Table, TextVector } from "@tetra/core"

type Cells = Float64Array | Int32Array | BigInt64Array | Uint8Array
const isText = (vector: Cells | TextVector): vector is TextVector => "codes" in vector
const cellAt = (vector: Cells | TextVector, row: number): string | number | bigint => {
  if (!isText(vector)) return vector[row]!
  const code = vector.codes[row]!
  return code < 0 ? "" : vector.values[code]!
}
interface Place {
  readonly batch: number
  readonly row: number
}
const gather = (vectors: ReadonlyArray<Cells | TextVector>, places: ReadonlyArray<Place>): Cells | TextVector => {
  const first = vectors[0]!
  if (!isText(first)) {
    const out = new (first.constructor as new (length: number) => Cells)(places.length)
    places.forEach(({ batch, row }, k) => void (out[k] = (vectors[batch] as Cells)[row]!))
    return out
  }
  const at = new Map<string, number>()
  const codes = Int32Array.from(places, ({ batch, row }) => {
    const vector = vectors[batch] as TextVector
    const code = vector.codes[row]!
    if (code < 0) return -1
    const value = vector.values[code]!
    let known = at.get(value)
    if (known === undefined) at.set(value, (known = at.size))
    return known
  })
  return { codes, values: [...at.keys()] }
}

/** The rows of all batches with one row a key, of the last batch that has it; sorted by key. */
export const upsert = <Cols extends Columns>(table: Table<string, Cols>, batches: ReadonlyArray<Batch<Cols>>): Batch<Cols> => {
  const columnsOf = (name: string) => batches.map(({ columns }) => columns[name] as Cells | TextVector)
  const keys = table.key.map(columnsOf)
  const kept = new Map<string, Place>()
  batches.forEach(({ rows }, batch) => {
    for (let row = 0; row < rows; row++)
      kept.set(keys.map((vectors) => String(cellAt(vectors[batch]!, row))).join("\u0000"), { batch, row })
  })
  const places = [...kept.values()].sort((a, b) => {
    for (const vectors of keys) {
      const x = cellAt(vectors[a.batch]!, a.row)
      const y = cellAt(vectors[b.batch]!, b.row)
      if (x < y) return -1
      if (x > y) return 1
    }
    return 0
  })
  const columns = Object.fromEntries(Object.keys(table.columns).map((name) => [name, gather(columnsOf(name), places)]))
  return { rows: places.length, columns: columns as Batch<Cols>["columns"] }
}
/** The rows for which `keep` holds. */
export const filterRows = <Cols extends Columns>(whole: Batch<Cols>, keep: (row: number) => boolean): Batch<Cols> => {
  const places = Array.from({ length: whole.rows }, (_, row) => ({ batch: 0, row })).filter(({ row }) => keep(row))
  if (places.length === whole.rows) return whole
  const columns = Object.entries(whole.columns).map(([name, vector]) => [name, gather([vector as Cells | TextVector], places)])
  return { rows: places.length, columns: Object.fromEntries(columns) as Batch<Cols>["columns"] }
}
