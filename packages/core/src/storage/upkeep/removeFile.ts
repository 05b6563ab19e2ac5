import { randomUUID } from "node:crypto"
import { lstat, readdir, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Folders } from "../filesystem/folders.ts"
import { makeFolder } from "../filesystem/makeFolder.ts"
import { exists } from "../filesystem/objects.ts"

const doomedIn = (folders: Folders): string => join(folders.staging, ".doomed")

/**
 * Removes what nobody vouched for since `before` (epoch milliseconds). Another process may find it useful in the same instant: it touches
 * what it is going to rely on, so the file is put out of reach first, then looked at once more, and put back when it was touched.
 * Answers false when it stays.
 */
export const removeUntouched = async (
  folders: Folders,
  path: string,
  before: number,
  touched: (path: string) => string = (same) => same
): Promise<boolean> => {
  const aside = join(doomedIn(folders), `${randomUUID()}~${encodeURIComponent(path.slice(folders.home.length + 1))}`)
  await makeFolder(dirname(aside))
  try {
    await rename(path, aside)
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return false // another process was first
    throw cause
  }
  const made = await lstat(touched(aside)).catch(() => undefined)
  if (made !== undefined && made.mtimeMs >= before) {
    if (!(await exists(path))) await rename(aside, path)
    return false
  }
  await rm(aside, { recursive: true, force: true })
  return true
}
/** Puts back what a process was about to remove when it died. */
export const restoreDoomed = async (folders: Folders): Promise<void> => {
  const doomed = doomedIn(folders)
  for (const name of await readdir(doomed).catch((): ReadonlyArray<string> => [])) {
    const path = join(folders.home, decodeURIComponent(name.slice(name.indexOf("~") + 1)))
    if (await exists(path)) await rm(join(doomed, name), { recursive: true, force: true })
    else await rename(join(doomed, name), path).catch(() => undefined) // another process has just done so
  }
}
