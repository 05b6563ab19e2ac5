import { createHash, randomUUID } from "node:crypto"
import { access, chmod, copyFile, link, open, rename, rm, stat, utimes } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Folders } from "./folders.ts"
import { makeFolder } from "./makeFolder.ts"

/** Content-addressed files: `artifacts/.objects/<2 hex>/<hash>`, written aside, made durable, then moved into place. */
export interface Objects {
  /** Takes a finished, durable file out of staging; `hash` is the SHA-256 of its bytes. */
  readonly take: (path: string, hash: string) => Promise<void>
  readonly put: (bytes: Uint8Array) => Promise<string>
  /** True when it is there, whole. Whoever asks is going to rely on it: it counts as just written, so that no collection removes it now. */
  readonly has: (hash: string, bytes: number) => Promise<boolean>
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
    await folder.sync()
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
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A file of somebody else cannot be touched; then its age must do. */
const touch = (path: string, now: Date): Promise<void> => utimes(path, now, now).catch(() => undefined)

export const makeObjects = (folders: Folders): Objects => {
  const take = async (path: string, hash: string): Promise<void> => {
    const target = folders.objectOf(hash)
    await makeFolder(dirname(target))
    await rename(path, target) // over an equal one, if another attempt made it: same name, same bytes
    await touch(target, new Date()) // what a stage took from elsewhere may be old
    await syncFolder(dirname(target))
  }
  const has = async (hash: string, bytes: number): Promise<boolean> => {
    const path = folders.objectOf(hash)
    try {
      const { mtimeMs, size } = await stat(path)
      if (size !== bytes) return false
      const now = new Date()
      if (mtimeMs < now.getTime() - freshMs) await touch(path, now)
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
        await take(path, hash)
      } finally {
        await rm(path, { force: true })
      }
      return hash
    },
    has
  }
}
