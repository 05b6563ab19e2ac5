/** What was measured of the machine and of what it talks to, judged. Pure. */
import { memoryMB, type ResolvedConfig } from "@tetra/core/engine"
import type { EndpointHealth, SystemHealth } from "./HealthDocument.ts"

type Level = EndpointHealth["status"]
/** Sizes in bytes, shares from 0 to 1. */
export interface Thresholds {
  readonly disk: Readonly<Record<"warn" | "fail", { readonly ratio: number; readonly bytes: number }>>
  readonly memory: Readonly<Record<"warn" | "fail", number>>
  readonly databaseMs: Readonly<Record<"warn" | "fail", number>>
}
const bytesOf = (size: string): number => (memoryMB(size) ?? 0) * 1024 * 1024
/** As the configuration says, else the usual ones. */
export const thresholdsOf = ({ health }: Pick<ResolvedConfig, "health">): Thresholds => {
  const own = health?.thresholds ?? {}
  return {
    disk: {
      warn: { ratio: own.disk_warn_ratio ?? 0.15, bytes: bytesOf(own.disk_warn_size ?? "20GB") },
      fail: { ratio: own.disk_fail_ratio ?? 0.05, bytes: bytesOf(own.disk_fail_size ?? "2GB") }
    },
    memory: { warn: own.memory_warn_ratio ?? 0.1, fail: own.memory_fail_ratio ?? 0.03 },
    databaseMs: { warn: own.database_warn_ms ?? 250, fail: own.database_fail_ms ?? 2000 }
  }
}

/** Undefined: the system does not tell. */
export interface DiskFacts {
  readonly freeBytes: number
  readonly totalBytes: number
}
/** `limitBytes`: what this process may have, which a container makes less than the machine has. */
export interface MemoryFacts {
  readonly rssBytes: number
  readonly availableBytes: number
  readonly limitBytes: number
}
export interface DatabaseFacts {
  readonly backend: "sqlite" | "postgres"
  /** Of one small question. */
  readonly latencyMs: number | undefined
  readonly bytes: number | undefined
  /** Why it did not answer. */
  readonly problem: string | undefined
}

/** A disk is low when it has less than the share and less than the size: of a large disk a small share is much. */
const diskLevel = ({ freeBytes, totalBytes }: DiskFacts, { disk }: Thresholds): Level => {
  const isBelow = (at: "warn" | "fail") => freeBytes < Math.min(disk[at].ratio * totalBytes, disk[at].bytes)
  return isBelow("fail") ? "fail" : isBelow("warn") ? "warn" : "ok"
}
export const diskHealth = (facts: DiskFacts | undefined, thresholds: Thresholds): SystemHealth["disk_space"] =>
  facts === undefined
    ? { status: "unknown", free_bytes: null, total_bytes: null, free_ratio: null }
    : {
        status: diskLevel(facts, thresholds),
        free_bytes: facts.freeBytes,
        total_bytes: facts.totalBytes,
        free_ratio: facts.totalBytes === 0 ? null : Number((facts.freeBytes / facts.totalBytes).toFixed(4))
      }

export const memoryHealth = (facts: MemoryFacts, { memory }: Thresholds): SystemHealth["memory"] => {
  const share = facts.availableBytes / facts.limitBytes
  return {
    status: share < memory.fail ? "fail" : share < memory.warn ? "warn" : "ok",
    rss_bytes: facts.rssBytes,
    available_bytes: facts.availableBytes,
    limit_bytes: facts.limitBytes
  }
}
const databaseLevel = ({ latencyMs, problem }: DatabaseFacts, { databaseMs }: Thresholds): Level => {
  if (problem !== undefined) return "fail"
  if (latencyMs === undefined) return "unknown"
  return latencyMs > databaseMs.fail ? "fail" : latencyMs > databaseMs.warn ? "warn" : "ok"
}
export const databaseHealth = (facts: DatabaseFacts, thresholds: Thresholds): SystemHealth["database"] => ({
  status: databaseLevel(facts, thresholds),
  backend: facts.backend,
  latency_ms: facts.latencyMs === undefined ? null : Number(facts.latencyMs.toFixed(2)),
  bytes: facts.bytes ?? null,
  detail: facts.problem ?? null
})
/** An answer that says "not you" or "not now" shows that something is there: a warning. Without an answer, or with a fault, it fails. */
export const endpointLevel = (http: number | undefined): Level => {
  if (http === undefined) return "fail"
  if (http < 400) return "ok"
  return http === 401 || http === 403 || http === 429 ? "warn" : "fail"
}
