/** Counts what the events of all runs say. */
import type { StoredEvent, Usage } from "@tetra/core/engine"
import type { MetricSet } from "./MetricSet.ts"

/** Runs whose trigger is remembered until they end. */
const mostRuns = 10_000
/** A stage is called `pipeline.stage`. */
const placeOf = (stage: string) => {
  const dot = stage.indexOf(".")
  return { pipeline: dot === -1 ? "" : stage.slice(0, dot), stage: stage.slice(dot + 1) }
}

export class EventCounter {
  private readonly triggers = new Map<string, string>()
  constructor(metrics: MetricSet) {
    this.metrics = metrics
  }
  private readonly metrics: MetricSet

  take(event: StoredEvent): void {
    const { metrics } = this
    switch (event._tag) {
      case "RunRequested": {
        const oldest = this.triggers.keys().next()
        if (this.triggers.size >= mostRuns && oldest.done !== true) this.triggers.delete(oldest.value)
        this.triggers.set(event.run, event.trigger.kind)
        return
      }
      case "RunEnded":
        this.triggers.delete(event.run)
        return
      case "PipelineEnded": {
        const { pipeline, status } = event
        const labels = { pipeline, status, trigger: this.triggers.get(event.run) ?? "unknown" }
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
  private attempted(stage: string, outcome: string, usage: Usage | undefined): void {
    const place = placeOf(stage)
    this.metrics.add("tetra_attempts_total", { ...place, outcome })
    if (usage === undefined) return
    this.metrics.add("tetra_stage_cpu_seconds_total", place, usage.cpuMs / 1000)
    if (usage.peakMB !== undefined) this.metrics.set("tetra_stage_peak_memory_bytes", place, usage.peakMB * 1024 * 1024)
  }
}
