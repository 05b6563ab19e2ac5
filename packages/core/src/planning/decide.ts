import type { StoredCoverage } from "../domain/Artifact.ts"
import type { PartitionKey, StageName, Status } from "../domain/Names.ts"
import { failureText, placeText, taggedText } from "../domain/failureText.ts"
import type { RecordedFailure, RunEvent } from "../domain/RunEvent.ts"
import type { RunPlan } from "../domain/RunPlan.ts"
import { isEnded, type PipelineState, type RunState, type StageState, type UnitState } from "../domain/RunState.ts"
import { decideEnd, decidePipeline, since } from "./decideEnd.ts"
import { brokenBy } from "./inputs.ts"
import { leavesItToReaders, setBroke, startsWithFallback } from "./recover.ts"

/** What to do next. `Record` is done by recording it; the others are effects whose results come back as facts. */
export type Command =
  | { readonly _tag: "Record"; readonly event: RunEvent }
  /** Resolve the inputs and compute the cache key. */
  | { readonly _tag: "PrepareStage"; readonly stage: StageName }
  /** Ask a partitioned stage for its keys. */
  | { readonly _tag: "FixPartitions"; readonly stage: StageName; readonly attempt: number }
  | { readonly _tag: "StartUnit"; readonly stage: StageName; readonly partition: PartitionKey | null; readonly attempt: number }
  /** Every unit is settled and enough are committed: put the outputs together. */
  | {
      readonly _tag: "SettleStage"
      readonly stage: StageName
      readonly status: "completed" | "partial"
      readonly coverage: StoredCoverage
      readonly reason: string | undefined
    }
  | {
      readonly _tag: "TryFallback"
      readonly stage: StageName
      readonly fallback: string
      readonly maxAgeMs: number | undefined
      readonly failure: Pick<RecordedFailure, "tag" | "message" | "place">
    }
  | { readonly _tag: "StopUnits" }

const shown = 5
const listed = (names: ReadonlyArray<string>): string =>
  names.length <= shown ? names.join(", ") : `${names.slice(0, shown).join(", ")} and ${names.length - shown} more`

const nothing: StoredCoverage = { done: 0, expected: 1, ratio: 0, missing: [] }

/** How much of a stage is committed, in key order. */
export const coverageOf = (stage: StageState): StoredCoverage => {
  const expected = stage.units.size
  const missing = [...stage.units.values()]
    .filter((u) => u.status !== "committed")
    .map((u) => ({ partition: u.partition ?? "", reason: u.failure === undefined ? "not run" : failureText(u.failure) }))
  return { done: stage.committed, expected, ratio: expected === 0 ? 1 : stage.committed / expected, missing }
}
const endStage = (stage: StageState, status: Status, reason: string, now: number): Command => ({
  _tag: "Record",
  event: {
    _tag: "StageEnded",
    stage: stage.planned.name,
    status,
    outputs: {},
    reason,
    reused: false,
    durationMs: since(stage.startedAt, now),
    coverage: stage.units.size === 0 ? nothing : coverageOf(stage)
  }
})
type Failure = Pick<RecordedFailure, "tag" | "message" | "place">
const unrecorded: Failure = { tag: "Thrown", message: "no reason was recorded" }
/** The same line of code, or the same words where none is known: words may name the partition. */
const isSameCause = (one: Failure, other: Failure): boolean =>
  one.tag === other.tag &&
  (one.place === undefined || other.place === undefined
    ? one.message === other.message
    : placeText(one.place) === placeText(other.place))
