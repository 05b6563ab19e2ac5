import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { HealthDocument } from "../../src/health/HealthDocument.ts"
import { type HealthFacts, healthOf } from "../../src/health/healthOf.ts"
import { pipelineHealth, usualWindow } from "../../src/health/pipelineHealth.ts"
import { endpointLevel } from "../../src/health/systemHealth.ts"
import { facts, hour, now, pipeline, rules, runs } from "./aDocument.ts"

const health = (changes: Partial<HealthFacts> = {}) => healthOf(facts(changes), rules, now)
const of = (changes: Parameters<typeof pipeline>[0]) => pipelineHealth(pipeline(changes), usualWindow, now)
const keysOf = (value: unknown, at = ""): ReadonlyArray<string> =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? [at]
    : Object.entries(value).flatMap(([key, inner]) => keysOf(inner, at === "" ? key : `${at}.${key}`))
const gib = 1024 ** 3

describe("the health document", () => {
  it("has the keys of tetra.health/1 in their order, and nothing that its schema does not know", () => {
    const document = health({
      endpoints: new Map([["fred", { status: "ok", latency_ms: 84, checked_at: "2026-11-22T00:00:00.000Z", http: 200 }]]),
      checks: new Map([["data/license", { status: "warn", detail: "expires in 9 days", checked_at: null }]]),
      daemon: {
        pid: 1,
        version: "1.0.0",
        instance: "i",
        uptime_seconds: 2,
        config_version: 17,
        loop_lag_ms: 2,
        outbox_oldest_seconds: 0,
        held: []
      }
    })
    const decoded = Schema.decodeUnknownSync(HealthDocument)(JSON.parse(JSON.stringify(document)), { onExcessProperty: "error" })
    expect(decoded).toEqual(document)
    expect(keysOf(document)).toMatchInlineSnapshot(`
      [
        "schema",
        "timestamp",
        "status",
        "reasons",
        "pipelines.p.last_run",
        "pipelines.p.status",
        "pipelines.p.data_freshness",
        "pipelines.p.error_rate",
        "pipelines.p.avg_duration",
        "pipelines.p.detail.current",
        "pipelines.p.detail.run",
        "pipelines.p.detail.next_run",
        "pipelines.p.detail.paused",
        "pipelines.p.detail.driver",
        "pipelines.p.detail.freshness.age_hours",
        "pipelines.p.detail.freshness.lineage_age_hours",
        "pipelines.p.detail.freshness.oldest_input",
        "pipelines.p.detail.freshness.max_data_age_hours",
        "pipelines.p.detail.freshness.clock",
        "pipelines.p.detail.error_rate.failed",
        "pipelines.p.detail.error_rate.runs",
        "pipelines.p.detail.error_rate.window.runs",
        "pipelines.p.detail.error_rate.window.days",
        "pipelines.p.detail.duration.p50",
        "pipelines.p.detail.duration.p95",
        "pipelines.p.detail.duration.runs",
        "pipelines.p.detail.degraded",
        "pipelines.p.detail.coverage",
        "pipelines.p.detail.consecutive_failures",
        "system.database.status",
        "system.database.backend",
        "system.database.latency_ms",
        "system.database.bytes",
        "system.database.detail",
        "system.disk_space.status",
        "system.disk_space.free_bytes",
        "system.disk_space.total_bytes",
        "system.disk_space.free_ratio",
        "system.memory.status",
        "system.memory.rss_bytes",
        "system.memory.available_bytes",
        "system.memory.limit_bytes",
        "system.api_endpoints.fred.status",
        "system.api_endpoints.fred.latency_ms",
        "system.api_endpoints.fred.checked_at",
        "system.api_endpoints.fred.http",
        "system.checks.data/license.status",
        "system.checks.data/license.detail",
        "system.checks.data/license.checked_at",
        "daemon.pid",
        "daemon.version",
        "daemon.instance",
        "daemon.uptime_seconds",
        "daemon.config_version",
        "daemon.loop_lag_ms",
        "daemon.outbox_oldest_seconds",
        "daemon.held",
      ]
    `)
  })
  it("is healthy when nothing is wrong", () => {
    expect(health()).toMatchObject({ status: "healthy", reasons: [], daemon: null })
  })
  it.each<readonly [string, Partial<HealthFacts>, string, string]>([
    ["a failed run", { pipelines: [pipeline({ runs: runs("failed", "completed") })] }, "degraded", "p: its last run failed (r0)"],
    [
      "a dead run",
      { pipelines: [pipeline({ runs: runs("running"), gone: new Set(["r0"]) })] },
      "degraded",
      "p: its last run was interrupted (r0)"
    ],
    ["old data", { pipelines: [pipeline({ maxDataAgeHours: 1 })] }, "degraded", "p: data is stale (2 h > 1 h)"],
    [
      "a pipeline that never ran",
      { pipelines: [pipeline({ runs: [], provided: [], missing: ["prices"] })] },
      "degraded",
      "p: it has never run"
    ],
    ["a full disk", { disk: { freeBytes: gib, totalBytes: 500 * gib } }, "unhealthy", "disk: 1.0 GB free"],
    ["a filling disk", { disk: { freeBytes: 10 * gib, totalBytes: 500 * gib } }, "degraded", "disk: 10.0 GB free"],
    [
      "little memory",
      { memory: { rssBytes: 1, availableBytes: gib, limitBytes: 64 * gib } },
      "unhealthy",
      "memory: 1.0 GB available"
    ],
    [
      "a slow database",
      { database: { backend: "sqlite", latencyMs: 300, bytes: 1, problem: undefined } },
      "degraded",
      "database: it took 300 ms to answer"
    ],
    [
      "a lost database",
      { database: { backend: "postgres", latencyMs: undefined, bytes: undefined, problem: "refused" } },
      "unhealthy",
      "database: refused"
    ],
    [
      "a silent endpoint",
      { endpoints: new Map([["fred", { status: "fail", latency_ms: null, checked_at: null, http: null }]]) },
      "degraded",
      "fred: no answer"
    ],
    [
      "a failing check",
      { checks: new Map([["data/license", { status: "fail", detail: "it expired", checked_at: null }]]) },
      "degraded",
      "data/license: it expired"
    ]
  ])("tells %s", (_, changes, status, reason) => {
    expect(health(changes)).toMatchObject({ status, reasons: [reason] })
  })
  it("says the worst first, and calls a large disk with little left of it full only when little is little", () => {
    const document = health({
      pipelines: [pipeline({ maxDataAgeHours: 1 })],
      database: { backend: "sqlite", latencyMs: undefined, bytes: undefined, problem: "it is locked" },
      disk: { freeBytes: 30 * gib, totalBytes: 10_000 * gib }
    })
    expect(document.status).toBe("unhealthy")
    expect(document.reasons).toEqual(["database: it is locked", "p: data is stale (2 h > 1 h)"])
  })
  it("says nothing about pipelines while the store does not answer", () => {
    const unread = pipeline({ isRead: false, runs: [], provided: [] })
    const document = health({
      pipelines: [unread],
      database: { backend: "sqlite", latencyMs: undefined, bytes: undefined, problem: "gone" }
    })
    expect(document.reasons).toEqual(["database: gone"])
    expect(document.pipelines["p"]).toMatchObject({ status: "unknown", data_freshness: "unknown", last_run: null })
  })
})

