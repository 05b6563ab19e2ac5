/** `tetra.health/1`: what `tetra health --json` prints and `GET /health` answers. Keys are fixed; what is added comes at the end. */
import { Schema } from "effect"

const maybe = <S extends Schema.Constraint>(schema: S) => Schema.NullOr(schema)
/** ISO 8601 in UTC. */
const Instant = Schema.String
const Seconds = Schema.Finite
/** `unknown`: not looked at, or too long ago. */
const Level = Schema.Literals(["ok", "warn", "fail", "unknown"])

export const PipelineHealth = Schema.Struct({
  /** Start of the run that `status` is of. */
  last_run: maybe(Instant),
  /** `interrupted`: its process was gone before it ended; `unknown`: the store does not answer. */
  status: Schema.Literals([
    "never_run",
    "running",
    "completed",
    "partial",
    "failed",
    "cancelled",
    "skipped",
    "pending",
    "interrupted",
    "unknown"
  ]),
  data_freshness: Schema.Literals(["fresh", "stale", "unknown"]),
  /** Failed share of the runs in the window, 0 to 1; null below five runs. */
  error_rate: maybe(Schema.Finite),
  /** Mean seconds from start to end of the runs in the window that have a result; null without any. */
  avg_duration: maybe(Seconds),
  detail: Schema.Struct({
    current: Schema.Literals(["idle", "running", "scheduled", "paused"]),
    run: maybe(Schema.String),
    next_run: maybe(Instant),
    paused: Schema.Boolean,
    driver: maybe(Schema.String),
    freshness: Schema.Struct({
      /** Since the oldest of its newest versions was made. */
      age_hours: maybe(Schema.Finite),
      /** Since the oldest source of those was in hand. */
      lineage_age_hours: maybe(Schema.Finite),
      /** The asset that this source went into; with its version (`asset@3f9a1c...`) when the pipeline provides it itself. */
      oldest_input: maybe(Schema.String),
      max_data_age_hours: Schema.Finite,
      clock: Schema.Literals(["wall", "session"])
    }),
    error_rate: Schema.Struct({
      failed: Schema.Int,
      runs: Schema.Int,
      window: Schema.Struct({ runs: Schema.Int, days: Schema.Finite })
    }),
    /** Seconds. */
    duration: Schema.Struct({ p50: maybe(Seconds), p95: maybe(Seconds), runs: Schema.Int }),
    /** What it provides came from a fallback, or is only a part. */
    degraded: Schema.Boolean,
    /** The least of its newest versions, 0 to 1. */
    coverage: maybe(Schema.Finite),
    consecutive_failures: Schema.Int
  })
})
export type PipelineHealth = typeof PipelineHealth.Type

const Database = Schema.Struct({
  status: Level,
  backend: Schema.Literals(["sqlite", "postgres"]),
  latency_ms: maybe(Schema.Finite),
  bytes: maybe(Schema.Finite),
  detail: maybe(Schema.String)
})
const Disk = Schema.Struct({
  status: Level,
  free_bytes: maybe(Schema.Finite),
  total_bytes: maybe(Schema.Finite),
  free_ratio: maybe(Schema.Finite)
})
const Memory = Schema.Struct({
  status: Level,
  rss_bytes: Schema.Finite,
  available_bytes: Schema.Finite,
  limit_bytes: Schema.Finite
})
export const EndpointHealth = Schema.Struct({
  status: Level,
  latency_ms: maybe(Schema.Finite),
  checked_at: maybe(Instant),
  /** Status of the answer; null when there was none. */
  http: maybe(Schema.Int)
})
export type EndpointHealth = typeof EndpointHealth.Type
export const CheckHealth = Schema.Struct({ status: Level, detail: Schema.String, checked_at: maybe(Instant) })
export type CheckHealth = typeof CheckHealth.Type

const SystemHealth = Schema.Struct({
  database: Database,
  disk_space: Disk,
  memory: Memory,
  api_endpoints: Schema.Record(Schema.String, EndpointHealth),
  checks: Schema.Record(Schema.String, CheckHealth)
})
export type SystemHealth = typeof SystemHealth.Type

const DaemonHealth = Schema.Struct({
  pid: Schema.Int,
  version: Schema.String,
  instance: Schema.String,
  uptime_seconds: Seconds,
  /** Number of the configuration that is in force, as `tetra config versions` lists it; null when none is kept. */
  config_version: maybe(Schema.Int),
  loop_lag_ms: Schema.Finite,
  /** How long the oldest message waits to be sent. */
  outbox_oldest_seconds: Seconds,
  /** Why no schedule is decided at the moment; empty when they are. */
  held: Schema.Array(Schema.String)
})
export type DaemonHealth = typeof DaemonHealth.Type

export const HealthDocument = Schema.Struct({
  schema: Schema.Literal("tetra.health/1"),
  timestamp: Instant,
  status: Schema.Literals(["healthy", "degraded", "unhealthy"]),
  /** Why it is not healthy, the worst first. */
  reasons: Schema.Array(Schema.String),
  pipelines: Schema.Record(Schema.String, PipelineHealth),
  system: SystemHealth,
  /** Null when no daemon answers for it. */
  daemon: maybe(DaemonHealth)
})
export type HealthDocument = typeof HealthDocument.Type
