import { Effect } from "effect"
import type { RunEvent } from "../../domain/RunEvent.ts"
import type { StageState, UnitState } from "../../domain/RunState.ts"
import { shortageText } from "../../domain/Shortage.ts"
import type { LiveRun } from "../LiveRun.ts"

const noticeAfter = "1 second"

/** The first unit of a stage that waits in the gate while none of the stage runs. */
const heldUp = (run: LiveRun, stage: StageState): UnitState | undefined => {
  if (stage.running > 0 || stage.taken === 0 || stage.status !== "running") return undefined
  for (const unit of stage.units.values()) if (run.inHand.get(unit)?.ticket.isWaiting() === true) return unit
  return undefined
}
const factOf = (run: LiveRun, stage: StageState, unit: UnitState): RunEvent => {
  const shortage = run.inHand.get(unit)?.ticket.shortage()
  const reason = shortage === undefined ? "waits for its turn: others came first" : shortageText(shortage)
  return { _tag: "ResourcesAwaited", stage: stage.planned.name, reason, shortage }
}
/**
 * Records what a stage waits for, once in each wait that lasts longer than a second: not for every unit, and not while other units of the stage
 * run. Looks once a second as long as anything of the run waits in the gate.
 */
export const watchWaits = (run: LiveRun): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (run.isWatched) return Effect.void
    run.isWatched = true
    const before = new Map<StageState, UnitState>()
    const look = (): boolean => {
      for (const stage of run.state.live) {
        const unit = heldUp(run, stage)
        if (unit === undefined) before.delete(stage)
        else if (before.get(stage) !== unit) before.set(stage, unit)
        else if (stage.awaits === undefined)
          run.send({ facts: () => (stage.awaits === undefined && heldUp(run, stage) === unit ? [factOf(run, stage, unit)] : []) })
      }
      return [...run.inHand.values()].some(({ ticket }) => ticket.isWaiting())
    }
    const looking = Effect.gen(function* () {
      do yield* Effect.sleep(noticeAfter)
      while (look())
      run.isWatched = false
    })
    look()
    return Effect.asVoid(Effect.forkIn(looking, run.scope))
  })
