/**
 * A sync that failed, told to other processes and mended (decision 082). The kernel takes the pages that it could not write for clean: the log shows what
 * the disk has not got, and a later sync of it succeeds and proves nothing. A mark beside the state says so. Bytes that are written anew are synced anew.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { dirname } from "node:path"
import process from "node:process"
import { DatabaseSync } from "node:sqlite"
import { StoreError } from "../../execution/ports/Journal.ts"
import { fullHint, isFull, isRefusedByDisk } from "./storeError.ts"

const markOf = (file: string): string => `${file}-unsynced`
const logOf = (file: string): string => `${file}-wal`

/** Why, and in a line of its own what to do. Where the mark cannot be written there is none: this process knows it all the same. Gone with the power, as is what it speaks of. */
const mark = (file: string, why: string, hint: string): void => {
  try {
    writeFileSync(markOf(file), `${why.replaceAll("\n", " ")}\n${hint}\n`, { mode: 0o600 })
  } catch {
    // A disk that takes nothing at all.
  }
}
export const isUnsynced = (file: string): boolean => existsSync(markOf(file))

const unsyncedBecause = (file: string, why: string, hint: string): StoreError =>
  new StoreError({ reason: "unsynced", detail: `the disk has not kept what was written to ${file}: ${why}`, hint })
const mendHint =
  'Nothing that was told is lost. Check the disk: the next command that writes, as "tetra run" or "tetra start", brings it in order and goes on'

/** A sync of this process failed with `cause`: what it is told from now on, and others with it. */
export const failedSync = (file: string, cause: Error): StoreError => {
  const hint = isRefusedByDisk(cause) ? fullHint : mendHint
  mark(file, cause.message, hint)
  return unsyncedBecause(file, cause.message, hint)
}
/** The sync of another process failed: undefined when none has. */
export const failedElsewhere = (file: string): StoreError | undefined => {
  if (!isUnsynced(file)) return undefined
  try {
    const [why = "", hint] = readFileSync(markOf(file), "utf8").trim().split("\n")
    return unsyncedBecause(file, why, hint ?? mendHint)
  } catch {
    return undefined // Mended meanwhile.
  }
}

const pieceBytes = 1_024 * 1_024
/** Writes each byte of the log again where it stands, and makes it durable. */
const rewrite = (log: string): void => {
  const handle = openSync(log, "r+")
  try {
    const { size } = fstatSync(handle)
    const piece = Buffer.alloc(Math.min(pieceBytes, size))
    for (let at = 0; at < size;) {
      const read = readSync(handle, piece, 0, Math.min(piece.length, size - at), at)
      if (read === 0) break
      writeSync(handle, piece, 0, read, at)
      at += read
    }
    fdatasyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
const syncFolder = (file: string): void => {
  // A folder cannot be synced there.
  if (process.platform === "win32") return
  const folder = openSync(dirname(file), "r")
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
/** With the log gone SQLite has folded it into the file, and synced that. */
export const unmarkFolded = (file: string): void => {
  if (!isUnsynced(file) || existsSync(logOf(file))) return
  syncFolder(file)
  rmSync(markOf(file), { force: true })
}

/**
 * Makes durable what can be read of the state, before anybody is told of it. Alone on the file, SQLite reads its log anew and takes of it what is whole: a
 * page that the kernel has let go since is the disk's, and ends it there. Throws what SQLite throws, `locked` while another process has the file open.
 */
export const mendUnsynced = (file: string): void => {
  if (!isUnsynced(file)) return
  const alone = new DatabaseSync(file, { timeout: 100 })
  try {
    alone.exec("pragma locking_mode = exclusive; pragma synchronous = full; begin immediate; rollback")
    if (existsSync(logOf(file))) rewrite(logOf(file))
    alone.exec("pragma wal_checkpoint(truncate)")
  } catch (cause) {
    if (isFull(cause) || isRefusedByDisk(cause) || !(cause instanceof Error) || "errcode" in cause) throw cause
    throw failedSync(file, cause)
  } finally {
    alone.close()
  }
  unmarkFolded(file)
}
