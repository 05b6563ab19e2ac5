import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { diagnosticAnnotations } from "../../src/ci/githubCommand.ts"
import { runAnnotations, summaryMarkdown } from "../../src/ci/annotations.ts"
import { junitOf } from "../../src/ci/junit.ts"
import { readyFor, tellCi, tellNothing, tellRefusal } from "../../src/ci/tellCi.ts"
import type { LiveEvent } from "../../src/domain.ts"
import { Refusal } from "../../src/failure.ts"
import { advance, emptyModel, type StageModel } from "../../src/output/model.ts"
import { fold } from "../output/aRun.ts"

const refused = [
  {
    _tag: "RunEnded",
    run: "r1",
    seq: 1,
    at: 0,
    epoch: 1,
    v: 1,
    status: "skipped",
    reason: "data_pipeline is stale",
    durationMs: 0
  }
] satisfies ReadonlyArray<LiveEvent>

describe("a run as a JUnit report", () => {
  const report = junitOf(fold())
  it("has a suite for each pipeline and a case for each stage, with what each came to", () => {
    expect(report).toContain('<testsuite name="data_pipeline" tests="2" failures="0" errors="0" skipped="0" time="3.330"')
    expect(report).toContain('<testsuite name="metrics_pipeline" tests="2" failures="1" errors="0" skipped="1" time="1.660"')
    expect(report).toMatch(/<testsuites name="tetra weekly [^"]+" tests="4" failures="1" errors="0" skipped="1" time="5.030">/u)
    expect(report).toContain(
      '<testcase classname="metrics_pipeline" name="technical_indicators" time="1.630"><failure message="TooShort: NEW has 1 bars, 10 are needed. Load more history." type="failed">'
    )
  })
  it("tells what a stage left out, and what it reused", () => {
    expect(report).toContain("<system-out>partial: 1 of 3 partitions, BAD: no such symbol: BAD</system-out>")
    expect(report).toMatch(/name="validate" time="0.000"><system-out>reused/u)
  })
  it("is never green for a run that did not begin", () => {
    expect(junitOf(refused.reduce(advance, emptyModel))).toMatch(
      /tests="1" failures="1".*<failure message="data_pipeline is stale" type="skipped">/u
    )
  })
  it("holds no sign that XML has no place for", () => {
    const model = fold()
    const stage = [...model.stages.values()].find(({ status }) => status === "failed") as StageModel
    const nasty = { ...stage, reason: 'a < b && "c" ]]> \u0000\u001b[31mred\ud800\uffff' }
    const text = junitOf({ ...model, stages: new Map(model.stages).set(stage.name, nasty) })
    expect(text).toContain("a &lt; b &amp;&amp; &quot;c&quot; ]]&gt; red")
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what this looks for
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ud800-\udfff\uffff]/u)
  })
})

describe("the file of a report", () => {
  const aReport = () => {
    const dir = mkdtempSync(join(tmpdir(), "tetra-junit-"))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const junit = join(dir, "deep", "tetra.xml")
    const ci = { junit, github: false }
    readyFor(ci)
    return { ci, junit, read: () => readFileSync(junit, "utf8") }
  }
  it("of an earlier run says nothing about a command that was refused: its problems are one failed case", () => {
    const { ci, junit, read } = aReport()
    writeFileSync(junit, "an old report, all green")
    readyFor(ci)
    const problem = {
      level: "error",
      where: "tetra.yaml:4:1",
      path: "projct",
      message: "it is not known here",
      hint: ""
    } as const
    tellRefusal(ci, new Refusal("this cannot be run", { problems: [problem, { ...problem, level: "warning", where: "minor" }] }))
    expect(read()).toMatch(
      /^<\?xml [^>]*>\n<testsuites [^>]*tests="1" [^>]*failures="1".*<testcase [^>]*><failure message="this cannot be run; tetra.yaml:4:1 projct: it is not known here" type="refused">/u
    )
    expect(read()).not.toContain("minor")
  })
  it("keeps what was told of the run, whatever goes wrong behind it", () => {
    const { ci, read } = aReport()
    tellCi(ci, fold(), ".")
    tellRefusal(ci, new Error("the store is gone"))
    expect(read()).toBe(junitOf(fold()))
  })
  it("has a skipped case when there was nothing to run", () => {
    const { ci, read } = aReport()
    tellNothing(ci)
    expect(read()).toMatch(/tests="1" [^>]*failures="0".*<testcase [^>]*><skipped message="nothing to run/u)
  })
})

describe("annotations for GitHub Actions", () => {
  it("are an error for what failed and a warning for what is partial, each in one line", () => {
    const lines = runAnnotations(fold(), (file) => file)
    expect(lines).toEqual([
      expect.stringMatching(/^::error title=metrics_pipeline\.technical_indicators failed::TooShort: NEW has 1 bars/u),
      expect.stringMatching(/^::warning title=data_pipeline\.load is partial::1 of 3 partitions/u)
    ])
  })
  it("say why a run did not begin", () => {
    expect(runAnnotations(refused.reduce(advance, emptyModel), (file) => file)).toEqual([
      "::error title=run skipped::data_pipeline is stale"
    ])
  })
  it("point at the line of the configuration, and cannot be forged by what they quote", () => {
    const problem = {
      level: "error",
      where: "tetra.yaml:12:7",
      path: "retry",
      message: "100 %\n::error::no",
      hint: "mend it"
    } as const
    expect(diagnosticAnnotations([problem])).toEqual([
      "::error file=tetra.yaml,line=12,col=7,title=Tetra configuration::retry: 100 %25 | ::error::no. mend it"
    ])
  })
  it("are ten of a kind at most, as GitHub shows no more", () => {
    const many = Array.from({ length: 25 }, (_, i) => ({ level: "error", where: `a:${i}:1`, message: "x", hint: "" }) as const)
    const lines = diagnosticAnnotations(many)
    expect([lines.length, lines.at(-1)]).toEqual([10, "::notice::16 more problems, see the log of this step"])
  })
  it("go with a table of the pipelines for the page of the job", () => {
    const page = summaryMarkdown(fold())
    expect(page).toContain(
      "| metrics_pipeline | ❌ failed | 1.7 s | - | 0 computed, 0 reused, 2 not | technical_indicators failed |"
    )
    expect(page).toContain("- ⚠️ `data_pipeline.load`: 1 of 3 partitions")
  })
})
