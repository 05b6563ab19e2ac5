import { closeSync, fstatSync, ftruncateSync, openSync, statfsSync, writeSync } from "node:fs"
import type { StateFile } from "./StateFile.ts"

/** After so many commits of this process there is a first room: a run of few stages, and whoever only looks, never pays for it. */
const firstCommits = 16
const firstBytes = 1_024 * 1_024
/** After so many there is room for all: what the log holds until it is folded into the file (`wal_autocheckpoint`), and one large group more. */
const longCommits = 32
const spareBytes = 512 * 1_024
/** A disk with less than this to spare keeps it. */
const leastFreeBytes = 256 * 1_024 * 1_024

const numberOf = (state: StateFile, pragma: string): number =>
  Number(Object.values(state.first(`pragma orchestration.${pragma}`) ?? {})[0] ?? 0)
/** A frame of the log is a page and 24 bytes; the file begins with 32. */
const roomOf = (state: StateFile): number =>
  32 + numberOf(state, "wal_autocheckpoint") * (numberOf(state, "page_size") + 24) + spareBytes

/** Lengthens the log with zeros. Nobody appends meanwhile: the caller has the write lock. */
const lengthen = (file: string, toBytes: number): void => {
  const log = openSync(file, "r+")
  try {
    const { size } = fstatSync(log)
    const { bavail, bsize } = statfsSync(file)
    if (size >= toBytes || bavail * bsize < leastFreeBytes) return
    try {
      for (let at = size; at < toBytes;) at += writeSync(log, Buffer.alloc(toBytes - at), 0, toBytes - at, at)
    } catch {
      ftruncateSync(log, size)
    }
  } finally {
    closeSync(log)
  }
}
/**
 * Called after every commit; makes room in the write-ahead log, twice at most. A file that grows with every commit has a new length to be made durable
 * each time, which takes a disk several times as long as bytes within a length that stays. SQLite takes the zeros for the end of the log, as it
 * takes what was there before it began anew; where they cannot be written (a limit, another system) it grows the file itself.
 */
export const makeLogRoom = (state: StateFile): (() => void) => {
  let commits = 0
  return () => {
    commits++
    if (commits !== firstCommits && commits !== longCommits) return
    try {
      const bytes = commits === firstCommits ? firstBytes : roomOf(state)
      state.run("begin immediate")
      try {
        lengthen(`${state.file}-wal`, bytes)
      } finally {
        state.run("rollback")
      }
    } catch {
      // Busy, or no such file: it is worth one try.
    }
  }
}
