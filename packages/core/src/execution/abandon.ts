import { evolve, recordedPlan, replay } from "../domain/evolve.ts"
import type { Owner, RunEvent, StoredEvent } from "../domain/RunEvent.ts"
import { decide } from "../planning/decide.ts"

export interface Closing {
  readonly owner: Owner
  readonly by: string
  readonly reason: string
  readonly status: "failed" | "cancelled"
  readonly now: number
}
/**
 * The events that end what is open of a run without doing any more of it: what `decide` says after a cancellation, with the run ended as
 * `status`. Nothing that was committed is taken back, so the run can be resumed. Pure; `now` is epoch milliseconds.
 */
export const closingEvents = (
  recorded: ReadonlyArray<StoredEvent>,
  { by, now, owner, reason, status }: Closing
): ReadonlyArray<RunEvent> => {
  const plan = recordedPlan(recorded)
  if (plan === undefined) return [{ _tag: "RunEnded", status, reason, durationMs: 0 }]
  const state = replay(plan, recorded)
  const events: Array<RunEvent> = []
  const add = (event: RunEvent): void => {
    events.push(event)
    evolve(state, { ...event, run: state.run, seq: state.seq + 1, at: now, epoch: state.epoch, v: 1 })
  }
  add({ _tag: "OwnerChanged", from: state.owner, to: owner, reason })
  if (state.status !== "pending") add({ _tag: "RunResumed", reason })
  add({ _tag: "CancelRequested", by, reason })
  state.stopping = true // No attempt of it is under way anywhere.
  for (;;) {
    const facts = decide(plan, state, now).flatMap((command) => (command._tag === "Record" ? [command.event] : []))
    if (facts.length === 0) return events
    for (const event of facts) add(event._tag === "RunEnded" ? { ...event, status, reason } : event)
  }
}
