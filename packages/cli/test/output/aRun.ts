/** A recorded run for tests of the plain output. */
import { aPlan, aPolicy } from "../../../core/src/testing/aPlan.ts"
import { aTable, recorder, start } from "../../../core/src/testing/recorder.ts"
import type { LiveEvent } from "../../src/domain.ts"
import { advance, emptyModel, type RunModel } from "../../src/output/model.ts"

const { at, attempt, committed, ended, failed, line, started } = recorder()
const load = "data_pipeline.load"
const validate = "data_pipeline.validate"
const indicators = "metrics_pipeline.technical_indicators"
const threeTries = { policy: { retry: { ...aPolicy().retry, maxAttempts: 3 } } }
const plan = aPlan(
  `${load}* > ${validate} > ${indicators} > metrics_pipeline.summary`,
  { [load]: threeTries },
  { mode: "weekly" }
)

const extras = (rows: number) => ({
  artifacts: [{ name: "report.html", media: "text/html", bytes: 10, hash: "h" }],
  counters: { rows, quality_findings: 2 }
})
const reused = { cached: { run: "r0" } }
/** Two of three partitions load (one reused), one is retried and given up; what follows is reused, fails, and is skipped. */
export const events: ReadonlyArray<LiveEvent> = [
  at(0, { _tag: "PlanFixed", plan }),
  at(10, { _tag: "RunStarted", owner: { id: "o", pid: 1, host: "h" } }),
  at(20, { _tag: "PipelineStarted", pipeline: "data_pipeline" }),
  started(30, load),
  at(40, { _tag: "PartitionsFixed", stage: load, keys: ["SPY", "QQQ", "BAD"] }),
  attempt(50, load, "SPY"),
  attempt(60, load, "BAD"),
  at(1000, { _tag: "Progress", stage: load, partition: "SPY", done: 500, total: 1000, of: "bars" }),
  committed(1100, load, 1042, { ...extras(1042), ...reused, partition: "QQQ" }),
  line(1150, "warn", load, "gap in \u001b[31mBAD\u001b[0m\r\nsecond line"),
  failed(1200, load, "no such symbol: BAD", { partition: "BAD", final: false }),
  at(1210, { _tag: "RetryScheduled", stage: load, partition: "BAD", attempt: 2, due: start + 3210 }),
  committed(2000, load, 2000, { ...extras(2000), partition: "SPY" }),
  attempt(3210, load, "BAD", 2),
  failed(3300, load, "no such symbol: BAD", { partition: "BAD", attempt: 2, durationMs: 90 }),
  ended(3310, load, "partial", {
    outputs: { table: aTable(3042) },
    coverage: { done: 2, expected: 3, ratio: 2 / 3, missing: [{ partition: "BAD", reason: "no such symbol: BAD" }] },
    reason: "1 of 3 partitions, BAD: no such symbol: BAD",
    durationMs: 3280
  }),
  started(3320, validate),
  committed(3330, validate, 10, { ...extras(10), ...reused }),
  ended(3340, validate, "completed", { outputs: { table: aTable(10) }, reused: true, durationMs: 10 }),
  at(3350, {
    _tag: "PipelineEnded",
    pipeline: "data_pipeline",
    status: "partial",
    records: 3052,
    durationMs: 3330,
    reason: "load is partial"
  }),
  at(3360, { _tag: "PipelineStarted", pipeline: "metrics_pipeline" }),
  started(3370, indicators),
  attempt(3380, indicators),
  at(4000, {
    _tag: "Warned",
    message: "8 cores were asked for, 2 are there",
    hint: "lower resource_management.cpu",
    stage: indicators
  }),
  ended(5000, indicators, "failed", {
    reason: "TooShort: NEW has 1 bars, 10 are needed. Load more history.",
    durationMs: 1630
  }),
  ended(5010, "metrics_pipeline.summary", "skipped", { reason: `${indicators} failed`, durationMs: 0 }),
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
