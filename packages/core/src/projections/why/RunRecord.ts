import type { PartitionKey, RunId, StageName } from "../../domain/Names.ts"
import type { RunEvent, StoredEvent } from "../../domain/RunEvent.ts"
import type { PlannedStage, RunPlan } from "../../domain/RunPlan.ts"
import { type StageTrace, tracesOf } from "../stageTrace.ts"

export type Of<Tag extends RunEvent["_tag"]> = Extract<StoredEvent, { readonly _tag: Tag }>
/** The events of one stage in one run, sorted by what they tell. */
export interface StageRecord {
  readonly planned: PlannedStage
  readonly trace: StageTrace | undefined
  readonly started: Of<"StageStarted"> | undefined
  readonly ended: Of<"StageEnded"> | undefined
  readonly keys: ReadonlyArray<PartitionKey> | undefined
  /** Oldest first: everything that happened to its units. */
  readonly units: ReadonlyArray<Of<"AttemptStarted" | "AttemptFailed" | "RetryScheduled" | "Checkpoint" | "UnitCommitted">>
  /** What its units waited for while none of them ran, oldest first. */
  readonly awaited: ReadonlyArray<Of<"ResourcesAwaited">>
  readonly fallback: Of<"FallbackTried"> | undefined
  readonly published: ReadonlyArray<Of<"AssetPublished">>
}
/** One run as its events tell it. */
export interface RunRecord {
  readonly run: RunId
  readonly plan: RunPlan
  readonly requested: Of<"RunRequested">
  readonly ended: Of<"RunEnded"> | undefined
  /** What happened to the run as a whole, oldest first: taken over, resumed, cancelled, warned, ... */
  readonly happened: ReadonlyArray<StoredEvent>
  readonly pipelines: ReadonlyMap<string, Of<"PipelineEnded"> | undefined>
  readonly stages: ReadonlyMap<StageName, StageRecord>
}
const isOf =
  <Tag extends RunEvent["_tag"]>(...tags: ReadonlyArray<Tag>) =>
  (event: StoredEvent): event is Of<Tag> =>
    tags.some((tag) => tag === event._tag)

const isOfStage: ReadonlySet<string> = new Set(["PipelineStarted", "PipelineEnded", "RunEnded", "RunRequested", "PlanFixed"])

/** Undefined when the record of the run is gone, or was never opened. */
export const runRecordOf = (events: ReadonlyArray<StoredEvent>): RunRecord | undefined => {
  const requested = events.find(isOf("RunRequested"))
  const plan = events.find(isOf("PlanFixed"))?.plan
  if (requested === undefined || plan === undefined) return undefined
  const byStage = Map.groupBy(events, (event) => ("stage" in event ? event.stage : undefined))
  const traces = tracesOf(events)
  const stageRecord = (planned: PlannedStage): StageRecord => {
    const own = byStage.get(planned.name) ?? []
    return {
      planned,
      trace: traces.get(planned.name),
      started: own.findLast(isOf("StageStarted")),
      ended: own.findLast(isOf("StageEnded")),
      keys: own.findLast(isOf("PartitionsFixed"))?.keys,
      units: own.filter(isOf("AttemptStarted", "AttemptFailed", "RetryScheduled", "Checkpoint", "UnitCommitted")),
      awaited: own.filter(isOf("ResourcesAwaited")),
      fallback: own.findLast(isOf("FallbackTried")),
      published: own.filter(isOf("AssetPublished"))
    }
  }
  const resumedAt = events.findLast(isOf("RunResumed", "RunQueued"))?.seq ?? 0
  const isNewest = (event: StoredEvent | undefined): boolean => event !== undefined && event.seq > resumedAt
  const ended = events.findLast(isOf("RunEnded"))
  const pipelineEnds = events.filter(isOf("PipelineEnded"))
  return {
    run: requested.run,
    plan,
    requested,
    ended: isNewest(ended) ? ended : undefined,
    happened: events.filter((event) => !("stage" in event && event._tag !== "Warned") && !isOfStage.has(event._tag)),
    pipelines: new Map(plan.pipelines.map(({ name }) => [name, pipelineEnds.findLast((event) => event.pipeline === name)])),
    stages: new Map(plan.stages.map((planned) => [planned.name, stageRecord(planned)]))
  }
}
/** Nobody has let it go on since it was paused. */
export const isPaused = ({ happened }: RunRecord): boolean =>
  happened.findLast(({ _tag }) => _tag === "RunPaused" || _tag === "RunContinued")?._tag === "RunPaused"
