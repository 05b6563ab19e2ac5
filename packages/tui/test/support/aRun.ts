/** A recorded run for tests: a trading chain with a retry, a reused stage, a failure, and texts that would like to harm the screen. */
import type { LiveEvent, LogLine, RunEvent, RunPlan, StoredEvent } from "@tetra/core/engine"

export const start = Date.UTC(2026, 0, 31, 19, 4, 0)
export const run = "20260131T190400000-abc123"

const planned = (name: string, after: ReadonlyArray<string>, partitioned: boolean): RunPlan["stages"][number] => ({
  name,
  pipeline: name.split(".")[0] ?? "",
  stage: name.split(".")[1] ?? "",
  stageId: name.replace(".", "/"),
  stageVersion: 1,
  plugin: "test",
  config: { window: 20, symbols: ["SPY", "QQQ"] },
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
/** `{ "a.load": [], "b.parts*": ["a.load"] }`: a star marks a partitioned stage. */
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
      params: { days: 30 },
      after: [],
      parallelism: undefined
    })),
    stages,
    force: false,
    seed: 1,
    hash: "abc"
  }
}
/** Numbers events by itself; every recording begins with 1. */
export const recorder = () => {
  let seq = 0
  const at = (ms: number, event: RunEvent): StoredEvent => ({ ...event, run, seq: ++seq, at: start + ms, epoch: 1, v: 1 })
  const line = (ms: number, level: LogLine["level"], stage: string | undefined, message: string): LogLine => ({
    _tag: "Log",
    run,
    at: start + ms,
    stage,
    partition: null,
    level,
    message,
    fields: level === "warn" ? { attempt: 2 } : {}
  })
  return { at, line }
}
const table = (rows: number) => ({
  kind: "table" as const,
  type: "t@1",
  version: "f00dfeed",
  rows,
  bytes: rows * 8,
  more: [],
  files: []
})
const whole = { done: 1, expected: 1, ratio: 1, missing: [] }

