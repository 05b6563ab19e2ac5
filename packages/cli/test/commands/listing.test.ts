import { batch, Col, text } from "@tetra/core"
import { describe, expect, it } from "vitest"
import { cellReader } from "@tetra/core/engine"
import { csvHeader, csvLines, jsonRows } from "../../src/commands/assets/cells.ts"
import { lineFilter, type LogOptions } from "../../src/commands/logs.ts"
import { zoned } from "../../src/commands/schedule/list.ts"
import { tableLines } from "../../src/output/table.ts"
import { widthOf } from "../../src/output/plain/text.ts"
import { recorder } from "../../../core/src/testing/recorder.ts"

describe("cells of an exported table", () => {
  const columns = { symbol: Col.text, day: Col.day, close: Col.float, ts: Col.micros, n: Col.long, ok: Col.flag }
  const part = batch(
    {
      symbol: text(['a "b", c', "QQQ"]),
      day: Int32Array.of(0, -2_147_483_648),
      close: Float64Array.of(1.5, Number.NaN),
      ts: BigInt64Array.of(-1n, -9_223_372_036_854_775_808n),
      n: BigInt64Array.of(7n, 9_007_199_254_740_993n),
      ok: Uint8Array.of(1, 0)
    },
    { sma_20: Float64Array.of(Number.NaN, 2) }
  )
  it("become RFC 4180 CSV; what is missing is empty", () => {
    expect([csvHeader(columns, ["sma_20"]), ...csvLines(columns, ["sma_20"], part)]).toEqual([
      "symbol,day,close,ts,n,ok,sma_20",
      '"a ""b"", c",1970-01-01,1.5,1969-12-31T23:59:59.999999Z,7,true,',
      "QQQ,,,,9007199254740993,false,2"
    ])
  })
  it("become JSON rows; what is missing is null, and whole numbers that JSON cannot hold stay exact as text", () => {
    expect(jsonRows(columns, ["sma_20"], part).map((row) => JSON.parse(row) as unknown)[1]).toEqual({
      symbol: "QQQ",
      day: null,
      close: null,
      ts: null,
      n: "9007199254740993",
      ok: false,
      sma_20: 2
    })
  })
  it("have a missing text where the code is -1", () => {
    expect(cellReader("text", { codes: Int32Array.of(-1, 0), values: ["x"] })(0)).toBeNull()
  })
})
describe("the filter of log lines", () => {
  const line = { ...recorder().line(0, "warn", "data_pipeline.load", "Rate limit hit"), fields: { symbol: "SPY" } }
  const any = { pipeline: undefined, stage: undefined, level: "info" as const, grep: undefined }
  const passes = (one: typeof line, options: LogOptions): boolean =>
    lineFilter(options, { now: one.at, startedAt: one.at, attempts: [one.at] }).passing([one]).length === 1
  it("has the terms of the dashboard in its text, and says what it does not understand", () => {
    expect([
      passes(line, { ...any, grep: "level:error rate" }),
      passes(line, { ...any, grep: "stage:load level:warn /rate.*hit/" })
    ]).toEqual([false, true])
    expect(lineFilter({ ...any, grep: "attempt:2" }, { now: 0, startedAt: 0, attempts: [0] }).problem()).toBe(
      "attempt:2: there is 1 attempt"
    )
  })
  it("takes a level and what is above it, a pipeline, a stage by short or full name, and a text in any case", () => {
    expect(passes(line, any)).toBe(true)
    expect([
      passes(line, { ...any, level: "error" }),
      passes(line, { ...any, pipeline: "data" }),
      passes(line, { ...any, pipeline: "data_pipeline" })
    ]).toEqual([false, false, true])
    expect([
      passes(line, { ...any, stage: "load" }),
      passes(line, { ...any, stage: "data_pipeline.load" }),
      passes(line, { ...any, stage: "oad" })
    ]).toEqual([true, true, false])
    expect([
      passes(line, { ...any, grep: "rate LIMIT" }),
      passes(line, { ...any, grep: "spy" }),
      passes(line, { ...any, grep: "qqq" })
    ]).toEqual([true, true, false])
  })
})
describe("lists", () => {
  it("fit the terminal: the marked column gives way, and what still does not fit is left away", () => {
    const rows = [{ a: "short", b: "a very long text that must give way", c: "end" }]
    const columns = [
      { title: "a", of: (r: (typeof rows)[0]) => r.a },
      { title: "b", of: (r: (typeof rows)[0]) => r.b, gives: true },
      { title: "c", of: (r: (typeof rows)[0]) => r.c }
    ]
    for (const width of [40, 20, 12])
      for (const line of tableLines(rows, columns, { width, color: false, unicode: true }))
        expect(widthOf(line)).toBeLessThan(width)
    expect(tableLines(rows, columns, { width: undefined, color: false, unicode: true })[1]).toBe(
      "short  a very long text that must give way  end"
    )
  })
  it("show times in the schedule's own zone, before and after its clocks change", () => {
    expect([Date.UTC(2026, 0, 31, 0, 0), Date.UTC(2026, 5, 30, 23, 0)].map((at) => zoned(at, "America/New_York"))).toEqual([
      expect.stringMatching(/^Fri 2026-01-30 19:00 (?:EST|GMT-5)$/u),
      expect.stringMatching(/^Tue 2026-06-30 19:00 (?:EDT|GMT-4)$/u)
    ])
  })
})
