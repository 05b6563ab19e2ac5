/** Tells when files were saved, whatever way an editor does it. */
import { statSync } from "node:fs"
import { dirname } from "node:path"
import { type FSWatcher, watch } from "chokidar"

/** Editors write in several steps: what comes within this time is one save, in milliseconds. */
const settleMs = 300
/** How long files have to stay as they are until they are read, in milliseconds, and how often is looked again. */
const stableMs = 50
const mostLooks = 40

export interface Watching {
  /** Other files are meant from now on. */
  readonly refresh: (files: ReadonlyArray<string>) => void
  readonly close: () => void
}
const stampsOf = (files: ReadonlyArray<string>): string =>
  files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false })
      return found === undefined ? "-" : `${found.ino}:${found.size}:${found.mtimeMs}`
    })
    .join()
/** Waits until nobody writes the files any more: a file that is being written is not read half. */
const stable = async (files: ReadonlyArray<string>): Promise<void> => {
  for (let looks = 0, before = ""; looks < mostLooks; looks++) {
    const now = stampsOf(files)
    if (now === before) return
    before = now
    await new Promise((resolve) => setTimeout(resolve, stableMs))
  }
}
/**
 * `saved` is called once for each save, when the files are whole, and not while its last call is still at work. A file that is not there yet is
 * waited for. Folders are watched, because many editors put another file in place; one that cannot be watched tells nothing.
 */
export const watchFiles = (first: ReadonlyArray<string>, saved: () => Promise<void>): Watching => {
  let files = first
  let timer: NodeJS.Timeout | undefined
  let isReading = false
  let isAgain = false
  let isClosed = false
  const read = async (): Promise<void> => {
    isAgain = isReading
    if (isReading || isClosed) return
    isReading = true
    await stable(files)
    if (!isClosed) await saved()
    isReading = false
    if (isAgain) await read()
  }
  const touched = (path: string): void => {
    if (!files.includes(path)) return
    clearTimeout(timer)
    timer = setTimeout(() => void read(), settleMs)
    timer.unref()
  }
  let watcher: FSWatcher | undefined
  const begin = (): void => {
    const wanted = new Set(files)
    const folders = [...new Set(files.map((file) => dirname(file)))]
    const isOther = (path: string): boolean => !wanted.has(path) && !folders.includes(path)
    watcher = watch(folders, { depth: 0, ignoreInitial: true, persistent: false, ignored: isOther })
    watcher.on("all", (_, path) => touched(path)).on("error", () => undefined)
  }
  begin()
  return {
    refresh: (next) => {
      if (next.join("\n") === files.join("\n")) return
      files = next
      void watcher?.close()
      begin()
    },
    close: () => {
      isClosed = true
      clearTimeout(timer)
      void watcher?.close()
    }
  }
}
