import type { ColumnMetaData } from "hyparquet"
import type { Field, Kind, Vector } from "./layout.ts"
import { missingDay, missingMicros } from "./layout.ts"
import { isText } from "./vectors.ts"

type Cell = string | number | bigint
/** A condition on one column: the cells that pass, and whether a row group with this range can hold any. */
export interface Condition {
  readonly field: Field
  readonly accepts: (cell: Cell) => boolean
  readonly mayMatch: (min: Cell, max: Cell) => boolean
}

const expected: Readonly<Record<Kind, string>> = {
  float: "a number",
  int: "a number",
  day: "a number (days since 1970-01-01)",
  long: "a bigint",
  micros: "a bigint (microseconds since 1970-01-01 UTC)",
  flag: "true or false",
  text: "text"
}
/** A cell of a filter in the form that the column's vector holds; `undefined` when it is of another type. */
const cellOf = (kind: Kind, given: unknown): Cell | undefined => {
  switch (kind) {
    case "text":
      return typeof given === "string" ? given : undefined
    case "flag":
      return typeof given === "boolean" ? Number(given) : undefined
    case "long":
    case "micros":
      return typeof given === "bigint" ? given : undefined
    default:
      return typeof given === "number" ? given : undefined
  }
}

const oneOf = (field: Field, cells: ReadonlyArray<Cell>): Condition => {
  const wanted = new Set(cells)
  return { field, accepts: (cell) => wanted.has(cell), mayMatch: (min, max) => cells.some((cell) => cell >= min && cell <= max) }
}
const between = (field: Field, least: Cell | undefined, most: Cell | undefined): Condition => ({
  field,
  accepts: (cell) => (least === undefined || cell >= least) && (most === undefined || cell <= most),
  mayMatch: (min, max) => (least === undefined || max >= least) && (most === undefined || min <= most)
})

const isRange = (cut: unknown): cut is { readonly min?: unknown; readonly max?: unknown } =>
  typeof cut === "object" && cut !== null && !Array.isArray(cut)

/** Conditions of a `where`, or what is wrong with it in words. */
export const conditionsOf = (
  fields: ReadonlyArray<Field>,
  where: Readonly<Record<string, unknown>>
): ReadonlyArray<Condition> | string => {
  const conditions: Array<Condition> = []
  for (const [name, cut] of Object.entries(where)) {
    if (cut === undefined) continue
    const field = fields.find((known) => known.name === name)
    if (field === undefined)
      return `there is no column "${name}" to filter by; there are ${fields.map((known) => known.name).join(", ")}`
    const given: ReadonlyArray<unknown> = Array.isArray(cut) ? cut : isRange(cut) ? [cut.min, cut.max] : [cut]
    const cells = given.map((value) => (isRange(cut) && value === undefined ? undefined : cellOf(field.kind, value)))
    const strayed = given.findIndex((value, i) => cells[i] === undefined && !(isRange(cut) && value === undefined))
    if (strayed >= 0) return `the filter on "${name}" (${field.kind}) wants ${expected[field.kind]}, not ${typeof given[strayed]}`
    conditions.push(
      isRange(cut)
        ? between(field, cells[0], cells[1])
        : oneOf(
            field,
            cells.filter((cell) => cell !== undefined)
          )
    )
  }
  return conditions
}

/** False when the statistics of a column chunk rule out every row. Missing cells match nothing. */
export const groupMayMatch = ({ field, mayMatch }: Condition, column: ColumnMetaData): boolean => {
  const range = column.statistics
  if (range?.null_count !== undefined && range.null_count === column.num_values) return false
  const min = asCell(range?.min_value)
  const max = asCell(range?.max_value)
  return field.kind === "text" || min === undefined || max === undefined || mayMatch(min, max)
}
const asCell = (value: unknown): Cell | undefined => {
  if (typeof value === "boolean") return Number(value)
  return typeof value === "number" || typeof value === "bigint" ? value : undefined
}

const missingOf = (kind: Kind): number | bigint | undefined =>
  kind === "day" ? missingDay : kind === "micros" ? missingMicros : undefined
/** Whether the cell at a place passes. NaN passes nothing, by comparison with itself. */
const testOf = ({ accepts, field }: Condition, vector: Vector): ((place: number) => boolean) => {
  if (isText(vector)) {
    const { codes, values } = vector
    const passes = Uint8Array.from(values, (value) => (accepts(value) ? 1 : 0))
    return (place) => passes[codes[place] ?? -1] === 1
  }
  const missing = missingOf(field.kind)
  return (place) => {
    const cell = vector[place]
    return cell !== undefined && cell === cell && cell !== missing && accepts(cell)
  }
}
/** Places of the rows that pass every condition. `vectors` are the cells of the conditions' columns, in order. */
export const matching = (conditions: ReadonlyArray<Condition>, vectors: ReadonlyArray<Vector>, rows: number): Int32Array => {
  const at = new Int32Array(rows)
  let found = rows
  for (let place = 0; place < rows; place++) at[place] = place
  for (const [i, condition] of conditions.entries()) {
    const vector = vectors[i]
    if (vector === undefined) continue
    const passes = testOf(condition, vector)
    let kept = 0
    for (let k = 0; k < found; k++) {
      const place = at[k] ?? 0
      if (passes(place)) at[kept++] = place
    }
    found = kept
  }
  return at.subarray(0, found)
}
