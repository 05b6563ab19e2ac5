import { closeSync, fdatasync, openSync } from "node:fs"
import { Effect } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { StateFile } from "./StateFile.ts"
import { failedElsewhere, failedSync } from "./unsynced.ts"

/** The write-ahead log by a descriptor of our own; undefined where it cannot be had: then SQLite makes every commit durable by itself. */
const openLog = (file: string): number | undefined => {
  // Some systems sync only what may be written; who may only read syncs where that is enough.
  for (const flags of ["r+", "r"])
    try {
      return openSync(`${file}-wal`, flags)
    } catch {
      // The next one, or none.
    }
  return undefined
}
/**
 * Makes durable what was committed, beside the engine (decision 058): a commit only writes into the log, and one `fdatasync` of it covers all that was
 * written before it began, whoever wrote it. SQLite keeps its locks on the main file and on the -shm: a descriptor of the -wal may come and go.
 * A failed sync is not tried again: the kernel takes the pages that it could not write for clean, so the next one would succeed for nothing. See `unsynced.ts`.
 */
export class LogSync {
  readonly #state: StateFile
  readonly #log: number | undefined
  /** Counts commits of this process, and looks that found something new by others. What was there when it was opened may be in no disk yet. */
  #written = 1
  #onDisk = 0
  #seenVersion: unknown
  #isSyncing = false
  #isClosing = false
  /** Hears, once it closes, that no sync is under way any more. */
  #ended: () => void = () => undefined
  #failure: StoreError | undefined
  #waiting: Array<{ readonly upTo: number; readonly answer: (failure: StoreError | undefined) => void }> = []
  constructor(state: StateFile) {
    this.#state = state
    this.#log = openLog(state.file)
    if (this.#log !== undefined) state.exec("pragma orchestration.synchronous = normal")
  }
  /** After it nothing more may be written or told here: a sync of this process failed, or of another one on the same file. */
  get failure(): StoreError | undefined {
    this.#failure ??= failedElsewhere(this.#state.file)
    return this.#failure
  }
  /** A transaction was committed by this process. */
  readonly wrote = (): void => {
    this.#written++
    this.#sync()
  }
  /** Something was read, which others may have written a moment ago. */
  readonly looked = (): void => {
    const version = Object.values(this.#state.first("pragma orchestration.data_version") ?? {})[0]
    if (version !== this.#seenVersion) this.#written++
    this.#seenVersion = version
  }
  /** Answers when everything that was written or seen until now is on disk. */
  readonly settled: Effect.Effect<void, StoreError> = Effect.suspend(() => {
    if (this.#failure !== undefined) return Effect.fail(this.#failure)
    if (this.#log === undefined || this.#onDisk === this.#written) return Effect.void
    return Effect.callback<void, StoreError>((resume) => {
      const answer = (failure: StoreError | undefined) => resume(failure === undefined ? Effect.void : Effect.fail(failure))
      this.#waiting.push({ upTo: this.#written, answer })
      this.#sync()
    })
  })
  /** Lets the sync that is under way come to its end. What was told is on disk by then: nothing else is waited for. */
  readonly close: Effect.Effect<void> = Effect.suspend(() => {
    const log = this.#log
    if (log === undefined) return Effect.void
    this.#isClosing = true
    const ended = Effect.callback<void>((resume) => {
      if (this.#isSyncing) this.#ended = () => resume(Effect.void)
      else resume(Effect.void)
    })
    return Effect.andThen(
      ended,
      Effect.sync(() => closeSync(log))
    )
  })
  #sync(): void {
    if (this.#isSyncing || this.#isClosing || this.#log === undefined) return
    if (this.#failure !== undefined || this.#onDisk === this.#written) return
    this.#isSyncing = true
    const upTo = this.#written
    fdatasync(this.#log, (error) => {
      this.#isSyncing = false
      if (error !== null) this.#failure ??= failedSync(this.#state.file, error)
      // The kernel tells of a failure once: another process may have heard of ours.
      else if (this.failure === undefined) this.#onDisk = upTo
      const isAnswered = (one: { readonly upTo: number }) => one.upTo <= this.#onDisk
      const due = this.#failure === undefined ? this.#waiting.filter(isAnswered) : this.#waiting
      this.#waiting = this.#failure === undefined ? this.#waiting.filter((one) => !isAnswered(one)) : []
      for (const { answer } of due) answer(this.#failure)
      this.#ended()
      this.#sync()
    })
  }
}
