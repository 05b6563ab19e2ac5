/** Rows of the tables that people read, as they are in a store. */
import type { Effect } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { eachPage, type Ground, rowsPerPage } from "../Ground.ts"
import { fromLegacyTime, type Value } from "../projections.ts"
import type { Cell, Row } from "../rows.ts"
import { conditionOf, type Kind, type TableShape } from "./tables.ts"

const selected = (ground: Ground, column: string, kind: Kind): string => {
  if (kind === "json") return `${ground.text(column)} as ${column}`
  if (kind === "instant") return `${ground.millis(column)} as ${column}`
  return kind === "time" ? `${ground.time(column)} as ${column}` : column
}
/** Visits every row, in the order of the primary key. */
export const eachRow = (
  ground: Ground,
  shape: TableShape,
  visit: (rows: ReadonlyArray<Row>) => Effect.Effect<void, StoreError>
): Effect.Effect<void, StoreError> => {
  const { columns, more = {}, name, place } = shape
  const list = Object.entries({ ...place, ...columns, ...more }).map(([column, kind]) => selected(ground, column, kind))
  const order = Object.keys(place).map((column) => `${name}.${column}`)
  const start = `select ${list.join(", ")} from orchestration.${name} where ${conditionOf(shape)}`
  const end = `order by ${order.join(", ")} limit ${rowsPerPage}`
  const after = `and (${order.join(", ")}) > (${order.map(() => "?").join(", ")})`
  return eachPage(
    (last) =>
      last === undefined ? ground.ask(`${start} ${end}`) : ground.ask(`${start} ${after} ${end}`, ...placeOf(shape, last)),
    visit
  )
}
/** The primary key of a row. */
export const placeOf = ({ place }: TableShape, row: Row): ReadonlyArray<Value> =>
  Object.entries(place).map(([column, kind]) => (kind === "int" ? Number(row[column]) : String(row[column])))
/** A cell on its way into another store. */
export const valueOf = (cell: Cell | undefined, kind: Kind): Value => {
  if (cell === null || cell === undefined) return null
  if (kind === "json") return { as: "json", text: String(cell) }
  if (kind === "instant") return { as: "instant", at: Math.round(Number(cell)) }
  if (kind === "time") return { as: "time", at: fromLegacyTime(String(cell)) }
  return kind === "int" ? Math.round(Number(cell)) : String(cell)
}
