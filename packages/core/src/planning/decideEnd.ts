import { distinctStandIns } from "../domain/degraded.ts"
import type { StageName, Status } from "../domain/Names.ts"
import type { RunEvent } from "../domain/RunEvent.ts"
import { isEnded, type PipelineState, type RunState, type StageState } from "../domain/RunState.ts"
import type { Command } from "./decide.ts"
import { isCovered } from "./recover.ts"

/** Milliseconds since `start`, 0 before it. */
export const since = (start: number | undefined, now: number): number => (start === undefined ? 0 : Math.max(0, now - start))

/** Below this it is not worth a word, in milliseconds. */
const leastAwayMs = 1_000
const awayOf = ({ away }: PipelineState, now: number): { readonly awayMs?: number } => {
  const awayMs = away.msAt(now)
  return awayMs < leastAwayMs ? {} : { awayMs }
}
/** A stage whose failure was declared bearable leaves its run `partial`. */
const isFatal = (state: RunState, stage: StageState): boolean =>
  stage.status === "failed" && stage.planned.policy.onFailure !== "degrade" && !isCovered(state, stage)

const endOfPipeline = (
  state: RunState,
  pipeline: PipelineState
): { readonly status: Status; readonly reason: string | undefined } => {
  const stages = pipeline.stages.map((name) => state.stages.get(name)!)
  const first = (test: (stage: StageState) => boolean) => {
    const found = stages.find(test)
    return found === undefined ? undefined : `${found.planned.stage}: ${found.reason ?? found.status}`
  }
  const wanted = stages.filter((s) => s.skipCause !== "disabled")
  if (stages.some((s) => s.status === "cancelled")) return { status: "cancelled", reason: state.cancel?.reason }
  const fatal = stages.find((stage) => isFatal(state, stage))
  if (fatal !== undefined) {
    const reason = first((stage) => stage === fatal) ?? "failed"
    const tried = stages.find((s) => s.fallback?.ok === false)?.fallback?.reason
    return { status: "failed", reason: tried === undefined || reason.includes(tried) ? reason : `${reason}; ${tried}` }
  }
  const isShort = (s: StageState) => s.status === "partial" || s.status === "failed" || s.skipCause === "broken"
  if (wanted.length > 0 && wanted.every((s) => s.status === "skipped"))
    return { status: "skipped", reason: first((s) => s.skipCause === "broken") }
  if (wanted.length === 0 && stages.length > 0) return { status: "skipped", reason: "switched off by a parameter" }
  if (wanted.some(isShort)) {
    const stoodIn = stages.find((s) => s.fallback?.ok === true)?.fallback?.name
    const reason = first((s) => isShort(s) && s.failed > 0) ?? first(isShort)
    const isTold = stoodIn === undefined || reason?.includes(stoodIn) === true
    return { status: "partial", reason: isTold ? reason : `${reason}; ${stoodIn} stands in` }
  }
  return { status: "completed", reason: undefined }
}
/** Rows of the assets that the pipeline provides: what only travels between its stages does not count. */
const recordsOf = (state: RunState, pipeline: PipelineState): number =>
  pipeline.stages
    .map((name) => state.stages.get(name)!)
    .flatMap(({ outputs, planned }) => Object.entries(outputs).filter(([port]) => planned.outputs[port]?.asset !== undefined))
    .reduce((sum, [, output]) => sum + (output.kind === "table" ? output.rows : 0), 0)

