/** What a disk holds of a state file after the power went: all up to the last sync, and any part of what was written after it. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { hearingSyncs } from "./syncs.ts"

type Bytes = Buffer<ArrayBuffer>

interface Contents {
  readonly file: Bytes
  readonly log: Bytes
}
const contentsOf = (file: string): Contents => ({
  file: readFileSync(file),
  log: existsSync(`${file}-wal`) ? readFileSync(`${file}-wal`) : Buffer.alloc(0)
})
const firstDifference = (a: Bytes, b: Bytes): number => {
  const shorter = Math.min(a.length, b.length)
  for (let at = 0; at < shorter; at++) if (a[at] !== b[at]) return at
  return shorter
}
const lastDifference = (a: Bytes, b: Bytes): number => {
  if (a.length !== b.length) return Math.max(a.length, b.length)
  for (let at = a.length; at > 0; at--) if (a[at - 1] !== b[at - 1]) return at
  return 0
}
/** A page of the file in its log. */
const frameBytes = 4_096 + 24

/** Syncs take this many turns of the event loop, so that much is written meanwhile. */
const turnsOfASync = 12

/** A state file on a disk that is slow to sync. */
export class SlowDisk {
  readonly #file: string
  #kept: Contents | undefined
  constructor(file: string) {
    this.#file = file
  }
  /** While it is under way, what was synced is what was there when the sync was asked for. */
  during<A>(use: () => Promise<A>): Promise<A> {
    return hearingSyncs((sync) => {
      const asked = contentsOf(this.#file)
      let turns = turnsOfASync
      const wait = () => (turns-- > 0 ? void setImmediate(wait) : sync.go(() => (this.#kept = asked)))
      wait()
    }, use)
  }
  /**
   * The logs that a power cut at this moment may leave: without anything since the last sync, cut within the first page, in the middle, with all
   * but the first page, and with all of it. One when nothing was written since.
   */
  possibleLogs(): ReadonlyArray<Bytes> {
    const now = contentsOf(this.#file)
    // SQLite syncs by itself before and after it folds the log into the file.
    if (this.#kept === undefined || !this.#kept.file.equals(now.file)) this.#kept = now
    const { log } = this.#kept
    const from = firstDifference(log, now.log)
    const to = lastDifference(log, now.log)
    if (from >= to) return [now.log]
    const before = Buffer.alloc(now.log.length)
    log.copy(before)
    const cutAt = (at: number) => Buffer.concat([now.log.subarray(0, at), before.subarray(at)])
    const cuts = [from, from + 100, Math.floor((from + to) / 2)]
    const holed = Buffer.concat([
      before.subarray(0, Math.min(to, from + frameBytes)),
      now.log.subarray(Math.min(to, from + frameBytes))
    ])
    return [...new Set(cuts)].map(cutAt).concat([holed, now.log])
  }
  /** Writes the state file as it is, with such a log, to another place. */
  leave(log: Bytes, file: string): void {
    copyFileSync(this.#file, file)
    writeFileSync(`${file}-wal`, log)
  }
}
