/** `tetra schedule pause|resume|trigger ID`: asked of the server that fires schedules, else written into the store. */
import type { Project } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { leaveSafeMode } from "@tetra/daemon/lifecycle"
import { acceptClock, specsOf } from "@tetra/daemon/schedule"
import { triggersOf } from "@tetra/daemon/trigger"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { serverOf } from "../../link/serverHere.ts"
import type { Call } from "../../program.ts"
import { tell } from "../../project/asking.ts"
import { auditHere } from "../../project/auditHere.ts"
import { flag, openProject, storePlaceOf, text } from "../../project/open.ts"
import { perform } from "../../runtime.ts"
import { askServer, didText, doSchedule, refuseUnheard, type ScheduleAction, schedulesOf } from "../../schedules/askSchedule.ts"
import { doTrigger, refuseByHand, triggerText } from "../../schedules/askTrigger.ts"

/** What holds all schedules stands in the store, also for a server that could not come up: no server is needed. */
const resumeAll = async (call: Call, project: Project): Promise<ExitCode> => {
  const isClock = flag(call, "acceptClock")
  const now = Date.now()
  const work = Effect.gen(function* () {
    if (isClock) tell(`the clock is taken as it is; ${yield* acceptClock(now)} schedules moved back to now`)
    if (yield* leaveSafeMode(project.home, now)) tell("schedules go on: safe mode is left")
    else if (!isClock) tell("nothing is held; `tetra schedule resume NAME` lets one schedule go on")
  })
  await perform(work.pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
  return exitCodes.completed
}
export const handle = async (call: Call, action: ScheduleAction, name: string | undefined): Promise<ExitCode> => {
  const project = await openProject(call)
  if (action === "resume" && name === undefined) return await resumeAll(call, project)
  const trigger = triggersOf(project).find(({ id }) => id === name)
  if (trigger !== undefined) refuseByHand(action, trigger.id)
  const specs = trigger === undefined ? schedulesOf(specsOf(project), name, action) : []
  if (trigger === undefined) await refuseUnheard(project, action, specs)
  const reason = text(call, "reason")
  const isClock = action === "resume" && flag(call, "acceptClock")
  const server = isClock ? undefined : await serverOf(project.home, project.environment)
  if (server !== undefined) {
    if (trigger !== undefined) tell(triggerText(action, trigger.id, await askServer(server, action, trigger.id, reason)))
    for (const { id } of specs) tell(didText(action, id, await askServer(server, action, id, reason)))
    return exitCodes.completed
  }
  const now = Date.now()
  const work = Effect.gen(function* () {
    if (isClock) tell(`the clock is taken as it is; ${yield* acceptClock(now)} schedules moved back to now`)
    if (trigger !== undefined && action !== "trigger") {
      yield* auditHere(`trigger ${action}`, trigger.id)
      tell(triggerText(action, trigger.id, yield* doTrigger(action, trigger.id, now, reason)))
    }
    for (const spec of specs) {
      yield* auditHere(`schedule ${action}`, spec.id)
      tell(didText(action, spec.id, yield* doSchedule(action, spec, now, reason)))
    }
  })
  await perform(work.pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
  return exitCodes.completed
}
