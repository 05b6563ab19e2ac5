/** What people ask of schedules, from the command line and from the dashboard: written into the store, which the server that fires them reads. */
import { userInfo } from "node:os"
import { type Ledger, type LedgerConflict, nearest, type Project, type StoreError } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { standingOf } from "@tetra/daemon/lifecycle"
import { pauseSchedule, resumeSchedule, type ScheduleSpec, specsOf, triggerSchedule } from "@tetra/daemon/schedule"
import { Effect } from "effect"
import { socketAt } from "../attach/remoteFor.ts"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Server } from "../link/serverHere.ts"
import { storePlaceOf } from "../project/open.ts"
import { perform } from "../runtime.ts"

export type ScheduleAction = "pause" | "resume" | "trigger"

/** The schedule of this id, or all of this pipeline. */
export const schedulesOf = (
  specs: ReadonlyArray<ScheduleSpec>,
  name: string | undefined,
  action: ScheduleAction
): ReadonlyArray<ScheduleSpec> => {
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
/** A trigger that no server would hear is refused. */
export const refuseUnheard = async (project: Project, action: ScheduleAction, [first]: ReadonlyArray<ScheduleSpec>) => {
  if (action !== "trigger" || (await standingOf(socketAt(project.home))) === "answers") return
  throw new Refusal("no server runs here: nobody would hear it", {
    code: exitCodes.notRun,
    hint: `\`tetra start\` starts one; \`tetra run --pipeline ${first?.pipeline ?? ""}\` runs it in this terminal`
  })
}
/** What became of it. `occurrence`: the run that is asked for. */
export interface Did {
  readonly changed: boolean
  readonly occurrence?: string
}
/** The same as one sentence. */
export const didText = (action: ScheduleAction, id: string, { changed, occurrence }: Did): string => {
  if (action === "pause")
    return changed ? `${id} is paused: \`tetra schedule resume ${id}\` lets it go on` : `${id} is paused already`
  if (action === "resume") return changed ? `${id} goes on; what came due meanwhile stays left out` : `${id} is not paused`
  return `${occurrence ?? id} is asked for: \`tetra history\` shows its run`
}
/** Does it in the store. `now` in epoch milliseconds. */
export const doSchedule = (
  action: ScheduleAction,
  spec: ScheduleSpec,
  now: number,
  reason?: string
): Effect.Effect<Did, StoreError | LedgerConflict, Ledger> => {
  const asked = { by: userInfo().username, reason }
  if (action === "pause") return Effect.map(pauseSchedule(spec, now, asked), (changed) => ({ changed }))
  if (action === "resume") return Effect.map(resumeSchedule(spec, now), (changed) => ({ changed }))
  return Effect.map(triggerSchedule(spec, now, asked), (occurrence) => ({ changed: true, occurrence }))
}
/** Does it through the server that fires them. */
export const askServer = async ({ ask }: Server, action: ScheduleAction, id: string, reason?: string): Promise<Did> =>
  await ask<Did>({
    method: "POST",
    path: `/api/v1/schedules/${encodeURIComponent(id)}/${action}`,
    body: reason === undefined ? {} : { reason }
  })
/** The same by name, in the store of the project. */
export const askSchedule = async (project: Project, action: ScheduleAction, name: string): Promise<string> => {
  const specs = schedulesOf(specsOf(project), name, action)
  const work = Effect.forEach(specs, (spec) =>
    Effect.map(doSchedule(action, spec, Date.now()), (did) => didText(action, spec.id, did))
  )
  return (await perform(work.pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))).join("; ")
}
