/** Text as a terminal sees it: width in cells, cutting and padding by grapheme, and taking the teeth out of foreign text. Pure. */
import { stripVTControlCharacters } from "node:util"
import stringWidth from "string-width"
import { segmentsOf } from "../model/graphemes.ts"

/**
 * Text of characters that take one cell each wherever they stand: no marks that join, nothing wide, no controls. Almost everything that is painted is
 * of this kind, and needs no segmenter.
 */
export const singles =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u203b\u203d-\u2048\u20a0-\u20bf\u2190-\u2319\u2500-\u25fc\u2714\u2716\u2800-\u28ff]*$/u
/** Whether this one character is of that kind. */
export const isSingle = (character: string): boolean => character.length === 1 && singles.test(character)
const escape = "\u001b"

/** Most graphemes whose width is remembered; beyond that the memory starts afresh. */
const mostRemembered = 4096
const remembered = new Map<string, number>()

/** Cells of one grapheme: 0, 1 or 2. */
export const cellsOf = (grapheme: string): number => {
  if (isSingle(grapheme)) return 1
  const known = remembered.get(grapheme)
  if (known !== undefined) return known
  const cells = stringWidth(grapheme)
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(grapheme, cells)
  return cells
}

/** User-perceived characters, in order. */
export const graphemesOf = (text: string): ReadonlyArray<string> =>
  singles.test(text) ? text.split("") : Array.from(segmentsOf(text), ({ segment }) => segment)

/** Cells that `text` takes on a terminal; escape sequences take none. */
export const widthOf = (text: string): number => {
  const bare = text.includes(escape) ? stripVTControlCharacters(text) : text
  if (singles.test(bare)) return bare.length
  let cells = 0
  for (const { segment } of segmentsOf(bare)) cells += cellsOf(segment)
  return cells
}

/** The longest beginning of `text` of at most `cells`, without an ellipsis. `text` holds no escape sequences. */
export const take = (text: string, cells: number): string => {
  if (cells <= 0) return ""
  if (singles.test(text)) return text.slice(0, cells)
  let kept = ""
  let used = 0
  for (const { segment } of segmentsOf(text)) {
    used += cellsOf(segment)
    if (used > cells) break
    kept += segment
  }
  return kept
}

/** `text` without its first `cells` cells; half of a wide character becomes a space. `text` holds no escape sequences. */
export const drop = (text: string, cells: number): string => {
  if (cells <= 0) return text
  if (singles.test(text)) return text.slice(cells)
  let used = 0
  let rest = ""
  for (const { segment } of segmentsOf(text)) {
    if (used >= cells) rest += segment
    else {
      used += cellsOf(segment)
      if (used > cells) rest += " "
    }
  }
  return rest
}

/** At most `cells` wide; what is cut off is shown by one ellipsis. `text` holds no escape sequences. */
export const cut = (text: string, cells: number, ellipsis = "…"): string => {
  if (widthOf(text) <= cells) return text
  const room = cells - widthOf(ellipsis)
  return room < 0 ? take(ellipsis, cells) : take(text, room) + ellipsis
}

/** Like `cut`, but keeps the end, which is the telling part of `pipeline.stage` and of paths. */
export const cutStart = (text: string, cells: number, ellipsis = "…"): string => {
  const width = widthOf(text)
  if (width <= cells) return text
  const mark = take(ellipsis, Math.max(0, cells))
  const rest = drop(text, width - cells + widthOf(mark))
  return mark + take(rest, Math.max(0, cells - widthOf(mark)))
}

/** At least `cells` wide. */
export const padEnd = (text: string, cells: number): string => text + " ".repeat(Math.max(0, cells - widthOf(text)))
/** At least `cells` wide, the text at the right. */
export const padStart = (text: string, cells: number): string => " ".repeat(Math.max(0, cells - widthOf(text))) + text
/** Exactly `cells` wide: cut with an ellipsis, or padded. `text` holds no escape sequences. */
export const fit = (text: string, cells: number, ellipsis = "…"): string => padEnd(cut(text, cells, ellipsis), cells)

/** Where `text` is broken so that no piece has more than `cells` (at least 2), between words where there are any: `[from, to)` of each piece. */
export const breaksOf = (text: string, cells: number): ReadonlyArray<readonly [from: number, to: number]> => {
  const room = Math.max(2, cells)
  const pieces: Array<readonly [number, number]> = []
  let from = 0
  let used = 0
  let space = -1
  let at = 0
  const units = singles.test(text) ? text : graphemesOf(text)
  for (const unit of units) {
    const wide = units === text ? 1 : cellsOf(unit)
    if (used + wide > room) {
      const end = space - from > (at - from) / 2 ? space : at
      pieces.push([from, end])
      used = widthOf(text.slice(end, at))
      from = end
    }
    used += wide
    at += unit.length
    if (unit === " ") space = at
  }
  pieces.push([from, text.length])
  return pieces
}
/** Pieces of at most `cells` (at least 2) that together are `text`, broken between words where there are any. No text gives one empty piece. */
export const wrap = (text: string, cells: number): ReadonlyArray<string> =>
  breaksOf(text, cells).map(([from, to], i, all) =>
    i === all.length - 1 ? text.slice(from, to) : text.slice(from, to).trimEnd()
  )

