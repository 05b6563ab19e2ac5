/** Every metric of a server as data. Units are seconds, bytes and ratios from 0 to 1; a counter ends in `_total`. */

export interface Metric {
  readonly kind: "counter" | "gauge" | "histogram"
  readonly help: string
  readonly labels: ReadonlyArray<string>
  /** Upper bounds, ascending. */
  readonly buckets?: ReadonlyArray<number>
}
const counter = (help: string, ...labels: ReadonlyArray<string>): Metric => ({ kind: "counter", help, labels })
const gauge = (help: string, ...labels: ReadonlyArray<string>): Metric => ({ kind: "gauge", help, labels })
const histogram = (help: string, start: number, steps: number, ...labels: ReadonlyArray<string>): Metric => ({
  kind: "histogram",
  help,
  labels,
  buckets: Array.from({ length: steps }, (_, i) => start * 2 ** i)
})

/** Never a run, a partition, a symbol, a message or an address as a label: what a label may say is bounded by the project. */
export const metrics = {
  tetra_runs_total: counter("Pipelines that ended in a run", "pipeline", "status", "trigger"),
  tetra_run_duration_seconds: histogram(
    "From the start of a pipeline in a run to its end",
    5,
    12,
    "pipeline",
    "status",
    "trigger"
  ),
  tetra_runs_active: gauge("Runs that go on and contain the pipeline", "pipeline"),
  tetra_queue_depth: gauge("Runs that wait for a pipeline, and units that wait for resources", "lane"),
  tetra_queue_wait_seconds: histogram("From the request of a run to the start of a pipeline in it", 0.125, 16, "pipeline"),
  tetra_resource_wait_seconds: histogram("For how long stages waited for resources before a unit began", 0.125, 16, "pipeline"),
  tetra_resource_used_ratio: gauge("Share of what the machine gives that units hold", "kind"),
  tetra_stage_duration_seconds: histogram("From the start of a stage to its end", 0.125, 16, "pipeline", "stage", "outcome"),
  tetra_attempts_total: counter("Attempts that ended", "pipeline", "stage", "outcome"),
  tetra_retries_total: counter("Attempts that were scheduled after a failure", "pipeline", "stage"),
  tetra_fallbacks_total: counter("Fallbacks that were tried after the last failure", "name", "outcome"),
  tetra_cache_total: counter("Units that were found in the cache, or were not", "result"),
  tetra_data_age_seconds: gauge("Since the oldest source of what a pipeline provides was in hand", "pipeline"),
  tetra_error_rate: gauge("Failed share of the runs in the window", "pipeline"),
  tetra_coverage_ratio: gauge("Share of the partitions in the newest versions, the least of them", "pipeline"),
  tetra_last_success_timestamp_seconds: gauge("When a pipeline last had a result", "pipeline"),
  tetra_records_processed_total: counter("Records that pipelines counted", "pipeline"),
  tetra_artifact_bytes_total: counter("Bytes of new versions that were published", "asset"),
  tetra_stage_cpu_seconds_total: counter("Processor time, where the isolation of a stage lets it be told", "pipeline", "stage"),
  tetra_stage_io_bytes_total: counter("Bytes of artifacts that stages read and wrote", "pipeline", "stage", "direction"),
  tetra_stage_peak_memory_bytes: gauge("Peak of the newest attempt, of stages in a process of their own", "pipeline", "stage"),
  tetra_schedule_ticks_total: counter("Times of schedules that were decided about", "schedule", "outcome"),
  tetra_schedule_lag_seconds: histogram("From the time of a schedule to the request of its run", 0.01, 16, "schedule"),
  tetra_schedule_next_timestamp_seconds: gauge("When a schedule comes next", "schedule"),
  tetra_alerts_firing: gauge("Alerts that are firing", "severity"),
  tetra_deliveries_total: counter("Messages that were sent, given up or kept back", "channel", "outcome"),
  tetra_delivery_oldest_seconds: gauge("How long the oldest message waits to be sent"),
  tetra_http_requests_total: counter("Requests that were answered", "route", "method", "status"),
  tetra_http_request_duration_seconds: histogram("Until a request was answered", 0.001, 14, "route", "method", "status"),
  tetra_sse_clients: gauge("Open event streams"),
  tetra_sse_cut_total: counter("Clients of event streams that were cut off, as they took nothing"),
  tetra_config_reloads_total: counter("Saves of the configuration or of a local plugin that were taken or rejected", "outcome"),
  tetra_store_commit_seconds: histogram("Until a write of this process was durable", 0.0005, 14, "backend"),
  tetra_store_bytes: gauge("Size of the embedded store", "backend"),
  tetra_store_latency_seconds: gauge("How long the store took for one small question", "backend"),
  tetra_db_pool_size: gauge("Connections that this process may hold to the database", "backend"),
  tetra_db_pool_in_use: gauge("Connections of the pool that are in use", "backend"),
  tetra_db_pool_waiting: gauge("Statements and transactions that wait for a connection", "backend"),
  tetra_loop_lag_seconds: gauge("How late a timer comes"),
  tetra_process_resident_memory_bytes: gauge("Memory of this process"),
  tetra_process_heap_bytes: gauge("Of that, what JavaScript has in use, garbage included"),
  tetra_process_handles_active: gauge("Timers, sockets and files that the event loop waits for"),
  tetra_process_cpu_seconds_total: counter("Processor time of this process"),
  tetra_start_time_seconds: gauge("When this process began"),
  tetra_build_info: gauge("Always 1", "version", "environment"),
  tetra_telemetry_dropped_total: counter("What telemetry had to leave away", "signal"),
  tetra_label_overflow_total: counter("Observations that count as `other`, as there were too many values of a label", "metric")
} as const satisfies Readonly<Record<string, Metric>>
export type MetricName = keyof typeof metrics
