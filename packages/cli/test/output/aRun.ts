/** Builds the events of a run for tests: times in milliseconds after `start`. */
import type { LiveEvent, LogLine, RunEvent, RunPlan, StoredEvent } from "../../src/domain.ts"
import { advance, emptyModel, type RunModel } from "../../src/output/model.ts"

export const start = Date.UTC(2026, 0, 31, 19, 4, 0)

const planned = (name: string, after: ReadonlyArray<string>, partitioned: boolean): RunPlan["stages"][number] => ({
  name,
  pipeline: name.split(".")[0] ?? "",
  stage: name.split(".")[1] ?? "",
  stageId: name.replace(".", "/"),
  stageVersion: 1,
  plugin: "test",
  config: {},
  inputs: {},
  outputs: {},
  after,
  partitioned,
  minCoverage: 1,
  concurrency: undefined,
  policy: {
    retry: { maxAttempts: 3, initialDelayMs: 1, factor: 2, maxDelayMs: 10, jitter: false, only: undefined, unless: [] },
    timeoutMs: undefined,
    graceMs: 500,
    cache: { kind: "inputs", maxAgeMs: undefined },
    resources: { cpu: 1, memoryMB: 100, slots: {} },
    priority: 0,
    isolation: "fiber",
    onFailure: "fail"
  },
  enabled: true
})
/** `{ "a.load": [], "a.clean": ["a.load"], "b.parts*": ["a.clean"] }`: a star marks a partitioned stage. */
export const aPlan = (graph: Readonly<Record<string, ReadonlyArray<string>>>): RunPlan => {
  const stages = Object.entries(graph).map(([name, after]) => planned(name.replace("*", ""), after, name.endsWith("*")))
  return {
    v: 1,
    mode: "weekly",
    pipelines: [...new Set(stages.map((s) => s.pipeline))].map((name) => ({
      name,
      plugin: "test",
      pluginVersion: "1.0.0",
      mode: undefined,
      params: {},
      after: [],
      parallelism: undefined
    })),
    stages,
    force: false,
    seed: 1,
    hash: "abc"
  }
}
let seq = 0
export const at = (ms: number, event: RunEvent): StoredEvent => ({
  ...event,
  run: "r1",
  seq: ++seq,
  at: start + ms,
  epoch: 1,
  v: 1
})
export const aLog = (ms: number, level: LogLine["level"], message: string): LogLine => ({
  _tag: "Log",
  run: "r1",
  at: start + ms,
  stage: "data_pipeline.load",
  partition: null,
  level,
  message,
  fields: {}
})
export const aTable = (rows: number) => ({
  kind: "table" as const,
  type: "t@1",
  version: "f00d",
  rows,
  bytes: rows * 8,
  more: [],
  files: []
})
const whole = { done: 1, expected: 1, ratio: 1, missing: [] }
const commit = (ms: number, stage: string, rows: number, reused: boolean, partition: string | null = null) =>
  at(ms, {
    _tag: "UnitCommitted",
    stage,
    partition,
    attempt: 1,
    key: "k",
    outputs: { table: aTable(rows) },
    artifacts: [{ name: "report.html", media: "text/html", bytes: 10, hash: "h" }],
    counters: { rows, quality_findings: 2 },
    durationMs: 900,
    cached: reused ? { run: "r0" } : undefined
  })

