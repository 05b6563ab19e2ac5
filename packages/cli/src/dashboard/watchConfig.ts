/** Tells when the configuration file was saved. */
import { watch } from "node:fs"
import { basename, dirname } from "node:path"

/** Editors write in several steps: what comes within this time is one save. Milliseconds. */
const settleMs = 150

/** `saved` is called once for each save; the answer stops watching. A folder that cannot be watched tells nothing. */
export const watchConfig = (file: string, saved: () => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  try {
    // The folder, because many editors replace the file.
    const watcher = watch(dirname(file), { persistent: false }, (_, name) => {
      if (name !== null && name !== basename(file)) return
      clearTimeout(timer)
      timer = setTimeout(saved, settleMs)
      timer.unref()
    })
    watcher.on("error", () => watcher.close())
    return () => {
      clearTimeout(timer)
      watcher.close()
    }
  } catch {
    return () => undefined
  }
}
