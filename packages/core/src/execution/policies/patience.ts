import { Effect } from "effect"
import type { RecordedFailure } from "../../domain/RunEvent.ts"
import type { LiveRun } from "../LiveRun.ts"
import type { ResourceVector, Ticket } from "../ResourceGate.ts"

/** Tag of the failure of an attempt that got no slot in time (`db_connections.pool_timeout`). A retry may well get one. */
export const slotTimeout = "SlotTimeout"

/**
 * Watches a request that asks for slots. Once its time is up and a slot is what it waits for, `giveUp` is called; a request that
 * waits for something else goes on waiting.
 */
export const watchSlots = (
  run: LiveRun,
  need: ResourceVector,
  ticket: Ticket,
  giveUp: (failure: RecordedFailure, waitedMs: number) => void
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const patienceMs = run.gate.patienceMs(need)
    if (patienceMs === undefined) return
    for (let waitedMs = patienceMs; ticket.isWaiting(); waitedMs += patienceMs) {
      yield* Effect.sleep(patienceMs)
      const slot = ticket.shortOf()
      if (slot === undefined) continue
      const message = `no slot "${slot}" became free within ${waitedMs / 1000} s: others hold them all`
      giveUp({ tag: slotTimeout, message }, waitedMs)
      return
    }
  }).pipe(Effect.forkIn(run.scope), Effect.asVoid)
