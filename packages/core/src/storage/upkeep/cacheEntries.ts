/** What the cache holds, and what goes when it is too large, too old or no longer wanted. */
import { Effect } from "effect"
import { isWithin, type Retention } from "../../domain/Retention.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { recordedJson } from "../recorded.ts"
import { evictChanges, evictionNote } from "../maintenance/tables.ts"
import { breathe, eachPage, type Ground, rowsPerPage } from "../Ground.ts"
import { BatchSize } from "./BatchSize.ts"
import { isReused, type Made, type NamedObject, objectsOfUnit, withResults } from "./objectsOf.ts"

/** One result that can be reused. Instants are epoch milliseconds. */
export interface CacheEntry {
  readonly key: string
  readonly run: string
  readonly stage: string
  readonly madeAt: number
  readonly usedAt: number
  /** Of its run only a summary is kept. */
  readonly archived: boolean
  readonly objects: ReadonlyArray<NamedObject>
}
export const cacheEntries = (ground: Ground): Effect.Effect<ReadonlyArray<CacheEntry>, StoreError> =>
  Effect.gen(function* () {
    const entries: Array<CacheEntry> = []
    yield* eachPage(
      (last) =>
        ground.ask(
          `select key, cache.run_id as run_id, stage, ${ground.millis("event.at")} as at, ${ground.millis("hit_at")} as hit_at,
  ${ground.text("payload")} as payload, ${ground.millis("r.archived_at")} as archived_at
from orchestration.${withResults} left join orchestration.run as r on r.id = cache.run_id
${last === undefined ? "" : "where key > ?"} order by key limit ${rowsPerPage}`,
          ...(last === undefined ? [] : [String(last["key"])])
        ),
      (rows) =>
        Effect.sync(() => {
          for (const row of rows) {
            const madeAt = Number(row["at"])
            entries.push({
              key: String(row["key"]),
              run: String(row["run_id"]),
              stage: String(row["stage"]),
              madeAt,
              usedAt: Math.max(madeAt, Number(row["hit_at"] ?? 0)),
              archived: row["archived_at"] !== null,
              objects: objectsOfUnit(recordedJson<Made>(row["payload"]))
            })
          }
        })
    )
    return entries
  })

/** Entries beyond a bound, least recently used first out. `held` are objects that something else keeps: they cost the cache nothing. */
const beyond = (entries: ReadonlyArray<CacheEntry>, bytes: number, held: ReadonlySet<string>): ReadonlyArray<CacheEntry> => {
  const seen = new Set<string>()
  let size = 0
  let full = false
  return entries
    .toSorted((a, b) => b.usedAt - a.usedAt || (a.key < b.key ? -1 : 1))
    .filter(({ objects }) => {
      const own = objects.filter(({ hash }) => !held.has(hash) && !seen.has(hash))
      const more = own.reduce((sum, object) => sum + object.bytes, 0)
      full ||= more > 0 && size + more > bytes
      if (full && more > 0) return true
      for (const { hash } of own) seen.add(hash)
      size += more
      return false
    })
}
/** What the retention lets go: results of archived runs that nobody used since, then what is beyond each bound. */
export const goingEntries = (
  entries: ReadonlyArray<CacheEntry>,
  retention: Retention,
  { held, now }: { readonly held: ReadonlySet<string>; readonly now: number }
): ReadonlyArray<CacheEntry> => {
  const going = new Set(entries.filter(({ archived, usedAt }) => archived && usedAt < now - retention.runsMs))
  for (const bound of retention.cache) {
    const bounded = entries.filter((entry) => !going.has(entry) && isWithin(bound, entry.stage))
    for (const entry of beyond(bounded, bound.bytes, held)) going.add(entry)
  }
  return [...going]
}
/** Bytes by which the cache may grow before it is beyond one of its bounds. Undefined: nothing bounds it. */
export const roomLeft = (
  entries: ReadonlyArray<CacheEntry>,
  retention: Retention,
  held: ReadonlySet<string>
): number | undefined => {
  const rooms = retention.cache.map((bound) => {
    const own = new Map<string, number>()
    for (const { objects, stage } of entries)
      if (isWithin(bound, stage)) for (const { bytes, hash } of objects) if (!held.has(hash)) own.set(hash, bytes)
    return bound.bytes - [...own.values()].reduce((sum, bytes) => sum + bytes, 0)
  })
  return rooms.length === 0 ? undefined : Math.min(...rooms)
}
/** The place of the newest event in the log; 0 when there is none. */
export const newestEvent = (ground: Ground): Effect.Effect<number, StoreError> =>
  Effect.map(ground.ask("select coalesce(max(id), 0) as id from orchestration.event"), ([row]) => Number(row?.["id"]))
