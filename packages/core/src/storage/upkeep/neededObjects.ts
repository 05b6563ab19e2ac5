/** Which objects something still refers to. */
import { readdir, readFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import type { StoredOutput } from "../../domain/Artifact.ts"
import type { Owner } from "../../domain/RunEvent.ts"
import { isProcessGone } from "../../execution/owners.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Folders } from "../filesystem/folders.ts"
import { toStoreError } from "../sqlite/storeError.ts"
import { recordedJson } from "../recorded.ts"
import type { Row } from "../rows.ts"
import { eachPage, type Ground, rowsPerPage } from "../Ground.ts"
import { type Made, objectsOf, objectsOfUnit, withResults } from "./objectsOf.ts"

/** Clocks of machines that share a folder may differ by this much, in milliseconds. */
const skewMs = 60_000

/** An instant: what was written, or vouched for, since then is never removed. `run`: the open run that it comes from. */
export interface Since {
  readonly at: number
  readonly run: string | undefined
}
/**
 * A run that is under way refers to what it has not committed yet, and that is never older than the run. Of a process on another host nobody
 * knows whether it lives: its run counts as under way until it ends.
 */
export const protectedSince = (ground: Ground, now: number): Effect.Effect<Since, StoreError> =>
  Effect.map(
    ground.ask(
      `select id, ${ground.text("owner")} as owner, ${ground.millis("requested_at")} as requested_at from orchestration.run
where ended_at is null`
    ),
    (rows) => {
      let since: Since = { at: now, run: undefined }
      for (const row of rows) {
        const owner = recordedJson<Owner>(row["owner"])
        const at = Number(row["requested_at"])
        if (owner.host === hostname() && isProcessGone(owner, at)) continue
        if (at < since.at) since = { at, run: String(row["id"]) }
      }
      return { ...since, at: since.at - skewMs }
    }
  )

type Add = (hash: string) => void
const paged = (ground: Ground, table: string, key: string, columns: string, where: string, add: (row: Row) => void) =>
  eachPage(
    (last) =>
      ground.ask(
        `select ${key}, ${columns} from orchestration.${table} where ${where} ${last === undefined ? "" : `and ${key} > ?`}
order by ${key} limit ${rowsPerPage}`,
        ...(last === undefined ? [] : [last[key] === null ? null : typeof last[key] === "string" ? last[key] : Number(last[key])])
      ),
    (rows) => Effect.sync(() => rows.forEach(add))
  )
/** Objects that published versions, checkpoints and open runs refer to: everything but the cache. */
export const heldObjects = (
  ground: Ground,
  isGoing: (asset: string, version: string) => boolean
): Effect.Effect<Set<string>, StoreError> =>
  Effect.gen(function* () {
    const held = new Set<string>()
    const add: Add = (hash) => void held.add(hash)
    const addOutput = (output: StoredOutput) => objectsOf(output).forEach(({ hash }) => add(hash))
    yield* paged(ground, "asset_version", "id", `asset, version, ${ground.text("output")} as output`, "true", (row) => {
      if (!isGoing(String(row["asset"]), String(row["version"]))) addOutput(recordedJson<StoredOutput>(row["output"]))
    })
    const marks = yield* ground.ask(`select ${ground.text("artifact")} as artifact from orchestration.checkpoint`)
    for (const { artifact } of marks)
      for (const hashes of Object.values(recordedJson<Readonly<Record<string, ReadonlyArray<string>>>>(artifact)))
        hashes.forEach(add)
    const open = yield* ground.ask("select id from orchestration.run where ended_at is null")
    for (const { id } of open)
      yield* eachPage(
        (last) =>
          ground.ask(
            `select run_seq, ${ground.text("payload")} as payload from orchestration.event
where run_id = ? and run_seq > ? and kind = 'UnitCommitted' order by run_seq limit ${rowsPerPage}`,
            String(id),
            Number(last?.["run_seq"] ?? 0)
          ),
        (rows) =>
          Effect.sync(() => {
            for (const { payload } of rows) Object.values(recordedJson<Made>(payload).outputs).forEach(addOutput)
          })
      )
    return held
  })
/** Adds what cached results refer to. */
export const addCachedObjects = (
  ground: Ground,
  to: Set<string>,
  isGoing: (key: string) => boolean
): Effect.Effect<void, StoreError> =>
  paged(ground, withResults, "cache.key", `key, ${ground.text("payload")} as payload`, "true", (row) => {
    if (isGoing(String(row["key"]))) return
    for (const { hash } of objectsOfUnit(recordedJson<Made>(row["payload"]))) to.add(hash)
  })

/** A folder `artifacts/<asset>/<version>/`, by its manifest. */
export interface PublishedFolder {
  readonly path: string
  readonly asset: string
  readonly version: string
  readonly run: string
  readonly files: ReadonlyArray<PublishedFile>
}
export interface PublishedFile {
  readonly name: string
  /** SHA-256 of `prefix`, where there is one, and its content. The file of a table is an object of that name. */
  readonly hash: string
  readonly prefix?: string
}
interface Manifest {
  readonly asset: string
  readonly version: string
  readonly producer?: { readonly run?: string }
  readonly kind: string
  readonly type: string
  readonly content_hash: string
  readonly files?: ReadonlyArray<{ readonly name: string; readonly sha256?: string }>
}
const filesOf = ({ content_hash, files = [], kind, type }: Manifest): ReadonlyArray<PublishedFile> =>
  files.flatMap(({ name, sha256 }) => {
    if (sha256 !== undefined) return [{ name, hash: sha256 }]
    return kind === "value" ? [{ name, hash: content_hash, prefix: `${type}\n` }] : []
  })
const folderAt = async (path: string): Promise<PublishedFolder | undefined> => {
  try {
    const manifest = recordedJson<Manifest>(await readFile(join(path, "manifest.json"), "utf8"))
    return { path, asset: manifest.asset, version: manifest.version, run: manifest.producer?.run ?? "", files: filesOf(manifest) }
  } catch {
    return undefined // no folder of ours, or one that a person has changed: nobody touches it
  }
}
/** Visits every published folder. */
export const eachPublished = (
  folders: Folders,
  visit: (folder: PublishedFolder) => Promise<void>
): Effect.Effect<void, StoreError> =>
  Effect.tryPromise({
    try: async () => {
      for (const asset of await readdir(folders.artifacts).catch((): ReadonlyArray<string> => [])) {
        if (asset.startsWith(".")) continue
        for (const version of await readdir(join(folders.artifacts, asset)).catch((): ReadonlyArray<string> => [])) {
          const folder = await folderAt(join(folders.artifacts, asset, version))
          if (folder !== undefined) await visit(folder)
        }
      }
    },
    catch: (cause) => toStoreError(folders.artifacts, cause)
  })
