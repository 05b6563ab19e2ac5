import { type Change, type Dialect, legacyTime, type Value } from "../projections.ts"

export const dialect: Dialect = {
  textIn: (column, key) => `(${column}->>'${key}')`,
  merged: (column, more) => `jsonb_strip_nulls(coalesce(${column}, '{}'::jsonb) || (${more})::jsonb)`,
  textOfEvent: (payload, key) => `(orchestration.readable(${payload})->>'${key}')`
}

/** PostgreSQL's text holds no NUL and no half of a surrogate pair; everything else passes. */
export const storableText = (text: string): string => text.replaceAll("\0", "\ufffd").toWellFormed()

const typeOf = (value: Exclude<Value, null>): string => {
  if (typeof value === "string") return "text"
  if (typeof value === "number") return "numeric"
  return value.as === "json" ? "json" : value.as === "instant" ? "timestamptz" : "timestamp"
}
const textOf = (value: Value): string | null => {
  if (value === null) return null
  if (typeof value === "string") return storableText(value)
  if (typeof value === "number") return String(value)
  if (value.as === "json") return value.text
  return value.as === "instant" ? new Date(value.at).toISOString() : legacyTime(value.at)
}
/** A change as `orchestration.apply_changes` runs it: the n-th value is the n-th text of the array in `$1`. */
export const statementOf = ({ sql, values }: Change): readonly [sql: string, values: ReadonlyArray<string | null>] => {
  let n = 0
  const placed = sql.replaceAll("?", () => {
    const value = values[n] ?? null
    const at = n++
    return value === null ? "null" : `($1->>${at})::${typeOf(value)}`
  })
  return [placed, values.map(textOf)]
}
/** A statement of its own: numbers (of ours) stand in its text, so that the planner sees them; everything else is a parameter. */
export const placed = (sql: string, values: ReadonlyArray<Value>): readonly [sql: string, values: ReadonlyArray<string>] => {
  const given: Array<string> = []
  let n = 0
  const statement = sql.replaceAll("?", () => {
    const value = values[n++] ?? null
    if (value === null) return "null"
    if (typeof value === "number") return String(Math.trunc(value))
    given.push(textOf(value) ?? "")
    return `$${given.length}::text::${typeOf(value)}`
  })
  return [statement, given]
}
