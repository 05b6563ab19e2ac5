/** Counts what the events of all runs say. */
import type { StoredEvent, Usage } from "@tetra/core/engine"
import type { MetricSet } from "./MetricSet.ts"

/** Runs that are remembered: one that has ended may be resumed. */
const mostRuns = 10_000
/** A stage is called `pipeline.stage`. */
const placeOf = (stage: string) => {
  const dot = stage.indexOf(".")
  return { pipeline: dot === -1 ? "" : stage.slice(0, dot), stage: stage.slice(dot + 1) }
}

/** What is remembered of a run. Instants are epoch milliseconds. */
interface OpenRun {
  readonly trigger: string
  /** Undefined once it has ended: what it waits for after that, nobody asked for. */
  requestedAt: number | undefined
  /** By stage, since when it waits for resources. */
  readonly waits: Map<string, number>
}
export class EventCounter {
  private readonly runs = new Map<string, OpenRun>()
  constructor(metrics: MetricSet) {
    this.metrics = metrics
  }
  private readonly metrics: MetricSet

  take(event: StoredEvent): void {
    const { metrics } = this
    switch (event._tag) {
      case "RunRequested":
        this.requested(event)
        return
      case "PipelineStarted": {
        const { pipeline } = event
        const since = this.runs.get(event.run)?.requestedAt
        if (since !== undefined) metrics.observe("tetra_queue_wait_seconds", { pipeline }, (event.at - since) / 1000)
        return
      }
      case "ResourcesAwaited": {
        const waits = this.runs.get(event.run)?.waits
        if (waits !== undefined && !waits.has(event.stage)) waits.set(event.stage, event.at)
        return
      }
      case "AttemptStarted": {
        const { waits } = this.runs.get(event.run) ?? {}
        const since = waits?.get(event.stage)
        if (since === undefined) return
        waits?.delete(event.stage)
        const { pipeline } = placeOf(event.stage)
        metrics.observe("tetra_resource_wait_seconds", { pipeline }, (event.at - since) / 1000)
        return
      }
      case "RunEnded": {
        const run = this.runs.get(event.run)
        if (run === undefined) return
        run.requestedAt = undefined
        run.waits.clear()
        return
      }
      case "PipelineEnded": {
        const { pipeline, status } = event
        const labels = { pipeline, status, trigger: this.runs.get(event.run)?.trigger ?? "unknown" }
        metrics.add("tetra_runs_total", labels)
        metrics.observe("tetra_run_duration_seconds", labels, event.durationMs / 1000)
        metrics.add("tetra_records_processed_total", { pipeline }, event.records)
        return
      }
      case "StageEnded": {
        const labels = { ...placeOf(event.stage), outcome: event.reused ? "reused" : event.status }
        metrics.observe("tetra_stage_duration_seconds", labels, event.durationMs / 1000)
        return
      }
      case "UnitCommitted": {
        metrics.add("tetra_cache_total", { result: event.cached === undefined ? "miss" : "hit" })
        if (event.cached === undefined) this.attempted(event.stage, "completed", event.usage)
        return
      }
      case "AttemptFailed":
        this.attempted(event.stage, "failed", event.usage)
        return
      case "RetryScheduled":
        metrics.add("tetra_retries_total", placeOf(event.stage))
        return
      case "FallbackTried":
        metrics.add("tetra_fallbacks_total", { name: event.fallback, outcome: event.ok ? "ok" : "failed" })
        return
      case "AssetPublished":
        if (!event.unchanged) metrics.add("tetra_artifact_bytes_total", { asset: event.asset }, event.output.bytes)
        return
      default:
        return
    }
  }
  private requested({ at, run, trigger }: Extract<StoredEvent, { readonly _tag: "RunRequested" }>): void {
    const oldest = this.runs.keys().next()
    if (this.runs.size >= mostRuns && oldest.done !== true) this.runs.delete(oldest.value)
    this.runs.set(run, { trigger: trigger.kind, requestedAt: at, waits: new Map() })
    const { occurrence } = trigger
    if (occurrence === undefined) return
    const { schedule } = occurrence
    this.metrics.add("tetra_schedule_ticks_total", { schedule, outcome: "run" })
    this.metrics.observe("tetra_schedule_lag_seconds", { schedule }, Math.max(0, at - occurrence.at) / 1000)
  }
  private attempted(stage: string, outcome: string, usage: Usage | undefined): void {
    const place = placeOf(stage)
    this.metrics.add("tetra_attempts_total", { ...place, outcome })
    if (usage === undefined) return
    const { cpuMs, readBytes = 0, writtenBytes = 0 } = usage
    if (cpuMs !== undefined) this.metrics.add("tetra_stage_cpu_seconds_total", place, cpuMs / 1000)
    if (readBytes > 0) this.metrics.add("tetra_stage_io_bytes_total", { ...place, direction: "read" }, readBytes)
    if (writtenBytes > 0) this.metrics.add("tetra_stage_io_bytes_total", { ...place, direction: "write" }, writtenBytes)
    if (usage.peakMB !== undefined) this.metrics.set("tetra_stage_peak_memory_bytes", place, usage.peakMB * 1024 * 1024)
  }
}
