import type { StageName } from "../domain/Names.ts"
import type { RunEvent } from "../domain/RunEvent.ts"

/** A stage whose units took more than it declares: cores and MiB. */
export interface Overuse {
  readonly stage: StageName
  readonly resource: "cpu" | "memory"
  readonly declared: number
  readonly used: number
}
/** Shorter attempts say little about how many cores a stage keeps busy. */
const leastMs = 1_000
/** What a declaration may be off before it counts: the runtime's own threads, and garbage that was not collected yet. */
const slack = { cpu: 1.25, memoryMB: 64 }

/** The stages of one run that took more than their share of the machine says, by the events of the run. The largest use of each counts. */
export const overusesOf = (events: ReadonlyArray<RunEvent>): ReadonlyArray<Overuse> => {
  const plan = events.find((event) => event._tag === "PlanFixed")?.plan
  const declared = new Map(plan?.stages.map((stage) => [stage.name, stage.policy.resources]))
  const worst = new Map<string, Overuse>()
  const note = (over: Overuse) => {
    const key = `${over.resource} ${over.stage}`
    if (over.used > (worst.get(key)?.used ?? 0)) worst.set(key, over)
  }
  for (const event of events) {
    if ((event._tag !== "UnitCommitted" && event._tag !== "AttemptFailed") || event.usage === undefined) continue
    const has = declared.get(event.stage)
    if (has === undefined) continue
    const { stage, durationMs } = event
    const { cpuMs, peakMB } = event.usage
    const cores = durationMs < leastMs || cpuMs === undefined ? 0 : cpuMs / durationMs
    if (cores > has.cpu * slack.cpu) note({ stage, resource: "cpu", declared: has.cpu, used: Math.round(cores * 10) / 10 })
    if (peakMB !== undefined && peakMB > has.memoryMB + slack.memoryMB)
      note({ stage, resource: "memory", declared: has.memoryMB, used: peakMB })
  }
  return [...worst.values()]
}
