import { Effect, Schedule } from "effect"
import { canonicalJson } from "../domain/canonicalJson.ts"
import type { Json } from "../domain/Names.ts"
import type { StoredEvent } from "../domain/RunEvent.ts"
import type { LiveRun } from "./LiveRun.ts"
import { type Journal, StoreError } from "./ports/Journal.ts"
import { RunLost } from "./refusals.ts"

/** How long a run waits for a store that may come back; its attempts go on meanwhile. */
const patienceMs = 60_000
/** A full disk or a lost database may come back. */
const isPassing = (error: unknown): error is StoreError =>
  error instanceof StoreError && (error.reason === "full" || error.reason === "lost")
const firstWait = "100 millis"
const again = Schedule.min([Schedule.exponential(firstWait, 2), Schedule.spaced("5 seconds")]).pipe(
  Schedule.setInputType<unknown>(),
  Schedule.while(({ input, elapsed }) => isPassing(input) && elapsed < patienceMs)
)
type Append = Journal["Service"]["append"]

/** As it is after it was stored: what is undefined is not there. */
const asPlainJson = (event: StoredEvent): Json => JSON.parse(JSON.stringify(event)) as Json
const textOf = (all: ReadonlyArray<StoredEvent>): string => canonicalJson(all.map(asPlainJson))

/** What one turn has to record: `more` only unless the cache has one of these keys. */
export interface Batch {
  readonly events: ReadonlyArray<StoredEvent>
  readonly more: ReadonlyArray<Extract<StoredEvent, { readonly _tag: "AttemptStarted" }>>
  readonly unless: ReadonlyArray<string>
}
const appendOf = (journal: Journal["Service"], at: Parameters<Append>[0], { events, more, unless }: Batch): ReturnType<Append> =>
  more.length === 0 ? journal.append(at, events) : journal.append(at, events, { unless, events: more })

/** Tries again until the store is back, or the patience is over. `first` is what the first try failed with. */
const insist = (
  run: LiveRun,
  journal: Journal["Service"],
  at: Parameters<Append>[0],
  batch: Batch,
  first: StoreError
): ReturnType<Append> => {
  run.warn(undefined, `${first.message}. The run waits up to ${patienceMs / 1000} s for that`)
  let inDoubt = first.reason === "lost"
  /** Whether exactly these events are the end of the recorded run: an answer that was lost on the way. */
  const stands = Effect.map(journal.read(at.run, at.expectedSeq + 1), (tail) =>
    [batch.events, [...batch.events, ...batch.more]].some((ours) => textOf(tail) === textOf(ours))
  )
  const once = appendOf(journal, at, batch).pipe(
    Effect.tapError((error) => Effect.sync(() => void (inDoubt ||= isPassing(error) && error.reason === "lost"))),
    Effect.catchTag("StaleSequence", (stale) =>
      inDoubt ? Effect.flatMap(stands, (ours) => (ours ? Effect.succeed(stale.found) : Effect.fail(stale))) : Effect.fail(stale)
    )
  )
  return Effect.delay(Effect.retry(once, again), firstWait)
}
/** Appends to the record of the run, and answers its new last number. A store that is out of reach for a while is waited for; everything else ends the run here. */
export const appendEvents = (
  run: LiveRun,
  journal: Journal["Service"],
  batch: Batch,
  now: number
): Effect.Effect<number, RunLost> => {
  const at = { run: run.state.run, expectedSeq: batch.events[0]!.seq - 1, epoch: run.state.epoch, now }
  return appendOf(journal, at, batch).pipe(
    Effect.catch((error) => (isPassing(error) ? insist(run, journal, at, batch, error) : Effect.fail(error))),
    Effect.mapError((error) => new RunLost({ run: at.run, detail: error.message }))
  )
}
