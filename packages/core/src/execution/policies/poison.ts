import type { RunEvent } from "../../domain/RunEvent.ts"
import type { RunState } from "../../domain/RunState.ts"
import type { BlockedNote } from "../watch/BlockedNote.ts"
import { unyieldingUnit } from "./unyielding.ts"

type Failed = Extract<RunEvent, { readonly _tag: "AttemptFailed" }>

/** So many attempts in a row may be lost with the process that ran them. They do not count as tries: they have this ceiling of their own. */
export const mostLost = 5

/**
 * For a run that was cut off, before it goes on: the attempts that were running and are the last of too many to be lost fail for good, so that
 * a unit that kills its process does not do so for ever. An attempt that saved a checkpoint had got on, and starts the count anew.
 */
const poisonedUnits = (state: RunState, now: number): ReadonlyArray<Failed> => {
  const facts: Array<Failed> = []
  for (const stage of state.live)
    for (const unit of stage.units.values())
      if (unit.status === "running" && unit.lost + 1 >= mostLost)
        facts.push({
          _tag: "AttemptFailed",
          stage: stage.planned.name,
          partition: unit.partition,
          attempt: unit.attempt,
          final: true,
          durationMs: Math.max(0, now - (unit.startedAt ?? now)),
          failure: {
            tag: "Poisoned",
            message: `the process ended ${mostLost} times while this ran, so it is not tried again. Look for what ends it (memory, a native crash), then continue with --resume`
          }
        })
  return facts
}
/** What fails for good because of how the process ended that had the run. `note`: what it left of itself, when it stood still. */
export const failedWithProcess = (state: RunState, note: BlockedNote | undefined, now: number): ReadonlyArray<RunEvent> => {
  if (state.cancel !== undefined) return []
  const blamed = unyieldingUnit(state, note, now)
  const poisoned = poisonedUnits(state, now)
  if (blamed === undefined) return poisoned
  return [blamed, ...poisoned.filter(({ partition, stage }) => stage !== blamed.stage || partition !== blamed.partition)]
}
