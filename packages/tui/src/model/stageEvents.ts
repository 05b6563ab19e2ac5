/** What an event of a stage, or of one of its units, changes in the model of its run. Pure. */
import type { StoredEvent, StoredOutput, Usage } from "@tetra/core/engine"
import { failureText } from "./failureText.ts"
import { mostKept, type RunModel } from "./RunModel.ts"
import { putStage, withStage } from "./runChanges.ts"
import { endPause, type LiveUnit, type StageModel, withHeard, withPause, withRate } from "./StageModel.ts"

/** A copy of `live` without one unit, or with it changed. */
const setLive = (live: StageModel["live"], partition: string | null, unit: LiveUnit | undefined): StageModel["live"] => {
  const copy = new Map(live)
  if (unit === undefined) copy.delete(partition ?? "")
  else copy.set(partition ?? "", unit)
  return copy
}

const rated = (model: RunModel, name: string, at: number): RunModel =>
  putStage(model, name, (stage) => withHeard(withRate(stage, at), at))

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

const addUsage = (before: StageModel["usage"], used: Usage | undefined): StageModel["usage"] => {
  if (used === undefined) return before
  const peaks = [before?.peakMB, used.peakMB].filter((peak) => peak !== undefined)
  return {
    cpuMs: used.cpuMs === undefined ? before?.cpuMs : (before?.cpuMs ?? 0) + used.cpuMs,
    peakMB: peaks.length === 0 ? undefined : Math.max(...peaks),
    readBytes: (before?.readBytes ?? 0) + (used.readBytes ?? 0),
    writtenBytes: (before?.writtenBytes ?? 0) + (used.writtenBytes ?? 0)
  }
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
      const { at, done, total, of } = event
      return putStage(model, event.stage, (s) =>
        withHeard(withRate({ ...s, live: setLive(s.live, event.partition, { done, total, of }) }, at), at)
      )
    }
    case "AttemptFailed":
      return withStage(model, event.stage, (s) => ({
        lastFailure: failureText(event.failure),
        failedAt: event.failure.place,
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

export const stageEvent = (model: RunModel, event: StoredEvent): RunModel => {
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
