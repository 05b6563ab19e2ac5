import { Cause, Effect } from "effect"
import { type Journal, StoreError } from "./ports/Journal.ts"

/** So much may wait to be told before the run waits for the disk. */
const mostHeld = 4_096

interface Held {
  /** The appends that it may follow from. */
  readonly after: number
  readonly tell: () => void
  /** Instead, when the disk has not kept them. */
  readonly lost: () => void
}
const storeErrorOf = (cause: Cause.Cause<StoreError>): StoreError => {
  const error = Cause.squash(cause)
  if (error instanceof StoreError) return error
  return new StoreError({ reason: "other", detail: String(error), hint: "Report this: it is a fault of Tetra" })
}

/**
 * What is told in the order in which it came about, and only once everything that was appended before it is on disk (decision 058). The run goes on
 * meanwhile. When the disk has not kept it, nobody ever hears of it.
 */
export class Acknowledgements {
  readonly #durable: Journal["Service"]["durable"]
  #appends = 0
  #onDisk = 0
  #held: Array<Held> = []
  #isSyncing = false
  #isReleasing = false
  #failure: StoreError | undefined
  /** Called once, when the disk has not kept what was appended. */
  onLost: () => void = () => {}
  constructor(journal: Pick<Journal["Service"], "durable">) {
    this.#durable = journal.durable
  }
  /** The disk has not kept what was appended. */
  get failure(): StoreError | undefined {
    return this.#failure
  }
  /** Events were appended: what is told from now on may follow from them. */
  appended(): void {
    this.#appends++
    this.#sync()
  }
  /** At once when nothing stands before it; never when the disk has not kept what does. */
  tell(tell: () => void): void {
    this.#hold(tell, () => {})
  }
  /** In its place among the others, and in any case: it says nothing of what is recorded. */
  tellAnyhow(tell: () => void): void {
    this.#hold(tell, tell)
  }
  /** Answers when everything until now was told. Never when the disk has not kept it: the run is lost then, and who waits goes with it. */
  readonly told: Effect.Effect<void> = Effect.callback<void>((resume) => this.tell(() => resume(Effect.void)))
  /** The same, but fails when the disk has not kept it. */
  readonly flushed: Effect.Effect<void, StoreError> = Effect.callback<void, StoreError>((resume) =>
    this.#hold(
      () => resume(Effect.void),
      () => resume(Effect.fail(this.#failure!))
    )
  )
  /** Waits when the disk is far behind. */
  readonly room: Effect.Effect<void, StoreError> = Effect.suspend(() =>
    this.#held.length < mostHeld ? Effect.void : this.flushed
  )
  #hold(tell: () => void, lost: () => void): void {
    this.#held.push({ after: this.#appends, tell, lost })
    this.#release()
  }
  /** What is told may itself have something to tell: that comes after it. */
  #release(): void {
    if (this.#isReleasing) return
    this.#isReleasing = true
    let due = 0
    for (let held = this.#held[due]; held !== undefined && this.#isDue(held); held = this.#held[++due])
      if (this.#failure === undefined) held.tell()
      else held.lost()
    this.#held.splice(0, due)
    this.#isReleasing = false
  }
  #isDue({ after }: Held): boolean {
    return after <= this.#onDisk || this.#failure !== undefined
  }
  #sync(): void {
    if (this.#isSyncing || this.#failure !== undefined || this.#onDisk === this.#appends) return
    this.#isSyncing = true
    const upTo = this.#appends
    Effect.runFork(this.#durable).addObserver((exit) => {
      this.#isSyncing = false
      if (exit._tag === "Success") this.#onDisk = upTo
      else this.#failure = storeErrorOf(exit.cause)
      this.#release()
      if (this.#failure !== undefined) this.onLost()
      this.#sync()
    })
  }
}
