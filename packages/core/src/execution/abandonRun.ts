import { Effect } from "effect"
import { recordedPlan } from "../domain/evolve.ts"
import type { RunId } from "../domain/Names.ts"
import { type Closing, closingEvents } from "./abandon.ts"
import type { EngineParts } from "./EngineParts.ts"
import type { Claim } from "./Mutex.ts"
import { isProcessGone } from "./owners.ts"
import type { Fenced, StaleSequence, StoreError } from "./ports/Journal.ts"
import type { RunRow } from "./ports/StateQueries.ts"
import { type Busy, busy, CannotResume } from "./refusals.ts"

/** Who ends the run, and as what; by default Tetra itself, as failed. */
export type AbandonInfo = Partial<Pick<Closing, "by" | "status">>

/** Somebody else went on with the run in the same instant: it is theirs. */
const actedFor = {
  StaleSequence: (error: StaleSequence) => new CannotResume({ run: error.run, detail: error.message }),
  Fenced: (error: Fenced) => new CannotResume({ run: error.run, detail: error.message })
}
/** With the leases in hand. Somebody may have ended the run, or gone on with it, since it was looked at. */
const endLocked = (
  parts: EngineParts,
  row: RunRow,
  closing: Omit<Closing, "owner" | "now">
): Effect.Effect<boolean, CannotResume | StoreError> =>
  Effect.gen(function* () {
    const { journal, owner, queries, store } = parts
    const newest = yield* queries.run(row.id)
    if (newest === undefined || newest.endedAt !== undefined || newest.epoch !== row.epoch) return false
    const { epoch, seq } = yield* journal.takeOver(row.id, owner)
    const now = parts.now()
    const events = closingEvents(yield* journal.read(row.id), { ...closing, owner, now })
    yield* journal.append({ run: row.id, expectedSeq: seq, epoch, now }, events).pipe(Effect.catchTags(actedFor))
    yield* journal.durable
    yield* store.sweep({ run: row.id })
    return true
  })

/** Ends an open run without doing any more of it. Its leases keep a process that is alive, here or elsewhere, from being cut off. */
export const abandonRun = (
  parts: EngineParts,
  id: RunId,
  reason: string,
  { by = "tetra", status = "failed" }: AbandonInfo
): Effect.Effect<boolean, CannotResume | Busy | StoreError> =>
  Effect.gen(function* () {
    const { journal, live, mutex, owner, queries, resuming } = parts
    const row = yield* queries.run(id)
    if (row === undefined)
      return yield* new CannotResume({ run: id, detail: 'there is no such run. "tetra history" lists them.' })
    if (live.has(row.id) || resuming.has(row.id))
      return yield* new CannotResume({ run: row.id, detail: "it is running in this process" })
    if (row.endedAt !== undefined) return false
    // Its place in the queue comes a moment after its record.
    if (row.status === "pending" && row.owner.host === owner.host && !isProcessGone(row.owner, row.requestedAt))
      return yield* busy(row.pipelines.join(", "), { owner: row.owner, run: row.id, since: row.requestedAt })
    const plan = recordedPlan(yield* journal.read(row.id))
    const claim: Claim = { run: row.id, pipelines: plan?.pipelines ?? row.pipelines.map((name) => ({ name })) }
    // A run that waits has its place in the queue, and the pipelines are somebody else's.
    const lock = mutex.lock(claim, row.status === "pending" ? "queue" : "pipeline")
    // What another run has taken meanwhile, the owner of this one has lost.
    yield* lock.pipe(Effect.catchTag("Busy", (held) => (held.run === row.id ? Effect.fail(held) : Effect.void)))
    return yield* Effect.ensuring(endLocked(parts, row, { by, reason, status }), mutex.unlock(claim))
  })