/** What a stage failed of: the failure of its first failed unit, how many failed alike, and how many did not. */
const failureOf = (stage: StageState, coverage: StoredCoverage): Failure => {
  const failed = [...stage.units.values()].filter((u) => u.status === "failed")
  const first = failed[0]?.failure ?? unrecorded
  if (!stage.planned.partitioned || stage.keys === undefined) return first
  const alike = failed.filter(({ failure }) => isSameCause(failure ?? unrecorded, first)).length
  const which = `${failed[0]?.partition ?? "?"}${alike > 1 ? ` and ${alike - 1} more` : ""}`
  const others = failed.length > alike ? `; ${failed.length - alike} of another cause` : ""
  return {
    tag: "TooFewPartitions",
    message: `${coverage.done} of ${coverage.expected} partitions, ${which}: ${failureText(first)}${others}`
  }
}
const fallBack = (stage: StageState, failure: Failure): Command | undefined => {
  const { name, policy } = stage.planned
  return typeof policy.onFailure === "object" && stage.fallback === undefined
    ? { _tag: "TryFallback", stage: name, fallback: policy.onFailure.fallback, maxAgeMs: policy.onFailure.maxAgeMs, failure }
    : undefined
}
/** Tag of the failure for which a stage falls back whose own work was never tried. */
export const failedBefore = "FailedBefore"
/** Why a stage takes its earlier answer without having failed itself. What `cause` failed of, its own record says. */
const failureBefore = ({ fallback, planned }: StageState): Failure => ({
  tag: failedBefore,
  message: `${planned.stage} ${fallback?.ok === true ? "fell back" : "failed"}`
})
const settle = (state: RunState, stage: StageState, now: number): Command => {
  const { name, partitioned, minCoverage } = stage.planned
  const coverage = coverageOf(stage)
  const broke = setBroke(state, stage)
  const instead = broke === undefined ? undefined : fallBack(stage, failureBefore(broke))
  if (instead !== undefined) return instead
  if (stage.failed === 0) return { _tag: "SettleStage", stage: name, status: "completed", coverage, reason: undefined }
  if (partitioned && stage.keys !== undefined && coverage.done > 0 && coverage.ratio >= minCoverage)
    return {
      _tag: "SettleStage",
      stage: name,
      status: "partial",
      coverage,
      reason: `left out ${listed(coverage.missing.map((m) => m.partition))}`
    }
  const failure = failureOf(stage, coverage)
  const recovery = leavesItToReaders(state, stage) ? undefined : fallBack(stage, failure)
  if (recovery !== undefined) return recovery
  const because = stage.fallback === undefined ? "" : `; ${stage.fallback.reason}`
  return endStage(stage, "failed", `${taggedText(failure)}${because}`, now)
}
function* dueUnits(stage: StageState, now: number): Generator<UnitState> {
  yield* stage.ready
  for (const unit of stage.waiting) if (!unit.taken && unit.retryAt !== undefined && unit.retryAt <= now) yield unit
}
/** Starts what there is room for in the whole pipeline, stages of high priority first. */
const startUnits = ({ planned: { parallelism }, live, queue }: PipelineState, now: number, commands: Array<Command>): void => {
  let room = (parallelism ?? Infinity) - live
  if (room <= 0) return
  for (const stage of queue) {
    const { name, concurrency, partitioned } = stage.planned
    let most = (concurrency ?? Infinity) - stage.taken - stage.running
    for (const unit of dueUnits(stage, now)) {
      if (most-- <= 0) break
      const attempt = unit.attempt + 1
      commands.push(
        partitioned && stage.keys === undefined
          ? { _tag: "FixPartitions", stage: name, attempt }
          : { _tag: "StartUnit", stage: name, partition: unit.partition, attempt }
      )
      if (--room <= 0) return
    }
  }
}
/** A pipeline that this one only waits for (no data flows between them) and that went wrong. */
const brokenPipeline = (state: RunState, stage: StageState): string | undefined => {
  if (state.plan.force) return undefined
  const pipeline = state.pipelines.get(stage.planned.pipeline)!
  for (const name of pipeline.planned.after) {
    const before = state.pipelines.get(name)
    if (before === undefined || before.status === "completed" || before.status === "partial") continue
    if (!readsFrom(state.plan).has(`${pipeline.planned.name}<${name}`))
      return `depends on ${name}, which ${before.status === "skipped" ? "was skipped" : before.status}: ${before.reason ?? ""}`
  }
  return undefined
}
/** Pairs `reader<writer` of pipelines between which data flows; made once per plan. */
const flows = new WeakMap<RunPlan, ReadonlySet<string>>()
const readsFrom = (plan: RunPlan): ReadonlySet<string> => {
  const known = flows.get(plan)
  if (known !== undefined) return known
  const pipelineOf = new Map(plan.stages.map((s) => [s.name, s.pipeline]))
  const made = new Set<string>()
  for (const stage of plan.stages)
    for (const input of Object.values(stage.inputs))
      for (const one of input.from === "group" ? Object.values(input.members) : [input])
        if (one.from === "stage") made.add(`${stage.pipeline}<${pipelineOf.get(one.stage) ?? ""}`)
  flows.set(plan, made)
  return made
}
const decideStart = (state: RunState, stage: StageState, now: number): Command => {
  if (!stage.planned.enabled) return endStage(stage, "skipped", "switched off by a parameter", now)
  const broken = brokenPipeline(state, stage) ?? brokenBy(state, stage)
  const cause = startsWithFallback(state, stage, broken)
  const recovery = cause === undefined || state.cancel !== undefined ? undefined : fallBack(stage, failureBefore(cause))
  if (recovery !== undefined) return recovery
  if (broken !== undefined)
    return endStage(stage, "skipped", stage.fallback === undefined ? broken : `${broken}; ${stage.fallback.reason}`, now)
  return { _tag: "PrepareStage", stage: stage.planned.name }
}

