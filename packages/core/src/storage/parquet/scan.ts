import type { ColumnMetaData, RowGroup } from "hyparquet"
import { ColumnAbsent, type Field, type Rows, type Vector } from "./layout.ts"
import { columnOf, openParquet, type ParquetFile, readColumns, readDictionary } from "./ParquetFile.ts"
import { missingVector, pick, slice } from "./vectors.ts"
import { type Condition, groupMayMatch, matching } from "./where.ts"

/** Footers that are kept: files are immutable, so what was read once holds. */
const keptFooters = 512
/** Decoded columns that filtered reads keep, in bytes: one symbol after the other comes from the same row group. */
const keptColumnBytes = 96 * 1024 * 1024

/** Dictionaries of text columns that filtered reads keep to skip row groups by, counted in values. */
const keptDictionaryValues = 1_000_000

/** Least recently used entries go first; `weigh` sums up to `limit`. */
class Kept<A> {
  readonly #entries = new Map<string, { readonly value: A; readonly weight: number }>()
  readonly #limit: number
  #weight = 0
  constructor(limit: number) {
    this.#limit = limit
  }
  get(key: string): A | undefined {
    const found = this.#entries.get(key)
    if (found === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, found)
    return found.value
  }
  set(key: string, value: A, weight: number): void {
    if (weight > this.#limit) return
    this.delete(key)
    this.#entries.set(key, { value, weight })
    this.#weight += weight
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#limit) break
      this.delete(oldest)
    }
  }
  delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0
    this.#entries.delete(key)
  }
}

export interface Scanning {
  readonly files: ReadonlyArray<string>
  /** Columns to answer, in order. */
  readonly fields: ReadonlyArray<Field>
  readonly conditions: ReadonlyArray<Condition>
  readonly batchRows: number
}

/** Reads tables that lie in Parquet files, row group by row group. */
export interface Scanner {
  readonly footer: (path: string) => Promise<ParquetFile>
  readonly scan: (what: Scanning) => AsyncGenerator<Rows>
}

export const makeScanner = (): Scanner => {
  const footers = new Kept<Promise<ParquetFile>>(keptFooters)
  const decoded = new Kept<Vector>(keptColumnBytes)
  const dictionaries = new Kept<ReadonlyArray<string>>(keptDictionaryValues)
  const footer = (path: string): Promise<ParquetFile> => {
    const known = footers.get(path)
    if (known !== undefined) return known
    const opening = openParquet(path)
    footers.set(path, opening, 1)
    opening.catch(() => footers.delete(path))
    return opening
  }
  /** Columns of one row group. Only filtered reads go through the cache: they copy what they take out of it. */
  const columnsOf = async (
    file: ParquetFile,
    group: RowGroup,
    fields: ReadonlyArray<Field>,
    keep: boolean
  ): Promise<ReadonlyArray<Vector>> => {
    const rows = Number(group.num_rows)
    const present = fields.filter((field) => columnOf(group, field.name) !== undefined)
    const vectors = new Map<string, Vector>()
    const wanted: Array<Field> = []
    const keyOf = (field: Field) => `${file.path}#${columnOf(group, field.name)?.data_page_offset}`
    for (const field of present) {
      const known = keep ? decoded.get(keyOf(field)) : undefined
      if (known === undefined) wanted.push(field)
      else vectors.set(field.name, known)
    }
    const fresh = await readColumns(file.path, group, wanted)
    for (const [i, field] of wanted.entries()) {
      const vector = fresh[i]
      if (vector === undefined) continue
      vectors.set(field.name, vector)
      if (keep) decoded.set(keyOf(field), vector, rows * 8)
    }
    return fields.map((field) => {
      const vector = vectors.get(field.name) ?? missingVector(field.kind, rows)
      if (vector === undefined)
        throw new ColumnAbsent(`${file.path} has no column "${field.name}" (${field.kind}), and that kind cannot miss cells`)
      return vector
    })
  }
  const dictionaryOf = async (file: ParquetFile, column: ColumnMetaData): Promise<ReadonlyArray<string> | undefined> => {
    const key = `${file.path}#${column.data_page_offset}`
    const known = dictionaries.get(key)
    if (known !== undefined) return known
    const values = await readDictionary(file.path, column)
    if (values !== undefined) dictionaries.set(key, values, values.length)
    return values
  }
  /** Whether statistics and dictionaries leave a chance that some row passes. */
  const mayHold = async (file: ParquetFile, group: RowGroup, conditions: ReadonlyArray<Condition>): Promise<boolean> => {
    for (const condition of conditions) {
      const column = columnOf(group, condition.field.name)
      if (column === undefined || !groupMayMatch(condition, column)) return false
      if (condition.field.kind !== "text") continue
      const values = await dictionaryOf(file, column)
      if (values !== undefined && !values.some(condition.accepts)) return false
    }
    return true
  }
  const readGroup = async (file: ParquetFile, group: RowGroup, { conditions, fields }: Scanning): Promise<Rows> => {
    const rows = Number(group.num_rows)
    const keep = conditions.length > 0
    if (keep && !(await mayHold(file, group, conditions))) return { rows: 0, columns: {} }
    const filters = await columnsOf(
      file,
      group,
      conditions.map(({ field }) => field),
      keep
    )
    const at = keep ? matching(conditions, filters, rows) : undefined
    if (at?.length === 0) return { rows: 0, columns: {} }
    const vectors = await columnsOf(file, group, fields, keep)
    const columns = fields.map((field, i): readonly [string, Vector] => {
      const vector = vectors[i] ?? new Uint8Array(0)
      return [field.name, at === undefined ? vector : pick(vector, at)]
    })
    return { rows: at?.length ?? rows, columns: Object.fromEntries(columns) }
  }
  async function* scan(what: Scanning): AsyncGenerator<Rows> {
    for (const path of what.files) {
      const file = await footer(path)
      for (const group of file.metadata.row_groups) {
        const found = await readGroup(file, group, what)
        for (let from = 0; from < found.rows; from += what.batchRows) {
          yield part(found, from, Math.min(found.rows, from + what.batchRows))
        }
      }
    }
  }
  return { footer, scan }
}
const part = (rows: Rows, from: number, to: number): Rows =>
  from === 0 && to === rows.rows
    ? rows
    : {
        rows: to - from,
        columns: Object.fromEntries(Object.entries(rows.columns).map(([name, vector]) => [name, slice(vector, from, to)]))
      }
