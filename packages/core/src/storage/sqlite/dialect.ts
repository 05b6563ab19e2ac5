import { type Dialect, legacyTime, type Value } from "../projections.ts"
import type { Cell } from "../rows.ts"

export const dialect: Dialect = {
  textIn: (column, key) => `json_extract(${column}, '$.${key}')`,
  merged: (column, more) => `json_patch(coalesce(${column}, '{}'), ${more})`,
  most: (a, b) => `max(${a}, ${b})`,
  textsOf: (array) => `json_each(${array})`
}
/** SQLite keeps instants as epoch milliseconds, the times of the old tables as text, JSON as text. */
export const cellOf = (value: Value): Cell => {
  if (typeof value !== "object" || value === null) return value
  return value.as === "json" ? value.text : value.as === "instant" ? value.at : legacyTime(value.at)
}
