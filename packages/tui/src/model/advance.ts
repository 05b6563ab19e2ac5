/**
 * The one fold over the live events of a run. Pure: it touches neither clock nor terminal. Unknown events (of a newer engine) change nothing but
 * the time.
 */
import type { LiveEvent, StoredEvent } from "@tetra/core/engine"
import { mostKept, type RunModel, type Warning } from "./RunModel.ts"
import { fixPlan, inOneGo, recall, refuse, resume, withPipeline } from "./runChanges.ts"
import { stageEvent } from "./stageEvents.ts"

const warn = (model: RunModel, warning: Warning): RunModel =>
  model.warnings.length < mostKept
    ? { ...model, warnings: [...model.warnings, warning] }
    : { ...model, moreWarnings: model.moreWarnings + 1 }

const publish = (model: RunModel, stage: string, unchanged: boolean): RunModel => {
  const pipeline = model.pipelines.get(model.stages.get(stage)?.pipeline ?? "")
  const next = unchanged ? model : { ...model, published: model.published + 1 }
  if (pipeline === undefined) return next
  const { published } = pipeline
  const kind = unchanged ? "unchanged" : "fresh"
  return withPipeline(next, pipeline.name, { published: { ...published, [kind]: published[kind] + 1 } })
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
      return publish(model, event.stage, event.unchanged)
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
      return stageEvent(model, event)
  }
}

/** The model after one more event. */
export const advance = (model: RunModel, event: LiveEvent): RunModel => {
  const seen: RunModel = { ...model, run: event.run, at: Math.max(model.at, event.at) }
  if (event._tag !== "Log") return stored(seen, event)
  if (event.level !== "warn" && event.level !== "error") return seen
  return { ...seen, logs: { ...seen.logs, [event.level]: seen.logs[event.level] + 1 } }
}
/** The model after more events, oldest first. */
export const advanceAll = (model: RunModel, events: ReadonlyArray<LiveEvent>): RunModel =>
  inOneGo(() => events.reduce(advance, model))
