/**
 * What people see of a run: one fold over its live events. Pure: `advance` answers a new model and touches neither clock nor terminal; all times
 * are the events' own, in epoch milliseconds.
 */
import type { Admission, LiveEvent, RunPlan, Status, StoredEvent, StoredOutput, Usage } from "@tetra/core/engine"
import { aStage, endPause, isEnded, type LiveUnit, type StageModel, withHeard, withPause, withRate } from "./StageModel.ts"
export { isEnded, type LiveUnit, rateAt, type RetryModel, shareDone, type StageModel, workDone } from "./StageModel.ts"

export interface PipelineModel {
  readonly name: string
  readonly status: Status
  readonly startedAt: number | undefined
  readonly durationMs: number | undefined
  readonly records: number
  readonly reason: string | undefined
}
export interface Warning {
  readonly message: string
  readonly hint: string
  readonly stage: string | undefined
}
export interface ReportFile {
  readonly stage: string
  readonly name: string
  readonly media: string
}
export interface StandInModel {
  readonly asset: string
  readonly ageHours: number
  readonly reason: string
}
/** Who is to be told of a pipeline that ended badly. */
export interface AlertModel {
  readonly pipeline: string
  readonly severity: string
  readonly channels: ReadonlyArray<string>
  readonly escalation: string | undefined
}
export interface RunModel {
  readonly run: string
  readonly mode: string | undefined
  readonly status: Status
  readonly reason: string | undefined
  readonly plan: RunPlan | undefined
  readonly force: boolean
  /** What it rests on outside of its plan; undefined until that is told. */
  readonly admission: (Admission & { readonly forced: boolean }) | undefined
  readonly startedAt: number | undefined
  /** Time of the newest event. */
  readonly at: number
  readonly durationMs: number | undefined
  readonly pipelines: ReadonlyMap<string, PipelineModel>
  readonly stages: ReadonlyMap<string, StageModel>
  readonly warnings: ReadonlyArray<Warning>
  /** Warnings beyond the first hundred, which are only counted. */
  readonly moreWarnings: number
  readonly reports: ReadonlyArray<ReportFile>
  /** What stood in for something fresh, told when the run ends. */
  readonly degraded: ReadonlyArray<StandInModel>
  readonly alerts: ReadonlyArray<AlertModel>
  readonly published: number
  readonly cancelling: string | undefined
  /** By whom and why no further attempt starts. */
  readonly paused: string | undefined
  /** What the run waits for before it starts. */
  readonly queued: string | undefined
  readonly logs: { readonly warn: number; readonly error: number }
}

/** Most warnings and report files that a model keeps, so that a flood costs no memory. */
const mostKept = 100
export const emptyModel: RunModel = {
  run: "",
  mode: undefined,
  status: "pending",
  reason: undefined,
  plan: undefined,
  force: false,
  admission: undefined,
  startedAt: undefined,
  at: 0,
  durationMs: undefined,
  pipelines: new Map(),
  stages: new Map(),
  warnings: [],
  moreWarnings: 0,
  reports: [],
  degraded: [],
  alerts: [],
  published: 0,
  cancelling: undefined,
  paused: undefined,
  queued: undefined,
  logs: { warn: 0, error: 0 }
}

const aPipeline = (name: string): PipelineModel => ({
  name,
  status: "pending",
  startedAt: undefined,
  durationMs: undefined,
  records: 0,
  reason: undefined
})
const pipelineOf = (stage: string): string => stage.slice(0, Math.max(0, stage.indexOf(".")))

const withStage = (model: RunModel, name: string, change: (stage: StageModel) => Partial<StageModel>): RunModel => {
  const old = model.stages.get(name) ?? aStage(name, pipelineOf(name), false)
  return { ...model, stages: new Map(model.stages).set(name, { ...old, ...change(old) }) }
}
const withPipeline = (model: RunModel, name: string, change: Partial<PipelineModel>): RunModel => {
  const old = model.pipelines.get(name) ?? aPipeline(name)
  return { ...model, pipelines: new Map(model.pipelines).set(name, { ...old, ...change }) }
}
/** A copy of `live` without one unit, or with it changed. */
const setLive = (live: StageModel["live"], partition: string | null, unit: LiveUnit | undefined): StageModel["live"] => {
  const copy = new Map(live)
  if (unit === undefined) copy.delete(partition ?? "")
  else copy.set(partition ?? "", unit)
  return copy
}

