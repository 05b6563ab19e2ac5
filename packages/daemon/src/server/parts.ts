/** The parts of the daemon. */
import process from "node:process"
import { stateUrlOf } from "@tetra/core/engine"
import { isEmbedded } from "@tetra/core/storage"
import { Effect } from "effect"
import { makeAlerts } from "../alerting/runAlerts.ts"
import { named } from "../log/Say.ts"
import { runSchedules } from "../schedule/index.ts"
import { makeLineage } from "../telemetry/lineage/runLineage.ts"
import { makeLogs, makeMetrics, makeTraces, type SignalOptions } from "../telemetry/otlp/runSignals.ts"
import { runTriggers } from "../trigger/index.ts"
import { keepReserve } from "../upkeep/keepReserve.ts"
import { keepPruned } from "../upkeep/pruneLedger.ts"
import { runShadows } from "../versions/index.ts"
import type { Part, PartContext } from "./Part.ts"

const schedulesPart = ({ metrics, project, runs, say }: PartContext): Part => ({
  name: "schedules",
  phase: "work",
  start: runSchedules({
    project,
    start: runs.fire,
    say: named(say, "schedules"),
    leftOut: ({ outcome, schedule }) => metrics.add("tetra_schedule_ticks_total", { schedule, outcome })
  })
})
const triggersPart = ({ instance, project, runs, say }: PartContext): Part => ({
  name: "triggers",
  phase: "work",
  start: runTriggers({ project, start: runs.react, say: named(say, "triggers"), instance })
})
const signalOf = ({ instance, metrics, project, say, version }: PartContext): SignalOptions => ({
  project,
  say: (line) => named(say, "telemetry")(line, { level: "warn" }),
  instance,
  version,
  env: process.env,
  metrics
})
const tracesPart = (context: PartContext): Part => {
  const { flush, run } = makeTraces(signalOf(context))
  return { name: "traces", phase: "watch", start: run, flush }
}
const metricsPart = (context: PartContext): Part => {
  const { flush, run } = makeMetrics({ ...signalOf(context), measure: context.measure })
  return { name: "metrics", phase: "watch", start: run, flush }
}
const logsPart = (context: PartContext): Part => {
  const { flush, run } = makeLogs({ ...signalOf(context), lines: context.lines })
  return { name: "logs", phase: "watch", start: run, flush }
}
const lineagePart = ({ metrics, project, say }: PartContext): Part => {
  const { flush, run } = makeLineage({ project, metrics, say: named(say, "lineage") })
  return { name: "lineage", phase: "watch", start: run, flush }
}
const shadowsPart = ({ project, refresh, say }: PartContext): Part => ({
  name: "shadows",
  phase: "work",
  start: runShadows({ project, refresh, say: named(say, "shadows") })
})
const upkeepPart = ({ say }: PartContext): Part => ({ name: "upkeep", phase: "watch", start: keepPruned(named(say, "upkeep")) })
const reservePart = ({ project, say }: PartContext): Part => ({
  name: "reserve",
  phase: "watch",
  start: isEmbedded(stateUrlOf(project().config)) ? keepReserve(project().home, named(say, "reserve")) : Effect.void
})
const alertsPart = ({ before, project, say }: PartContext): Part => {
  const { flush, lost, mended, run } = makeAlerts({ project, say: named(say, "alerts") })
  let isTold = before === undefined
  // A part that failed is started once more: what is in order again is told once.
  const told = Effect.suspend(() => {
    if (isTold || before === undefined) return Effect.void
    isTold = true
    return mended(before.at)
  })
  return {
    name: "alerts",
    phase: "watch",
    start: Effect.andThen(told, run),
    flush,
    lost
  }
}
/** In the order in which they start. */
export const usualParts: ReadonlyArray<(context: PartContext) => Part> = [
  schedulesPart,
  triggersPart,
  alertsPart,
  shadowsPart,
  tracesPart,
  metricsPart,
  logsPart,
  lineagePart,
  upkeepPart,
  reservePart
]
