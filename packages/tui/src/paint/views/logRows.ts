/** The rows of one log line: head, message with its own colours, folded or unfolded, fields in the line or below it. */
import type { LogLine } from "@tetra/core/engine"
import { clockTime } from "../../model/amounts.ts"
import type { TimeStyle } from "../../model/Ui.ts"
import { type Row, type Span, span } from "../Painter.ts"
import { breaksOf, cutStart, padEnd, partOf, safeLine, safeLines, type StyledLine, styledLines, widthOf } from "../text.ts"
import type { Look, Tone } from "../theme.ts"

export interface LineLook {
  readonly wrap: boolean
  readonly time: TimeStyle
  /** Cells that are scrolled to the right. */
  readonly shift: number
  /** Fields stand below the line. */
  readonly pretty: boolean
  /** Start of the run in epoch milliseconds. */
  readonly startedAt: number | undefined
  /** What a stage is called in the line. */
  readonly labelOf?: (stage: string) => string
}
export const levelTone: Readonly<Record<LogLine["level"], Tone>> = { debug: "faint", info: "plain", warn: "warn", error: "bad" }
const levelWord: Readonly<Record<LogLine["level"], string>> = { debug: "debug", info: "info ", warn: "WARN ", error: "ERROR" }

/** `2026-01-31T20:04:00.000+01:00` in the zone of this machine. */
export const isoTime = (at: number): string => {
  const date = new Date(at)
  const minutes = -date.getTimezoneOffset()
  if (minutes === 0) return date.toISOString()
  const two = (n: number): string => String(Math.floor(n)).padStart(2, "0")
  const zone = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
  return new Date(at + minutes * 60_000).toISOString().replace("Z", zone)
}
const timeText = (at: number, { startedAt, time }: LineLook): string => {
  if (time === "off") return ""
  if (time === "clock") return `${clockTime(at)} `
  if (time === "iso") return `${isoTime(at)} `
  const seconds = Math.max(0, (at - (startedAt ?? at)) / 1000)
  const text = seconds < 1000 ? seconds.toFixed(3) : Math.round(seconds).toString()
  return `+${text.padStart(7)} `
}
export const fieldsText = ({ fields }: LogLine): string => {
  const all = Object.entries(fields)
  if (all.length === 0) return ""
  return `  ${all.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`).join(" ")}`
}
export const subjectOf = (line: LogLine, labelOf?: LineLook["labelOf"]): string => {
  const stage = line.stage ?? "tetra"
  return `${labelOf?.(stage) ?? stage}${line.partition === null ? "" : `[${line.partition}]`}`
}

/** Cells before the message. */
const headOf = (line: LogLine, how: LineLook, width: number, look: Look): Row => {
  const names = width >= 150 ? 34 : width >= 100 ? 26 : width >= 70 ? 16 : 0
  const name =
    names === 0 ? "" : `${padEnd(cutStart(safeLine(subjectOf(line, how.labelOf)), names, look.glyphs.ellipsis), names)} `
  return [span(timeText(line.at, how), "faint"), span(`${levelWord[line.level]} `, levelTone[line.level]), span(name, "accent")]
}
/** What a line says, clean: worked out once, since a line is painted many times. */
const cleaned = new WeakMap<LogLine, ReadonlyArray<StyledLine>>()
const linesOf = (line: LogLine): ReadonlyArray<StyledLine> => {
  const known = cleaned.get(line)
  if (known !== undefined) return known
  const lines = styledLines(line.message)
  cleaned.set(line, lines)
  return lines
}
/** `[from, to)` of a line in the colours that it has there. */
const spansOf = ({ runs, text }: StyledLine, [from, to]: readonly [number, number], tone: Tone): ReadonlyArray<Span> => {
  const spans: Array<Span> = []
  let at = from
  let sgr = runs.findLast((run) => run.at <= from)?.sgr ?? ""
  for (const run of [...runs.filter((one) => one.at > from && one.at < to), { at: to, sgr: "" }]) {
    if (run.at > at) spans.push(sgr === "" ? span(text.slice(at, run.at), tone) : { text: text.slice(at, run.at), tone, sgr })
    at = run.at
    sgr = run.sgr
  }
  return spans
}
/** Most rows of one line: a line of a megabyte does not fill the memory of a screen. */
const mostRows = 400

/** What stands below an open line: the rest of the message, and the fields one in a row, JSON with its indents. */
const below = (line: LogLine, lines: ReadonlyArray<StyledLine>, isOpen: boolean, pretty: boolean): ReadonlyArray<StyledLine> => {
  const fields = Object.entries(line.fields).flatMap(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value, null, pretty ? 2 : 0)
    return safeLines(`${name}: ${text}`).map((one): StyledLine => ({ text: one, runs: [] }))
  })
  return [...(isOpen ? lines.slice(1) : []), ...(isOpen || pretty ? fields : [])]
}
/** Rows of one line. Further lines of a message fold behind a mark; open, they stand below it, indented. */
export const rowsOfLine = (
  line: LogLine,
  how: LineLook,
  state: { readonly open: boolean; readonly found: boolean },
  width: number,
  look: Look
): ReadonlyArray<Row> => {
  const head = headOf(line, how, width, look)
  const inset = head.reduce((sum, { text }) => sum + widthOf(text), 0)
  const lines = linesOf(line)
  const hidden = lines.length - 1
  const fold = hidden > 0 || state.open ? span(`${state.open ? look.glyphs.open : look.glyphs.closed} `) : undefined
  const room = Math.max(8, width - inset - (fold === undefined ? 0 : 2))
  const first = lines[0] ?? { text: "", runs: [] }
  const tone: Tone = state.found ? "match" : line.level === "error" || line.level === "warn" ? levelTone[line.level] : "plain"
  const pieces = how.wrap || state.open ? breaksOf(first.text, room) : [partOf(first.text, how.shift, room + 1)]
  const more = hidden > 0 && !state.open ? `  (+${hidden})` : ""
  const fields = how.pretty || state.open ? "" : safeLine(fieldsText(line))
  // What a search found is inverse as a whole: colours inside would hide it.
  const source = state.found ? { text: first.text, runs: [] } : first
  const indent = span(" ".repeat(inset + (fold === undefined ? 0 : 2)))
  const rows: Array<Row> = pieces
    .slice(0, mostRows)
    .map((piece, i) => [
      ...(i === 0 ? [...head, ...(fold === undefined ? [] : [fold])] : [indent]),
      ...spansOf(source, piece, tone),
      ...(i === pieces.length - 1 ? [span(`${more}${fields}`.slice(0, 2 * width), "faint")] : [])
    ])
  for (const one of below(line, lines, state.open, how.pretty)) {
    for (const piece of breaksOf(one.text, room - 2)) rows.push([span(" ".repeat(inset + 2)), ...spansOf(one, piece, "faint")])
    if (rows.length > mostRows) break
  }
  return rows
}
