import { testStage } from "@tetra/core/testing"
import { describe, expect, it } from "vitest"
import { dataLoading } from "../src/stages/dataLoading.ts"
import { dataValidation } from "../src/stages/dataValidation.ts"
import { initialization } from "../src/stages/initialization.ts"
import type { Finding } from "../src/types.ts"
import { applyRules, type Facts } from "../src/validation/Rule.ts"
import { rules } from "../src/validation/rules/index.ts"
import { scoreOf } from "../src/validation/score.ts"
import { dataset } from "@tetra/core/testing"
import { batch, text } from "@tetra/core"
import { Labels, Rows } from "../src/types.ts"
import { withFile } from "./support/load.ts"

interface Options {
  readonly target?: string
  readonly rules?: Record<string, "off" | "info">
  readonly strict?: boolean
}
/** Validates made content through the first three stages. */
const validate = (content: string | Uint8Array, options: Options = {}) =>
  withFile("made.csv", content, async (path) => {
    const { source } = (await testStage(initialization, { config: { data_source: path, format: "auto" } })).outputs
    const config = {
      limits: {},
      id_columns: [],
      date_order: "auto" as const,
      ...(options.target === undefined ? {} : { target_column: options.target })
    }
    const { labels, schema, table } = (await testStage(dataLoading, { config, inputs: { source } })).outputs
    const column = (name: string) => Float64Array.from(table, (row) => (row as unknown as Record<string, number>)[name] ?? NaN)
    const rows = batch(
      { _row: Int32Array.from(table, (r) => r._row) },
      Object.fromEntries(schema.columns.map((c) => [c.name, column(c.name)]))
    )
    const codes = batch({
      column: text(labels.map((l) => l.column)),
      code: Int32Array.from(labels, (l) => l.code),
      label: text(labels.map((l) => l.label))
    })
    return testStage(dataValidation, {
      config: { limits: {}, strict_validation: options.strict ?? false, rules: options.rules ?? {} },
      inputs: { source, schema, table: dataset(Rows, rows), labels: dataset(Labels, codes) }
    })
  })
const findingsOf = async (content: string | Uint8Array, options: Options = {}): Promise<ReadonlyArray<Finding>> =>
  (await validate(content, options)).outputs.quality.findings
const brief = (findings: ReadonlyArray<Finding>) => findings.map((f) => `${f.code} ${f.severity} ${f.columns.join("+")}`.trim())

const pick = (words: ReadonlyArray<string>, i: number) => words[i % words.length] ?? ""
const range = (n: number) => Array.from({ length: n }, (_, i) => i)
/** A table of n rows whose cells are functions of the row number. */
const table = (n: number, columns: Record<string, (i: number) => string | number>) =>
  [
    Object.keys(columns).join(","),
    ...range(n).map((i) =>
      Object.values(columns)
        .map((cell) => cell(i))
        .join(",")
    )
  ].join("\n")

