/** The parts of the daemon. */
import { runSchedules } from "../schedule/index.ts"
import { runTriggers } from "../trigger/index.ts"
import { keepPruned } from "../upkeep/pruneLedger.ts"
import type { Part, PartContext } from "./Part.ts"

const schedulesPart = ({ project, runs, say }: PartContext): Part => ({
  name: "schedules",
  phase: "work",
  start: runSchedules({ project, start: runs.fire, say })
})
const triggersPart = ({ instance, project, runs, say }: PartContext): Part => ({
  name: "triggers",
  phase: "work",
  start: runTriggers({ project, start: runs.react, say, instance })
})
const upkeepPart = (): Part => ({ name: "upkeep", phase: "watch", start: keepPruned })
/** In the order in which they start. */
export const usualParts: ReadonlyArray<(context: PartContext) => Part> = [schedulesPart, triggersPart, upkeepPart]
