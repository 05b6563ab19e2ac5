/** Tells when files were saved, whatever way an editor does it. */
import { statSync } from "node:fs"
import { dirname } from "node:path"
import { type FSWatcher, watch } from "chokidar"

/** Editors write in several steps: what comes within this time is one save, in milliseconds. */
const usualSettleMs = 300
/** How long files have to stay as they are until they are read, in milliseconds, and how often is looked again. */
const stableMs = 50
const mostLooks = 40

export interface WatchOptions {
  /** What comes within this time is one save, in milliseconds: 300 where nobody waits for it. */
  readonly settleMs?: number
  /** Looks at the files themselves that often, too, in milliseconds: for folders that come and go, and file systems that tell nothing. */
  readonly lookMs?: number
}
export interface Watching {
  /** Other files are meant from now on. */
  readonly refresh: (files: ReadonlyArray<string>) => void
  /** Calls `saved` as if something had been saved now. */
  readonly again: () => void
  readonly close: () => void
}
const stampOf = (file: string): string => {
  const found = statSync(file, { throwIfNoEntry: false })
  return found === undefined ? "-" : `${found.ino}:${found.size}:${found.mtimeMs}`
}
type Stamps = ReadonlyMap<string, string>
const stampsOf = (files: ReadonlyArray<string>): Stamps => new Map(files.map((file) => [file, stampOf(file)]))
const isSame = (a: Stamps, b: Stamps): boolean => [...a].every(([file, stamp]) => b.get(file) === stamp)
/** Waits until nobody writes the files any more: a file that is being written is not read half. */
const stable = async (files: ReadonlyArray<string>): Promise<Stamps> => {
  let before = stampsOf(files)
  for (let looks = 0; looks < mostLooks; looks++) {
    await new Promise((resolve) => setTimeout(resolve, stableMs))
    const now = stampsOf(files)
    if (isSame(now, before)) return now
    before = now
  }
  return before
}
/**
 * `saved` is called once for each save, when the files are whole, and not while its last call is still at work. A file that is not there yet is
 * waited for. Folders are watched, because many editors put another file in place; one that cannot be watched tells nothing.
 */
export const watchFiles = (
  first: ReadonlyArray<string>,
  saved: () => Promise<void>,
  { lookMs, settleMs = usualSettleMs }: WatchOptions = {}
): Watching => {
  let files = first
  let seen = stampsOf(files)
  let timer: NodeJS.Timeout | undefined
  let isReading = false
  let isAgain = false
  let isClosed = false
  const read = async (): Promise<void> => {
    isAgain = isReading
    if (isReading || isClosed) return
    isReading = true
    seen = await stable(files)
    if (!isClosed) await saved()
    isReading = false
    if (isAgain) await read()
  }
  const touched = (path: string): void => {
    if (files.includes(path)) settle()
  }
  const settle = (): void => {
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
  const look = (): void => {
    const now = stampsOf(files)
    if (isReading || isSame(now, seen)) return
    // Whoever was to tell of it is gone with the folder.
    seen = now
    void watcher?.close()
    begin()
    settle()
  }
  const looking = lookMs === undefined ? undefined : setInterval(look, lookMs).unref()
  return {
    refresh: (next) => {
      if (next.join("\n") === files.join("\n")) return
      files = next
      // What was saved meanwhile is seen at the next look.
      seen = new Map([...stampsOf(files), ...seen])
      void watcher?.close()
      begin()
    },
    again: () => void read(),
    close: () => {
      isClosed = true
      clearTimeout(timer)
      clearInterval(looking)
      void watcher?.close()
    }
  }
}
