import type { PipelineRunRow, RunRow } from "@tetra/core/engine"
import { assert, describe, it } from "vitest"
import { comparisonOf, type Recorded } from "../../src/comparison/Comparison.ts"
import { comparisonLines } from "../../src/comparison/lines.ts"
import { comparisonPage } from "../../src/comparison/page.ts"
import { sparkline, trendOf } from "../../src/commands/trends.ts"
import { emptyModel, type StageModel } from "../../src/output/model.ts"
import type { AssessmentReport } from "../../src/project/assessment.ts"
import { reportFolders } from "../../src/project/reportFiles.ts"

const look = { color: false, unicode: false, width: undefined }
const rowOf = (id: string, ms: number, params: RunRow["params"]): RunRow => ({
  id,
  mode: "full",
  pipelines: ["p"],
  status: "completed",
  planHash: "",
  configVersion: "c0ffee",
  trigger: { kind: "test", detail: "" },
  params,
  owner: { id: "owner", pid: 1, host: "h" },
  seq: 1,
  epoch: 1,
  requestedAt: 0,
  endedAt: ms,
  reason: undefined,
  paused: undefined,
  archivedAt: undefined
})
const stageOf = (name: string, of: Partial<StageModel>): readonly [string, StageModel] => [
  name,
  { name, status: "completed", durationMs: 1000, rows: 10, reused: false, from: undefined, ...of } as StageModel
]
const strategyOf = (id: string, sharpe: number, verdict = "fragile") => ({
  id,
  title: id,
  parameters: "",
  rank: 1,
  score: 0,
  verdict,
  measures: { sharpe, annual_return: 0.1, max_drawdown: -0.2 }
})
const assessment = (...strategies: AssessmentReport["strategies"]): AssessmentReport => ({
  format: "tetra/assessment-report@1",
  days: [],
  strategies,
  details: {}
})
const recorded = (row: RunRow, stages: ReadonlyArray<readonly [string, StageModel]>, report?: AssessmentReport): Recorded => ({
  row,
  model: { ...emptyModel, stages: new Map(stages) },
  assessment: report
})

const before = recorded(
  rowOf("one", 4000, { fees: 5 }),
  [stageOf("p.load", { durationMs: 1000, rows: 100 }), stageOf("p.old", {})],
  assessment(strategyOf("trend", 1.2, "robust"), strategyOf("carry", 0.5), strategyOf("gone", 0.4))
)
const after = recorded(
  rowOf("two", 9000, { fees: 20 }),
  [stageOf("p.load", { durationMs: 3400, rows: 90 }), stageOf("p.new", { reused: true, from: "one" })],
  assessment(strategyOf("carry", 0.5), strategyOf("trend", 0.9), strategyOf("<b>new</b>", 0.3))
)
const comparison = comparisonOf(before, after, [{ path: "cache", detail: "changed: 1 -> 2" }])

describe("two runs compared", () => {
  it("tells time, rows, configuration, what was asked for, and stages that only one of them has", () => {
    const text = comparisonLines(comparison, look, (hash) => `3 (${hash})`).join("\n")
    assert.match(text, /one +\+ completed .* 4\.0 s +110 +full +3 \(c0ffee\)/u)
    assert.match(text, /cache {2}changed: 1 -> 2/u)
    assert.match(text, /fees +5 -> 20|fees +changed.*5.*20/u)
    assert.match(text, /p\.load +1\.0 s +3\.4 s +x 3\.4 +90 \(-10\)/u)
    assert.match(text, /p\.new +not planned +reused/u)
    assert.match(text, /p\.old +1\.0 s +not planned/u)
  })
  it("tells how the ranking moved: places, verdicts, numbers, who is new and who is gone", () => {
    const text = comparisonLines(comparison, look, String).join("\n")
    assert.match(text, /1 \(was 2\) +carry/u)
    assert.match(text, /2 \(was 1\) +trend +robust -> fragile +10\.0 % +1\.20 -> 0\.90 +-20\.0 %/u)
    assert.match(text, /3 \(new\) +<b>new<\/b>/u)
    assert.match(text, /gone \(was 3\) +gone/u)
  })
  it("says in one line that nothing moved", () => {
    const same = comparisonOf(before, { ...after, assessment: before.assessment }, [])
    const text = comparisonLines(same, look, String).join("\n")
    assert.include(text, "all 3 strategies as before")
    assert.match(text, /configuration +the same/u)
  })
  it("is a page without a script, with everything escaped", () => {
    const page = comparisonPage(comparison, String)
    assert.include(page, "&lt;b&gt;new&lt;/b&gt;")
    assert.notMatch(page, /<script|<b>|src=|@import|url\(/u)
  })
})

describe("the reports of a run", () => {
  it("are those of its stages, the last ones first, a reused one in the run that computed it, the asked-for one before all", () => {
    const { model } = recorded(rowOf("two", 1, null), [
      stageOf("p.a", {}),
      stageOf("p.b", { reused: true, from: "one" }),
      stageOf("p.c", {})
    ])
    assert.deepStrictEqual(reportFolders("two", model), ["two/p.c", "one/p.b", "two/p.a", "two/comparison"])
    assert.strictEqual(reportFolders("two", model, "p.a")[0], "two/p.a")
    assert.deepStrictEqual(reportFolders("old", emptyModel), ["old"])
  })
})

describe("trends", () => {
  const rows = (durations: ReadonlyArray<number | "failed" | "skipped">): ReadonlyArray<PipelineRunRow> =>
    durations
      .map((d, i) => ({
        run: `r${i}`,
        pipeline: "p",
        startedAt: 1000 * i,
        endedAt: 1000 * i + (typeof d === "number" ? d : 1),
        status: typeof d === "number" ? ("completed" as const) : d,
        records: i,
        reason: undefined
      }))
      .toReversed()
  it("leave failures and skipped runs out of durations, and count failures among what ran", () => {
    assert.deepStrictEqual(trendOf("p", rows([10, "failed", 30, "skipped", 20])), {
      pipeline: "p",
      runs: 4,
      failed: 0.25,
      durations: [10, 30, 20],
      median: 20,
      last: 20,
      change: undefined,
      rows: 4
    })
  })
  it("leave out of a duration the time in which nobody worked on the run", () => {
    const [retried, ...others] = rows([10, 10, 10, 70])
    const { change, last } = trendOf("p", [{ ...retried!, awayMs: 60 }, ...others])
    assert.deepStrictEqual([last, change], [10, 0])
  })
  it("compare the newer half with the older one", () => {
    assert.closeTo(trendOf("p", rows([10, 10, 15, 15])).change!, 0.5, 1e-12)
    assert.strictEqual(trendOf("p", []).median, undefined)
  })
  it("are drawn from the lowest to the highest, in ASCII too", () => {
    assert.strictEqual(sparkline([1, 2, 3], look), "_-^")
    assert.strictEqual(sparkline([1, 3], { ...look, unicode: true }), "▁█")
    assert.strictEqual(sparkline([1], look), "")
  })
})