const rated = (model: RunModel, name: string, at: number): RunModel =>
  withStage(model, name, (stage) => withHeard(withRate(stage, at), at))

/** Rows of the largest table: side tables (findings, labels) would only blur what people expect to see. */
const rowsOf = (outputs: Readonly<Record<string, StoredOutput>>): number =>
  Object.values(outputs).reduce((most, output) => Math.max(most, output.kind === "table" ? output.rows : 0), 0)
const sumCounters = (
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>
): Readonly<Record<string, number>> => {
  const sum: Record<string, number> = { ...a }
  for (const [name, n] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + n
  return sum
}

const fixPlan = (model: RunModel, plan: RunPlan): RunModel => ({
  ...model,
  plan,
  mode: plan.mode,
  pipelines: new Map(plan.pipelines.map(({ name }) => [name, model.pipelines.get(name) ?? aPipeline(name)])),
  stages: new Map(plan.stages.map((s) => [s.name, model.stages.get(s.name) ?? aStage(s.name, s.pipeline, s.partitioned)]))
})
/** Stages that a reopened run does again: what did not complete, and everything after it. */
const reopened = (model: RunModel): ReadonlySet<string> => {
  const open = new Set<string>()
  for (const { name, after, enabled } of model.plan?.stages ?? []) {
    const good = model.stages.get(name)?.status === "completed" || !enabled
    if (!good || after.some((before) => open.has(before))) open.add(name)
  }
  return open
}
const withDependants = (model: RunModel, roots: ReadonlyArray<string>): ReadonlySet<string> => {
  const open = new Set(roots)
  for (const { name, after } of model.plan?.stages ?? []) if (after.some((before) => open.has(before))) open.add(name)
  return open
}
/**
 * A run that was cut off goes on: what was under way starts again, what was committed stays. A run that had ended is reopened at every stage that
 * did not complete, or at those that were asked for; stages behind those read their inputs anew.
 */
const resume = (model: RunModel, asked: ReadonlyArray<string> = []): RunModel => {
  const open =
    asked.length > 0
      ? withDependants(model, asked)
      : isEnded(model.status) || model.queued !== undefined
        ? reopened(model)
        : new Set<string>()
  const first = (name: string) =>
    model.plan?.stages.find((s) => s.name === name)?.after.every((before) => !open.has(before)) === true
  const again = (s: StageModel): StageModel => {
    if (!open.has(s.name)) return s.status === "running" ? { ...s, status: "pending", live: new Map() } : s
    const fresh = aStage(s.name, s.pipeline, s.partitioned)
    return first(s.name) && asked.length === 0
      ? { ...fresh, startedAt: s.startedAt, expected: s.expected, computed: s.computed, reusedUnits: s.reusedUnits, rows: s.rows }
      : fresh
  }
  const pipelines = new Set([...open].map(pipelineOf))
  return {
    ...model,
    status: "running",
    queued: undefined,
    reason: undefined,
    durationMs: undefined,
    cancelling: undefined,
    stages: new Map([...model.stages].map(([name, s]) => [name, again(s)])),
    pipelines: new Map([...model.pipelines].map(([name, p]) => [name, pipelines.has(name) ? aPipeline(name) : p]))
  }
}
const warn = (model: RunModel, warning: Warning): RunModel =>
  model.warnings.length < mostKept
    ? { ...model, warnings: [...model.warnings, warning] }
    : { ...model, moreWarnings: model.moreWarnings + 1 }

const addUsage = (before: StageModel["usage"], used: Usage | undefined): StageModel["usage"] => {
  if (used === undefined) return before
  const peaks = [before?.peakMB, used.peakMB].filter((peak) => peak !== undefined)
  return { cpuMs: (before?.cpuMs ?? 0) + used.cpuMs, peakMB: peaks.length === 0 ? undefined : Math.max(...peaks) }
}
const committed = (model: RunModel, event: Extract<StoredEvent, { _tag: "UnitCommitted" }>): RunModel => {
  const next = withStage(model, event.stage, (s) => ({
    computed: s.computed + (event.cached === undefined ? 1 : 0),
    usage: addUsage(s.usage, event.usage),
    reusedUnits: s.reusedUnits + (event.cached === undefined ? 0 : 1),
    from: event.cached?.run ?? s.from,
    live: setLive(s.live, event.partition, undefined),
    rows: s.rows + rowsOf(event.outputs),
    counters: sumCounters(s.counters, event.counters)
  }))
  const files = event.artifacts.map(({ name, media }) => ({ stage: event.stage, name, media }))
  return { ...rated(next, event.stage, event.at), reports: [...next.reports, ...files].slice(0, mostKept) }
}

const unit = (model: RunModel, event: StoredEvent): RunModel => {
  switch (event._tag) {
    case "AttemptStarted":
      return withStage(model, event.stage, (s) => ({
        status: "running",
        retries: s.retries + (event.attempt > 1 ? 1 : 0),
        retry: undefined,
        awaits: undefined,
        ranAt: s.ranAt ?? event.at,
        pauses: event.attempt > 1 ? endPause(s, event.at) : s.pauses,
        live: setLive(s.live, event.partition, { done: 0, total: undefined, of: undefined })
      }))
    case "ResourcesAwaited":
      return withStage(model, event.stage, () => ({ awaits: event.reason }))
    case "Progress": {
      const { done, total, of } = event
      const next = withStage(model, event.stage, (s) => ({ live: setLive(s.live, event.partition, { done, total, of }) }))
      return rated(next, event.stage, event.at)
    }
    case "AttemptFailed":
      return withStage(model, event.stage, (s) => ({
        lastFailure: event.failure.message,
        usage: addUsage(s.usage, event.usage),
        failedUnits: s.failedUnits + (event.final ? 1 : 0),
        pauses: event.final ? s.pauses : withPause(s, event.at),
        live: setLive(s.live, event.partition, undefined)
      }))
    case "RetryScheduled":
      return withStage(model, event.stage, () => ({ retry: { attempt: event.attempt, due: event.due } }))
    case "UnitCommitted":
      return committed(model, event)
    default:
      return model
  }
}

const stage = (model: RunModel, event: StoredEvent): RunModel => {
  switch (event._tag) {
    case "StageStarted":
      return withStage(model, event.stage, () => ({ status: "running", startedAt: event.at }))
    case "PartitionsFixed":
      return withStage(model, event.stage, () => ({ expected: event.keys.length, partitioned: true }))
    case "StageEnded":
      return withStage(model, event.stage, (s) => ({
        status: event.status,
        durationMs: event.durationMs,
        reason: event.reason,
        reused: event.reused,
        live: new Map(),
        retry: undefined,
        awaits: undefined,
        rows: rowsOf(event.outputs) || s.rows,
        expected: s.partitioned ? event.coverage.expected : 1
      }))
    default:
      return unit(model, event)
  }
}

/** Nothing of it begins. */
const refuse = (model: RunModel, { mend, reasons }: Extract<StoredEvent, { readonly _tag: "RunRefused" }>): RunModel => ({
  ...model,
  admission: { verdict: "refused", forced: false, reasons, mend },
  pipelines: new Map([...model.pipelines].map(([name, one]) => [name, { ...one, status: "skipped" }])),
  stages: new Map([...model.stages].map(([name, one]) => [name, { ...one, status: "skipped" }]))
})
/** All that is left of an old run. */
const recall = (model: RunModel, archived: Extract<StoredEvent, { _tag: "RunArchived" }>): RunModel => {
  const { durationMs, events, pipelines, reason, requested, stages, status } = archived
  const ended = { status, reason, durationMs, mode: requested.mode, force: requested.force, startedAt: archived.at }
  let next: RunModel = { ...model, ...ended, published: events["AssetPublished"] ?? 0 }
  for (const { pipeline, endedAt: _, ...how } of pipelines) next = withPipeline(next, pipeline, how)
  for (const { done, expected, stage: name, ...how } of stages)
    next = withStage(next, name, () => ({
      ...how,
      expected,
      partitioned: expected > 1,
      [how.reused ? "reusedUnits" : "computed"]: done
    }))
  return next
}
const stored = (model: RunModel, event: StoredEvent): RunModel => {
  switch (event._tag) {
    case "RunRequested":
      return { ...model, mode: event.mode, force: event.force, startedAt: event.at }
    case "PlanFixed":
      return fixPlan(model, event.plan)
    case "RunAdmitted":
      return { ...model, admission: { verdict: "run", forced: event.forced, reasons: event.reasons, mend: [] } }
    case "RunRefused":
      return refuse(model, event)
    case "RunStarted":
      return { ...model, status: "running", startedAt: model.startedAt ?? event.at, queued: undefined }
    case "RunResumed":
      return resume(model, event.stages)
    case "RunQueued":
      return {
        ...model,
        status: "pending",
        queued: event.reason,
        reason: undefined,
        durationMs: undefined,
        cancelling: undefined
      }
    case "RunPaused":
      return { ...model, paused: model.paused ?? (event.reason === "" ? `by ${event.by}` : `by ${event.by}: ${event.reason}`) }
    case "RunContinued":
      return { ...model, paused: undefined }
    case "Warned":
      return warn(model, { message: event.message, hint: event.hint, stage: event.stage })
    case "PipelineStarted":
      return withPipeline(model, event.pipeline, { status: "running", startedAt: event.at })
    case "PipelineEnded": {
      const { status, records, durationMs, reason } = event
      return withPipeline(model, event.pipeline, { status, records, durationMs, reason })
    }
    case "AssetPublished":
      return event.unchanged ? model : { ...model, published: model.published + 1 }
    case "CancelRequested":
      return { ...model, cancelling: event.reason }
    case "RunEnded":
      return {
        ...model,
        status: event.status,
        reason: event.reason,
        durationMs: event.durationMs,
        paused: undefined,
        queued: undefined,
        degraded: (event.degraded ?? []).slice(0, mostKept)
      }
    case "AlertRaised": {
      const { channels, escalation, pipeline, severity } = event
      const alerts = [...model.alerts, { pipeline, severity, channels, escalation }]
      return { ...model, alerts: alerts.slice(0, mostKept) }
    }
    case "RunArchived":
      return recall(model, event)
    default:
      return stage(model, event)
  }
}

/** The model after one more event. Unknown events (of a newer engine) change nothing but the time. */
export const advance = (model: RunModel, event: LiveEvent): RunModel => {
  const seen: RunModel = { ...model, run: event.run, at: Math.max(model.at, event.at) }
  if (event._tag !== "Log") return stored(seen, event)
  if (event.level !== "warn" && event.level !== "error") return seen
  return { ...seen, logs: { ...seen.logs, [event.level]: seen.logs[event.level] + 1 } }
}

/** Stages of one pipeline, in the order of the plan. */
export const stagesOf = (model: RunModel, pipeline: string): ReadonlyArray<StageModel> =>
  [...model.stages.values()].filter((s) => s.pipeline === pipeline)
/** True when a pipeline completed without computing anything. */
export const isReused = (model: RunModel, pipeline: string): boolean => {
  const stages = stagesOf(model, pipeline)
  return (
    model.pipelines.get(pipeline)?.status === "completed" &&
    stages.some((s) => s.reused) &&
    stages.every((s) => s.reused || s.status === "skipped")
  )
}
