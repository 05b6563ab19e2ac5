/** Text as a terminal sees it: width in cells, cutting and padding by grapheme, and taking the teeth out of foreign text. Pure. */
import { stripVTControlCharacters } from "node:util"
import stringWidth from "string-width"

const plainAscii = /^[\x20-\x7e]*$/
const escape = "\u001b"
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })

/** Most graphemes whose width is remembered; beyond that the memory starts afresh. */
const mostRemembered = 4096
const remembered = new Map<string, number>()

/** Cells of one grapheme: 0, 1 or 2. */
export const cellsOf = (grapheme: string): number => {
  const known = remembered.get(grapheme)
  if (known !== undefined) return known
  const cells = stringWidth(grapheme)
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(grapheme, cells)
  return cells
}

/** User-perceived characters, in order. */
export const graphemesOf = (text: string): ReadonlyArray<string> =>
  plainAscii.test(text) ? text.split("") : Array.from(segmenter.segment(text), ({ segment }) => segment)

/** Cells that `text` takes on a terminal; escape sequences take none. */
export const widthOf = (text: string): number => {
  const bare = text.includes(escape) ? stripVTControlCharacters(text) : text
  if (plainAscii.test(bare)) return bare.length
  let cells = 0
  for (const { segment } of segmenter.segment(bare)) cells += cellsOf(segment)
  return cells
}

/** The longest beginning of `text` of at most `cells`, without an ellipsis. `text` holds no escape sequences. */
export const take = (text: string, cells: number): string => {
  if (cells <= 0) return ""
  if (plainAscii.test(text)) return text.slice(0, cells)
  let kept = ""
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    used += cellsOf(segment)
    if (used > cells) break
    kept += segment
  }
  return kept
}

/** `text` without its first `cells` cells; half of a wide character becomes a space. `text` holds no escape sequences. */
export const drop = (text: string, cells: number): string => {
  if (cells <= 0) return text
  if (plainAscii.test(text)) return text.slice(cells)
  let used = 0
  let rest = ""
  for (const { segment } of segmenter.segment(text)) {
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

/** Pieces of at most `cells` (at least 2) that together are `text`, broken between words where there are any. No text gives one empty piece. */
export const wrap = (text: string, cells: number): ReadonlyArray<string> => {
  const room = Math.max(2, cells)
  const lines: Array<string> = []
  let rest = text
  while (widthOf(rest) > room) {
    const head = take(rest, room)
    const space = head.lastIndexOf(" ")
    const end = space > room / 2 ? space + 1 : head.length
    lines.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end)
  }
  lines.push(rest)
  return lines
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
  if (plainAscii.test(text) && text.length <= longestLooked) return [text.trimEnd()]
  const looked = text.length > longestLooked ? text.slice(0, longestLooked) : text
  const lines = stripVTControlCharacters(looked.toWellFormed().replaceAll(strings, "")).split(/\r?\n/u).map(cleanLine)
  while (lines.length > 1 && lines.at(-1) === "") lines.pop()
  return lines
}

/** One safe line; further lines are joined with ` | `. */
export const safeLine = (text: string): string =>
  safeLines(text)
    .filter((line, i) => line !== "" || i === 0)
    .join(" | ")
