/** How the ledger is written to and asked, whatever the store. */
import type { Entry, ListOptions, Write } from "../execution/ports/Ledger.ts"
import { usualLimit } from "../execution/ports/Ledger.ts"
import { type Ground, rowsPerPage } from "./Ground.ts"
import type { Change, Value } from "./projections.ts"
import { recordedJson } from "./recorded.ts"
import type { Row } from "./rows.ts"

export const placeOf = (write: Write): Pick<Entry, "collection" | "key"> => ("put" in write ? write.put : write.drop)
const instant = (at: number | undefined): Value => (at === undefined ? null : { as: "instant", at })

/** The statement of a write. `isAsExpected` tells by the rows that it changed whether the write may stay. */
export const changeOf = (write: Write): Change => {
  const { collection, key } = placeOf(write)
  const { expect } = write
  if (!("put" in write)) {
    const [andVersion, ...versions] = expect === undefined || expect === 0 ? [""] : [" and version = ?", expect]
    return {
      sql: `delete from orchestration.ledger where collection = ? and key = ?${andVersion}`,
      values: [collection, key, ...versions]
    }
  }
  const { at, body, due } = write.put
  const cells = [{ as: "json", text: JSON.stringify(body) } as const, instant(at), instant(due)]
  if (expect !== undefined && expect > 0)
    return {
      sql: "update orchestration.ledger set body = ?, at = ?, due = ?, version = version + 1 where collection = ? and key = ? and version = ?",
      values: [...cells, collection, key, expect]
    }
  const otherwise =
    expect === 0
      ? "do nothing"
      : "do update set body = excluded.body, at = excluded.at, due = excluded.due, version = ledger.version + 1"
  return {
    sql: `insert into orchestration.ledger (body, at, due, collection, key, version) values (?, ?, ?, ?, ?, 1) on conflict (collection, key) ${otherwise}`,
    values: [...cells, collection, key]
  }
}
/** Whether the store was as the write expects it, by how many rows its statement changed. */
export const isAsExpected = (write: Write, changed: number): boolean =>
  write.expect === undefined || changed > 0 !== ("drop" in write && write.expect === 0)

type Spelling = Pick<Ground, "text" | "millis">
const columnsOf = ({ millis, text }: Spelling): string =>
  `collection, key, ${text("body")} as body, ${millis("at")} as at, ${millis("due")} as due, version`

export const getQuery = (spelling: Spelling, collection: string, key: string): Change => ({
  sql: `select ${columnsOf(spelling)} from orchestration.ledger where collection = ? and key = ?`,
  values: [collection, key]
})
const lastCodePoint = 0x10_ff_ff
const [firstSurrogate, behindSurrogates] = [0xd8_00, 0xe0_00]
/** The first text that is behind all that begin with `prefix`, in the order of code points. Undefined: there is none. */
const firstBeyond = (prefix: string): string | undefined => {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === lastCodePoint) points.pop()
  const last = points.pop()
  if (last === undefined) return undefined
  const next = last + 1 === firstSurrogate ? behindSurrogates : last + 1
  return String.fromCodePoint(...points, next)
}
export const listQuery = (
  spelling: Spelling,
  collection: string,
  { after, dueBy, from, limit = usualLimit, newestFirst = false, prefix, until }: ListOptions
): Change => {
  const order = newestFirst ? "desc" : "asc"
  const beyond = prefix === undefined ? undefined : firstBeyond(prefix)
  const conditions: ReadonlyArray<readonly [sql: string, ...values: ReadonlyArray<Value>] | undefined> = [
    ["collection = ?", collection],
    prefix === undefined ? undefined : ["key >= ?", prefix],
    beyond === undefined ? undefined : ["key < ?", beyond],
    from === undefined ? undefined : ["at >= ?", instant(from)],
    until === undefined ? undefined : ["at < ?", instant(until)],
    dueBy === undefined ? undefined : ["due <= ?", instant(dueBy)],
    after === undefined ? undefined : [`(at, key) ${newestFirst ? "<" : ">"} (?, ?)`, instant(after.at), after.key]
  ]
  const given = conditions.filter((condition) => condition !== undefined)
  // The columns by their table: a name alone is the text of an instant, not the instant.
  const by = dueBy === undefined ? "" : `ledger.due ${order}, `
  return {
    sql: `select ${columnsOf(spelling)} from orchestration.ledger where ${given.map(([sql]) => sql).join(" and ")} order by ${by}ledger.at ${order}, ledger.key ${order} limit ${Math.trunc(limit)}`,
    values: given.flatMap(([, ...values]) => values)
  }
}
/** A page of the whole ledger, by its primary key, behind `last`. */
export const pageQuery = (spelling: Spelling, last: Entry | undefined): Change => ({
  sql: `select ${columnsOf(spelling)} from orchestration.ledger where (collection, key) > (?, ?) order by ledger.collection, ledger.key limit ${rowsPerPage}`,
  values: [last?.collection ?? "", last?.key ?? ""]
})
/** Writes an entry of another store as it is. */
export const copyChange = ({ at, body, collection, due, key, version }: Entry): Change => ({
  sql: "insert into orchestration.ledger (collection, key, body, at, due, version) values (?, ?, ?, ?, ?, ?)",
  values: [collection, key, { as: "json", text: JSON.stringify(body) }, instant(at), instant(due), version]
})
export const pruneChange = (collection: string, at: number, most: number): Change => ({
  sql: `delete from orchestration.ledger where (collection, key) in (
  select collection, key from orchestration.ledger where collection = ? and at < ? order by at, key limit ${Math.trunc(most)})`,
  values: [collection, instant(at)]
})
export const toEntry = (row: Row): Entry => ({
  collection: String(row["collection"]),
  key: String(row["key"]),
  body: recordedJson<Entry["body"]>(row["body"]),
  at: Math.round(Number(row["at"])),
  due: row["due"] === null || row["due"] === undefined ? undefined : Math.round(Number(row["due"])),
  version: Number(row["version"])
})
