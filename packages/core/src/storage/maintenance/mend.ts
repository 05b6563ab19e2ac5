/** Makes the tables of a store what its log says, touching only what is wrong. */
import { Effect } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Ground } from "../Ground.ts"
import type { Change, Value } from "../projections.ts"
import type { Row } from "../rows.ts"
import type { Scratch } from "../sqlite/scratch.ts"
import type { Met } from "./compare.ts"
import { eachRow, placeOf, valueOf } from "./rows.ts"
import type { TableShape } from "./tables.ts"

const atPlace = (shape: TableShape, found: Row): { readonly where: string; readonly values: ReadonlyArray<Value> } => {
  // Cast, as a number on its way into PostgreSQL is of a type that its index does not know.
  const same = Object.entries(shape.place).map(([column, kind]) =>
    kind === "int" ? `${column} = cast(? as bigint)` : `${column} = ?`
  )
  return { where: same.join(" and "), values: placeOf(shape, found) }
}
const inserted = ({ columns, more, name }: TableShape, row: Row): Change => {
  const all = Object.entries({ ...columns, ...more })
  const names = all.map(([column]) => column)
  return {
    sql: `insert into orchestration.${name} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`,
    values: all.map(([column, kind]) => valueOf(row[column], kind))
  }
}
/** What mends one difference. */
export const mendOf = (shape: TableShape, { difference, expected, found }: Met): ReadonlyArray<Change> => {
  if (found === undefined) return expected === undefined ? [] : [inserted(shape, expected)]
  const { values, where } = atPlace(shape, found)
  if (expected === undefined) return [{ sql: `delete from orchestration.${shape.name} where ${where}`, values }]
  const { columns } = difference
  return [
    {
      sql: `update orchestration.${shape.name} set ${columns.map((column) => `${column} = ?`).join(", ")} where ${where}`,
      values: [...columns.map((column) => valueOf(expected[column], shape.columns[column] ?? "text")), ...values]
    }
  ]
}
/** Where the order of the rows means something a table is written as a whole. */
export const writeAnew = (target: Ground, scratch: Scratch, shape: TableShape): Effect.Effect<void, StoreError> =>
  Effect.andThen(
    target.change([{ sql: `delete from orchestration.${shape.name}`, values: [] }]),
    eachRow(scratch.ground, shape, (rows) => target.change(rows.map((row) => inserted(shape, row))))
  )
