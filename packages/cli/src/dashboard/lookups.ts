import type { Project } from "@tetra/core/engine"
import type { DeskLookups } from "@tetra/daemon/server"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { storePlaceOf } from "../project/open.ts"
import { reasonsOf } from "../project/reasons.ts"
import { dataText } from "../served/data.ts"
import { planBody } from "../served/plan.ts"
import { askSchedule } from "../schedules/askSchedule.ts"
import { localSource } from "./source.ts"
import { wireOf } from "./wire.ts"

/** What a server answers to the dashboards that are attached to it: the same look-ups as in a process of their own. */
export const deskLookups = (project: () => Project): DeskLookups => {
  const source = localSource(project)
  return {
    ...source,
    // The server that fires schedules is this one: it need not look for another.
    schedule: (action, id) => askSchedule(project(), action, id),
    plan: (request) => planBody(project(), request),
    data: (version, piece) => dataText(project(), version, piece),
    reasons: async (asked) => {
      try {
        return await reasonsOf(storePlaceOf(project()), asked, Date.now())
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === exitCodes.failed) throw error
        return { unknown: error.hint === undefined ? error.message : `${error.message}: ${error.hint}` }
      }
    },
    view: async (view) => wireOf(await source.view(view)),
    compare: async (before, after) => wireOf(await source.compare([], before, after))
  }
}
