import { createHash, randomUUID } from "node:crypto"
import { createReadStream } from "node:fs"
import { access, chmod, copyFile, link, open, rename, rm, stat, utimes } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Moved } from "../../execution/Moved.ts"
import { recorded } from "../recorded.ts"
import type { Folders } from "./folders.ts"
import { makeFolder } from "./makeFolder.ts"
import { syncFile } from "./syncFile.ts"

/** Content-addressed files: `artifacts/.objects/<2 hex>/<hash>`, written aside, made durable, then moved into place. */
export interface Objects {
  /** Takes a finished, durable file out of staging; `hash` is the SHA-256 of its bytes. */
  readonly take: (path: string, hash: string) => Promise<void>
  readonly put: (bytes: Uint8Array) => Promise<string>
  /**
   * True when it is there, whole: its content is compared with its name, once in a process. Whoever asks is going to rely on it: it counts as
   * just written, so that no collection removes it now. A damaged one is set aside.
   */
  readonly has: (hash: string, bytes: number) => Promise<boolean>
  /** Moves an object away whose content is not what its name says; answers where to. Undefined when it is whole, or not there. */
  readonly setAside: (hash: string) => Promise<string | undefined>
}
/** Younger than this it need not be touched again, in milliseconds. Less than what a collection spares. */
const freshMs = 20_000

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  )
/** Makes the names in a folder durable. Where a folder cannot be synced (Windows), the rename alone must do. */
export const syncFolder = async (path: string): Promise<void> => {
  if (process.platform === "win32") return
  const folder = await open(path, "r")
  try {
    await syncFile(folder)
  } finally {
    await folder.close()
  }
}
/** A hard link, or a copy where the file system has none. */
export const linkOrCopy = async (from: string, to: string): Promise<void> => {
  try {
    await link(from, to)
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOSPC")) throw cause
    await copyFile(from, to)
    await chmod(to, 0o600)
  }
}
/** Writes a whole file durably under a private mode. */
export const writeDurably = async (path: string, bytes: Uint8Array | string): Promise<void> => {
  const file = await open(path, "w", 0o600)
  try {
    await file.writeFile(bytes)
    await syncFile(file)
  } finally {
    await file.close()
  }
}

/** A file of somebody else cannot be touched; then its age must do. */
const touch = (path: string, now: Date): Promise<void> => utimes(path, now, now).catch(() => undefined)

/** SHA-256 of a file, lower-case hex. Undefined when there is none. */
export const hashOf = async (path: string): Promise<string | undefined> => {
  const hash = createHash("sha256")
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) hash.update(recorded<Buffer>(chunk))
    return hash.digest("hex")
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw cause
  }
}
const chunkBytes = 1024 * 1024

export const makeObjects = (folders: Folders): Objects => {
  /** Objects that were whole when this process looked, and the time of the file then (whole milliseconds). */
  const whole = new Map<string, number>()
  const setAside = async (hash: string): Promise<string | undefined> => {
    const path = folders.objectOf(hash)
    const found = await hashOf(path)
    if (found === undefined || found === hash) return undefined
    await makeFolder(folders.damaged)
    const aside = join(folders.damaged, `${hash}-${found.slice(0, 8)}`)
    await rename(path, aside)
    return aside
  }
  const touchWhole = async (hash: string, now: Date): Promise<void> => {
    await touch(folders.objectOf(hash), now)
    whole.set(hash, now.getTime())
  }
  const take = async (path: string, hash: string): Promise<void> => {
    const target = folders.objectOf(hash)
    await makeFolder(dirname(target))
    await rename(path, target) // over an equal one, if another attempt made it: same name, same bytes
    await touchWhole(hash, new Date()) // what a stage took from elsewhere may be old
    await syncFolder(dirname(target))
  }
  const has = async (hash: string, bytes: number): Promise<boolean> => {
    const path = folders.objectOf(hash)
    try {
      const { mtimeMs, size } = await stat(path)
      if (size !== bytes) return false
      const changed = Math.trunc(mtimeMs)
      if (whole.get(hash) !== changed && (await setAside(hash)) !== undefined) return false
      const now = new Date()
      if (mtimeMs < now.getTime() - freshMs) await touchWhole(hash, now)
      else whole.set(hash, changed)
      return true
    } catch {
      return false
    }
  }
  return {
    take,
    put: async (bytes) => {
      const hash = createHash("sha256").update(bytes).digest("hex")
      if (await has(hash, bytes.byteLength)) return hash // one that was cut short is written anew
      const aside = join(folders.staging, ".objects")
      await makeFolder(aside)
      const path = join(aside, randomUUID())
      try {
        await writeDurably(path, bytes)
        Moved.written(bytes.byteLength)
        await take(path, hash)
      } finally {
        await rm(path, { force: true })
      }
      return hash
    },
    has,
    setAside
  }
}
