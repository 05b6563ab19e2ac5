/** Files that nothing refers to any more. */
import { lstat, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Folders } from "../filesystem/folders.ts"
import { toStoreError } from "../sqlite/storeError.ts"
import { type Ground, runsWhere } from "../Ground.ts"
import type { PublishedFolder, Since } from "./neededObjects.ts"
import { removeUntouched } from "./removeFile.ts"

export interface Amount {
  readonly count: number
  readonly bytes: number
}
export const nothing: Amount = { count: 0, bytes: 0 }
const plus = (a: Amount, b: Amount): Amount => ({ count: a.count + b.count, bytes: a.bytes + b.bytes })
const namesIn = (folder: string): Promise<ReadonlyArray<string>> => readdir(folder).catch((): ReadonlyArray<string> => [])
const onDisk = <A>(folder: string, work: () => Promise<A>): Effect.Effect<A, StoreError> =>
  Effect.tryPromise({ try: work, catch: (cause) => toStoreError(folder, cause) })

/** Bytes of all files below; those with another name elsewhere cost nothing here. */
const sizeOf = async (path: string): Promise<number> => {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return 0
  if (!found.isDirectory()) return found.nlink > 1 ? 0 : found.size
  let bytes = 0
  for (const name of await namesIn(path)) bytes += await sizeOf(join(path, name))
  return bytes
}
/** How to sweep. `dry`: say what would go, remove nothing. */
export interface Sweep {
  readonly folders: Folders
  readonly since: Since
  readonly dry: boolean
}
const objectName = /^[0-9a-f]{64}$/u
/** Objects that are not `needed`, and that nobody has written or vouched for since. */
export const sweepObjects = (
  { dry, folders, since }: Sweep,
  needed: ReadonlySet<string>,
  /** Files of an object that go with published folders: in a dry run they are still there. */
  linked: ReadonlyMap<string, number>
): Effect.Effect<{ readonly gone: Amount; readonly young: Amount }, StoreError> =>
  Effect.gen(function* () {
    let [gone, young] = [nothing, nothing]
    const sweepOne = async (path: string, hash: string): Promise<void> => {
      const found = await lstat(path).catch(() => undefined)
      if (found === undefined) return
      const bytes = found.nlink - (linked.get(hash) ?? 0) > 1 ? 0 : found.size
      if (found.mtimeMs >= since.at) young = plus(young, { count: 1, bytes })
      else if (dry || (await removeUntouched(folders, path, since.at))) gone = plus(gone, { count: 1, bytes })
    }
    for (const prefix of yield* onDisk(folders.objects, () => namesIn(folders.objects)))
      yield* onDisk(folders.objects, async () => {
        for (const hash of await namesIn(join(folders.objects, prefix)))
          if (objectName.test(hash) && !needed.has(hash)) await sweepOne(join(folders.objects, prefix, hash), hash)
      })
    return { gone, young }
  })
/** Folders of versions that are no longer known, made by runs that this very store has archived. What others put there is theirs. */
export const sweepPublished = (
  { dry, folders, since }: Sweep,
  unknown: ReadonlyArray<PublishedFolder>
): Effect.Effect<Amount, StoreError> =>
  Effect.gen(function* () {
    let gone = nothing
    for (const { path } of unknown)
      yield* onDisk(path, async () => {
        const bytes = await sizeOf(path)
        const manifest = await lstat(join(path, "manifest.json")).catch(() => undefined)
        if (manifest === undefined || manifest.mtimeMs >= since.at) return
        if (dry || (await removeUntouched(folders, path, since.at, (aside) => join(aside, "manifest.json"))))
          gone = plus(gone, { count: 1, bytes })
      })
    return gone
  })
/** Entries of a folder that are named after runs (`suffix` behind it) and whose run is `condition`. */
export const sweepOfRuns = (
  sweep: { readonly folder: string; readonly suffix: string; readonly dry: boolean },
  isGoing: (runs: ReadonlyArray<string>) => Effect.Effect<ReadonlySet<string>, StoreError>
): Effect.Effect<Amount, StoreError> =>
  Effect.gen(function* () {
    const { dry, folder, suffix } = sweep
    const names = (yield* onDisk(folder, () => namesIn(folder))).filter((n) => n.endsWith(suffix) && !n.startsWith("."))
    const runOf = (name: string): string => name.slice(0, name.length - suffix.length)
    const going = yield* isGoing(names.map(runOf))
    let gone = nothing
    for (const name of names.filter((n) => going.has(runOf(n))))
      yield* onDisk(folder, async () => {
        const path = join(folder, name)
        gone = plus(gone, { count: 1, bytes: await sizeOf(path) })
        if (!dry) await rm(path, { recursive: true, force: true })
      })
    return gone
  })
export const archivedOf = (ground: Ground) => (runs: ReadonlyArray<string>) => runsWhere(ground, runs, "archived_at is not null")
export const endedOf = (ground: Ground) => (runs: ReadonlyArray<string>) => runsWhere(ground, runs, "ended_at is not null")
