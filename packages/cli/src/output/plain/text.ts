/** Text as a terminal sees it: widths in cells, cutting, wrapping, and taking the teeth out of foreign text. */
import { stripVTControlCharacters } from "node:util"

/** Each of these is one grapheme of one cell: ASCII, Latin, punctuation, currencies, arrows, lines, boxes and dingbats. */
const oneCellEach = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u2190-\u27bf]*$/
const escape = "\u001b"
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u
const zero = /^[\p{Mn}\p{Me}\p{Cf}]$/u
let segmenter: Intl.Segmenter | undefined
/** Made when it is first needed: it takes longer to make than a short command takes for the rest. */
const graphemesOf = (text: string): Iterable<Intl.SegmentData> =>
  (segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" })).segment(text)

const cellsOf = (grapheme: string): number => {
  const first = String.fromCodePoint(grapheme.codePointAt(0) ?? 0x20)
  if (zero.test(first)) return 0
  return wide.test(first) || grapheme.includes("\ufe0f") ? 2 : 1
}

/** Cells that `text` takes on a terminal; colour sequences take none. */
export const widthOf = (text: string): number => {
  const bare = text.includes(escape) ? stripVTControlCharacters(text) : text
  if (oneCellEach.test(bare)) return bare.length
  let cells = 0
  for (const { segment } of graphemesOf(bare)) cells += cellsOf(segment)
  return cells
}

/** At most `cells` wide; what is cut off is shown by one ellipsis. `text` must not hold colour sequences. */
export const cut = (text: string, cells: number, ellipsis = "…"): string => {
  if (widthOf(text) <= cells) return text
  if (cells <= 0) return ""
  const room = cells - widthOf(ellipsis)
  if (room < 0) return ellipsis.slice(0, cells)
  let kept = ""
  let used = 0
  for (const { segment } of graphemesOf(text)) {
    const next = used + cellsOf(segment)
    if (next > room) break
    kept += segment
    used = next
  }
  return kept + ellipsis
}

/** Like `cut`, but keeps the end, which is the telling part of `pipeline.stage` and of paths. */
export const cutStart = (text: string, cells: number, ellipsis = "…"): string => {
  if (widthOf(text) <= cells) return text
  const graphemes = [...graphemesOf(text)].map(({ segment }) => segment)
  const room = Math.max(0, cells - widthOf(ellipsis))
  let kept = ""
  let used = 0
  while (graphemes.length > 0) {
    const last = graphemes.pop() ?? ""
    used += cellsOf(last)
    if (used > room) break
    kept = last + kept
  }
  return cells <= 0 ? "" : ellipsis.slice(0, cells) + kept
}

export const padEnd = (text: string, cells: number): string => text + " ".repeat(Math.max(0, cells - widthOf(text)))
export const padStart = (text: string, cells: number): string => " ".repeat(Math.max(0, cells - widthOf(text))) + text

const wrapLine = (text: string, cells: number): ReadonlyArray<string> => {
  const indent = (/^ */u.exec(text)?.[0] ?? "").slice(0, Math.max(0, Math.floor(cells / 3)))
  const room = Math.max(1, cells - indent.length)
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(/\s+/u).filter((w) => w !== "")) {
    const joined = line === "" ? word : `${line} ${word}`
    if (widthOf(joined) <= room) {
      line = joined
      continue
    }
    if (line !== "") lines.push(line)
    line = word
    while (widthOf(line) > room) {
      const head = cut(line, room, "")
      if (head === "") break
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line)
  return lines.map((one) => (one === "" ? one : indent + one))
}
/** Words of `text` in lines of at most `cells`, line by line; a word that is wider than a line is broken. No text gives one empty line. */
export const wrap = (text: string, cells: number): ReadonlyArray<string> =>
  text.split("\n").flatMap((line) => wrapLine(line, cells))
/** `text` behind `head`, what does not fit and further lines under its beginning. Without a `width` lines are as long as they are. */
export const hanging = (head: string, text: string, width: number | undefined): ReadonlyArray<string> => {
  const inset = widthOf(head)
  const lines = width === undefined ? text.split("\n") : wrap(text, width - 1 - inset)
  return lines.map((line, i) => ((i === 0 ? head : " ".repeat(inset)) + line).trimEnd())
}

/** Operating-system commands and device strings, which `stripVTControlCharacters` may leave when they are cut short. */
// eslint-disable-next-line no-control-regex -- control characters are exactly what this looks for
const strings = /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)/gu
// eslint-disable-next-line no-control-regex -- see above
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/**
 * Safe lines from text that a stage, a file or another program wrote: no escape sequences (they could move the cursor, set the title or
 * forge a line), a carriage-return progress display shows its last state, none is empty.
 */
const safeLines = (text: string): ReadonlyArray<string> =>
  stripVTControlCharacters(text.replaceAll(strings, ""))
    .split(/\r?\n/u)
    .map((line) => line.split("\r").findLast((part) => part.trim() !== "") ?? "")
    .map((line) => line.replaceAll("\t", "  ").replaceAll(controls, "").trimEnd())
    .filter((line) => line !== "")
/** The same where there is room for one line: further ones are joined with `|`. */
export const oneLine = (text: string): string => safeLines(text).join(" | ")
/** Most lines that one message gets; whoever wants all of it looks into the log. */
const mostLines = 12
/** The same where there is room for lines. */
export const someLines = (text: string): string => {
  const lines = safeLines(text)
  const more = lines.length - mostLines + 1
  return (more < 2 ? lines : [...lines.slice(0, mostLines - 1), `and ${more} more lines: tetra logs`]).join("\n")
}
