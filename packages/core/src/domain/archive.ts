/** What is kept of a run when its record is folded away, and what that still tells. */
import type { StoredOutput } from "./Artifact.ts"
import type { ArchivedPipeline, ArchivedStage, RunArchived, StoredEvent } from "./RunEvent.ts"

/** The events that an archive is made of; of the others only the number is kept. */
export const archivedKinds = ["RunRequested", "PipelineStarted", "PipelineEnded", "StageEnded", "RunResumed", "RunEnded"] as const

const rowsOf = (outputs: Readonly<Record<string, StoredOutput>>): number =>
  Object.values(outputs).reduce((most, output) => Math.max(most, output.kind === "table" ? output.rows : 0), 0)
const open = (pipeline: string, startedAt: number): ArchivedPipeline => ({
  pipeline,
  startedAt,
  endedAt: undefined,
  status: "running",
  records: 0,
  durationMs: 0,
  reason: undefined
})
type PipelineEvent = Extract<StoredEvent, { readonly _tag: "PipelineStarted" | "PipelineEnded" }>
const afterPipeline = (before: ArchivedPipeline | undefined, event: PipelineEvent): ArchivedPipeline => {
  if (event._tag === "PipelineStarted") return open(event.pipeline, before?.startedAt ?? event.at)
  const { at, awayMs, durationMs, pipeline, reason, records, status } = event
  const ended = { pipeline, startedAt: before?.startedAt ?? at - durationMs, endedAt: at, status, records, durationMs, reason }
  return awayMs === undefined ? ended : { ...ended, awayMs }
}
const stageOf = (event: Extract<StoredEvent, { readonly _tag: "StageEnded" }>): ArchivedStage => {
  const { coverage, durationMs, outputs, reason, reused, stage, status } = event
  return { stage, status, durationMs, reused, reason, rows: rowsOf(outputs), done: coverage.done, expected: coverage.expected }
}
/**
 * Folds the events of an ended run, oldest first; only `archivedKinds` matter. `counts` are the numbers of all its events by kind. Undefined
 * when they do not begin with `RunRequested` or the run has not ended.
 */
export const archiveOf = (
  events: Iterable<StoredEvent>,
  counts: Readonly<Record<string, number>>,
  archivedAt: number
): (RunArchived & { readonly at: number }) | undefined => {
  let requested: Extract<StoredEvent, { readonly _tag: "RunRequested" }> | undefined
  let ended: Extract<StoredEvent, { readonly _tag: "RunEnded" }> | undefined
  const pipelines = new Map<string, ArchivedPipeline>()
  const stages = new Map<string, ArchivedStage>()
  for (const event of events) {
    if (event._tag === "RunRequested") requested = event
    else if (event._tag === "RunEnded") ended = event
    else if (event._tag === "RunResumed") ended = undefined
    else if (event._tag === "StageEnded") stages.set(event.stage, stageOf(event))
    else if (event._tag === "PipelineStarted" || event._tag === "PipelineEnded")
      pipelines.set(event.pipeline, afterPipeline(pipelines.get(event.pipeline), event))
  }
  if (requested === undefined || ended === undefined) return undefined
  const { _tag, at, epoch: _epoch, run: _run, seq: _seq, v: _v, ...asked } = requested
  return {
    _tag: "RunArchived",
    at,
    archivedAt,
    requested: asked,
    endedAt: ended.at,
    status: ended.status,
    reason: ended.reason,
    durationMs: ended.durationMs,
    pipelines: [...pipelines.values()],
    stages: [...stages.values()],
    events: counts
  }
}

/** The facts about the run as a whole that an archive stands for, at the instants at which they happened. */
export const factsOf = (archived: Extract<StoredEvent, { readonly _tag: "RunArchived" }>): ReadonlyArray<StoredEvent> => {
  const { epoch, pipelines, run, seq, v } = archived
  const place = { run, seq, epoch, v }
  const { durationMs, endedAt, reason, requested, status } = archived
  return [
    { ...requested, ...place, _tag: "RunRequested", at: archived.at },
    ...pipelines.flatMap((p): ReadonlyArray<StoredEvent> => {
      const started: StoredEvent = { ...place, _tag: "PipelineStarted", pipeline: p.pipeline, at: p.startedAt }
      if (p.endedAt === undefined) return [started]
      const { startedAt: _startedAt, endedAt: at, ...end } = p
      return [started, { ...end, ...place, _tag: "PipelineEnded", at }]
    }),
    { ...place, _tag: "RunEnded", status, reason, durationMs, at: endedAt }
  ]
}
