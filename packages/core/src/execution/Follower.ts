import { Effect, Queue, Stream } from "effect"
import type { Cause } from "effect"
import type { LiveEvent, StoredEvent } from "../domain/RunEvent.ts"

/** Events that a slow follower may be behind; then it loses the oldest. */
const mostBehind = 8_192

/** Hands what happens in a run to whoever follows it. A follower never delays or fails the run. */
export class Followers {
  readonly #queues = new Set<Queue.Queue<LiveEvent, Cause.Done>>()
  readonly #listener: ((event: LiveEvent) => void) | undefined
  #end: StoredEvent | undefined
  #ended = false
  constructor(listener: ((event: LiveEvent) => void) | undefined) {
    this.#listener = listener
  }
  /** Nothing after the end. */
  tell(event: LiveEvent): void {
    if (this.#ended) return
    for (const queue of this.#queues) Queue.offerUnsafe(queue, event)
    try {
      this.#listener?.(event)
    } catch {
      // A follower's mistake is its own.
    }
  }
  /** The run has ended, and is still to be closed: what is said meanwhile belongs before its end. */
  endWith(event: StoredEvent): void {
    this.#end = event
  }
  end(): void {
    if (this.#end !== undefined) this.tell(this.#end)
    this.#ended = true
    for (const queue of this.#queues) Queue.endUnsafe(queue)
    this.#queues.clear()
  }
  /** Everything from the first event on, then what comes; ends with the run. */
  stream(recorded: Effect.Effect<ReadonlyArray<StoredEvent>>): Stream.Stream<LiveEvent> {
    const open = Effect.gen({ self: this }, function* () {
      const queue = yield* Queue.sliding<LiveEvent, Cause.Done>(mostBehind)
      if (this.#ended) Queue.endUnsafe(queue)
      else this.#queues.add(queue)
      const all = yield* recorded
      const past = !this.#ended && this.#end?.seq === all.at(-1)?.seq ? all.slice(0, -1) : all
      const last = past.at(-1)?.seq ?? 0
      const isNew = (event: LiveEvent) => event._tag === "Log" || event.seq === 0 || event.seq > last
      return Stream.concat(Stream.fromIterable<LiveEvent>(past), Stream.filter(Stream.fromQueue(queue), isNew)).pipe(
        Stream.ensuring(Effect.sync(() => this.#queues.delete(queue)))
      )
    })
    return Stream.unwrap(open)
  }
}
