/** The parts of the daemon. */
import { Effect, Schedule } from "effect"
import { auditLog } from "../audit/audit.ts"
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
/** How long the record of who changed what is kept, and how much of it goes at once. */
const auditKeptMs = 366 * 86_400_000
const prunedAtOnce = 500
const upkeepPart = ({ say }: PartContext): Part => ({
  name: "upkeep",
  phase: "watch",
  start: Effect.suspend(() => auditLog.prune(Date.now() - auditKeptMs, prunedAtOnce)).pipe(
    Effect.catch((error) => Effect.sync(() => say(`upkeep: ${error.message}`))),
    Effect.repeat(Schedule.spaced("1 hour")),
    Effect.asVoid
  )
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
