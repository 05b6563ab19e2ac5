import type { PartitionKey, RunId, StageName } from "../domain/Names.ts"
import type { LogLine, Usage } from "../domain/RunEvent.ts"
import { asJson, scrub } from "./secrets.ts"
import type { AttemptReports } from "./stageTools.ts"

/** Progress goes to followers at most this often per unit, and to the journal at most this often. */
const liveEveryMs = 100
const journalEveryMs = 1_000
/** Lines an attempt may write at once, and what it gets back per second. */
const burst = 1_000
const linesPerSecond = 100

export interface Said {
  readonly done: number
  readonly total: number | undefined
  readonly of: string | undefined
}
/** What one attempt says in passing: progress is thinned out, a flood of log lines is cut, secrets are hidden. */
export class Reporter {
  readonly stage: StageName
  readonly partition: PartitionKey | null
  readonly attempt: number
  /** What the attempt took, once it ended in a thread or process of its own. */
  usage: Usage | undefined
  readonly #run: RunId
  readonly #secrets: ReadonlyArray<string>
  readonly #now: () => number
  readonly #write: (line: LogLine) => void
  readonly #onProgress: (reporter: Reporter) => void
  #latest: Said | undefined
  #liveAt = -Infinity
  #liveDue = false
  #journalAt: number
  #journalDue = false
  #tokens = burst
  #refilledAt: number
  #dropped = 0
  constructor(from: {
    readonly run: RunId
    readonly stage: StageName
    readonly partition: PartitionKey | null
    readonly attempt: number
    readonly secrets: ReadonlyArray<string>
    readonly now: () => number
    readonly write: (line: LogLine) => void
    readonly onProgress: (reporter: Reporter) => void
  }) {
    this.#run = from.run
    this.stage = from.stage
    this.partition = from.partition
    this.attempt = from.attempt
    this.#secrets = from.secrets
    this.#now = from.now
    this.#write = from.write
    this.#onProgress = from.onProgress
    this.#journalAt = this.#refilledAt = from.now()
  }
  progress: AttemptReports["progress"] = (done, total, of) => {
    this.#latest = { done, total, of: of === undefined ? undefined : scrub(of, this.#secrets) }
    this.#liveDue = this.#journalDue = true
    this.#onProgress(this)
  }
  /** What is due now; `waits` says that more is to come. `last` gives the journal its final word. */
  take(
    now: number,
    last = false
  ): { readonly live: Said | undefined; readonly journal: Said | undefined; readonly waits: boolean } {
    const live = this.#liveDue && (last || now - this.#liveAt >= liveEveryMs)
    const journal = this.#journalDue && (last || now - this.#journalAt >= journalEveryMs)
    if (live) [this.#liveAt, this.#liveDue] = [now, false]
    if (journal) [this.#journalAt, this.#journalDue] = [now, false]
    return {
      live: live ? this.#latest : undefined,
      journal: journal ? this.#latest : undefined,
      waits: this.#liveDue || this.#journalDue
    }
  }
  log: AttemptReports["log"] = (level, message, fields) => {
    const now = this.#now()
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#refilledAt) / 1000) * linesPerSecond)
    this.#refilledAt = now
    if (this.#tokens < 1) {
      this.#dropped++
      return
    }
    this.#tokens--
    this.sayDropped()
    this.#line(level, scrub(message, this.#secrets), asJson(fields, this.#secrets) as LogLine["fields"])
  }
  /** One line for all that were left out. */
  sayDropped(): void {
    if (this.#dropped === 0) return
    const lines = this.#dropped
    this.#dropped = 0
    this.#line("warn", `${lines} log lines were left out: the stage wrote more than ${linesPerSecond} a second`, { lines })
  }
  #line(level: LogLine["level"], message: string, fields: LogLine["fields"]): void {
    this.#write({
      _tag: "Log",
      run: this.#run,
      at: this.#now(),
      stage: this.stage,
      partition: this.partition,
      level,
      message,
      fields
    })
  }
}
