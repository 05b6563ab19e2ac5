import type { PartitionKey, RunId, StageName } from "../domain/Names.ts"
import type { LogLine, Usage } from "../domain/RunEvent.ts"
import { leftOutText, type LogSampler, sampleEvery } from "./LogSampler.ts"
import { asJson, scrub } from "./secrets.ts"
import type { AttemptReports } from "./stageTools.ts"

/** Progress goes to followers at most this often per unit, and to the journal at most this often. */
const liveEveryMs = 100
const journalEveryMs = 1_000

export interface Said {
  readonly done: number
  readonly total: number | undefined
  readonly of: string | undefined
}
/** What one attempt says in passing: progress is thinned out, a flood of log lines is sampled, secrets are hidden. */
export class Reporter {
  readonly stage: StageName
  readonly partition: PartitionKey | null
  readonly attempt: number
  /** What the attempt took, as far as it can be told, once it has ended. */
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
  readonly #sampler: LogSampler
  constructor(from: {
    readonly run: RunId
    readonly stage: StageName
    readonly partition: PartitionKey | null
    readonly attempt: number
    readonly secrets: ReadonlyArray<string>
    /** Shared by the attempts of a stage. */
    readonly sampler: LogSampler
    readonly now: () => number
    readonly write: (line: LogLine) => void
    readonly onProgress: (reporter: Reporter) => void
  }) {
    this.#run = from.run
    this.stage = from.stage
    this.partition = from.partition
    this.attempt = from.attempt
    this.#secrets = from.secrets
    this.#sampler = from.sampler
    this.#now = from.now
    this.#write = from.write
    this.#onProgress = from.onProgress
    this.#journalAt = from.now()
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
    const { kept, untold } = this.#sampler.admit(this.#now())
    this.#tellLeftOut(untold)
    if (kept) this.#line(level, scrub(message, this.#secrets), asJson(fields, this.#secrets) as LogLine["fields"])
  }
  /** One line for all that were left out; the last word of the attempt. */
  sayDropped(): void {
    this.#tellLeftOut(this.#sampler.takeLeftOut())
  }
  #tellLeftOut(lines: number): void {
    if (lines === 0) return
    this.#line("warn", leftOutText(lines), { left_out: lines, sampling: sampleEvery })
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
