/** What a store has against what its log says, table by table, page by page. */
import { Effect } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Ground } from "../Ground.ts"
import type { Cell, Row } from "../rows.ts"
import type { Scratch } from "../sqlite/scratch.ts"
import { eachRow } from "./rows.ts"
import type { Tell } from "./StateTables.ts"
import type { Kind, TableShape } from "./tables.ts"

/** A row that the log does not give, or gives otherwise. */
export interface Difference {
  readonly table: string
  readonly key: string
  readonly what: "missing" | "surplus" | "different"
  /** The columns that differ. */
  readonly columns: ReadonlyArray<string>
}
/** A difference with the rows on both sides, as far as there are any. */
export interface Met {
  readonly difference: Difference
  readonly expected?: Row
  readonly found?: Row
}
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]))
}
/** One spelling for what different stores keep differently. */
const plain = (cell: Cell | undefined, kind: Kind): string => {
  if (cell === null || cell === undefined) return "null"
  if (kind === "json") return plainJson(String(cell))
  if (kind === "int") return String(Number(cell))
  // Databases keep them as fractions: what is behind the microsecond is not theirs.
  if (kind === "instant") return String(Math.round(Number(cell) * 1_000) / 1_000)
  return JSON.stringify(String(cell).replaceAll("\0", "\ufffd").toWellFormed())
}
const plainJson = (text: string): string => {
  try {
    return JSON.stringify(sorted(JSON.parse(text)))
  } catch {
    return `not JSON: ${text}`
  }
}
const keyOf = ({ columns, key }: TableShape, row: Row): string =>
  key.map((name) => plain(row[name], columns[name] ?? "text")).join(" ")
const differing = ({ columns }: TableShape, a: Row, b: Row): ReadonlyArray<string> =>
  Object.entries(columns).flatMap(([name, kind]) =>
    a[name] === b[name] || plain(a[name], kind) === plain(b[name], kind) ? [] : [name]
  )

/** What is wrong with a found row, and its place among the rows that are wanted. */
const lookAt = (scratch: Scratch, shape: TableShape, found: Row): { readonly met?: Met; readonly place?: number } => {
  const { name: table } = shape
  const key = keyOf(shape, found)
  const wanted = scratch.meet(key)
  if (wanted === undefined) return { met: { difference: { table, key, what: "surplus", columns: [] }, found } }
  const columns = differing(shape, wanted.row, found)
  if (columns.length === 0) return { place: wanted.place }
  return {
    place: wanted.place,
    met: { difference: { table, key, what: "different", columns }, expected: wanted.row, found }
  }
}
/**
 * Visits every difference of a table, some at a time. Answers how many there were. What is wrong only with the order of the rows is one
 * difference without rows.
 */
export const compareTable = (
  { found, scratch, tell }: { readonly scratch: Scratch; readonly found: Ground; readonly tell: Tell },
  shape: TableShape,
  visit: (page: ReadonlyArray<Met>) => Effect.Effect<void, StoreError>
): Effect.Effect<number, StoreError> =>
  Effect.gen(function* () {
    yield* scratch.want((put) => eachRow(scratch.ground, shape, (rows) => put(rows.map((row) => [keyOf(shape, row), row]))))
    let [differences, done, last] = [0, 0, -1]
    let isOrdered = true
    const told = (page: ReadonlyArray<Met>) => {
      differences += page.length
      return page.length === 0 ? Effect.void : visit(page)
    }
    yield* eachRow(found, shape, (rows) =>
      Effect.suspend(() => {
        const looks = rows.map((row) => lookAt(scratch, shape, row))
        for (const { place } of looks) {
          if (place === undefined) continue
          isOrdered &&= place > last
          last = place
        }
        done += rows.length
        tell(`rows of ${shape.name} compared`, done, scratch.wanted())
        return told(looks.flatMap(({ met }) => met ?? []))
      })
    )
    yield* scratch.unmet((rows) =>
      told(
        rows.map(({ key, row }): Met => ({ difference: { table: shape.name, key, what: "missing", columns: [] }, expected: row }))
      )
    )
    if (shape.ordered === true && differences === 0 && !isOrdered) {
      const columns = Object.keys(shape.place)
      yield* told([{ difference: { table: shape.name, key: "the order of the rows", what: "different", columns } }])
    }
    return differences
  })
