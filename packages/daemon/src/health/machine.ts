/** What the system tells about disk and memory. */
import { existsSync, readdirSync, statfsSync, statSync } from "node:fs"
import { totalmem } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import type { DiskFacts, MemoryFacts } from "./systemHealth.ts"

/** The folder itself, or the nearest one above it that exists. */
const nearestFolder = (folder: string): string =>
  existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder))

/** The disk of the data folder; undefined where the system does not tell. */
export const diskFacts = (home: string): DiskFacts | undefined => {
  try {
    const { bavail, blocks, bsize } = statfsSync(nearestFolder(home))
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch {
    return undefined
  }
}
/** Without a limit the system names one far above all memory. */
export const memoryFacts = (): MemoryFacts => {
  const limit = process.constrainedMemory()
  const limitBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return {
    rssBytes: process.memoryUsage.rss(),
    availableBytes: Math.min(process.availableMemory(), limitBytes),
    limitBytes
  }
}
/** Of the embedded store's files, with what waits to be moved into them. */
export const embeddedBytes = (home: string): number | undefined => {
  try {
    const folder = join(home, "state")
    return readdirSync(folder)
      .filter((name) => name.startsWith("tetra.db"))
      .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  } catch {
    return undefined
  }
}
