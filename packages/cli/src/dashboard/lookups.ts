import type { Project } from "@tetra/core/engine"
import type { DeskLookups } from "@tetra/daemon/server"
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
    view: async (view) => wireOf(await source.view(view)),
    compare: async (before, after) => wireOf(await source.compare([], before, after))
  }
}
