import type { LogLine } from "@tetra/core/engine"
import { clockTime } from "../../model/amounts.ts"
import type { TimeStyle } from "../../model/Ui.ts"
import { fillRows, type Painter, paintRow, paintSelected, type Row, span } from "../Painter.ts"
import { cutStart, drop, padEnd, safeLine, safeLines, widthOf, wrap } from "../text.ts"
import type { Look, Tone } from "../theme.ts"

/** A log line with its place in the whole log. */
export interface PlacedLine {
  readonly place: number
  readonly line: LogLine
}
export interface LogsModel {
  /** Candidates for the screen, oldest first: at least one screen full before and after the cursor where there is one. */
  readonly lines: ReadonlyArray<PlacedLine>
  /** Place of the line under the cursor; undefined: follow the newest. */
  readonly cursor: number | undefined
  /** Place of the first line on the screen, while not following. */
  readonly top: number
  readonly open: ReadonlySet<number>
  readonly found: (place: number) => boolean
  readonly wrap: boolean
  readonly time: TimeStyle
  readonly shift: number
  /** Start of the run in epoch milliseconds. */
  readonly startedAt: number | undefined
  readonly empty: string
}
const levelTone: Readonly<Record<LogLine["level"], Tone>> = { debug: "faint", info: "plain", warn: "warn", error: "bad" }
const levelWord: Readonly<Record<LogLine["level"], string>> = { debug: "debug", info: "info ", warn: "WARN ", error: "ERROR" }

const timeText = (at: number, model: LogsModel): string => {
  if (model.time === "off") return ""
  if (model.time === "clock") return `${clockTime(at)} `
  if (model.time === "iso") return `${new Date(at).toISOString()} `
  const seconds = Math.max(0, (at - (model.startedAt ?? at)) / 1000)
  const text = seconds < 1000 ? seconds.toFixed(3) : Math.round(seconds).toString()
  return `+${text.padStart(7)} `
}
const fieldsText = (line: LogLine): string => {
  const fields = Object.entries(line.fields)
  if (fields.length === 0) return ""
  return `  ${fields.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`).join(" ")}`
}
const subjectOf = (line: LogLine): string => `${line.stage ?? "tetra"}${line.partition === null ? "" : `[${line.partition}]`}`

/** Cells before the message. */
const headOf = ({ line }: PlacedLine, model: LogsModel, width: number, look: Look): Row => {
  const names = width >= 150 ? 34 : width >= 100 ? 26 : width >= 70 ? 16 : 0
  const name = names === 0 ? "" : `${padEnd(cutStart(safeLine(subjectOf(line)), names, look.glyphs.ellipsis), names)} `
  return [span(timeText(line.at, model), "faint"), span(`${levelWord[line.level]} `, levelTone[line.level]), span(name, "accent")]
}
/** Rows of one line. Further lines of a message fold behind a mark; open, they stand below it, indented. */
const rowsOf = (placed: PlacedLine, model: LogsModel, width: number, look: Look): ReadonlyArray<Row> => {
  const head = headOf(placed, model, width, look)
  const inset = head.reduce((sum, { text }) => sum + widthOf(text), 0)
  const lines = safeLines(placed.line.message)
  const isOpen = model.open.has(placed.place)
  const hidden = lines.length - 1
  const fold = hidden > 0 || isOpen ? `${isOpen ? look.glyphs.open : look.glyphs.closed} ` : ""
  const fields = safeLine(fieldsText(placed.line))
  const first = fold + (lines[0] ?? "")
  const tone: Tone = model.found(placed.place)
    ? "match"
    : placed.line.level === "error" || placed.line.level === "warn"
      ? levelTone[placed.line.level]
      : "plain"
  const more = hidden > 0 && !isOpen ? `  (+${hidden})` : ""
  const room = Math.max(8, width - inset)
  const rest = isOpen
    ? [...lines.slice(1), ...Object.entries(placed.line.fields).map(([k, v]) => `${k}: ${safeLine(JSON.stringify(v))}`)]
    : []
  const body = model.wrap || isOpen ? wrap(first, room) : [drop(first, model.shift)]
  const rows: Array<Row> = body.map((text, i) => [
    ...(i === 0 ? head : [span(" ".repeat(inset))]),
    span(text, tone),
    ...(i === body.length - 1 && !isOpen ? [span(more + fields, "faint")] : [])
  ])
  for (const text of rest)
    for (const piece of wrap(text, room - 2)) rows.push([span(" ".repeat(inset + 2)), span(piece, "faint")])
  return rows
}
interface Painted {
  readonly place: number
  readonly row: Row
}
const painted = (lines: ReadonlyArray<PlacedLine>, model: LogsModel, width: number, look: Look): ReadonlyArray<Painted> =>
  lines.flatMap((line) => rowsOf(line, model, width, look).map((row) => ({ place: line.place, row })))

/** The rows on the screen: the newest while following, else from `top` on, moved so that the cursor is there. */
const windowOf = (model: LogsModel, width: number, height: number, look: Look): ReadonlyArray<Painted> => {
  if (model.cursor === undefined) {
    // Every line has at least one row, so the last `height` lines are enough.
    return painted(model.lines.slice(-height), model, width, look).slice(-height)
  }
  const { cursor } = model
  const rows = painted(model.lines, model, width, look)
  const isNear = (row: Painted) => row.place >= cursor
  const at = Math.max(0, rows.findIndex(isNear))
  const last = rows.findLastIndex((row) => row.place === cursor)
  const wanted = Math.max(
    0,
    rows.findIndex((row) => row.place >= model.top)
  )
  const top = Math.min(at, Math.max(wanted, Math.max(at, last) - height + 1))
  return rows.slice(Math.min(top, Math.max(0, rows.length - height)), Math.min(top, Math.max(0, rows.length - height)) + height)
}
export const paintLogs: Painter<LogsModel> = (model, size, look) => {
  if (model.lines.length === 0) return fillRows([paintRow([span(model.empty, "faint")], size.width, look)], size)
  const rows = windowOf(model, size.width - 2, size.height, look).map(({ place, row }) =>
    place === model.cursor
      ? paintSelected([span(`${look.glyphs.pointer} `), ...row], size.width, look)
      : paintRow([span("  "), ...row], size.width, look)
  )
  return fillRows(rows, size)
}
/** A line as it is copied and paged: time, level, stage, message, without styles or frames. */
export const plainLine = (line: LogLine): string =>
  `${new Date(line.at).toISOString()} ${line.level.padEnd(5)} ${safeLine(subjectOf(line))}  ${safeLines(line.message).join("\n    ")}${safeLine(fieldsText(line))}`