const graph = {
  "data_pipeline.load*": [],
  "data_pipeline.validate": ["data_pipeline.load"],
  "metrics_pipeline.technical_indicators": ["data_pipeline.validate"],
  "metrics_pipeline.summary": ["metrics_pipeline.technical_indicators"]
}
/** Two of three partitions load (one reused), one is retried and given up; what follows is reused, fails, and is skipped. */
export const events: ReadonlyArray<LiveEvent> = [
  at(0, { _tag: "PlanFixed", plan: aPlan(graph) }),
  at(10, { _tag: "RunStarted", owner: { id: "o", pid: 1, host: "h" } }),
  at(20, { _tag: "PipelineStarted", pipeline: "data_pipeline" }),
  at(30, { _tag: "StageStarted", stage: "data_pipeline.load", inputs: {}, key: "k", keyParts: {} }),
  at(40, { _tag: "PartitionsFixed", stage: "data_pipeline.load", keys: ["SPY", "QQQ", "BAD"] }),
  at(50, { _tag: "AttemptStarted", stage: "data_pipeline.load", partition: "SPY", attempt: 1 }),
  at(60, { _tag: "AttemptStarted", stage: "data_pipeline.load", partition: "BAD", attempt: 1 }),
  at(1000, { _tag: "Progress", stage: "data_pipeline.load", partition: "SPY", done: 500, total: 1000, of: "bars" }),
  commit(1100, "data_pipeline.load", 1042, true, "QQQ"),
  aLog(1150, "warn", "gap in \u001b[31mBAD\u001b[0m\r\nsecond line"),
  at(1200, {
    _tag: "AttemptFailed",
    stage: "data_pipeline.load",
    partition: "BAD",
    attempt: 1,
    failure: { tag: "Thrown", message: "no such symbol: BAD" },
    final: false,
    durationMs: 100
  }),
  at(1210, { _tag: "RetryScheduled", stage: "data_pipeline.load", partition: "BAD", attempt: 2, due: start + 3210 }),
  commit(2000, "data_pipeline.load", 2000, false, "SPY"),
  at(3210, { _tag: "AttemptStarted", stage: "data_pipeline.load", partition: "BAD", attempt: 2 }),
  at(3300, {
    _tag: "AttemptFailed",
    stage: "data_pipeline.load",
    partition: "BAD",
    attempt: 2,
    failure: { tag: "Thrown", message: "no such symbol: BAD" },
    final: true,
    durationMs: 90
  }),
  at(3310, {
    _tag: "StageEnded",
    stage: "data_pipeline.load",
    status: "partial",
    outputs: { table: aTable(3042) },
    coverage: { done: 2, expected: 3, ratio: 2 / 3, missing: [{ partition: "BAD", reason: "no such symbol: BAD" }] },
    reason: "1 of 3 partitions, BAD: no such symbol: BAD",
    reused: false,
    durationMs: 3280
  }),
  at(3320, { _tag: "StageStarted", stage: "data_pipeline.validate", inputs: {}, key: "k", keyParts: {} }),
  commit(3330, "data_pipeline.validate", 10, true),
  at(3340, {
    _tag: "StageEnded",
    stage: "data_pipeline.validate",
    status: "completed",
    outputs: { table: aTable(10) },
    coverage: whole,
    reason: undefined,
    reused: true,
    durationMs: 10
  }),
  at(3350, {
    _tag: "PipelineEnded",
    pipeline: "data_pipeline",
    status: "partial",
    records: 3052,
    durationMs: 3330,
    reason: "load is partial"
  }),
  at(3360, { _tag: "PipelineStarted", pipeline: "metrics_pipeline" }),
  at(3370, { _tag: "StageStarted", stage: "metrics_pipeline.technical_indicators", inputs: {}, key: "k", keyParts: {} }),
  at(3380, { _tag: "AttemptStarted", stage: "metrics_pipeline.technical_indicators", partition: null, attempt: 1 }),
  at(4000, {
    _tag: "Warned",
    message: "8 cores were asked for, 2 are there",
    hint: "lower resource_management.cpu",
    stage: "metrics_pipeline.technical_indicators"
  }),
  at(5000, {
    _tag: "StageEnded",
    stage: "metrics_pipeline.technical_indicators",
    status: "failed",
    outputs: {},
    coverage: whole,
    reason: "TooShort: NEW has 1 bars, 10 are needed. Load more history.",
    reused: false,
    durationMs: 1630
  }),
  at(5010, {
    _tag: "StageEnded",
    stage: "metrics_pipeline.summary",
    status: "skipped",
    outputs: {},
    coverage: whole,
    reason: "metrics_pipeline.technical_indicators failed",
    reused: false,
    durationMs: 0
  }),
  at(5020, {
    _tag: "PipelineEnded",
    pipeline: "metrics_pipeline",
    status: "failed",
    records: 0,
    durationMs: 1660,
    reason: "technical_indicators failed"
  }),
  at(5030, { _tag: "RunEnded", status: "failed", reason: "metrics_pipeline failed", durationMs: 5030 })
]
export const fold = (all: ReadonlyArray<LiveEvent> = events): RunModel => all.reduce(advance, emptyModel)
