import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { aPlan } from "../../../core/src/testing/aPlan.ts"
import { recorder, start } from "../../../core/src/testing/recorder.ts"
import { runAnnotations } from "../../src/ci/annotations.ts"
import { diagnosticAnnotation } from "../../src/ci/githubCommand.ts"
import { junitOf } from "../../src/ci/junit.ts"
import type { LiveEvent } from "../../src/domain.ts"
import { diagnosticLines } from "../../src/explain.ts"
import { advance, emptyModel } from "../../src/output/model.ts"
import { linesOf } from "../../src/output/plain/changes.ts"
import type { Look } from "../../src/output/plain/look.ts"
import { summaryLines } from "../../src/output/plain/summary.ts"
import { hanging, someLines } from "../../src/output/plain/text.ts"
import { treeLines } from "../../src/output/plain/tree.ts"

const { at, ended, failed, started } = recorder()
const pipe: Look = { width: undefined, color: false, unicode: true }
const narrow: Look = { ...pipe, width: 60 }
const failure = {
  tag: "Thrown",
  message: "Error: no prices\n  for SPY",
  place: { file: "src/vol.ts", line: 36, column: 32 }
}
const reason = "Error: no prices (src/vol.ts:36:32)\n  for SPY"
const events: ReadonlyArray<LiveEvent> = [
  at(0, { _tag: "PlanFixed", plan: aPlan("p.vol") }),
  started(10, "p.vol"),
  failed(20, "p.vol", "", { failure, final: false }),
  at(20, { _tag: "RetryScheduled", stage: "p.vol", partition: null, attempt: 2, due: start + 60_020 }),
  failed(60_030, "p.vol", "", { failure, attempt: 2 }),
  ended(60_040, "p.vol", "failed", { reason })
]
const model = events.reduce(advance, emptyModel)
const said = (look: Look): string => {
  let folded = emptyModel
  return events
    .flatMap((event) => {
      folded = advance(folded, event)
      return linesOf(folded, event, look, { detail: "normal" })
    })
    .join("\n")
}
/** Without the time of day, which depends on the zone. */
const undated = (text: string): string => text.replaceAll(/^\d\d:\d\d:\d\d {2}/gmu, "")

describe("a failure with a place and several lines", () => {
  it("is told line by line, with its place behind the first, and with the way to try once", () => {
    const lines = undated(said(pipe)).split("\n")
    expect(lines.slice(-4)).toEqual([
      "p.vol         ↻ retry      try 2/1 in 1 min 00 s (--param max_retries=1 tries once): Error: no prices (src/vol.ts:36:32)",
      "                                       for SPY",
      "p.vol         ✖ failed     Error: no prices (src/vol.ts:36:32)",
      "                                       for SPY"
    ])
    expect(said(narrow)).toContain(`\n${" ".repeat(27)}for SPY`)
    const facts = { log: "x.jsonl", reports: undefined, again: "tetra run" }
    expect(summaryLines(model, pipe, facts, false).join("\n")).toContain(`  ✖ p.vol: ${reason.replace("\n", "\n    ")}`)
  })
  it("keeps its lines in a tree of reasons", () => {
    const node = { kind: "failed", text: reason, tookMs: 5, children: [] } as const
    const tree = treeLines({ ...node, children: [node] }, pipe, 0)
    expect(tree).toEqual([
      "✖ Error: no prices (src/vol.ts:36:32) (5 ms)",
      "    for SPY",
      "└─ ✖ Error: no prices (src/vol.ts:36:32) (5 ms)",
      "       for SPY"
    ])
  })
  it("stands at its line in GitHub, and in a JUnit report", () => {
    const [line] = runAnnotations(model, (file) => `sub/${file}`)
    expect(line).toMatch(/^::error file=sub\/src\/vol\.ts,line=36,col=32,title=p\.vol failed::Error: no prices/u)
    expect(junitOf(model)).toContain("Error: no prices (src/vol.ts:36:32)\n  for SPY</failure>")
  })
  it("is cut when it has very many lines", () => {
    const many = someLines(Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n")).split("\n")
    expect([many.length, many.at(-2), many.at(-1)]).toEqual([12, "line 10", "and 29 more lines: tetra logs"])
    expect(hanging("- ", "one two\n  three four five", 13)).toEqual(["- one two", "    three", "    four", "    five"])
  })
})
describe("a problem in the code of a plugin", () => {
  it("is told at its line, with the lines around it, and so in GitHub", () => {
    const folder = mkdtempSync(join(tmpdir(), "tetra-problem-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, "vol.ts")
    writeFileSync(file, "const a = 1\nconst b = = 2\n")
    const code = { file, line: 2, column: 11 }
    const problem = { level: "error", where: "tetra.yaml:3:85", message: "cannot be imported", hint: "mend it", code } as const
    expect(diagnosticLines(problem, pipe)).toEqual([
      `✖ ${file}:2:11: cannot be imported`,
      "    mend it",
      "      1 | const a = 1",
      "    > 2 | const b = = 2",
      "        |           ^"
    ])
    expect(diagnosticAnnotation(problem)).toMatch(/^::error file=.*vol\.ts,line=2,col=11,title=Tetra plugin::/u)
  })
})
