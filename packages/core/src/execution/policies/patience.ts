import { Effect } from "effect"
import type { RecordedFailure } from "../../domain/RunEvent.ts"
import type { LiveRun } from "../LiveRun.ts"
import type { ResourceVector, Ticket } from "../ResourceGate.ts"

/** Tag of the failure of an attempt that got no slot in time (`db_connections.pool_timeout`). A retry may well get one. */
export const slotTimeout = "SlotTimeout"

/**
 * Watches a request that asks for slots. Once its time is up and a slot is what it waits for, `giveUp` is called; a request that
 * waits for something else goes on waiting. While the run is paused nothing is asked for, so no time passes: it counts anew when the
 * run goes on.
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
    const { state } = run
    const begun = run.now()
    for (let since = begun; ticket.isWaiting();) {
      const isPaused = state.paused !== undefined
      since = Math.max(since, isPaused ? run.now() : (state.continuedAt ?? since))
      const leftMs = since + patienceMs - run.now()
      if (leftMs > 0) {
        yield* Effect.sleep(leftMs)
        continue
      }
      const slot = ticket.shortOf()
      if (slot !== undefined) {
        const message = `no slot "${slot}" became free within ${patienceMs / 1000} s: others hold them all`
        giveUp({ tag: slotTimeout, message }, run.now() - begun)
        return
      }
      since = run.now()
    }
  }).pipe(Effect.forkIn(run.scope), Effect.asVoid)