/** Bytes that units have made between two events, at the most: some of them may not be new, or are kept as an asset. */
export const madeBetween = (ground: Ground, from: number, to: number): Effect.Effect<number, StoreError> =>
  Effect.gen(function* () {
    let bytes = 0
    yield* eachPage(
      (before) =>
        ground.ask(
          `select id, ${ground.text("payload")} as payload from orchestration.event
where id > ? and id <= ? and kind = 'UnitCommitted' order by event.id limit ${rowsPerPage}`,
          Number(before?.["id"] ?? from),
          to
        ),
      (rows) =>
        Effect.sync(() => {
          for (const { payload } of rows) {
            const made = recordedJson<Made & { readonly cached?: unknown }>(payload)
            if (made.cached === undefined) bytes += objectsOfUnit(made).reduce((sum, object) => sum + object.bytes, 0)
          }
        })
    )
    return bytes
  })
const rowsAtOnce = { first: 100, least: 25, most: rowsPerPage }
/** Visits all in turn, as many at once as the store takes quickly. */
const inBatches = <A>(all: ReadonlyArray<A>, visit: (some: ReadonlyArray<A>) => Effect.Effect<void, StoreError>) =>
  Effect.gen(function* () {
    const batch = new BatchSize(rowsAtOnce)
    for (let from = 0; from < all.length;) {
      const some = all.slice(from, from + batch.size)
      from += some.length
      yield* batch.measuring(visit(some))
      yield* breathe
    }
  })
/** Takes entries out of the cache. Noted in the log, as otherwise the tables would not follow from it any more. */
export const evict = (ground: Ground, keys: ReadonlyArray<string>, now: number): Effect.Effect<void, StoreError> =>
  Effect.gen(function* () {
    yield* inBatches(keys, (some) => ground.change([evictionNote(some, now), ...evictChanges(some)], true))
  })
/** Events and notes that stand for nothing any more: results of archived runs that left the cache, evictions older than every whole record. */
export const tidyEvictions = (ground: Ground): Effect.Effect<void, StoreError> =>
  Effect.gen(function* () {
    const stale = `kept is not null
and not ${isReused(ground)}
and not exists (select 1 from orchestration.asset_version as v where v.run_id = event.run_id and v.run_seq = event.run_seq)`
    yield* eachPage(
      (last) =>
        ground.ask(
          `select id from orchestration.event where kept is not null and id > ? order by id limit ${rowsPerPage}`,
          Number(last?.["id"] ?? 0)
        ),
      (rows) =>
        inBatches(rows, (some) =>
          ground.change([
            {
              sql: `delete from orchestration.event where id >= ? and id <= ? and ${stale}`,
              values: [Number(some[0]?.["id"]), Number(some.at(-1)?.["id"])]
            }
          ])
        )
    )
    yield* ground.change([
      {
        sql: `delete from orchestration.eviction where at < (
  select coalesce(min(requested_at), (select max(at) from orchestration.eviction)) from orchestration.run where archived_at is null)`,
        values: []
      }
    ])
  })
