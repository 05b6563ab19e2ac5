/** Under which key, and as whose deed, a client's run begins. */
import { backfillId, type RunPlan, type Trigger } from "@tetra/core/engine"
import { Effect } from "effect"
import type { Caller } from "../api/Caller.ts"
import type { NewRun } from "../api/newRun.ts"
import { Invalid } from "../api/problems.ts"
import { windowCommand } from "../runs/index.ts"

export interface Asking {
  readonly caller: Pick<Caller, "actor" | "via">
  /** Whoever asks on the socket without saying what was typed. */
  readonly by: string
  readonly key: string
}
/** What a backfill is, the plan says: a client could not claim that a window of another one is done. */
export const askedBeginning = (
  { backfill, endDate: end, startDate: start, typed }: NewRun,
  { pipelines }: Pick<RunPlan, "pipelines">,
  { by, caller, key }: Asking
): Effect.Effect<{ readonly key: string; readonly trigger: Trigger }, Invalid> => {
  // Only who owns the socket is somebody at a terminal of this machine; a token says what it likes.
  const own = caller.via === "socket" ? typed : undefined
  const detail = own ?? (caller.via === "socket" ? by : caller.actor)
  if (backfill === undefined)
    return Effect.succeed({ key, trigger: own === undefined ? { kind: "api", detail } : { kind: "cli", detail, served: true } })
  if (start === undefined || end === undefined)
    return Effect.fail(new Invalid({ detail: "a window of a backfill needs startDate and endDate", errors: [] }))
  const id = backfillId(pipelines)
  return Effect.succeed({
    key: windowCommand(id, { start, end }, backfill.attempt),
    trigger: { kind: "backfill", detail, window: { backfill: id, start, end }, served: true }
  })
}