/** Where the part of `text` that begins at cell `from` and has at most `cells` begins and ends; looks no further than that. */
export const partOf = (text: string, from: number, cells: number): readonly [from: number, to: number] => {
  if (singles.test(text)) return [Math.min(from, text.length), Math.min(from + cells, text.length)]
  let used = 0
  let at = 0
  let begin = from <= 0 ? 0 : -1
  for (const { segment } of segmentsOf(text)) {
    const wide = cellsOf(segment)
    if (begin === -1 && used >= from) begin = at
    if (used + wide > Math.max(0, from) + cells) break
    used += wide
    at += segment.length
  }
  return [begin === -1 ? at : begin, at]
}

/** Operating-system commands and device strings, also those that are cut short. */
// eslint-disable-next-line no-control-regex -- control characters are exactly what this looks for
const strings = /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)/gu
/** What is left of broken sequences, other controls, and marks that turn or hide text. */
const controls =
  // eslint-disable-next-line no-control-regex -- see above
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu

/** Longest text that is looked at for one row: a line of ten megabytes costs no more than one of this length. */
const longestLooked = 16_384
/** Most combining marks on one character that are kept; a terminal draws no more of them in one row. */
const stacked = /(\p{M}{4})\p{M}+/gu

/** Joiners, variation selectors and skin tones: terminals disagree about the width of joined pictures, never about single ones. */
const joined = /\u200d(?=\p{Extended_Pictographic})|[\ufe00-\ufe0f]|\p{Emoji_Modifier}/gu

const cleanLine = (line: string): string => {
  const last = line.includes("\r") ? (line.split("\r").findLast((part) => part.trim() !== "") ?? "") : line
  return last.replaceAll("\t", "  ").replaceAll(controls, "").replaceAll(joined, "").replaceAll(stacked, "$1").trimEnd()
}

/**
 * Safe lines from text that a stage, a file or another program wrote: no escape sequences (they could move the cursor, set the title or forge a
 * line), a carriage-return progress display shows its last state, tabs become two spaces. At least one line.
 */
export const safeLines = (text: string): ReadonlyArray<string> => {
  const looked = text.length > longestLooked ? text.slice(0, longestLooked) : text
  if (singles.test(looked)) return [looked.trimEnd()]
  const lines = stripVTControlCharacters(looked.toWellFormed().replaceAll(strings, "")).split(/\r?\n/u).map(cleanLine)
  while (lines.length > 1 && lines.at(-1) === "") lines.pop()
  return lines
}

/** One safe line; further lines are joined with ` | `. */
export const safeLine = (text: string): string =>
  safeLines(text)
    .filter((line, i) => line !== "" || i === 0)
    .join(" | ")

/** A line with the colours that whoever wrote it chose: from `at` on (an index of `text`) the parameters of an `SGR` sequence hold. */
export interface StyledLine {
  readonly text: string
  readonly runs: ReadonlyArray<{ readonly at: number; readonly sgr: string }>
}
/** Stand for a colour sequence while everything else that is no text is taken out. Both are no characters and never appear in well-formed text. */
const open = "\ufdd0"
const shut = "\ufdd1"
// eslint-disable-next-line no-control-regex -- see above
const colours = /(?:\u001b\[|\u009b)([\d;:]*)m/gu

/** The parameters that may stay: colours, bold, dim, italic, underline, inverse, struck out. Not blinking, and nothing that hides text. */
const kept = (parameters: string): ReadonlyArray<string> | "reset" => {
  const codes = parameters.split(/[;:]/u).map(Number)
  const list: Array<string> = []
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0
    const extended = code === 38 || code === 48 ? (codes[i + 1] === 5 ? 2 : codes[i + 1] === 2 ? 4 : 0) : undefined
    if (code === 0) return list.length === 0 && i === codes.length - 1 ? "reset" : kept(codes.slice(i + 1).join(";"))
    if (extended !== undefined) {
      const part = codes.slice(i, i + extended + 1)
      if (extended > 0 && part.length === extended + 1 && part.every((n) => n >= 0 && n <= 255)) list.push(part.join(";"))
      i += extended
    } else if (
      [1, 2, 3, 4, 7, 9].includes(code) ||
      (code >= 21 && code <= 29 && code !== 26) ||
      (code >= 30 && code <= 49) ||
      (code >= 90 && code <= 107)
    )
      list.push(String(code))
  }
  return list
}
/** Most changes of colour in one line that are followed; a bomb of them costs no more than that. */
const mostRuns = 64
const runsOf = (marked: string): StyledLine => {
  const [first = "", ...parts] = marked.split(open)
  let text = first
  let active: ReadonlyArray<string> = []
  const runs: Array<{ readonly at: number; readonly sgr: string }> = []
  for (const part of parts) {
    const end = part.indexOf(shut)
    if (end === -1) continue
    const next = kept(part.slice(0, end))
    active = next === "reset" ? [] : [...active, ...next].slice(-8)
    if (runs.length < mostRuns) runs.push({ at: text.length, sgr: active.join(";") })
    text += part.slice(end + 1)
  }
  return { text: text.trimEnd(), runs }
}
/** `safeLines` with the colours kept. Every other sequence is taken out. */
export const styledLines = (text: string): ReadonlyArray<StyledLine> => {
  const looked = text.length > longestLooked ? text.slice(0, longestLooked) : text
  if (!looked.includes(escape) && !looked.includes("\u009b")) return safeLines(looked).map((line) => ({ text: line, runs: [] }))
  const marked = looked.replaceAll(/[\ufdd0\ufdd1]/gu, "").replaceAll(colours, `${open}$1${shut}`)
  return safeLines(marked).map(runsOf)
}
