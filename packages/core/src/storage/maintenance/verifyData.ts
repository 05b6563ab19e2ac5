/** Whether every file of data is what the record says of it: by content, not by what a process remembers. */
import { createHash } from "node:crypto"
import { readFile, stat } from "node:fs/promises"
import { join, relative } from "node:path"
import { Effect } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { hashOf } from "../filesystem/objects.ts"
import { toStoreError } from "../sqlite/storeError.ts"
import { addCachedObjects, eachPublished, heldObjects, type PublishedFolder } from "../upkeep/neededObjects.ts"
import type { Upkeep } from "../upkeep/openUpkeep.ts"
import type { Tell } from "./StateTables.ts"

export interface DataFault {
  /** From the data folder. */
  readonly file: string
  readonly what: "damaged" | "missing"
}
export interface VerifiedData {
  /** Files whose content was read. */
  readonly files: number
  /** The first ones; `faulty` is how many there are. */
  readonly faults: ReadonlyArray<DataFault>
  readonly faulty: number
}
const mostTold = 1_000

/** A file, and what has to come of hashing it. */
interface Wanted {
  readonly path: string
  readonly hash: string
  /** Stands before the content when it is hashed. */
  readonly prefix?: string
}
interface Faulty {
  readonly path: string
  readonly what: DataFault["what"]
}
const found = async ({ hash, path, prefix }: Wanted): Promise<DataFault["what"] | undefined> => {
  const is =
    prefix === undefined
      ? await hashOf(path)
      : await readFile(path).then(
          (content) => createHash("sha256").update(prefix).update(content).digest("hex"),
          () => undefined
        )
  return is === undefined ? "missing" : is === hash ? undefined : "damaged"
}
/** What of a published folder is no other name of an object: that one is read anyway. */
const ownFiles = async ({ folders }: Upkeep, { files, path }: PublishedFolder): Promise<ReadonlyArray<Wanted>> => {
  const own: Array<Wanted> = []
  for (const { hash, name, prefix } of files) {
    const part = { path: join(path, name), hash, ...(prefix === undefined ? {} : { prefix }) }
    const [one, other] = await Promise.all([part.path, folders.objectOf(hash)].map((file) => stat(file).catch(() => undefined)))
    if (one === undefined || one.ino !== other?.ino) own.push(part)
  }
  return own
}
/** Versions on record that are published in no folder, or in one whose manifest cannot be read. */
const withoutManifest = (recorded: ReadonlySet<string>, published: ReadonlySet<string>): Effect.Effect<ReadonlyArray<Faulty>> =>
  Effect.forEach([...recorded].filter((folder) => !published.has(folder)).toSorted(), (folder) => {
    const path = join(folder, "manifest.json")
    const isThere = Effect.promise(() => stat(path).then(Boolean, () => false))
    return Effect.map(isThere, (there): Faulty => ({ path, what: there ? "damaged" : "missing" }))
  })
/** What is to be read, and what is wrong already. */
const wantedOf = (
  upkeep: Upkeep
): Effect.Effect<{ readonly wanted: ReadonlyArray<Wanted>; readonly lacking: ReadonlyArray<Faulty> }, StoreError> =>
  Effect.gen(function* () {
    const { folders, ground } = upkeep
    const versions = yield* ground.ask("select asset, version from orchestration.asset_version")
    const recorded = new Set(versions.map(({ asset, version }) => folders.publishedOf(String(asset), String(version))))
    const published = new Set<string>()
    const objects = yield* heldObjects(ground, () => false)
    yield* addCachedObjects(ground, objects, () => false)
    const wanted: Array<Wanted> = [...objects].map((hash) => ({ path: folders.objectOf(hash), hash }))
    yield* eachPublished(folders, async (folder) => {
      published.add(folder.path)
      wanted.push(...(await ownFiles(upkeep, folder)))
    })
    return { wanted, lacking: yield* withoutManifest(recorded, published) }
  })

/**
 * Reads every object that a published version, a checkpoint, a run that is open or the cache refers to, and every published file; every version on
 * record has to have its folder.
 */
export const verifyData = (upkeep: Upkeep, tell: Tell): Effect.Effect<VerifiedData, StoreError> =>
  Effect.gen(function* () {
    const { lacking, wanted } = yield* wantedOf(upkeep)
    const faults: Array<DataFault> = []
    let [faulty, files] = [0, 0]
    const note = ({ path, what }: Faulty): void => {
      if (++faulty <= mostTold) faults.push({ file: relative(upkeep.folders.home, path), what })
    }
    for (const [i, one] of wanted.entries()) {
      const what = yield* Effect.tryPromise({ try: () => found(one), catch: (cause) => toStoreError(one.path, cause) })
      tell("files read", i + 1, wanted.length)
      if (what !== "missing") files += 1
      if (what !== undefined) note({ path: one.path, what })
    }
    lacking.forEach(note)
    return { files, faults, faulty }
  })
