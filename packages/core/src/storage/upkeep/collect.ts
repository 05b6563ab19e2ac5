/** Forgets what is old, and removes what nothing refers to any more. */
import { Effect } from "effect"
import type { Retention } from "../../domain/Retention.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { archiveRuns, eachOldRun } from "./archiveRuns.ts"
import { cacheEntries, evict, goingEntries, roomLeft, tidyEvictions } from "./cacheEntries.ts"
import { dropVersions, oldVersions } from "./dropVersions.ts"
import { addCachedObjects, eachPublished, heldObjects, protectedSince, type PublishedFolder } from "./neededObjects.ts"
import { restoreDoomed } from "./removeFile.ts"
import { type Amount, archivedOf, endedOf, sweepObjects, sweepOfRuns, sweepPublished } from "./sweepFiles.ts"
import type { Upkeep } from "./openUpkeep.ts"

/** What went, or would go. `young`: objects that nothing refers to, kept as a run under way may need them. */
export interface Collected {
  readonly runs: number
  readonly events: number
  readonly versions: number
  readonly cached: number
  readonly objects: Amount
  readonly young: Amount
  readonly published: Amount
  readonly logs: Amount
  readonly reports: Amount
  readonly staging: Amount
  /** Bytes on disk that come back, in all. */
  readonly bytes: number
  /** The open run that makes young objects stay. */
  readonly heldBy: string | undefined
}
export interface CollectOptions {
  /** Say what would go, change nothing. Default false. */
  readonly dry?: boolean
  /** Epoch milliseconds. */
  readonly now: number
  /** Hears what is being done, now and then. */
  readonly tell?: (what: string) => void
}
const withoutChange = ({ ground }: Upkeep, retention: Retention, now: number) =>
  Effect.gen(function* () {
    const runs = new Set<string>()
    let events = 0
    yield* eachOldRun(ground, retention, now, (page) =>
      Effect.sync(() => {
        for (const { run, seq } of page) {
          runs.add(run)
          events += seq - 1
        }
      })
    )
    return { runs, events }
  })

/** What of the records goes: runs are archived, then versions and cached results dropped. Dry, nothing is written. */
const forget = (upkeep: Upkeep, retention: Retention, { dry = false, now, tell = () => undefined }: CollectOptions) =>
  Effect.gen(function* () {
    const { ground } = upkeep
    const old = dry
      ? yield* withoutChange(upkeep, retention, now)
      : yield* archiveRuns(ground, retention, now, (runs) => tell(`${runs} runs archived`))
    const toGo = typeof old.runs === "number" ? undefined : old.runs
    const versions = yield* oldVersions(ground, retention, { now, ...(toGo === undefined ? {} : { archived: toGo }) })
    if (!dry) yield* dropVersions(ground, versions)
    const gone = new Set(versions.map(({ asset, version }) => nameOf(asset, version)))
    const held = yield* heldObjects(ground, (asset, version) => gone.has(nameOf(asset, version)))
    const entries = yield* cacheEntries(ground)
    const known =
      toGo === undefined ? entries : entries.map((entry) => ({ ...entry, archived: entry.archived || toGo.has(entry.run) }))
    const going = goingEntries(known, retention, { held, now })
    const keys = new Set(going.map(({ key }) => key))
    if (!dry) {
      yield* evict(ground, [...keys], now)
      yield* tidyEvictions(ground)
    }
    const runs = typeof old.runs === "number" ? old.runs : old.runs.size
    const room = roomLeft(
      known.filter(({ key }) => !keys.has(key)),
      retention,
      held
    )
    return { toGo, gone, keys, room, told: { runs, events: old.events, versions: versions.length, cached: going.length } }
  })

