/** Files as events: what a scan finds, and which of it has settled. */
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { readdir, realpath, stat } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import type { Happening } from "./decideEvent.ts"
import type { PathPattern } from "./globs.ts"

export interface FoundFile {
  readonly path: string
  readonly size: number
  /** Nanoseconds, as the file system tells them. */
  readonly mtimeNs: bigint
  /** When it was written or moved here last, epoch milliseconds. */
  readonly changedAt: number
}
/** A file that was seen, and since when it has looked like this: epoch milliseconds. */
export interface SeenFile extends FoundFile {
  readonly since: number
}
/** Still being written, by convention. */
const isUnfinished = (name: string): boolean => name.startsWith(".") || name.endsWith(".tmp") || name.endsWith(".part")

const filesBelow = async (folder: string, isDeep: boolean): Promise<ReadonlyArray<string>> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = await Promise.all(
    entries
      .filter(({ name }) => !isUnfinished(name))
      .map(async (entry) => {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) return isDeep ? await filesBelow(path, isDeep) : []
        return entry.isFile() || entry.isSymbolicLink() ? [path] : []
      })
  )
  return found.flat()
}
/** Files that fit, by path. A link to what lies outside of the root is none of them; neither is what is gone in between. */
export const scanFiles = async (patterns: ReadonlyArray<PathPattern>, minBytes: number): Promise<ReadonlyArray<FoundFile>> => {
  const found = new Map<string, FoundFile>()
  for (const { isDeep, matches, root } of patterns) {
    const realRoot = await realpath(root).catch(() => undefined)
    if (realRoot === undefined) continue
    for (const path of await filesBelow(root, isDeep)) {
      if (!matches(relative(root, path).split(sep).join("/"))) continue
      const real = await realpath(path).catch(() => "")
      if (!real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) continue
      const facts = await stat(path, { bigint: true }).catch(() => undefined)
      if (facts === undefined || !facts.isFile() || facts.size < BigInt(minBytes)) continue
      const changedAt = Math.max(Number(facts.mtimeMs), Number(facts.ctimeMs))
      found.set(path, { path, size: Number(facts.size), mtimeNs: facts.mtimeNs, changedAt })
    }
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

export interface Settled {
  readonly seen: ReadonlyMap<string, SeenFile>
  /** Size and time have not changed for as long as is asked; oldest change first. */
  readonly settled: ReadonlyArray<FoundFile>
}
/** `now` in epoch milliseconds. Pure. */
export const settledFiles = (
  before: ReadonlyMap<string, SeenFile>,
  found: ReadonlyArray<FoundFile>,
  settleMs: number,
  now: number
): Settled => {
  const seen = new Map<string, SeenFile>()
  for (const file of found) {
    const known = before.get(file.path)
    const isSame = known !== undefined && known.size === file.size && known.mtimeNs === file.mtimeNs
    seen.set(file.path, { ...file, since: isSame ? known.since : now })
  }
  const settled = [...seen.values()].filter(({ since }) => now - since >= settleMs)
  return { seen, settled: settled.toSorted((a, b) => a.changedAt - b.changedAt) }
}

const contentHash = async (path: string): Promise<string> => {
  const hash = createHash("sha256")
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest("hex")
}
/** What makes it a new one; undefined when it cannot be read. `folder`: paths are told below it. */
export const happeningOf = async (file: FoundFile, by: "stat" | "content", folder: string): Promise<Happening | undefined> => {
  const { mtimeNs, path, size } = file
  const dedupe =
    by === "stat"
      ? createHash("sha256")
          .update(JSON.stringify([path, size, String(mtimeNs)]))
          .digest("hex")
      : await contentHash(path).catch(() => undefined)
  return dedupe === undefined ? undefined : { dedupe, about: `file ${relative(folder, path) || path}` }
}
