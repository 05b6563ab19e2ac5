import { because } from "@tetra/core/engine"
import { describe, expect, it } from "vitest"
import { theOne } from "../../src/project/reasons.ts"
import { Refusal } from "../../src/failure.ts"
import type { Look } from "../../src/output/plain/look.ts"
import { widthOf } from "../../src/output/plain/text.ts"
import { treeLines } from "../../src/output/plain/tree.ts"

describe("tetra why", () => {
  const names = [
    { name: "data_pipeline", what: "pipeline" as const },
    { name: "data_pipeline.load", also: "load", what: "stage" as const },
    { name: "metrics_pipeline.load", also: "load", what: "stage" as const },
    { name: "metrics_pipeline.rank", also: "rank", what: "stage" as const },
    { name: "data_pipeline.market_data", also: "market_data", what: "stage" as const },
    { name: "market_data", what: "asset" as const }
  ]
  const meant = (word: string) => {
    const found = theOne(word, names)
    return found instanceof Refusal ? `${found.message} ${found.hint}` : found.name
  }
  it("takes a whole name first, then a beginning that only one thing has", () => {
    expect(meant("data_pipeline")).toBe("data_pipeline")
    expect(meant("rank")).toBe("metrics_pipeline.rank")
    expect(meant("market_data")).toBe("market_data")
    expect(meant("data_pipeline.m")).toBe("data_pipeline.market_data")
  })
  it("names the candidates of an ambiguous name, and the nearest of an unknown one", () => {
    expect(meant("load")).toBe('"load" may mean 2 things say which: data_pipeline.load (stage), metrics_pipeline.load (stage)')
    expect(meant("market_dta")).toContain("Did you mean market_data?")
  })
})

describe("a tree of reasons", () => {
  const at = Date.UTC(2026, 0, 31, 12)
  const tree = because("partial", "load was done in part", {
    at,
    children: [
      because("failed", "try 1 failed: boom\u001b]0;title\u0007", {
        tookMs: 2_000,
        children: [because("retry", "try 2 had to wait until", { at: at + 60_000 })]
      }),
      because("note", "the last")
    ]
  })
  const look: Look = { width: undefined, color: false, unicode: true }
  it("is drawn with branches, times and durations, and cannot move the cursor", () => {
    expect(treeLines(tree, look, at + 1_000).map((line) => line.replaceAll(/\d\d:\d\d:\d\d/gu, "TIME"))).toEqual([
      "◐ load was done in part (TIME)",
      "├─ ✖ try 1 failed: boom (2.0 s)",
      "│  └─ ↻ try 2 had to wait until (TIME)",
      "└─ • the last"
    ])
    expect(treeLines(tree, { ...look, unicode: false }, at).at(-1)).toBe("`- * the last")
  })
  it("fits a narrow terminal, however deep it is", () => {
    const deep = Array.from({ length: 12 }, (_, i) => `reason ${i} of many words that do not fit in one line`).reduceRight(
      (inner, said) => because("note", said, { children: [inner] }),
      because("note", "the root of it")
    )
    const lines = treeLines(deep, { width: 40, color: false, unicode: true }, at)
    expect(lines.filter((line) => widthOf(line) > 39)).toEqual([])
    expect(lines.join("\n")).toContain("the root of it")
  })
})
