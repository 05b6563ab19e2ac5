import { type Dialect, legacyTime, type Value } from "../projections.ts"
import type { Cell } from "../rows.ts"

export const dialect: Dialect = {
  textIn: (column, key) => `json_extract(${column}, '$.${key}')`,
  merged: (column, more) => `json_patch(coalesce(${column}, '{}'), ${more})`,
  textOfEvent: (payload, key) => `json_extract(${payload}, '$.${key}')`
}
/** SQLite keeps instants as epoch milliseconds, the times of the old tables as text, JSON as text. */
export const cellOf = (value: Value): Cell => {
  if (typeof value !== "object" || value === null) return value
  if (value.as === "json") return value.text
  return value.as === "instant" ? value.at : legacyTime(value.at)
}
