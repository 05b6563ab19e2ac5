import { createHash } from "node:crypto"
import { type Batch, type Column, DatasetError, type Table, type TextVector } from "../authoring/data.ts"
import { misspelt } from "../domain/nearest.ts"

type Numbers = Float64Array | Int32Array | BigInt64Array | Uint8Array
export type Vector = Numbers | TextVector
export type Cell = number | bigint | string | null
export type Row = Readonly<Record<string, Cell>>
/** What a reader asks for, types erased. */
export interface Selection {
  readonly columns?: ReadonlyArray<string>
  readonly more?: ReadonlyArray<string> | "all"
  readonly where?: Readonly<Record<string, unknown>>
}
const vectors = (batch: Batch): Readonly<Record<string, Vector>> => batch.columns as Readonly<Record<string, Vector>>
const isText = (vector: Vector): vector is TextVector => "codes" in vector

/** The cells of a column; a missing text cell is null. */
export const cellsOf = (vector: Vector): ReadonlyArray<Cell> =>
  isText(vector)
    ? Array.from(vector.codes, (code) => (code < 0 ? null : vector.values[code]!))
    : Array.from(vector as ArrayLike<Cell>)

/** Rows as plain objects, further columns of a wide table flattened in. */
export const rowsOf = (batches: ReadonlyArray<Batch>): Array<Row> =>
  batches.flatMap((batch) => {
    const columns = [...Object.entries(vectors(batch)), ...Object.entries(batch.more ?? {})].map(
      ([name, v]) => [name, cellsOf(v)] as const
    )
    return Array.from({ length: batch.rows }, (_, i) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[i]!])))
  })

const constructors = {
  float: Float64Array,
  int: Int32Array,
  day: Int32Array,
  long: BigInt64Array,
  micros: BigInt64Array,
  flag: Uint8Array
}
const fits = (column: Column, vector: unknown): boolean =>
  column.kind === "text"
    ? (vector as TextVector | undefined)?.codes instanceof Int32Array
    : vector instanceof constructors[column.kind]
const nameOf = (vector: unknown): string => (vector as object | undefined)?.constructor?.name ?? String(vector)
const lengthOf = (vector: Vector): number => (isText(vector) ? vector.codes.length : vector.length)

