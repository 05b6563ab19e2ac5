/** The health of pipelines and system as one document. Pure: the same facts always give the same answer. */
import type { CheckHealth, DaemonHealth, EndpointHealth, HealthDocument, PipelineHealth, SystemHealth } from "./HealthDocument.ts"
import { type PipelineFacts, pipelineHealth, type Window } from "./pipelineHealth.ts"
import {
  type DatabaseFacts,
  databaseHealth,
  type DiskFacts,
  diskHealth,
  type MemoryFacts,
  memoryHealth,
  type Thresholds
} from "./systemHealth.ts"

export interface HealthFacts {
  readonly pipelines: ReadonlyArray<PipelineFacts>
  readonly database: DatabaseFacts
  readonly disk: DiskFacts | undefined
  readonly memory: MemoryFacts
  readonly endpoints: ReadonlyMap<string, EndpointHealth>
  readonly checks: ReadonlyMap<string, CheckHealth>
  readonly daemon: DaemonHealth | undefined
}
export interface HealthRules {
  readonly window: Window
  readonly thresholds: Thresholds
}
type Reason = readonly ["unhealthy" | "degraded", string]

const gigabytes = (bytes: number | null): string => `${((bytes ?? 0) / 1024 ** 3).toFixed(1)} GB`
const ofPipeline = (name: string, { data_freshness, detail, status }: PipelineHealth): ReadonlyArray<Reason> => {
  const reasons: Array<Reason> = []
  const say = (text: string): void => void reasons.push(["degraded", `${name}: ${text}`])
  if (status === "unknown") return [] // The database is a reason of its own.
  const { freshness } = detail
  if (status === "failed") say(`its last run failed (${detail.run})`)
  if (status === "interrupted") say(`its last run was interrupted (${detail.run})`)
  if (status === "never_run") say("it has never run")
  else if (data_freshness === "unknown") say("the age of its data is unknown: not everything that it provides was ever published")
  if (data_freshness === "stale") say(`data is stale (${freshness.lineage_age_hours} h > ${freshness.max_data_age_hours} h)`)
  return reasons
}
const ofSystem = ({ api_endpoints, checks, database, disk_space, memory }: SystemHealth): ReadonlyArray<Reason> => {
  const reasons: Array<Reason> = []
  const part = (name: string, status: EndpointHealth["status"], text: string, worst: Reason[0]): void => {
    if (status === "fail" || status === "warn") reasons.push([status === "fail" ? worst : "degraded", `${name}: ${text}`])
  }
  part("database", database.status, database.detail ?? `it took ${database.latency_ms} ms to answer`, "unhealthy")
  part("disk", disk_space.status, `${gigabytes(disk_space.free_bytes)} free`, "unhealthy")
  part("memory", memory.status, `${gigabytes(memory.available_bytes)} available`, "unhealthy")
  for (const [name, { http, status }] of Object.entries(api_endpoints))
    part(name, status, http === null ? "no answer" : `it answered ${http}`, "degraded")
  for (const [name, { detail, status }] of Object.entries(checks)) part(name, status, detail, "degraded")
  return reasons
}
const ofDaemon = (daemon: DaemonHealth | undefined): ReadonlyArray<Reason> =>
  daemon === undefined || daemon.held.length === 0 ? [] : [["unhealthy", `schedules are held: ${daemon.held.join(", ")}`]]

/** `now` is epoch milliseconds. */
export const healthOf = (facts: HealthFacts, { thresholds, window }: HealthRules, now: number): HealthDocument => {
  const pipelines = Object.fromEntries(facts.pipelines.map((one) => [one.name, pipelineHealth(one, window, now)]))
  const system: SystemHealth = {
    database: databaseHealth(facts.database, thresholds),
    disk_space: diskHealth(facts.disk, thresholds),
    memory: memoryHealth(facts.memory, thresholds),
    api_endpoints: Object.fromEntries(facts.endpoints),
    checks: Object.fromEntries(facts.checks)
  }
  const reasons = [
    ...ofDaemon(facts.daemon),
    ...ofSystem(system),
    ...Object.entries(pipelines).flatMap(([name, one]) => ofPipeline(name, one))
  ].toSorted(([a], [b]) => (a === b ? 0 : a === "unhealthy" ? -1 : 1))
  return {
    schema: "tetra.health/1",
    timestamp: new Date(now).toISOString(),
    status: reasons[0]?.[0] ?? "healthy",
    reasons: reasons.map(([, text]) => text),
    pipelines,
    system,
    daemon: facts.daemon ?? null
  }
}