describe("the health of a pipeline", () => {
  it("counts failures among the runs that had a result or failed, from five on", () => {
    expect(of({ runs: runs("failed", "completed", "completed", "cancelled", "skipped", "completed") }).error_rate).toBeNull()
    expect(of({ runs: runs("failed", "completed", "completed", "cancelled", "partial", "completed") })).toMatchObject({
      error_rate: 0.2,
      detail: { error_rate: { failed: 1, runs: 5 }, consecutive_failures: 1 }
    })
  })
  it("looks at the newest twenty runs of the last ninety days", () => {
    const many = runs(
      ...Array.from({ length: 20 }, () => "completed" as const),
      ...Array.from({ length: 9 }, () => "failed" as const)
    )
    expect(of({ runs: many }).error_rate).toBe(0)
    const old = runs("completed", "completed").map((run) => ({ ...run, startedAt: run.startedAt - 91 * 24 * hour }))
    expect(of({ runs: old })).toMatchObject({ avg_duration: null, detail: { error_rate: { runs: 0 } } })
  })
  it("measures from start to end of the runs that had a result", () => {
    expect(of({ runs: runs("failed", "completed", "partial") })).toMatchObject({
      avg_duration: 100,
      detail: { duration: { p50: 100, p95: 100, runs: 2 } }
    })
  })
  it("is as old as the oldest source of what it provides, and unknown while an asset is missing", () => {
    const detail = { freshness: { age_hours: 1, lineage_age_hours: 2, oldest_input: "prices@0123456789ab" } }
    expect(of({})).toMatchObject({ data_freshness: "fresh", detail })
    expect(of({ missing: ["news"] })).toMatchObject({ data_freshness: "unknown", detail })
    expect(of({ provided: [], missing: [] })).toMatchObject({ data_freshness: "fresh", detail: { freshness: { age_hours: 1 } } })
  })
  it("tells what goes on, with the start of that run", () => {
    expect(of({ runs: runs("running", "failed") })).toMatchObject({
      status: "running",
      detail: { current: "running", run: "r0" }
    })
    const paused = of({ runs: runs("running"), pausedRuns: new Set(["r0"]) })
    expect(paused).toMatchObject({ status: "running", detail: { current: "paused", paused: true } })
    expect(of({ isWaiting: true }).detail.current).toBe("scheduled")
  })
})

it("takes a refusal of an endpoint for a sign of life", () => {
  expect([200, 301, 401, 403, 429, 404, 500, undefined].map(endpointLevel)).toEqual([
    "ok",
    "ok",
    "warn",
    "warn",
    "warn",
    "fail",
    "fail",
    "fail"
  ])
})