/** What is wrong with a batch for this table: a missing column, a wrong kind, a length that differs from `rows`, an unknown code. */
export const shapeError = (asset: string, type: Table, batch: Batch): DatasetError | undefined => {
  const wrong = (detail: string) => new DatasetError({ asset, reason: "shape", detail })
  if (typeof batch?.columns !== "object" || !Number.isSafeInteger(batch.rows) || batch.rows < 0)
    return wrong(`${nameOf(batch)} is no batch: make one with batch({ ... })`)
  const lengths: Array<readonly [string, number]> = []
  for (const [name, column] of Object.entries(type.columns)) {
    const vector = vectors(batch)[name]
    if (vector === undefined) {
      const strange = Object.keys(vectors(batch)).filter((one) => !(one in type.columns))
      return wrong(`column "${name}" (${column.kind}) is missing${misspelt(name, strange, `no column of ${type.id}`)}`)
    }
    if (!fits(column, vector)) return wrong(`column "${name}" is ${nameOf(vector)}, ${type.id} wants ${column.kind}`)
    if (isText(vector) && vector.codes.some((code) => code < -1 || code >= vector.values.length))
      return wrong(`column "${name}" has a code without a value`)
    lengths.push([name, lengthOf(vector)])
  }
  for (const [name, vector] of Object.entries(batch.more ?? {})) {
    if (type.more === undefined) return wrong(`${type.id} has no further columns, the batch has "${name}"`)
    if (!(vector instanceof Float64Array))
      return wrong(`column "${name}" is ${nameOf(vector)}, further columns of ${type.id} are float`)
    lengths.push([name, vector.length])
  }
  const short = lengths.find(([, length]) => length !== batch.rows)
  return short === undefined ? undefined : wrong(`column "${short[0]}" has ${short[1]} cells, the batch has ${batch.rows} rows`)
}
const holds = (cut: unknown, cell: Cell): boolean => {
  if (Array.isArray(cut)) return cut.includes(cell)
  if (cut === null || typeof cut !== "object") return typeof cut === "boolean" ? cell === Number(cut) : cell === cut
  const { min, max } = cut as { readonly min?: NonNullable<Cell>; readonly max?: NonNullable<Cell> }
  return cell !== null && (min === undefined || cell >= min) && (max === undefined || cell <= max)
}
const at = (vector: Vector, keep: ReadonlyArray<number> | undefined): Vector => {
  if (keep === undefined) return vector
  if (isText(vector)) return { codes: Int32Array.from(keep, (i) => vector.codes[i]!), values: vector.values }
  if (vector instanceof BigInt64Array) return BigInt64Array.from(keep, (i) => vector[i]!)
  return (vector.constructor as Float64ArrayConstructor).from(keep, (i) => vector[i]!)
}
/** The rows and columns that a reader asked for. */
export const select = (batch: Batch, selection: Selection = {}): Batch => {
  const { columns, more, where } = selection
  const tests = Object.entries(where ?? {}).map(
    ([name, cut]) => [cellsOf(vectors(batch)[name] ?? batch.more?.[name] ?? new Int32Array(batch.rows)), cut] as const
  )
  const keep =
    tests.length === 0
      ? undefined
      : Array.from({ length: batch.rows }, (_, i) => i).filter((i) => tests.every(([cells, cut]) => holds(cut, cells[i]!)))
  const named = Object.entries(vectors(batch)).filter(([name]) => columns === undefined || columns.includes(name))
  const further = Object.entries(batch.more ?? {}).filter(([name]) => more === "all" || (more ?? []).includes(name))
  const pick = (entries: ReadonlyArray<readonly [string, Vector]>) =>
    Object.fromEntries(entries.map(([name, v]) => [name, at(v, keep)]))
  return {
    rows: keep?.length ?? batch.rows,
    columns: pick(named),
    ...(further.length === 0 ? {} : { more: pick(further) as Readonly<Record<string, Float64Array>> })
  }
}
const joinText = (parts: ReadonlyArray<TextVector>, rows: number): TextVector => {
  const known = new Map<string, number>()
  const codes = new Int32Array(rows)
  let next = 0
  for (const part of parts) {
    const map = part.values.map((value) => known.get(value) ?? (known.set(value, known.size), known.size - 1))
    for (const code of part.codes) codes[next++] = code < 0 ? -1 : map[code]!
  }
  return { codes, values: [...known.keys()] }
}
const join = (parts: ReadonlyArray<Vector>, rows: number): Vector => {
  if (isText(parts[0]!)) return joinText(parts as ReadonlyArray<TextVector>, rows)
  const all = new (parts[0]!.constructor as Float64ArrayConstructor)(rows)
  let next = 0
  for (const part of parts as ReadonlyArray<Float64Array>) {
    all.set(part, next)
    next += part.length
  }
  return all
}
/** One batch of all rows. A further column that some batch lacks is NaN there. */
export const concat = (batches: ReadonlyArray<Batch>): Batch => {
  const first = batches[0]
  if (first === undefined || batches.length === 1) return first ?? { rows: 0, columns: {} }
  const rows = batches.reduce((sum, b) => sum + b.rows, 0)
  const columns = Object.fromEntries(
    Object.keys(first.columns).map((name) => [
      name,
      join(
        batches.map((b) => vectors(b)[name]!),
        rows
      )
    ])
  )
  const names = [...new Set(batches.flatMap((b) => Object.keys(b.more ?? {})))]
  const more = Object.fromEntries(
    names.map((name) => [
      name,
      join(
        batches.map((b) => b.more?.[name] ?? new Float64Array(b.rows).fill(NaN)),
        rows
      ) as Float64Array
    ])
  )
  return names.length === 0 ? { rows, columns } : { rows, columns, more }
}
/** A table without rows. */
export const emptyBatch = (type: Table): Batch => ({
  rows: 0,
  columns: Object.fromEntries(
    Object.entries(type.columns).map(([name, c]) => [
      name,
      c.kind === "text" ? { codes: new Int32Array(0), values: [] } : new constructors[c.kind](0)
    ])
  )
})
const bytesOf = (vector: Vector): Uint8Array | string =>
  isText(vector) ? JSON.stringify(cellsOf(vector)) : new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)

/** SHA-256 over the names and cells: the same rows give the same hash, however they were cut into batches. */
export const contentHash = (type: string, batches: ReadonlyArray<Batch>): string => {
  const hash = createHash("sha256").update(type)
  const all = concat(batches)
  for (const [name, vector] of [...Object.entries(vectors(all)), ...Object.entries(all.more ?? {})].sort(([a], [b]) =>
    a < b ? -1 : 1
  ))
    hash.update(`\n${name}\n`).update(bytesOf(vector))
  return hash.digest("hex")
}
export const sizeOf = (batch: Batch): number =>
  [...Object.values(vectors(batch)), ...Object.values(batch.more ?? {})].reduce((sum, v) => {
    const bytes = bytesOf(v)
    return sum + bytes.length
  }, 0)
