/** A recorded run for tests: a trading chain with a retry, a reused stage, a failure, and texts that would like to harm the screen. */
import type { LiveEvent, RunPlan } from "@tetra/core/engine"
import { aPlan, aPolicy } from "../../../core/src/testing/aPlan.ts"
import { recorder, start } from "../../../core/src/testing/recorder.ts"

const run = "20260131T190400000-abc123"
const threeTries = { policy: { retry: { ...aPolicy().retry, maxAttempts: 3 } } }
const arrows = `
  data_pipeline.fetch* > data_pipeline.market_data > scenarios_pipeline.define > scenarios_pipeline.generate*,
  data_pipeline.market_data > metrics_pipeline.indicators > metrics_pipeline.statistics > assessment_pipeline.backtests,
  scenarios_pipeline.generate > metrics_pipeline.statistics, assessment_pipeline.backtests > assessment_pipeline.report`
const thePlan = (): RunPlan => {
  const { pipelines, stages, ...plan } = aPlan(arrows, { "data_pipeline.fetch": threeTries }, { mode: "weekly", hash: "abc" })
  return {
    ...plan,
    pipelines: pipelines.map((pipeline) => ({ ...pipeline, params: { days: 30 } })),
    stages: stages.map((stage) => ({ ...stage, config: { window: 20, symbols: ["SPY", "QQQ"] } }))
  }
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
  const { at, attempt, committed, ended, failed, line, started } = recorder(run)
  const fetch = "data_pipeline.fetch"
  const inputs = { inputs: { bars: "v".repeat(64) }, key: "k".repeat(32), keyParts: { code: "1" } }
  const begun = (ms: number, stage: string) => [started(ms, stage, inputs), attempt(ms + 5, stage)]
  const earlier = { cached: { run: "20260130T190400000-old000" } }
  return [
    at(0, {
      _tag: "RunRequested",
      planHash: "abc",
      mode: "weekly",
      pipelines: thePlan().pipelines.map(({ name }) => name),
      params: {},
      trigger: { kind: "cli", detail: "tetra run" },
      force: false,
      commandId: undefined,
      configVersion: "bceb39300000",
      plugins: {}
    }),
    at(1, { _tag: "PlanFixed", plan: thePlan() }),
    at(10, { _tag: "RunStarted", owner: { id: "o", pid: 1, host: "h" } }),
    at(20, { _tag: "PipelineStarted", pipeline: "data_pipeline" }),
    started(30, fetch),
    at(40, { _tag: "PartitionsFixed", stage: fetch, keys: ["SPY", "QQQ", "東京"] }),
    attempt(50, fetch, "SPY"),
    attempt(60, fetch, "東京"),
    ...hostile.map((message, i) => line(100 + i, i % 5 === 0 ? "warn" : "info", fetch, message)),
    failed(900, fetch, "the source did not answer within 5 s", {
      partition: "東京",
      failure: { tag: "Timeout", message: "the source did not answer within 5 s" },
      final: false,
      durationMs: 800
    }),
    at(901, { _tag: "RetryScheduled", stage: fetch, partition: "東京", attempt: 2, due: start + 4900 }),
    committed(1000, fetch, 5020, { partition: "SPY" }),
    committed(1100, fetch, 5020, { ...earlier, partition: "QQQ" }),
    attempt(4900, fetch, "東京", 2),
    committed(5200, fetch, 4800, { partition: "東京" }),
    ended(5300, fetch, "completed", { coverage: { done: 3, expected: 3, ratio: 1, missing: [] } }),
    ...begun(5400, "data_pipeline.market_data"),
    committed(5600, "data_pipeline.market_data", 14_840),
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
    ...begun(5800, "scenarios_pipeline.define"),
    committed(5810, "scenarios_pipeline.define", 34, { ...earlier }),
    ended(5820, "scenarios_pipeline.define", "completed", { reused: true }),
    at(5830, { _tag: "PipelineStarted", pipeline: "metrics_pipeline" }),
    ...begun(5840, "metrics_pipeline.indicators"),
    started(5900, "scenarios_pipeline.generate"),
    at(5910, {
      _tag: "PartitionsFixed",
      stage: "scenarios_pipeline.generate",
      keys: Array.from({ length: 9 }, (_, i) => `path-${i}`)
    }),
    attempt(5920, "scenarios_pipeline.generate", "path-0"),
    committed(6300, "scenarios_pipeline.generate", 100, { partition: "path-0" }),
    attempt(6310, "scenarios_pipeline.generate", "path-1"),
    at(6600, { _tag: "Progress", stage: "metrics_pipeline.indicators", partition: null, done: 61, total: 100, of: "windows" }),
    at(6650, {
      _tag: "Warned",
      message: "one symbol has no volume",
      hint: "check the provider",
      stage: "metrics_pipeline.indicators"
    }),
    line(6700, "error", "metrics_pipeline.indicators", "window 61 is degenerate: every price is the same"),
    committed(6900, "scenarios_pipeline.generate", 100, { partition: "path-1" })
  ]
}
/** The same run to its end: the indicators fail, and what depends on them is skipped. */
export const finished = (): ReadonlyArray<LiveEvent> => {
  const before = recording()
  const { at, ended, failed } = recorder(run, before.filter(({ _tag }) => _tag !== "Log").length + 1)
  const indicators = "metrics_pipeline.indicators"
  const reason = "window 61 is degenerate"
  const after = ["metrics_pipeline.statistics", "assessment_pipeline.backtests", "assessment_pipeline.report"]
  return [
    ...before,
    failed(7000, indicators, reason, { failure: { tag: "Degenerate", message: reason }, durationMs: 1100 }),
    ended(7001, indicators, "failed", { coverage: { done: 0, expected: 1, ratio: 0, missing: [] }, reason, durationMs: 1160 }),
    ...after.map((stage) => ended(7002, stage, "skipped", { reason: `${indicators} failed`, durationMs: 0 })),
    at(7100, { _tag: "RunEnded", status: "failed", reason: "1 of 8 stages failed", durationMs: 7100 })
  ]
}
