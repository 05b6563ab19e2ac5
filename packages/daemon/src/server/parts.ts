/** The parts of the daemon. */
import process from "node:process"
import { makeAlerts } from "../alerting/runAlerts.ts"
import { runSchedules } from "../schedule/index.ts"
import { makeTraces } from "../telemetry/otlp/runTraces.ts"
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
const tracesPart = ({ instance, project, say, version }: PartContext): Part => {
  const { flush, run } = makeTraces({ project, say, instance, version, env: process.env })
  return { name: "traces", phase: "watch", start: run, flush }
}
const upkeepPart = ({ say }: PartContext): Part => ({ name: "upkeep", phase: "watch", start: keepPruned(say) })
const alertsPart = ({ project, say }: PartContext): Part => {
  const { flush, run } = makeAlerts({ project, say })
  return { name: "alerts", phase: "watch", start: run, flush }
}
/** In the order in which they start. */
export const usualParts: ReadonlyArray<(context: PartContext) => Part> = [
  schedulesPart,
  triggersPart,
  alertsPart,
  tracesPart,
  upkeepPart
]