interface Forgotten {
  /** Versions as `[asset, version]`, and keys of the cache, that a dry run would have forgotten. */
  readonly gone: ReadonlySet<string>
  readonly keys: ReadonlySet<string>
  /** Runs that a dry run would have archived. */
  readonly toGo: ReadonlySet<string> | undefined
}
const isArchived = ({ ground }: Upkeep, toGo: Forgotten["toGo"]) => {
  const ask = archivedOf(ground)
  return (runs: ReadonlyArray<string>): Effect.Effect<ReadonlySet<string>, StoreError> =>
    Effect.map(ask(runs), (found) => new Set([...found, ...runs.filter((run) => toGo?.has(run) === true)]))
}
/** Removes folders of versions and objects that nothing refers to. */
const sweepStored = (upkeep: Upkeep, { gone, keys, toGo }: Forgotten, { dry = false, now }: CollectOptions) =>
  Effect.gen(function* () {
    const { folders, ground } = upkeep
    if (!dry) yield* Effect.promise(() => restoreDoomed(folders))
    const since = yield* protectedSince(ground, now) // before the marks are read: what is written from here on is younger
    const needed = yield* heldObjects(ground, (asset, version) => gone.has(nameOf(asset, version)))
    yield* addCachedObjects(ground, needed, (key) => keys.has(key))
    const published: Array<PublishedFolder> = []
    yield* eachPublished(folders, async (folder) => void published.push(folder))
    const known = yield* knownVersions(ground)
    const archived = yield* isArchived(upkeep, toGo)([...new Set(published.map(({ run }) => run))])
    const unknown = published.filter(({ asset, run, version }) => {
      const name = nameOf(asset, version)
      return archived.has(run) && (!known.has(name) || gone.has(name))
    })
    const going = new Set(unknown)
    const linked = new Map<string, number>()
    for (const folder of published)
      for (const { hash } of folder.files) {
        if (!going.has(folder)) needed.add(hash)
        else if (dry) linked.set(hash, (linked.get(hash) ?? 0) + 1)
      }
    const how = { folders, since, dry }
    const publishedGone = yield* sweepPublished(how, unknown)
    const { gone: objects, young } = yield* sweepObjects(how, needed, linked)
    return { objects, young, published: publishedGone, heldBy: young.count === 0 ? undefined : since.run }
  })
/** Removes logs, reports and staging of runs that are over. */
const sweepRuns = (upkeep: Upkeep, toGo: Forgotten["toGo"], { dry = false }: CollectOptions) =>
  Effect.gen(function* () {
    const { folders, ground } = upkeep
    const old = isArchived(upkeep, toGo)
    const logs = yield* sweepOfRuns({ folder: folders.logs, suffix: ".jsonl", dry }, old)
    const reports = yield* sweepOfRuns({ folder: folders.reports, suffix: "", dry }, old)
    const staging = yield* sweepOfRuns({ folder: folders.staging, suffix: "", dry }, endedOf(ground))
    return { logs, reports, staging }
  })
const nameOf = (asset: string, version: string): string => JSON.stringify([asset, version])
const knownVersions = (ground: Upkeep["ground"]) =>
  Effect.map(
    ground.ask("select asset, version from orchestration.asset_version"),
    (rows) => new Set(rows.map(({ asset, version }) => nameOf(String(asset), String(version))))
  )

/**
 * Forgets what is older than the retention, keeps the cache within its bounds, and removes the files that nothing refers to any more. May be
 * interrupted or killed at any point: what is left is done the next time. A run under way, here or in another process, loses nothing.
 */
export const collect = (upkeep: Upkeep, retention: Retention, options: CollectOptions): Effect.Effect<Collected, StoreError> =>
  Effect.map(collectAll(upkeep, retention, options), ({ collected }) => collected)
/** The same, and the room that is left in the cache. */
export const collectAll = (upkeep: Upkeep, retention: Retention, options: CollectOptions) =>
  Effect.gen(function* () {
    const { room, told, ...forgotten } = yield* forget(upkeep, retention, options)
    options.tell?.("looking for files that nothing refers to")
    const stored = yield* sweepStored(upkeep, forgotten, options)
    const ofRuns = yield* sweepRuns(upkeep, forgotten.toGo, options)
    const amounts = [stored.objects, stored.published, ofRuns.logs, ofRuns.reports, ofRuns.staging]
    const collected: Collected = { ...told, ...stored, ...ofRuns, bytes: amounts.reduce((sum, { bytes }) => sum + bytes, 0) }
    return { collected, room }
  })

/** Which entries: of one pipeline, and not used for so long (milliseconds). */
export interface CacheFilter {
  readonly pipeline?: string | undefined
  readonly unusedMs?: number | undefined
}
/** Takes entries out of the cache and removes the objects that nothing else refers to. */
export const clearCache = (
  upkeep: Upkeep,
  { pipeline, unusedMs = 0 }: CacheFilter,
  options: CollectOptions
): Effect.Effect<{ readonly entries: number; readonly objects: Amount; readonly young: Amount }, StoreError> =>
  Effect.gen(function* () {
    const entries = (yield* cacheEntries(upkeep.ground)).filter(
      ({ stage, usedAt }) =>
        (pipeline === undefined || stage.startsWith(`${pipeline}.`)) && (unusedMs === 0 || usedAt < options.now - unusedMs)
    )
    const keys = new Set(entries.map(({ key }) => key))
    if (options.dry !== true) {
      yield* evict(upkeep.ground, [...keys], options.now)
      yield* tidyEvictions(upkeep.ground)
    }
    const { objects, young } = yield* sweepStored(upkeep, { keys, gone: new Set(), toGo: undefined }, options)
    return { entries: keys.size, objects, young }
  })
