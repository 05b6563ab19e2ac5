import type { RunEvent } from "../../domain/RunEvent.ts"
import type { RunState } from "../../domain/RunState.ts"
import type { BlockedNote } from "../watch/BlockedNote.ts"

/**
 * The failure of the attempt for which the process of a run was ended, as it never yielded. It is final: each further try would end its process, too.
 * Undefined when the process ended for something else, or the attempt has ended since.
 */
export const unyieldingUnit = (state: RunState, note: BlockedNote | undefined, now: number) => {
  if (note === undefined || note.ended === null || note.unit?.run !== state.run) return undefined
  const { attempt, partition, stage, timeoutMs } = note.unit
  const unit = state.stages.get(stage)?.units.get(partition)
  if (unit?.status !== "running" || unit.attempt !== attempt) return undefined
  const isLate = note.ended === "timeout" && timeoutMs !== null
  const late = isLate ? `, past its timeout of ${timeoutMs / 1000} s` : ""
  const where = note.at === null ? "" : ` (it was at ${note.at})`
  return {
    _tag: "AttemptFailed",
    stage,
    partition,
    attempt,
    final: true,
    durationMs: Math.max(0, now - (unit.startedAt ?? now)),
    failure: {
      tag: isLate ? "StageTimeout" : "NeverYielded",
      message: `it did not yield${late}${where}, so its process was ended. Give the stage isolation: "thread", so that it can be stopped, then continue with --resume`
    }
  } as const satisfies RunEvent
}
