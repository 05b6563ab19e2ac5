import process from "node:process"
import { describe, expect, it } from "vitest"
import { bounded } from "../../src/model/logs/Flood.ts"
import { breaksOf, partOf, styledLines, widthOf, wrap } from "../../src/paint/text.ts"
import { aLook } from "../../src/paint/theme.ts"
import { type LogsModel, paintLogs } from "../../src/paint/views/logs.ts"
import { recorder, start } from "../../../core/src/testing/recorder.ts"

const { line } = recorder()
const size = { width: 60, height: 12 }
const plain = aLook({ color: false, unicode: true, styled: false })
const paint = (messages: ReadonlyArray<string>, change: Partial<LogsModel> = {}, look = plain) =>
  paintLogs(
    {
      lines: messages.map((message, place) => ({
        place,
        line: bounded({ ...line(place * 1000, "info", "a.load", message), fields: { symbol: "SPY" } })
      })),
      cursor: undefined,
      top: 0,
      open: new Set(),
      found: () => false,
      selected: () => false,
      markers: [],
      pretty: false,
      wrap: false,
      time: "off",
      shift: 0,
      startedAt: start,
      empty: "",
      ...change
    },
    size,
    look
  )
const text = (rows: ReadonlyArray<string>) => rows.map((row) => row.trimEnd()).filter((row) => row !== "")

describe("the colours of a log line", () => {
  it("are kept; everything else that moves, hides or blinks is not", () => {
    expect(styledLines("\u001b[31mred\u001b[0m and \u001b[1;5;8;38;5;208mbold\u001b[2J\u001b[5;5H")).toEqual([
      {
        text: "red and bold",
        runs: [
          { at: 0, sgr: "31" },
          { at: 3, sgr: "" },
          { at: 8, sgr: "1;38;5;208" }
        ]
      }
    ])
    expect(styledLines("\u001b[38;5;999mx\u001b[38mx\u001b[99999mx")[0]?.runs.map(({ sgr }) => sgr)).toEqual(["", "", ""])
  })
  it("are painted where the terminal has colours, and end with the row", () => {
    const message = `\u001b[31m${"red ".repeat(100)}`
    const [row = ""] = paint([message], {}, aLook({ color: true, unicode: true }))
    expect(row).toContain("\u001b[31mred red")
    expect(widthOf(row)).toBe(size.width)
    // eslint-disable-next-line no-control-regex -- the last style of the row puts everything back
    expect(row.replaceAll(/\u001b\[(?:0|39|22)m/gu, "|")).toMatch(/\|\s*$/u)
    expect(paint([message]).join("")).not.toContain("\u001b[31m")
  })
  it("do not multiply: a bomb of sequences is one short line", () => {
    const bomb = "\u001b[31m\u001b[42mx".repeat(100_000)
    expect(styledLines(bomb)[0]?.runs.length).toBeLessThanOrEqual(64)
  })
})
describe("a log line", () => {
  it("folds its further lines and its fields, and shows them below when it is open", () => {
    expect(text(paint(["Error: boom\n  at a\n  at b"]))).toEqual(["  info  ▸ Error: boom  (+2)  symbol=SPY"])
    expect(text(paint(["Error: boom\n  at a\n  at b"], { open: new Set([0]) }))).toEqual([
      "  info  ▾ Error: boom",
      "            at a",
      "            at b",
      "          symbol: SPY"
    ])
    expect(text(paint(["one"], { pretty: true }))).toEqual(["  info  one", "          symbol: SPY"])
  })
  it("wraps with its continuation indented, and scrolls sideways", () => {
    const long = Array.from({ length: 20 }, (_, n) => `word${n}`).join(" ")
    const rows = text(paint([long], { wrap: true }))
    expect(rows.length).toBeGreaterThan(1)
    expect(rows.slice(1).every((row) => /^ {8}word/u.test(row))).toBe(true)
    expect(text(paint([long], { shift: 12 }))[0]).toMatch(/^ {2}info {2}word2/u)
  })
  it("stands between markers with their time, and is marked as selected", () => {
    const rows = text(paint(["one", "two"], { markers: [start + 500, start + 9000], selected: (place) => place === 1 }))
    expect(rows.map((row) => row.replace(/\d\d:\d\d:\d\d/u, "TIME").replaceAll("─", ""))).toEqual([
      "  info  one  symbol=SPY",
      "   marker TIME ",
      expect.stringContaining("│ info  two"),
      "   marker TIME "
    ])
  })
})
describe("hostile lines", () => {
  const hostile: Readonly<Record<string, string>> = {
    "ten megabytes": "x".repeat(10_000_000),
    "ten megabytes of wide signs": "漢".repeat(5_000_000),
    "a bomb of colours": "\u001b[31m\u001b[0m".repeat(1_000_000),
    "a million rows": "\n".repeat(1_000_000),
    "a bar that was drawn a million times": "50 %\r".repeat(1_000_000),
    "a pile of marks": `e${"\u0301".repeat(1_000_000)}`,
    "a sequence without end": `\u001b]0;${"t".repeat(5_000_000)}`
  }
  it.each(Object.keys(hostile))("cannot stall the screen: %s", (name) => {
    const message = hostile[name] ?? ""
    const before = process.threadCpuUsage()
    for (const change of [{}, { wrap: true }, { open: new Set([0, 1, 2]) }, { shift: 5_000 }, { cursor: 1, top: 0 }]) {
      const rows = paint([message, "after", message], change)
      for (const row of rows) expect(widthOf(row)).toBe(size.width)
    }
    const { system, user } = process.threadCpuUsage(before)
    // Five frames with two such lines each: a single pass over ten megabytes by grapheme takes longer.
    expect((system + user) / 1000).toBeLessThan(1_500)
  })
})
describe("breaking text", () => {
  it("loses nothing, breaks between words, and never inside of a sign", () => {
    for (const sample of ["one two three four", "漢字漢字漢字", "aaaaaaaaaaaaaaaa bb", "e\u0301e\u0301e\u0301e\u0301", ""]) {
      const pieces = breaksOf(sample, 5).map(([from, to]) => sample.slice(from, to))
      expect(pieces.join("")).toBe(sample)
      for (const piece of pieces) expect(widthOf(piece.trimEnd())).toBeLessThanOrEqual(5)
    }
    expect(wrap("one two three", 8)).toEqual(["one two", "three"])
    expect(partOf("漢字ab", 1, 3)).toEqual([1, 2])
  })
})
