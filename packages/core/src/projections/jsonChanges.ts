import type { Json } from "../domain/Names.ts"

/** One place where two JSON documents differ. `undefined`: it is not there. */
export interface JsonChange {
  /** `pipelines.data_pipeline.config.symbols`; an item of a list by its name or place: `rules[Data Staleness].condition`. */
  readonly path: string
  readonly before: Json | undefined
  readonly after: Json | undefined
}
type Items = ReadonlyArray<Json>
type Fields = Readonly<Record<string, Json>>
const isList = (value: Json | undefined): value is Items => Array.isArray(value)
const isRecord = (value: Json | undefined): value is Fields => typeof value === "object" && value !== null && !isList(value)
const isScalar = (value: Json): boolean => typeof value !== "object" || value === null

/** Equal but for the order of keys. */
const isSame = (a: Json | undefined, b: Json | undefined): boolean => {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => isSame(item, b[i]))
  if (isRecord(a) && isRecord(b)) return keysOf(a, b).every((key) => isSame(a[key], b[key]))
  return a === b
}
const keysOf = (a: Fields, b: Fields): ReadonlyArray<string> => [...new Set([...Object.keys(a), ...Object.keys(b)])]

/** The items by their `name`, when every one has a name of its own. */
const byName = (items: Items): Fields | undefined => {
  const named = items.flatMap((item) =>
    isRecord(item) && typeof item["name"] === "string" ? [[item["name"], item] as const] : []
  )
  const fields = Object.fromEntries(named)
  return Object.keys(fields).length === items.length ? fields : undefined
}
const listChanges = (before: Items, after: Items, path: string): ReadonlyArray<JsonChange> => {
  const [a, b] = [byName(before), byName(after)]
  if (a !== undefined && b !== undefined && before.length + after.length > 0)
    return keysOf(a, b).flatMap((name) => jsonChanges(a[name], b[name], `${path}[${name}]`))
  if (before.length === after.length && ![...before, ...after].every(isScalar))
    return before.flatMap((item, i) => jsonChanges(item, after[i], `${path}[${i}]`))
  return [{ path, before, after }]
}

/** Where two documents differ, as deep as can be told, in the order of their keys. Records merge by key; lists of scalars are one place. */
export const jsonChanges = (before: Json | undefined, after: Json | undefined, path = ""): ReadonlyArray<JsonChange> => {
  if (isSame(before, after)) return []
  if (isList(before) && isList(after)) return listChanges(before, after, path)
  if (!isRecord(before) || !isRecord(after)) return [{ path, before, after }]
  return keysOf(before, after).flatMap((key) => jsonChanges(before[key], after[key], path === "" ? key : `${path}.${key}`))
}

const longest = 60
const listed = 6
/** A value in one short piece of text. */
export const jsonText = (value: Json | undefined): string => {
  if (value === undefined) return "nothing"
  const text = typeof value === "string" && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value)
  return text.length <= longest ? text : `${text.slice(0, longest - 3)}...`
}
const some = (sign: string, items: Items): ReadonlyArray<string> => [
  ...items.slice(0, listed).map((item) => sign + jsonText(item)),
  ...(items.length > listed ? [`${sign}${items.length - listed} more`] : [])
]
/** `5 -> 30`, `+QQQ -SPY` for lists, `added: 5`, `removed: 5`. */
export const changeDetail = ({ after, before }: JsonChange): string => {
  if (isList(before) && isList(after) && [...before, ...after].every(isScalar)) {
    const more = after.filter((item) => !before.includes(item))
    const fewer = before.filter((item) => !after.includes(item))
    return more.length + fewer.length === 0 ? "in another order" : [...some("+", more), ...some("-", fewer)].join(" ")
  }
  if (before === undefined) return `added: ${jsonText(after)}`
  return after === undefined ? `removed: ${jsonText(before)}` : `${jsonText(before)} -> ${jsonText(after)}`
}
