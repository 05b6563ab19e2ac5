/** What stands in the health of a server, as gauges: told anew for every answer, so that nothing stays that is gone. */
import type { PipelineStateRow, Resources, RunRow } from "@tetra/core/engine"
import type { PoolUse } from "@tetra/core/storage"
import type { HealthDocument } from "../health/HealthDocument.ts"
import { severities } from "../alerting/Rule.ts"
import type { MetricName } from "./metrics.ts"
import type { MetricSet } from "./MetricSet.ts"

export interface GaugeFacts {
  readonly health: HealthDocument
  /** Runs that have not ended. */
  readonly open: ReadonlyArray<RunRow>
  readonly states: ReadonlyArray<PipelineStateRow>
  readonly streams: number
  readonly resources: Resources
  /** By severity, alerts that are firing. */
  readonly firing: ReadonlyMap<string, number>
  readonly environment: string | undefined
  /** Of the database; the embedded store has none. */
  readonly pool: Pick<PoolUse, "inUse" | "size" | "waiting"> | undefined
}
const told: ReadonlyArray<MetricName> = [
  "tetra_runs_active",
  "tetra_alerts_firing",
  "tetra_data_age_seconds",
  "tetra_error_rate",
  "tetra_coverage_ratio",
  "tetra_last_success_timestamp_seconds",
  "tetra_schedule_next_timestamp_seconds",
  "tetra_store_bytes",
  "tetra_store_latency_seconds"
]
/** What is not known is left away: a 0 would be a statement. */
const setKnown = (metrics: MetricSet, name: MetricName, labels: Readonly<Record<string, string>>, value: number | null): void => {
  if (value !== null) metrics.set(name, labels, value)
}
export const setGauges = (
  metrics: MetricSet,
  { environment, firing, health, open, pool, resources, states, streams }: GaugeFacts
): void => {
  for (const name of told) metrics.clear(name)
  const running = open.filter(({ status }) => status !== "pending")
  for (const [pipeline, { detail, error_rate }] of Object.entries(health.pipelines)) {
    const labels = { pipeline }
    metrics.set("tetra_runs_active", labels, running.filter(({ pipelines }) => pipelines.includes(pipeline)).length)
    const age = detail.freshness.lineage_age_hours
    setKnown(metrics, "tetra_data_age_seconds", labels, age === null ? null : age * 3600)
    setKnown(metrics, "tetra_error_rate", labels, error_rate)
    setKnown(metrics, "tetra_coverage_ratio", labels, detail.coverage)
    const next = detail.next_run
    if (next !== null) metrics.set("tetra_schedule_next_timestamp_seconds", { schedule: pipeline }, Date.parse(next) / 1000)
  }
  for (const { lastSuccessAt, pipeline } of states)
    setKnown(
      metrics,
      "tetra_last_success_timestamp_seconds",
      { pipeline },
      lastSuccessAt === undefined ? null : lastSuccessAt / 1000
    )
  metrics.set("tetra_queue_depth", { lane: "runs" }, open.length - running.length)
  metrics.set("tetra_queue_depth", { lane: "units" }, resources.waiting)
  for (const kind of ["cpu", "memoryMB"] as const) {
    const { capacity, held } = resources
    const share = capacity[kind] === 0 ? 0 : held[kind] / capacity[kind]
    metrics.set("tetra_resource_used_ratio", { kind: kind === "cpu" ? "cpu" : "memory" }, share)
  }
  for (const severity of severities) metrics.set("tetra_alerts_firing", { severity }, firing.get(severity) ?? 0)
  metrics.set("tetra_sse_clients", {}, streams)
  const { backend, bytes, latency_ms } = health.system.database
  setKnown(metrics, "tetra_store_bytes", { backend }, bytes)
  setKnown(metrics, "tetra_store_latency_seconds", { backend }, latency_ms === null ? null : latency_ms / 1000)
  if (pool !== undefined) {
    metrics.set("tetra_db_pool_size", { backend }, pool.size)
    metrics.set("tetra_db_pool_in_use", { backend }, pool.inUse)
    metrics.set("tetra_db_pool_waiting", { backend }, pool.waiting)
  }
  metrics.set("tetra_process_resident_memory_bytes", {}, health.system.memory.rss_bytes)
  if (health.daemon === null) return
  metrics.set("tetra_loop_lag_seconds", {}, health.daemon.loop_lag_ms / 1000)
  metrics.set("tetra_delivery_oldest_seconds", {}, health.daemon.outbox_oldest_seconds)
  metrics.set("tetra_build_info", { version: health.daemon.version, environment: environment ?? "" }, 1)
}
