/** The files of one trigger, from scan to scan. What matters when it is lost is in the ledger. */
import { durationMs, type Ledger, type LedgerConflict, type StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import { type FoundFile, happeningOf, scanFiles, type SeenFile, settledFiles } from "./fileScan.ts"
import { patternOf } from "./globs.ts"
import { triggerStates } from "./records.ts"
import { recordEvents } from "./recordEvents.ts"
import type { TriggerOf } from "./TriggerSpec.ts"
import { changeState } from "./wishes.ts"

/** Files of one scan; the others come with the next. */
const atOnce = 1_000
const dayMs = 86_400_000
/** Files that changed longer ago are old: events are kept a little longer than this. */
const oldMs = 29 * dayMs
const markOf = ({ mtimeNs, path, size }: FoundFile): string => `${path}\n${size}\n${mtimeNs}`

export class FileWatch {
  readonly spec: TriggerOf<"file">
  /** Epoch milliseconds. */
  nextAt = -Infinity
  private readonly folder: string
  private seen: ReadonlyMap<string, SeenFile> = new Map()
  private readonly handled = new Set<string>()

  constructor(spec: TriggerOf<"file">, folder: string) {
    this.spec = spec
    this.folder = folder
  }
  /** Looks once. Answers how many files are new. */
  scan(now: number): Effect.Effect<number, StoreError | LedgerConflict, Ledger> {
    const { written } = this.spec
    const settleMs = durationMs(written.settle ?? "5s") ?? 0
    const scanMs = durationMs(written.scan ?? "10s") ?? 0
    return Effect.gen({ self: this }, function* () {
      const patterns = written.paths.map((path) => patternOf(path, this.folder))
      const found = yield* Effect.promise(() => scanFiles(patterns, written.min_bytes ?? 1))
      const { seen, settled } = settledFiles(this.seen, found, settleMs, now)
      this.seen = seen
      const since = yield* this.sinceOf(now)
      const due = settled.filter((file) => file.changedAt > since && !this.handled.has(markOf(file))).slice(0, atOnce)
      const isUnsettled = [...seen.values()].some((file) => now - file.since < settleMs)
      // A file that settles between two scans is not left waiting for a whole one.
      this.nextAt = now + (isUnsettled ? Math.min(scanMs, Math.max(settleMs, 1)) : scanMs)
      const happenings = yield* Effect.promise(() =>
        Promise.all(due.map((file) => happeningOf(file, written.dedupe ?? "stat", this.folder)))
      )
      const known = happenings.flatMap((one) => (one === undefined ? [] : [one]))
      const writes = known.length === 0 ? [] : yield* recordEvents({ spec: this.spec, happenings: known, now })
      const marks = new Set(found.map(markOf))
      for (const mark of this.handled) if (!marks.has(mark)) this.handled.delete(mark)
      due.forEach((file, i) => happenings[i] !== undefined && this.handled.add(markOf(file)))
      return writes.length
    })
  }
  /** What changed before is none of its business: what was there when it was new, and what is older than its memory. */
  private sinceOf(now: number): Effect.Effect<number, StoreError | LedgerConflict, Ledger> {
    const { id, written } = this.spec
    return Effect.gen(function* () {
      const known = yield* triggerStates.get(id)
      const since = known?.body.since ?? now
      if (known?.body.since === undefined) yield* changeState(id, now, (state) => ({ ...state, since }))
      const isNew = now - since < dayMs
      if (written.existing === "run") return isNew ? -Infinity : now - oldMs
      return Math.max(since, now - oldMs)
    })
  }
}