const graph = {
  "data_pipeline.fetch*": [],
  "data_pipeline.market_data": ["data_pipeline.fetch"],
  "scenarios_pipeline.define": ["data_pipeline.market_data"],
  "scenarios_pipeline.generate*": ["scenarios_pipeline.define"],
  "metrics_pipeline.indicators": ["data_pipeline.market_data"],
  "metrics_pipeline.statistics": ["metrics_pipeline.indicators", "scenarios_pipeline.generate"],
  "assessment_pipeline.backtests": ["metrics_pipeline.statistics"],
  "assessment_pipeline.report": ["assessment_pipeline.backtests"]
}
/** What stages write that a terminal must never see as it is. */
export const hostile = [
  "plain",
  "\u001b[31mred\u001b[0m and \u001b[2J\u001b[H cleared",
  "\u001b]0;title\u0007after the title",
  "\u001b]52;c;ZXZpbA==\u001b\\clipboard",
  "10 %\r50 %\r100 %",
  "tab\there\u0008\u0008\u0000null\u007f",
  "東京証券取引所の終値 漢字",
  "e\u0301\u0301\u0301\u0301\u0301\u0301 zalgo",
  "👨‍👩‍👧‍👦 family ❤️ 👍🏽 flag 🇩🇪",
  "\u202eright to left\u202c עברית العربية",
  "two\nlines\n\u001b[5;5Hthree",
  "\ud800 lone surrogate",
  "\u009b31m eight bit",
  "x".repeat(5000)
]
export const recording = (): ReadonlyArray<LiveEvent> => {
  const { at, line } = recorder()
  const fetch = "data_pipeline.fetch"
  const start1 = (ms: number, stage: string) => [
    at(ms, { _tag: "StageStarted", stage, inputs: { bars: "v".repeat(64) }, key: "k".repeat(32), keyParts: { code: "1" } }),
    at(ms + 5, { _tag: "AttemptStarted", stage, partition: null, attempt: 1 })
  ]
  const commit = (ms: number, stage: string, rows: number, partition: string | null, reused = false) =>
    at(ms, {
      _tag: "UnitCommitted",
      stage,
      partition,
      attempt: 1,
      key: "k",
      outputs: { table: table(rows) },
      artifacts: [],
      counters: { rows },
      durationMs: 900,
      cached: reused ? { run: "20260130T190400000-old000" } : undefined
    })
  const ended = (ms: number, stage: string, status: "completed" | "failed" | "skipped", reason?: string, reused = false) =>
    at(ms, {
      _tag: "StageEnded",
      stage,
      status,
      outputs: {},
      coverage: stage === fetch ? { done: 3, expected: 3, ratio: 1, missing: [] } : whole,
      reason,
      reused,
      durationMs: 1400
    })
  return [
    at(0, {
      _tag: "RunRequested",
      planHash: "abc",
      mode: "weekly",
      pipelines: Object.keys(graph),
      params: {},
      trigger: { kind: "cli", detail: "tetra run" },
      force: false,
      commandId: undefined,
      configVersion: "bceb39300000",
      plugins: {}
    }),
    at(1, { _tag: "PlanFixed", plan: aPlan(graph) }),
    at(10, { _tag: "RunStarted", owner: { id: "o", pid: 1, host: "h" } }),
    at(20, { _tag: "PipelineStarted", pipeline: "data_pipeline" }),
    at(30, { _tag: "StageStarted", stage: fetch, inputs: {}, key: "k", keyParts: {} }),
    at(40, { _tag: "PartitionsFixed", stage: fetch, keys: ["SPY", "QQQ", "東京"] }),
    at(50, { _tag: "AttemptStarted", stage: fetch, partition: "SPY", attempt: 1 }),
    at(60, { _tag: "AttemptStarted", stage: fetch, partition: "東京", attempt: 1 }),
    ...hostile.map((message, i) => line(100 + i, i % 5 === 0 ? "warn" : "info", fetch, message)),
    at(900, {
      _tag: "AttemptFailed",
      stage: fetch,
      partition: "東京",
      attempt: 1,
      failure: { tag: "Timeout", message: "the source did not answer within 5 s" },
      final: false,
      durationMs: 800
    }),
    at(901, { _tag: "RetryScheduled", stage: fetch, partition: "東京", attempt: 2, due: start + 4900 }),
    commit(1000, fetch, 5020, "SPY"),
    commit(1100, fetch, 5020, "QQQ", true),
    at(4900, { _tag: "AttemptStarted", stage: fetch, partition: "東京", attempt: 2 }),
    commit(5200, fetch, 4800, "東京"),
    ended(5300, fetch, "completed"),
    ...start1(5400, "data_pipeline.market_data"),
    commit(5600, "data_pipeline.market_data", 14_840, null),
    ended(5700, "data_pipeline.market_data", "completed"),
    at(5750, {
      _tag: "PipelineEnded",
      pipeline: "data_pipeline",
      status: "completed",
      records: 29_680,
      durationMs: 5700,
      reason: undefined
    }),
    at(5760, { _tag: "PipelineStarted", pipeline: "scenarios_pipeline" }),
    ...start1(5800, "scenarios_pipeline.define"),
    commit(5810, "scenarios_pipeline.define", 34, null, true),
    ended(5820, "scenarios_pipeline.define", "completed", undefined, true),
    at(5830, { _tag: "PipelineStarted", pipeline: "metrics_pipeline" }),
    ...start1(5840, "metrics_pipeline.indicators"),
    at(5900, { _tag: "StageStarted", stage: "scenarios_pipeline.generate", inputs: {}, key: "k", keyParts: {} }),
    at(5910, {
      _tag: "PartitionsFixed",
      stage: "scenarios_pipeline.generate",
      keys: Array.from({ length: 9 }, (_, i) => `path-${i}`)
    }),
    at(5920, { _tag: "AttemptStarted", stage: "scenarios_pipeline.generate", partition: "path-0", attempt: 1 }),
    commit(6300, "scenarios_pipeline.generate", 100, "path-0"),
    at(6310, { _tag: "AttemptStarted", stage: "scenarios_pipeline.generate", partition: "path-1", attempt: 1 }),
    at(6600, { _tag: "Progress", stage: "metrics_pipeline.indicators", partition: null, done: 61, total: 100, of: "windows" }),
    at(6650, {
      _tag: "Warned",
      message: "one symbol has no volume",
      hint: "check the provider",
      stage: "metrics_pipeline.indicators"
    }),
    line(6700, "error", "metrics_pipeline.indicators", "window 61 is degenerate: every price is the same"),
    commit(6900, "scenarios_pipeline.generate", 100, "path-1")
  ]
}
/** The same run to its end: the indicators fail, and what depends on them is skipped. */
export const finished = (): ReadonlyArray<LiveEvent> => {
  const before = recording()
  const seq = before.filter((e) => e._tag !== "Log").length
  const { at } = recorder()
  const rest: ReadonlyArray<StoredEvent> = [
    at(7000, {
      _tag: "AttemptFailed",
      stage: "metrics_pipeline.indicators",
      partition: null,
      attempt: 1,
      failure: { tag: "Degenerate", message: "window 61 is degenerate" },
      final: true,
      durationMs: 1100
    }),
    at(7001, {
      _tag: "StageEnded",
      stage: "metrics_pipeline.indicators",
      status: "failed",
      outputs: {},
      coverage: { done: 0, expected: 1, ratio: 0, missing: [] },
      reason: "window 61 is degenerate",
      reused: false,
      durationMs: 1160
    }),
    ...["metrics_pipeline.statistics", "assessment_pipeline.backtests", "assessment_pipeline.report"].map((stage) =>
      at(7002, {
        _tag: "StageEnded",
        stage,
        status: "skipped",
        outputs: {},
        coverage: whole,
        reason: "metrics_pipeline.indicators failed",
        reused: false,
        durationMs: 0
      })
    ),
    at(7100, { _tag: "RunEnded", status: "failed", reason: "1 of 8 stages failed", durationMs: 7100 })
  ]
  return [...before, ...rest.map((event) => ({ ...event, seq: event.seq + seq }))]
}
