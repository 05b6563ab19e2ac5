import { describe, expect, it } from "vitest"
import { recorder } from "../../../core/src/testing/recorder.ts"
import type { LogLine } from "../../src/domain.ts"
import { exitLines, linesPerStage, mostLines } from "../../src/dashboard/exitLines.ts"
import { emptyModel, type RunModel } from "../../src/output/model.ts"
import { summaryLines } from "../../src/output/plain/summary.ts"
import { fold } from "../output/aRun.ts"

const look = { width: 100, color: false, unicode: true }
const facts = { log: ".tetra/logs/r1.jsonl", reports: undefined, again: "tetra run --mode weekly" }
const { line } = recorder()
const tail = (stage: string): ReadonlyArray<LogLine> =>
  Array.from({ length: 9 }, (_, n) => line(n, "warn", stage, `line ${n}`)).slice(-linesPerStage)
/** The recorded run with `n` stages like its failed one. */
const withFailures = (n: number): RunModel => {
  const model = fold()
  const failed = [...model.stages.values()].find(({ status }) => status === "failed")
  if (failed === undefined) return model
  const more = Array.from({ length: n }, (_, i) => [`p.s${i}`, { ...failed, name: `p.s${i}` }] as const)
  return { ...model, stages: new Map([...model.stages, ...more]) }
}

describe("what stays in the scrollback", () => {
  it("ends a failed run with the last lines of each failed stage, the log and the next command", () => {
    const model = fold()
    const left = exitLines(model, summaryLines(model, look, facts), tail)
    expect(left[0]).toContain("run r1")
    expect(left).toContain("  last lines of metrics_pipeline.technical_indicators:")
    expect(left.filter((one) => /warn line \d/u.test(one)).map((one) => one.slice(-1))).toEqual(["4", "5", "6", "7", "8"])
    expect(left.join("\n")).toContain(facts.log)
    expect(left.at(-1)).toContain("tetra")
  })
  it("is never more than twenty lines, however much failed, and keeps beginning and end", () => {
    for (const n of [0, 1, 2, 5, 40]) {
      const model = withFailures(n)
      const left = exitLines(model, summaryLines(model, look, facts), tail)
      expect(left.length, `${n} more failures`).toBeLessThanOrEqual(mostLines)
      expect(left[0]).toContain("run r1")
      expect(left.join("\n"), `${n} more failures`).toContain(facts.log)
      expect(left.at(-1), `${n} more failures`).toMatch(/tetra/u)
      expect(left.some((one) => one.includes("last lines of"))).toBe(true)
    }
  })
  it("is the summary without its gaps when nothing failed", () => {
    const closing = ["", "✔ run r1 completed", "", "  log  x", "  next  y"]
    expect(exitLines(emptyModel, closing, () => [])).toEqual(["✔ run r1 completed", "  log  x", "  next  y"])
  })
})
