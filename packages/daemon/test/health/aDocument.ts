/** Facts of a project that is well; a test says what is not. */
import type { PipelineRunRow } from "@tetra/core/engine"
import type { HealthFacts, HealthRules } from "../../src/health/healthOf.ts"
import { type PipelineFacts, usualWindow } from "../../src/health/pipelineHealth.ts"
import { thresholdsOf } from "../../src/health/systemHealth.ts"

export const now = Date.parse("2026-11-22T00:00:00Z")
export const hour = 3_600_000
export const rules: HealthRules = { window: usualWindow, thresholds: thresholdsOf({}) }

/** Newest first: the first one ended an hour ago, each took `seconds`, one every day. */
export const runs = (...statuses: ReadonlyArray<PipelineRunRow["status"]>): ReadonlyArray<PipelineRunRow> =>
  statuses.map((status, i) => ({
    run: `r${i}`,
    pipeline: "p",
    startedAt: now - hour - i * 24 * hour - 100_000,
    endedAt: status === "running" ? undefined : now - hour - i * 24 * hour,
    status,
    records: 1,
    reason: undefined
  }))
export const pipeline = (changes: Partial<PipelineFacts> = {}): PipelineFacts => ({
  name: "p",
  isRead: true,
  runs: runs("completed"),
  gone: new Set(),
  pausedRuns: new Set(),
  missing: [],
  provided: [
    {
      asset: "prices",
      version: "0123456789abcdef",
      madeAt: now - hour,
      asOf: { at: now - 2 * hour, asset: "prices" },
      isDegraded: false,
      coverage: 1
    }
  ],
  maxDataAgeHours: 24,
  nextRunAt: undefined,
  isWaiting: false,
  driver: undefined,
  ...changes
})
const gib = 1024 ** 3
export const facts = (changes: Partial<HealthFacts> = {}): HealthFacts => ({
  pipelines: [pipeline()],
  database: { backend: "sqlite", latencyMs: 1, bytes: 1000, problem: undefined },
  disk: { freeBytes: 200 * gib, totalBytes: 500 * gib },
  memory: { rssBytes: 100, availableBytes: 20 * gib, limitBytes: 24 * gib },
  endpoints: new Map(),
  checks: new Map(),
  daemon: undefined,
  ...changes
})
