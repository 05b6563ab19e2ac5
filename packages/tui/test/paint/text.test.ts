import stringWidth from "string-width"
import { describe, expect, it } from "vitest"
import { paintRow, paintSelected, span } from "../../src/paint/Painter.ts"
import { cut, cutStart, drop, fit, isSingle, safeLine, safeLines, take, widthOf, wrap } from "../../src/paint/text.ts"
import { asciiGlyphs, unicodeGlyphs } from "../../src/paint/glyphs.ts"
import { depthOf, hasUnicode } from "../../src/paint/terminalColours.ts"
import { aLook, everyMark, glyphOf, paint, type ThemeName, themeNames } from "../../src/paint/theme.ts"
import { hostile } from "../support/aRun.ts"
import { random } from "../support/aScene.ts"

describe("text on a terminal", () => {
  it("agrees with an independent measure of width", () => {
    for (const text of hostile.map(safeLine)) expect([text, widthOf(text)]).toEqual([text, stringWidth(text)])
  })
  it("takes only characters of one cell that never join for such, and every sign that is drawn", () => {
    const all = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code)).filter(isSingle)
    expect(all.filter((character) => stringWidth(character) !== 1)).toEqual([])
    expect([...new Intl.Segmenter("en").segment(all.join(""))].length).toBe(all.length)
    const { braille: _, ...signs } = unicodeGlyphs
    const drawn = [
      ...Object.values(signs).flat(),
      ...everyMark.map((mark) => glyphOf(aLook({ color: true, unicode: true }), mark))
    ]
    expect(drawn.filter((sign) => !isSingle(sign))).toEqual([])
  })
  it("cuts, drops and pads by whole characters", () => {
    for (const text of hostile.map(safeLine))
      for (let cells = 0; cells < 24; cells++) {
        expect(widthOf(take(text, cells))).toBeLessThanOrEqual(cells)
        expect(widthOf(cut(text, cells))).toBeLessThanOrEqual(cells)
        expect(widthOf(cutStart(text, cells))).toBeLessThanOrEqual(cells)
        expect(widthOf(fit(text, cells))).toBe(cells)
        expect(widthOf(drop(text, cells))).toBe(Math.max(0, widthOf(text) - cells))
      }
    expect(cut("漢字漢字", 5)).toBe("漢字…")
    expect(cutStart("pipeline.stage", 8)).toBe("…e.stage")
  })
  it("takes the teeth out of what stages write", () => {
    expect(safeLine("\u001b[31mred\u001b[0m \u001b[2Jgone")).toBe("red gone")
    expect(safeLine("\u001b]52;c;ZXZpbA==\u001b\\text")).toBe("text")
    expect(safeLine("10 %\r50 %\r100 %")).toBe("100 %")
    expect(safeLines("one\n\ntwo\n")).toEqual(["one", "", "two"])
    expect(safeLine("a\u202eb\u200fc")).toBe("abc")
    // eslint-disable-next-line no-control-regex -- controls are what must not be there
    for (const text of hostile) expect(safeLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/u)
  })
  it("looks at no more of a huge line than can be shown", () => {
    expect(safeLine(`\u001b[31m${"x".repeat(10_000_000)}`).length).toBeLessThan(20_000)
  })
  it("wraps without losing a word", () => {
    expect(wrap("one two three", 8)).toEqual(["one two", "three"])
    expect(wrap("", 8)).toEqual([""])
    const pieces = hostile.map(safeLine).flatMap((text) => wrap(text, 10))
    expect(Math.max(...pieces.map(widthOf))).toBeLessThanOrEqual(10)
  })
  it("paints rows of exactly the width that was asked for, of any spans", () => {
    const next = random(3)
    const look = aLook({ color: true, unicode: true })
    const crooked: Array<string> = []
    for (let n = 0; n < 2000; n++) {
      const row = Array.from({ length: Math.floor(next() * 5) }, () =>
        span(
          take(safeLine(hostile[Math.floor(next() * hostile.length)] ?? ""), Math.floor(next() * 30)),
          next() < 0.5 ? "bad" : "plain"
        )
      )
      const width = Math.floor(next() * 60)
      for (const painted of [paintRow(row, width, look), paintSelected(row, width, look)])
        if (stringWidth(painted) !== width) crooked.push(`${stringWidth(painted)} for ${width}: ${JSON.stringify(row)}`)
    }
    expect(crooked).toEqual([])
  })
})
describe("looks", () => {
  it("draws only with signs of one cell", () => {
    for (const glyphs of [unicodeGlyphs, asciiGlyphs])
      expect(
        Object.values(glyphs)
          .flat()
          .filter((glyph) => typeof glyph === "string" && stringWidth(glyph) !== 1)
      ).toEqual([])
    for (const unicode of [true, false])
      expect(everyMark.filter((mark) => stringWidth(glyphOf(aLook({ color: false, unicode }), mark)) !== 1)).toEqual([])
  })
  it("decides colour by flag, configuration, NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE and terminal, in this order", () => {
    const nothing = { flag: undefined, config: undefined }
    const vga = { TERM: "xterm" }
    expect(depthOf({ flag: "always", config: "never" }, { ...vga, NO_COLOR: "1" }, false)).toBe(16)
    expect(depthOf({ flag: "never", config: "always" }, { FORCE_COLOR: "3" }, true)).toBe(0)
    expect(depthOf({ flag: "auto", config: "always" }, { ...vga, NO_COLOR: "1" }, false)).toBe(16)
    expect(depthOf({ flag: undefined, config: "never" }, { FORCE_COLOR: "1" }, true)).toBe(0)
    expect(depthOf(nothing, { NO_COLOR: "1", FORCE_COLOR: "3" }, true)).toBe(0)
    expect(depthOf(nothing, { ...vga, NO_COLOR: "" }, true)).toBe(16)
    expect(depthOf(nothing, { FORCE_COLOR: "1", CLICOLOR_FORCE: "0" }, false)).toBe(16)
    expect(depthOf(nothing, { FORCE_COLOR: "2" }, false)).toBe(256)
    expect(depthOf(nothing, { FORCE_COLOR: "0", TERM: "xterm-256color" }, true)).toBe(0)
    expect(depthOf(nothing, { CLICOLOR_FORCE: "1" }, false)).toBe(16)
    expect(depthOf(nothing, { TERM: "dumb" }, true)).toBe(0)
    expect(depthOf(nothing, { TERM: "xterm-256color" }, true)).toBe(256)
    expect(depthOf(nothing, { TERM: "xterm" }, false)).toBe(0)
  })
  it("keeps good and bad apart in every theme, by more than red against green, also with sixteen colours", () => {
    const sgr = (theme: ThemeName, depth: 16 | 256, tone: "good" | "bad"): string =>
      paint(aLook({ color: true, unicode: true, theme, depth }), tone, "x")
    for (const theme of themeNames)
      for (const depth of [16, 256] as const) {
        const [good, bad] = [sgr(theme, depth, "good"), sgr(theme, depth, "bad")]
        expect(good, `${theme} at ${depth}`).not.toBe(bad)
        // eslint-disable-next-line no-control-regex -- colours are what this looks at
        expect(bad, `${theme} at ${depth}`).toMatch(/\u001b\[1/u)
        expect((good + bad).includes("38;5") && depth === 16, `${theme} uses the palette at ${depth}`).toBe(false)
      }
    expect(sgr("monochrome", 256, "bad")).toBe("\u001b[1mx\u001b[22m")
    expect(sgr("deuteranopia", 256, "good")).toContain("38;5;33")
  })
  it("draws ASCII where the locale is not UTF-8 or somebody asks", () => {
    expect(hasUnicode({ LANG: "de_DE.UTF-8" }, "linux")).toBe(true)
    expect(hasUnicode({ LANG: "C" }, "linux")).toBe(false)
    expect(hasUnicode({ LANG: "de_DE.UTF-8", TETRA_ASCII: "1" }, "linux")).toBe(false)
    expect(hasUnicode({}, "darwin")).toBe(true)
  })
})