/** Who is told: channels whenever a pipeline failed or lives on earlier answers, the escalation when its procedure says so. */
const alertOf = (
  { fallbacks, planned: { incident, name } }: PipelineState,
  { reason, status }: { readonly status: Status; readonly reason: string | undefined }
): ReadonlyArray<Command> => {
  if (incident === undefined || (status !== "failed" && status !== "partial")) return []
  const channels = status === "failed" || fallbacks > 0 ? incident.channels : []
  const escalation = incident.escalateOn.includes(status) ? incident.escalation : undefined
  if (channels.length === 0 && escalation === undefined) return []
  const severity = status === "failed" ? "high" : "medium"
  const event: RunEvent = {
    _tag: "AlertRaised",
    pipeline: name,
    severity,
    status,
    channels,
    escalation,
    reason: reason ?? status
  }
  return [{ _tag: "Record", event }]
}
/** Closes a pipeline whose stages have all ended, and raises its alert. */
export const decidePipeline = (state: RunState, pipeline: PipelineState, now: number): ReadonlyArray<Command> => {
  const { name } = pipeline.planned
  if (pipeline.open > 0 || isEnded(pipeline.status)) return []
  const start: ReadonlyArray<Command> =
    pipeline.status === "pending" ? [{ _tag: "Record", event: { _tag: "PipelineStarted", pipeline: name } }] : []
  const end = endOfPipeline(state, pipeline)
  return [
    ...start,
    {
      _tag: "Record",
      event: {
        _tag: "PipelineEnded",
        pipeline: name,
        ...end,
        records: recordsOf(state, pipeline),
        durationMs: since(pipeline.startedAt, now),
        ...awayOf(pipeline, now)
      }
    },
    ...alertOf(pipeline, end)
  ]
}
/** What a run lacks that ended all the same: the least coverage, what is missing, and what stands in for something fresh. */
const shortfallOf = (
  state: RunState
): Pick<Extract<RunEvent, { readonly _tag: "RunEnded" }>, "coverage" | "missing" | "degraded"> => {
  const stages = [...state.stages.values()].filter(({ status }) => status === "completed" || status === "partial")
  const short = stages.filter(({ coverage }) => coverage !== undefined && coverage.ratio < 1)
  const degraded = distinctStandIns(stages.flatMap(({ fallback, standIns }) => [...(fallback?.took ?? []), ...standIns]))
  return {
    ...(short.length === 0
      ? {}
      : {
          coverage: Math.min(...short.map(({ coverage }) => coverage!.ratio)),
          missing: short.flatMap(({ coverage, planned }) => coverage!.missing.map((one) => ({ stage: planned.name, ...one })))
        }),
    ...(degraded.length === 0 ? {} : { degraded })
  }
}
type RunEnd = Extract<RunEvent, { readonly _tag: "RunEnded" }>["status"]
/** The worst end of a pipeline that was wanted: what a parameter switched off says nothing about the run. */
const endOf = (
  { cancel, stages }: RunState,
  pipelines: ReadonlyArray<PipelineState>
): { readonly status: RunEnd; readonly worst: PipelineState | undefined } => {
  const isOff = (name: StageName): boolean => stages.get(name)?.skipCause === "disabled"
  const wanted = pipelines.filter((pipeline) => pipeline.stages.length === 0 || !pipeline.stages.every(isOff))
  const first = (status: Status): PipelineState | undefined => wanted.find((pipeline) => pipeline.status === status)
  const [failed, cancelled, skipped, partial] = [first("failed"), first("cancelled"), first("skipped"), first("partial")]
  if (cancel !== undefined) return { status: "cancelled", worst: cancelled }
  if (failed !== undefined) return { status: "failed", worst: failed }
  // Some were left cancelled when only a part of the run was done again.
  if (cancelled !== undefined) return { status: "cancelled", worst: cancelled }
  if (skipped !== undefined && wanted.every(({ status }) => status === "skipped")) return { status: "skipped", worst: skipped }
  const worst = skipped ?? partial
  return { status: worst === undefined ? "completed" : "partial", worst }
}
/** Closes the run once its pipelines have ended. */
export const decideEnd = (state: RunState, now: number): ReadonlyArray<Command> => {
  const pipelines = [...state.pipelines.values()]
  if (!pipelines.every((p) => isEnded(p.status))) return []
  const { status, worst } = endOf(state, pipelines)
  const reason =
    status === "cancelled" && state.cancel !== undefined
      ? state.cancel.reason
      : worst === undefined
        ? undefined
        : `${worst.planned.name}.${worst.reason ?? worst.status}`
  const shortfall = status === "completed" || status === "partial" ? shortfallOf(state) : {}
  return [
    { _tag: "Record", event: { _tag: "RunEnded", status, reason, durationMs: since(state.requestedAt, now), ...shortfall } }
  ]
}
