import type { Ledger, StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import type { Collection, Kept } from "../Collection.ts"
import { incidents, silences, threads, watches } from "./records.ts"
import { type AlertState, noAlerts } from "./State.ts"

/** More than this is not looked at in one turn. */
const most = 20_000
/** The end of the year 9999: everything that has a due time is due by then. */
const everDue = 253_402_300_799_000
export const byKey = <A>(entries: ReadonlyArray<Kept<A>>): ReadonlyMap<string, Kept<A>> =>
  new Map(entries.map((one) => [one.key, one]))
const live = <A>(
  collection: Collection<A>,
  known: ReadonlyMap<string, Kept<A>>
): Effect.Effect<ReadonlyArray<Kept<A>>, StoreError, Ledger> => collection.list({ dueBy: everDue, limit: most }, known)

/** What alerting kept: what is open, and what rules were last. `known`: as it was read before. */
export const readState = (known: AlertState = noAlerts): Effect.Effect<AlertState, StoreError, Ledger> =>
  Effect.gen(function* () {
    return {
      watches: byKey(yield* watches.list({ limit: most }, known.watches)),
      incidents: byKey(yield* live(incidents, known.incidents)),
      threads: byKey(yield* live(threads, known.threads)),
      silences: yield* live(silences, byKey(known.silences))
    }
  })