/** First the attempts are told to stop; what has none running ends as cancelled. */
const decideCancel = (state: RunState, now: number): ReadonlyArray<Command> => {
  const commands: Array<Command> = state.stopping ? [] : [{ _tag: "StopUnits" }]
  const reason = `cancelled by ${state.cancel!.by}: ${state.cancel!.reason}`
  for (const stage of state.stages.values())
    if (!isEnded(stage.status) && stage.running === 0) commands.push(endStage(stage, "cancelled", reason, now))
  return commands
}
/** A run that was cancelled before it had the locks of its pipelines: nothing of it has begun. */
const endWaiting = (state: RunState, now: number): Command => ({
  _tag: "Record",
  event: { _tag: "RunEnded", status: "cancelled", reason: state.cancel!.reason, durationMs: since(state.requestedAt, now) }
})
/** Starts a pipeline just before the first thing that happens in it. */
const withPipelineStart = (
  state: RunState,
  stage: StageState,
  command: Command,
  begun: Set<PipelineState>
): ReadonlyArray<Command> => {
  const pipeline = state.pipelines.get(stage.planned.pipeline)!
  if (pipeline.status !== "pending" || begun.has(pipeline)) return [command]
  begun.add(pipeline)
  return [{ _tag: "Record", event: { _tag: "PipelineStarted", pipeline: pipeline.planned.name } }, command]
}
/**
 * What to do next. Pure: the same plan, state and instant (`now`, epoch milliseconds) always give the same commands. Ask again
 * after having recorded what it said; an empty answer means: wait for a fact, or for the next retry (`nextRetryAt`).
 */
export const decide = (plan: RunPlan, state: RunState, now: number): ReadonlyArray<Command> => {
  if (plan !== state.plan) return []
  if (state.status === "pending" && state.cancel !== undefined) return [endWaiting(state, now)]
  if (state.status !== "running") return []
  const commands: Array<Command> = []
  if (state.cancel !== undefined) commands.push(...decideCancel(state, now))
  else {
    const begun = new Set<PipelineState>()
    // A paused run still puts together what has been worked out.
    const isPaused = state.paused !== undefined
    for (const stage of isPaused ? [] : state.startable)
      commands.push(...withPipelineStart(state, stage, decideStart(state, stage, now), begun))
    for (const stage of state.settled) {
      const command = settle(state, stage, now)
      if (!isPaused || command._tag !== "TryFallback") commands.push(command)
    }
    for (const pipeline of isPaused ? [] : state.pipelines.values()) startUnits(pipeline, now, commands)
  }
  for (const pipeline of state.pipelines.values()) commands.push(...decidePipeline(state, pipeline, now))
  return commands.length > 0 ? commands : decideEnd(state, now)
}
