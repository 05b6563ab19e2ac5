import type { PartitionKey, RunId, StageName, Status } from "../domain/Names.ts"
import type { StoredEvent } from "../domain/RunEvent.ts"
import type { PlannedStage, RunPlan } from "../domain/RunPlan.ts"

/** With what one run made (or was about to make) a stage: enough to tell it from another time. */
export interface StageTrace {
  readonly run: RunId
  /** Epoch milliseconds of its start. */
  readonly at: number
  readonly planned: PlannedStage
  /** The fields of its cache key (`stageKey`). */
  readonly keyParts: Readonly<Record<string, string>>
  /** By plugin: its version, that of a local module with a hash of its code. */
  readonly plugins: Readonly<Record<string, string>>
  /** By local plugin and file: a hash of the content. */
  readonly code: RunPlan["code"]
  /** Partitions of the stages that the run had asked for them, by stage. */
  readonly partitions: ReadonlyMap<StageName, ReadonlyArray<PartitionKey>>
  /** Undefined while it runs, and for one that will run. */
  readonly status: Status | undefined
}
export const pluginsOf = (plan: RunPlan): Readonly<Record<string, string>> =>
  Object.fromEntries(plan.pipelines.map(({ plugin, pluginVersion }) => [plugin, pluginVersion]))

/** What a run that is planned, but has not started, would make a stage with. */
export const plannedTrace = (plan: RunPlan, planned: PlannedStage, keyParts: StageTrace["keyParts"]): StageTrace => ({
  run: "",
  at: 0,
  planned,
  keyParts,
  plugins: pluginsOf(plan),
  code: plan.code,
  partitions: new Map(),
  status: undefined
})

/** By stage: the trace of each stage that the run has started, from its events (oldest first). */
export const tracesOf = (events: Iterable<StoredEvent>): ReadonlyMap<StageName, StageTrace> => {
  const traces = new Map<StageName, StageTrace>()
  const partitions = new Map<StageName, ReadonlyArray<PartitionKey>>()
  let plan: RunPlan | undefined
  for (const event of events) {
    if (event._tag === "PlanFixed") plan = event.plan
    if (event._tag === "PartitionsFixed") partitions.set(event.stage, event.keys)
    if (event._tag === "StageStarted") {
      const planned = plan?.stages.find(({ name }) => name === event.stage)
      if (plan === undefined || planned === undefined) continue
      const { at, keyParts, run } = event
      traces.set(event.stage, { ...plannedTrace(plan, planned, keyParts), run, at, partitions })
    }
    if (event._tag === "StageEnded") {
      const trace = traces.get(event.stage)
      if (trace !== undefined) traces.set(event.stage, { ...trace, status: event.status })
    }
  }
  return traces
}
