/** What people ask of triggers: written into the ledger, read by whichever process acts on them. */
import type { Ledger, LedgerConflict, StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import { commit } from "../Collection.ts"
import { type TriggerState, triggerStates } from "./records.ts"

export const changeState = (
  id: string,
  now: number,
  to: (before: TriggerState) => TriggerState
): Effect.Effect<void, StoreError | LedgerConflict, Ledger> =>
  Effect.gen(function* () {
    const known = yield* triggerStates.get(id)
    yield* commit(triggerStates.put({ key: id, at: known?.at ?? now, body: to(known?.body ?? {}) }, known?.version ?? 0))
  })
/** From `now` on its events are recorded as paused. False when it was paused before. */
export const pauseTrigger = (
  id: string,
  now: number,
  { by, reason }: { readonly by: string; readonly reason?: string | undefined }
) =>
  Effect.gen(function* () {
    if ((yield* triggerStates.get(id))?.body.paused !== undefined) return false
    yield* changeState(id, now, (state) => ({
      ...state,
      paused: { by, since: now, ...(reason === undefined ? {} : { reason }) }
    }))
    return true
  })
/** What came meanwhile stays left out. False when it was not paused. */
export const resumeTrigger = (id: string, now: number) =>
  Effect.gen(function* () {
    if ((yield* triggerStates.get(id))?.body.paused === undefined) return false
    yield* changeState(id, now, ({ paused, ...state }) => (paused === undefined ? { ...state } : state))
    return true
  })
