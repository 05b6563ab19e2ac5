/** `tetra schedule pause|resume|trigger ID`: written into the store; the server that fires schedules hears it within seconds. */
import { layerStore } from "@tetra/core/storage"
import { acceptClock, pauseSchedule, resumeSchedule, type ScheduleSpec, specsOf, triggerSchedule } from "@tetra/daemon/schedule"
import { pauseTrigger, resumeTrigger, triggersOf } from "@tetra/daemon/trigger"
import { Effect } from "effect"
import { userInfo } from "node:os"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { nearest } from "@tetra/core/engine"
import type { Call } from "../../program.ts"
import { tell } from "../../project/asking.ts"
import { flag, openProject, storePlaceOf, text } from "../../project/open.ts"
import { perform } from "../../runtime.ts"
import { socketOf, standingOf } from "@tetra/daemon/lifecycle"

type Action = "pause" | "resume" | "trigger"
/** The schedule of this id, or all of this pipeline. */
const meant = (specs: ReadonlyArray<ScheduleSpec>, name: string | undefined, action: Action): ReadonlyArray<ScheduleSpec> => {
  const ids = specs.map(({ id }) => id)
  const found = specs.filter(({ id }) => id === name)
  const chosen = found.length > 0 ? found : specs.filter(({ pipeline }) => pipeline === name || pipeline === `${name}_pipeline`)
  if (chosen.length > 0) return chosen
  if (name === undefined)
    throw new Refusal(`which schedule? tetra schedule ${action} needs its name`, {
      hint: ids.length === 0 ? "no pipeline has a schedule" : `one of ${ids.join(", ")}`
    })
  const close = nearest(name, ids)
  throw new Refusal(`there is no schedule "${name}"`, {
    hint: close === undefined ? "`tetra schedule` lists them" : `did you mean "${close}"?`
  })
}
const wish = (
  action: Action,
  spec: ScheduleSpec,
  now: number,
  asked: { readonly by: string; readonly reason: string | undefined }
) => {
  if (action === "pause")
    return Effect.map(pauseSchedule(spec, now, asked), (isNew) =>
      isNew ? `${spec.id} is paused: \`tetra schedule resume ${spec.id}\` lets it go on` : `${spec.id} is paused already`
    )
  if (action === "resume")
    return Effect.map(resumeSchedule(spec, now), (isNew) =>
      isNew ? `${spec.id} goes on; what came due meanwhile stays left out` : `${spec.id} is not paused`
    )
  return Effect.map(triggerSchedule(spec, now, asked), (key) => `${key} is asked for: \`tetra history\` shows its run`)
}
/** What is asked of a trigger: it runs when its event comes, and not by hand. */
const wishOf = (action: Action, id: string, now: number, asked: { readonly by: string; readonly reason: string | undefined }) => {
  if (action === "pause")
    return Effect.map(pauseTrigger(id, now, asked), (isNew) =>
      isNew
        ? `${id} is paused: its events are recorded and left out until \`tetra schedule resume ${id}\``
        : `${id} is paused already`
    )
  if (action === "resume")
    return Effect.map(resumeTrigger(id, now), (isNew) =>
      isNew ? `${id} goes on; what came meanwhile stays left out` : `${id} is not paused`
    )
  throw new Refusal(`${id} is a trigger: it runs when its event comes`, {
    hint: "`tetra run --pipeline P` runs a pipeline by hand"
  })
}
export const handle = async (call: Call, action: Action, name: string | undefined): Promise<ExitCode> => {
  const project = await openProject(call)
  const isClock = action === "resume" && flag(call, "acceptClock")
  const trigger = triggersOf(project).find(({ id }) => id === name)
  const specs = (isClock && name === undefined) || trigger !== undefined ? [] : meant(specsOf(project), name, action)
  const isServed = (await standingOf(socketOf(project.home))) === "answers"
  if (action === "trigger" && trigger === undefined && !isServed)
    throw new Refusal("no server runs here: nobody would hear it", {
      code: exitCodes.notRun,
      hint: `\`tetra start\` starts one; \`tetra run --pipeline ${specs[0]!.pipeline}\` runs it in this terminal`
    })
  const asked = { by: userInfo().username, reason: text(call, "reason") }
  const now = Date.now()
  const work = Effect.gen(function* () {
    if (isClock) tell(`the clock is taken as it is; ${yield* acceptClock(now)} schedules moved back to now`)
    if (trigger !== undefined) tell(yield* wishOf(action, trigger.id, now, asked))
    for (const spec of specs) tell(yield* wish(action, spec, now, asked))
  })
  await perform(work.pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
  return exitCodes.completed
}
