import { Effect, type Fiber } from "effect"
import type { RunEvent } from "../../domain/RunEvent.ts"
import type { StageState, UnitState } from "../../domain/RunState.ts"
import { shortageText } from "../../domain/Shortage.ts"
import type { LiveRun } from "../LiveRun.ts"
import type { Start } from "../runUnit.ts"

const noticeAfter = "1 second"

/** Units of the stage are in hand, and none of them runs. */
const isIdle = ({ running, status, taken }: StageState): boolean => running === 0 && taken > 0 && status === "running"

const firstWaiting = (run: LiveRun, stage: StageState): UnitState | undefined => {
  for (const unit of stage.units.values()) if (run.inHand.get(unit)?.ticket.isWaiting() === true) return unit
  return undefined
}
const factsOf = (run: LiveRun, stage: StageState): ReadonlyArray<RunEvent> => {
  const unit = isIdle(stage) && stage.awaits === undefined ? firstWaiting(run, stage) : undefined
  if (unit === undefined) return []
  const shortage = run.inHand.get(unit)?.ticket.shortage()
  const reason = shortage === undefined ? "waits for its turn: others came first" : shortageText(shortage)
  return [{ _tag: "ResourcesAwaited", stage: stage.planned.name, reason, shortage }]
}
/** Records what a stage waits for, once in each wait, when none of its units ran for a second: one timer a wait, and none while something runs. */
export class WaitWatch {
  readonly #timers = new Map<StageState, Fiber.Fiber<void>>()
  /** A unit of the stage was queued or has ended. */
  idle(run: LiveRun, stage: StageState, start: Start): void {
    if (this.#timers.has(stage) || stage.awaits !== undefined || !isIdle(stage)) return
    const notice = Effect.sync(() => {
      this.#timers.delete(stage)
      run.send({ facts: () => factsOf(run, stage) })
    })
    this.#timers.set(stage, start(Effect.delay(notice, noticeAfter)))
  }
  /** A unit of the stage starts. */
  busy(stage: StageState): void {
    this.#timers.get(stage)?.interruptUnsafe()
    this.#timers.delete(stage)
  }
}
