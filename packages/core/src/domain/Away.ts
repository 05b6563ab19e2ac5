/** How long a pipeline was open and nobody worked on it: between two tries, and between the end of its run and its going on. */
import type { StoredEvent } from "./RunEvent.ts"

type Event<Tag extends StoredEvent["_tag"]> = Extract<StoredEvent, { readonly _tag: Tag }>
/** What moves it. */
export type AwayEvent = Event<
  "PipelineStarted" | "AttemptStarted" | "AttemptFailed" | "RetryScheduled" | "UnitCommitted" | "PipelineEnded"
>
export const isOfAway = (
  event: StoredEvent
): event is Event<"AttemptStarted" | "AttemptFailed" | "RetryScheduled" | "UnitCommitted"> => {
  const { _tag } = event
  return _tag === "AttemptStarted" || _tag === "AttemptFailed" || _tag === "RetryScheduled" || _tag === "UnitCommitted"
}

const unitOf = ({ partition, stage }: { readonly stage: string; readonly partition: string | null }): string =>
  `${stage} ${partition ?? ""}`

/** A fold over the events of one pipeline of one run. Instants are epoch milliseconds. */
export class Away {
  readonly #running = new Set<string>()
  /** Units of which a retry is due. */
  readonly #waiting = new Set<string>()
  /** Since when nothing runs and something waits to be tried again. */
  #since: number | undefined
  /** When something was last heard of it. */
  #heardAt: number | undefined
  /** Under which it was heard of. */
  #epoch = 0
  #ms = 0

  take(event: AwayEvent): void {
    // Whoever took the run over says what fails with the process of before, and goes on with it afterwards.
    if (event.epoch > this.#epoch) this.#since ??= this.#heardAt
    this.#epoch = Math.max(this.#epoch, event.epoch)
    if (event._tag === "AttemptStarted") {
      this.#back(event.at)
      const unit = unitOf(event)
      this.#waiting.delete(unit)
      this.#running.add(unit)
    } else if (event._tag === "RetryScheduled") this.#waiting.add(unitOf(event))
    else if (event._tag === "AttemptFailed" || event._tag === "UnitCommitted") {
      const unit = unitOf(event)
      this.#running.delete(unit)
      this.#waiting.delete(unit)
    }
    if (event._tag === "PipelineEnded") this.#waiting.clear()
    if (this.#waiting.size === 0) this.#back(event.at)
    else if (this.#running.size === 0) this.#since ??= event.at
    this.#heardAt = event.at
  }
  /** The run goes on: from when it was last heard of until now nobody worked. What waited then is tried at once, or waits anew. */
  resume({ at, epoch }: Pick<StoredEvent, "at" | "epoch">): void {
    this.#epoch = Math.max(this.#epoch, epoch)
    this.#since ??= this.#heardAt
    this.#back(at)
    this.#running.clear()
    if (this.#waiting.size > 0) this.#since = at
    this.#heardAt = at
  }
  /** Milliseconds in all, up to `now`. */
  msAt(now: number): number {
    return this.#ms + (this.#since === undefined ? 0 : Math.max(0, now - this.#since))
  }
  #back(at: number): void {
    this.#ms = this.msAt(at)
    this.#since = undefined
  }
}
