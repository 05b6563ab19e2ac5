import { describe, expect, it } from "vitest"
import { ago, bytes, count, duration, short, stopwatch } from "../../src/output/plain/amounts.ts"
import { lookOf } from "../../src/output/plain/look.ts"
import { cut, cutStart, oneLine, widthOf, wrap } from "../../src/output/plain/text.ts"

describe("text on a terminal", () => {
  it("counts cells: wide characters take two, combining ones and colours none", () => {
    expect(["abc", "日本", "e\u0301", "🚀", "\u001b[31mred\u001b[39m"].map(widthOf)).toEqual([3, 4, 1, 2, 3])
  })
  it("cuts to the cell, and never inside a wide character", () => {
    expect([cut("abcdef", 4), cut("日本語", 4), cut("abc", 3), cutStart("pipeline.stage", 6)]).toEqual([
      "abc…",
      "日…",
      "abc",
      "…stage"
    ])
  })
  it("wraps at words and breaks what is wider than a line", () => {
    expect(wrap("one two abcdefghij", 7)).toEqual(["one two", "abcdefg", "hij"])
    expect(wrap("", 7)).toEqual([""])
  })
  it("takes the teeth out of foreign text", () => {
    const attack = "\u001b]0;owned\u0007a\u001b[2Jb\u009b31mc\u202edc\u0000\u0008"
    expect(oneLine(attack)).toBe("abcdc")
    expect(oneLine("10%\r20%\r30%\nnext\tcell")).toBe("30% | next  cell")
    expect(oneLine("\u001b]8;;http://x")).toBe("")
  })
})
describe("amounts", () => {
  it("are told as people say them, also at the edges of their units", () => {
    expect([0, 999, 999.6, 9949, 9950, 59_499, 59_500, 125_000, 3_600_000 * 2 + 420_000].map(duration)).toEqual([
      "0 ms",
      "999 ms",
      "1.0 s",
      "9.9 s",
      "10 s",
      "59 s",
      "1 min 00 s",
      "2 min 05 s",
      "2 h 07 min"
    ])
    expect([count(1_234_567), short(950), short(12_345), short(999_499), short(4_560_000)]).toEqual([
      "1,234,567",
      "950",
      "12.3k",
      "999k",
      "4.56M"
    ])
    expect([bytes(0), bytes(1023), bytes(1536), bytes(10 * 1024 ** 3)]).toEqual(["0 B", "1023 B", "1.5 KB", "10 GB"])
    expect([stopwatch(7000), stopwatch(3_723_000)]).toEqual(["00:07", "1:02:03"])
    expect([ago(0, 10_000), ago(0, 300_000), ago(0, 3 * 3_600_000), ago(0, 48 * 3_600_000)]).toEqual([
      "just now",
      "5 min ago",
      "3 h ago",
      "2 days ago"
    ])
  })
})
describe("the look of a stream", () => {
  const terminal = { isTTY: true, columns: 120 }
  it("has no colour with NO_COLOR, on a dumb terminal and in a pipe; NO_COLOR beats FORCE_COLOR", () => {
    const colors = [
      [terminal, {}],
      [terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }],
      [terminal, { TERM: "dumb" }],
      [{}, {}],
      [{}, { FORCE_COLOR: "1" }]
    ] as const
    expect(colors.map(([stream, env]) => lookOf(stream, env).color)).toEqual([true, false, false, false, true])
  })
  it("takes a terminal narrower than 40 columns as 40, and a pipe as having no width", () => {
    expect([lookOf({ isTTY: true, columns: 10 }, {}).width, lookOf({}, {}).width]).toEqual([40, undefined])
  })
})
