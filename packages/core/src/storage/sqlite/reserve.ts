/** A file that only takes up room: on a full disk it makes way, so that what is under way can be recorded. */
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs"
import { dirname, join } from "node:path"

export const reserveBytes = 16 * 1024 * 1024
/** Made only where so much more is free. */
const roomBytes = 4 * reserveBytes
const fileOf = (stateFile: string): string => join(dirname(stateFile), "reserve")

export const hasReserve = (stateFile: string): boolean =>
  (statSync(fileOf(stateFile), { throwIfNoEntry: false })?.size ?? 0) >= reserveBytes

/** Takes up its room, where the disk has plenty. Answers whether it is there. */
export const makeReserve = (stateFile: string): boolean => {
  if (hasReserve(stateFile)) return true
  const path = fileOf(stateFile)
  try {
    const { bavail, bsize } = statfsSync(dirname(path))
    if (bavail * bsize < roomBytes + reserveBytes) return false
    const file = openSync(path, "w", 0o600)
    try {
      // Bytes that no file system leaves away as zeros, or as the same ones again.
      const some = Buffer.alloc(1024 * 1024)
      for (let i = 0; i < some.length; i += 4) some.writeUInt32LE((i * 2_654_435_761) >>> 0, i)
      for (let written = 0; written < reserveBytes;) written += writeSync(file, some)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    return true
  } catch {
    rmSync(path, { force: true })
    return false
  }
}
/** Gives its room back; false when there was none. */
export const releaseReserve = (stateFile: string): boolean => {
  const path = fileOf(stateFile)
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return false
  try {
    rmSync(path)
    return true
  } catch {
    return false
  }
}
