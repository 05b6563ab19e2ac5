/** What two versions of a table differ in, cell by cell. */
import type { Batch, Columns } from "../../authoring/data.ts"
import { type Cell, readersOf } from "./cells.ts"

/** A version as it is read: its rows in batches, with all of its further columns. */
export interface Side {
  /** Its own columns, where they are not those of the table that it is compared as. */
  readonly columns?: Columns
  readonly more: ReadonlyArray<string>
  readonly parts: AsyncIterable<Batch> | Iterable<Batch>
}
export interface ColumnDifference {
  readonly column: string
  /** Rows of both versions whose cells are not the same. */
  readonly cells: number
  /** Largest distance of two numbers, and largest ratio of it to the larger of them; 0 where no numbers differ. */
  readonly absolute: number
  readonly relative: number
  /** Some cells differ by more than the tolerance, or are no numbers. */
  readonly isBeyond: boolean
}
export interface TableDifference {
  readonly rows: { readonly before: number; readonly after: number }
  readonly columns: { readonly gone: ReadonlyArray<string>; readonly added: ReadonlyArray<string> }
  /** Rows by their key (or by their place, in a table without one) that only one version has, and a few of them. */
  readonly keys: {
    readonly gone: number
    readonly added: number
    readonly someGone: ReadonlyArray<string>
    readonly someAdded: ReadonlyArray<string>
  }
  /** Columns of both versions with cells that are not the same, in the order of the table. */
  readonly cells: ReadonlyArray<ColumnDifference>
  /** No column, row or cell differs by more than the tolerance. */
  readonly isSame: boolean
}
/** Rows of one version that are held at a time. */
export const mostRows = 1_000_000
export class TooManyRows extends Error {}
/** How far two numbers of a column may lie apart, as a distance or as a ratio. */
export type Tolerance = number | ((column: string) => number)
const shownKeys = 3

interface Row {
  readonly key: string
  readonly cells: ReadonlyArray<Cell>
}
/** `names` of the columns in the order of the cells. */
const rowsOf = async function* (columns: Columns, key: ReadonlyArray<string>, { more, parts }: Side): AsyncGenerator<Row> {
  const names = [...Object.keys(columns), ...more]
  const places = key.map((name) => names.indexOf(name))
  let place = 0
  for await (const part of parts) {
    const readers = readersOf(columns, more, part)
    for (let i = 0; i < part.rows; i++) {
      const cells = readers.map(([, read]) => read(i))
      yield { key: places.length === 0 ? `row ${place++}` : places.map((at) => String(cells[at] ?? "")).join(", "), cells }
    }
  }
}
interface Count {
  cells: number
  absolute: number
  relative: number
  isBeyond: boolean
}
const compareCell = (count: Count, before: Cell, after: Cell, tolerance: number): void => {
  if (Object.is(before, after) || before === after) return
  count.cells++
  if (typeof before !== "number" || typeof after !== "number") {
    count.isBeyond = true
    return
  }
  const absolute = Math.abs(before - after)
  const relative = absolute / Math.max(Math.abs(before), Math.abs(after))
  count.absolute = Math.max(count.absolute, absolute)
  count.relative = Math.max(count.relative, relative)
  if (absolute > tolerance && relative > tolerance) count.isBeyond = true
}
const held = async (rows: AsyncIterable<Row>): Promise<Map<string, ReadonlyArray<Cell>>> => {
  const all = new Map<string, ReadonlyArray<Cell>>()
  for await (const { cells, key } of rows) {
    all.set(key, cells)
    if (all.size > mostRows) throw new TooManyRows(`more than ${mostRows.toLocaleString("en")} rows`)
  }
  return all
}

/**
 * Compares two versions of a table with these columns and this key. Two numbers are the same when their distance, or its ratio to the larger of them,
 * is at most `tolerance`. Throws `TooManyRows`.
 */
export const tableDifference = async (
  type: { readonly columns: Columns; readonly key: ReadonlyArray<string> },
  before: Side,
  after: Side,
  tolerance: Tolerance
): Promise<TableDifference> => {
  const within = typeof tolerance === "number" ? () => tolerance : tolerance
  const [left, right] = [before.columns ?? type.columns, after.columns ?? type.columns]
  const [was, is] = [
    [...Object.keys(left), ...before.more],
    [...Object.keys(right), ...after.more]
  ]
  const both = was
    .filter((name) => is.includes(name))
    .map((name) => ({ name, from: was.indexOf(name), to: is.indexOf(name), within: within(name) }))
  const counts = new Map(both.map(({ name }) => [name, { cells: 0, absolute: 0, relative: 0, isBeyond: false }]))
  const rest = await held(rowsOf(left, type.key, before))
  const rows = { before: rest.size, after: 0 }
  const someAdded: Array<string> = []
  let added = 0
  for await (const { cells, key } of rowsOf(right, type.key, after)) {
    rows.after++
    const known = rest.get(key)
    if (known === undefined) {
      added++
      if (someAdded.length < shownKeys) someAdded.push(key)
      continue
    }
    rest.delete(key)
    for (const { from, name, to, within: most } of both)
      compareCell(counts.get(name)!, known[from] ?? null, cells[to] ?? null, most)
  }
  const columns = { gone: was.filter((name) => !is.includes(name)), added: is.filter((name) => !was.includes(name)) }
  const keys = { gone: rest.size, added, someGone: [...rest.keys()].slice(0, shownKeys), someAdded }
  const cells = [...counts].flatMap(([column, count]) => (count.cells === 0 ? [] : [{ column, ...count }]))
  const isSame =
    columns.gone.length + columns.added.length + keys.gone + keys.added === 0 && cells.every(({ isBeyond }) => !isBeyond)
  return { rows, columns, keys, cells, isSame }
}