describe("data quality rules", () => {
  it("find nothing in a tidy table", async () => {
    const clean = table(60, {
      name: (i) => `item ${"abcdef"[i % 6]}${"uvwxy"[i % 5]}`,
      amount: (i) => 100 + ((i * 7919) % 61),
      day: (i) => `2024-01-${String(1 + (i % 28)).padStart(2, "0")}`
    })
    expect(brief(await findingsOf(clean))).toEqual([])
  })

  it("find what is wrong with cells", async () => {
    const dirty = table(200, {
      row: (i) => i + 1,
      gaps: (i) => (i % 3 === 0 ? "" : (i * 31) % 97),
      nothing: () => "",
      same: () => "x",
      mostly: (i) => (i < 185 ? i * 1.25 : "unknown"),
      dates: (i) => (i % 2 === 0 ? `2024-03-${10 + (i % 18)}` : `Mar ${10 + (i % 18)} 2024`),
      unclear: (i) => `0${1 + (i % 9)}/0${1 + (i % 7)}/2024`,
      endless: (i) => (i === 7 ? "inf" : i / 4),
      mail: (i) => (i % 25 === 0 ? "nobody" : `p${i}@example.org`),
      blanks: (i) => (i % 10 === 0 ? "  red" : pick(["red", "blue"], i)),
      spelling: (i) => pick(["Berlin", "berlin", "Paris", "Paris", "Paris"], i),
      formula: (i) => (i === 3 ? "=cmd()" : pick(["a", "b", "c"], i)),
      control: (i) => (i === 5 ? "a\u0001" : pick(["a", "b"], i))
    })
    const found = brief(await findingsOf(dirty))
    expect(found).toEqual(
      expect.arrayContaining([
        "V14 warning gaps",
        "V15 error nothing",
        "V28 warning same",
        "V19 warning mostly",
        "V21 warning mostly",
        "V17 error dates",
        "V18 warning unclear",
        "V20 warning endless",
        "V22 warning mail",
        "V23 warning blanks",
        "V24 warning spelling",
        "V37 warning formula",
        "V13 warning control"
      ])
    )
    expect(
      found.filter((f) => !/gaps|nothing|same|mostly|dates|unclear|endless|mail|blanks|spelling|formula|control/.test(f))
    ).toEqual([])
  })

  it("find what is wrong with distributions", async () => {
    const skewed = table(400, {
      far: (i) => (i % 12 === 0 ? 1e6 + i : 50 + ((i * 7919) % 41)),
      zeros: (i) => (i % 10 === 0 ? i : 0),
      age: (i) => (i === 9 ? 240 : 20 + ((i * 31) % 50)),
      client_id: (i) => (i === 399 ? 1 : i + 1),
      level: (i) => `L${(i * 7) % 331}`,
      one: (i) => (i === 0 ? "rare" : "usual"),
      answer: (i) => (i % 100 === 0 ? "yes" : "no")
    })
    const found = brief(await findingsOf(skewed, { target: "answer" }))
    expect(found).toEqual(
      expect.arrayContaining([
        "V31 warning far",
        "V32 info far",
        "V33 info zeros",
        "V30 warning age",
        "V27 warning client_id",
        "V28 info one",
        "V42 error answer"
      ])
    )
  })

  it("find what is wrong with the file", async () => {
    expect(brief(await findingsOf("a,b\n"))).toContain("V01 critical")
    expect(brief(await findingsOf("x,,X\n1,2,3\n1,2,3\n"))).toEqual(
      expect.arrayContaining(["V02 warning", "V03 warning column_2+X_2", "V06 error"])
    )
    expect(
      brief(await findingsOf(`${table(50, { p: (i) => (i * 7) % 23, q: (i) => (i * 7) % 23 })}\n9\n9,9,9\n9,"9"9\n`))
    ).toEqual(expect.arrayContaining(["V10 error", "V11 error"]))
    expect(brief(await findingsOf(table(50, { p: (i) => (i * 7) % 23, q: (i) => (i * 7) % 23 })))).toContain("V07 warning p+q")
    // The same number of each value, in other rows: no duplicates.
    expect(
      brief(await findingsOf(table(40, { p: (i) => i % 2, q: (i) => Number(i < 20), r: (i) => Number(i % 4 > 1) })))
    ).not.toContain("V07 warning p+q")
    expect(brief(await findingsOf("1,2\n3,4\n5,6\n"))).toContain("V04 info")
    expect(brief(await findingsOf(Buffer.from(`${table(40, { w: (i) => `caf\u00e9 ${i % 7}` })}\n`, "latin1")))).toContain(
      "V12 warning"
    )
    expect(brief(await findingsOf(`${table(40, { w: (i) => (i % 9 === 0 ? "cafÃ©" : "tea") })}\n`))).toContain("V12 error w")
    expect(brief(await findingsOf(table(35, { city: (i) => `${"abcdefghijklmnopqrst"[i % 20]}x` })))).toContain("V29 info city")
  }, 60_000)

  it("grade the width of a table", () => {
    const wide = (n: number): Facts => ({
      source: { encoding: "utf-8" },
      duplicateRows: 0,
      equalColumns: [],
      numbers: new Map(),
      topCount: new Map(),
      variants: new Map(),
      formulas: new Map(),
      classes: undefined,
      schema: {
        rows: 9e9,
        columns: Array.from(
          { length: n },
          () => ({ role: "feature", evidence: {} }) as unknown as Facts["schema"]["columns"][number]
        ),
        reading: { renamed: [], header: true, rejected: 0, padded: 0, rejects: [] } as unknown as Facts["schema"]["reading"]
      }
    })
    const width = rules.filter((r) => r.code === "V05")
    expect([500, 501, 5001].map((n) => applyRules(width, wide(n))[0]?.severity)).toEqual([undefined, "info", "error"])
  })

  it("can be switched off and be given another severity", async () => {
    const found = await findingsOf("a,b\n1,\n2,\n3,\n", { rules: { V02: "off", V15: "info" } })
    expect(brief(found)).toEqual(["V15 info b"])
  })

  it("fail the stage under strict validation, and say which rule", async () => {
    const { error } = await validate("a,b\n1,\n2,\n3,\n", { strict: true })
    expect(error).toMatchObject({
      _tag: "ValidationFailed",
      message: expect.stringMatching(/1 rules found errors, first: "b" is empty\..*switch the rule off/) as string
    })
  })

  it("have each a code of its own and a title", () => {
    expect(new Set(rules.map((r) => r.code)).size).toBe(rules.length)
    expect(rules.length).toBeGreaterThanOrEqual(28)
  })
})

describe("quality score", () => {
  const finding = (severity: Finding["severity"], share: number, dimension: Finding["dimension"] = "completeness"): Finding => ({
    code: "V00",
    severity,
    dimension,
    columns: [],
    affected: 1,
    n: 1,
    share,
    threshold: "",
    examples: [],
    message: ""
  })
  it("is 100 and A without findings", () => {
    expect(scoreOf([])).toMatchObject({ score: 100, grade: "A" })
  })
  it("multiplies 1 - w sqrt(a) within a dimension and weighs the dimensions", () => {
    const { dimensions, score } = scoreOf([finding("warning", 0.25), finding("info", 1)])
    expect(dimensions["completeness"]).toBeCloseTo(100 * (1 - 0.15 * 0.5) * (1 - 0.02), 10)
    expect(score).toBeCloseTo(75 + 0.25 * (dimensions["completeness"] ?? NaN), 10)
  })
  it("is capped at 79 by an error and at 40 by a critical finding", () => {
    expect(scoreOf([finding("error", 0.0001)])).toMatchObject({ score: 79, grade: "C" })
    expect(scoreOf([finding("critical", 0.0001)])).toMatchObject({ score: 40, grade: "F" })
  })
})
