/** Forgets what is kept beside the runs once it is old: in small steps, so that nothing else waits for it. */
import type { Ledger, StoreError } from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { forgetAlerts } from "../alerting/forgetAlerts.ts"
import { auditLog } from "../audit/audit.ts"
import type { Collection } from "../Collection.ts"
import type { Say } from "../log/Say.ts"
import { ticks } from "../schedule/records.ts"
import { comparisons } from "../versions/records.ts"
import { triggerEvents } from "../trigger/records.ts"
import { hookSignatures } from "../trigger/takeWebhook.ts"

const dayMs = 86_400_000
/** What is forgotten, and after how many days. */
const kept: ReadonlyArray<{ readonly what: Pick<Collection<never>, "name" | "prune">; readonly days: number }> = [
  { what: ticks, days: 400 },
  { what: auditLog, days: 366 },
  { what: comparisons, days: 400 },
  { what: triggerEvents, days: 30 },
  { what: hookSignatures, days: 30 }
]
const atOnce = 500
/** A step has its time once, and the others nine times. */
const restOf = (ms: number): number => Math.max(1, 9 * ms)

/** Answers how many entries were dropped. */
export const pruneLedger: Effect.Effect<number, StoreError, Ledger> = Effect.gen(function* () {
  let dropped = 0
  for (const { days, what } of kept)
    for (;;) {
      const began = yield* Clock.currentTimeMillis
      const count = yield* what.prune(began - days * dayMs, atOnce)
      dropped += count
      if (count < atOnce) break
      yield* Effect.sleep(restOf((yield* Clock.currentTimeMillis) - began))
    }
  return dropped + (yield* forgetAlerts)
})
/** Once an hour, until its scope is closed. A store that does not answer is told, and asked again the next time. */
export const keepPruned = (say: Say): Effect.Effect<never, never, Ledger> =>
  pruneLedger.pipe(
    Effect.catch(({ message }) => Effect.sync(() => say(`upkeep waits for the store: ${message}`, { level: "warn" }))),
    Effect.andThen(Effect.sleep("1 hour")),
    Effect.forever
  )
