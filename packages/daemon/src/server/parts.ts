/** The parts of the daemon. */
import { makeAlerts } from "../alerting/runAlerts.ts"
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
const alertsPart = ({ project, say }: PartContext): Part => {
  const { flush, run } = makeAlerts({ project, say })
  return { name: "alerts", phase: "watch", start: run, flush }
}
/** In the order in which they start. */
export const usualParts: ReadonlyArray<(context: PartContext) => Part> = [schedulesPart, triggersPart, alertsPart, upkeepPart]
