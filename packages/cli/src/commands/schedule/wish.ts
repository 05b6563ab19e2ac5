/** `tetra schedule pause|resume|trigger ID`: written into the store; the server that fires schedules hears it within seconds. */
import { layerStore } from "@tetra/core/storage"
import { leaveSafeMode } from "@tetra/daemon/lifecycle"
import { acceptClock, specsOf } from "@tetra/daemon/schedule"
import { triggersOf } from "@tetra/daemon/trigger"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import type { Call } from "../../program.ts"
import { tell } from "../../project/asking.ts"
import { auditHere } from "../../project/auditHere.ts"
import { flag, openProject, storePlaceOf, text } from "../../project/open.ts"
import { perform } from "../../runtime.ts"
import { doSchedule, refuseUnheard, type ScheduleAction, schedulesOf } from "../../schedules/askSchedule.ts"
import { doTrigger } from "../../schedules/askTrigger.ts"

export const handle = async (call: Call, action: ScheduleAction, name: string | undefined): Promise<ExitCode> => {
  const project = await openProject(call)
  const isClock = action === "resume" && flag(call, "acceptClock")
  const trigger = triggersOf(project).find(({ id }) => id === name)
  // Without a name it is about what holds all of them.
  const isAll = action === "resume" && name === undefined
  const specs = isAll || trigger !== undefined ? [] : schedulesOf(specsOf(project), name, action)
  if (trigger === undefined) await refuseUnheard(project, action, specs)
  const now = Date.now()
  const work = Effect.gen(function* () {
    if (isClock) tell(`the clock is taken as it is; ${yield* acceptClock(now)} schedules moved back to now`)
    if (isAll && (yield* leaveSafeMode(project.home, now))) tell("schedules go on: safe mode is left")
    else if (isAll && !isClock) tell("nothing is held; `tetra schedule resume NAME` lets one schedule go on")
    for (const spec of specs) yield* auditHere(`schedule ${action}`, spec.id)
    if (trigger !== undefined) {
      yield* auditHere(`trigger ${action}`, trigger.id)
      tell(yield* doTrigger(action, trigger.id, now, text(call, "reason")))
    }
    for (const spec of specs) tell(yield* doSchedule(action, spec, now, text(call, "reason")))
  })
  await perform(work.pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
  return exitCodes.completed
}
