import type { LogLine } from "@tetra/core/engine"
import { clockTime } from "../../model/amounts.ts"
import { fillRows, type Painter, paintRow, paintSelected, type Row, span } from "../Painter.ts"
import { safeLine, safeLines, widthOf } from "../text.ts"
import type { Look } from "../theme.ts"
import { fieldsText, isoTime, type LineLook, rowsOfLine, subjectOf } from "./logRows.ts"

/** A log line with its place in the log. */
export interface PlacedLine {
  readonly place: number
  readonly line: LogLine
}
export interface LogsModel extends LineLook {
  /** Candidates for the screen, oldest first: at least one screen full before and after the cursor where there is one. */
  readonly lines: ReadonlyArray<PlacedLine>
  /** Place of the line under the cursor; undefined: follow the newest. */
  readonly cursor: number | undefined
  /** Place of the first line on the screen, while not following. */
  readonly top: number
  readonly open: ReadonlySet<number>
  readonly found: (place: number) => boolean
  readonly selected: (place: number) => boolean
  /** Times in epoch milliseconds, ascending: each is a row before the first line that is later. */
  readonly markers: ReadonlyArray<number>
  readonly empty: string
}
interface Painted {
  /** Undefined for a marker. */
  readonly place: number | undefined
  readonly row: Row
}
const markerRow = (at: number, width: number, look: Look): Row => {
  const text = ` marker ${clockTime(at)} `
  const flat = look.glyphs.frame[4]
  return [
    span(flat.repeat(3), "accent"),
    span(text, "strong"),
    span(flat.repeat(Math.max(0, width - 3 - widthOf(text))), "accent")
  ]
}
/** The rows of the `i`th line, with the markers that stand before it; the last line has those after it, too. */
const rowsAt = (model: LogsModel, i: number, width: number, look: Look): ReadonlyArray<Painted> => {
  const placed = model.lines[i]
  if (placed === undefined) return []
  const { line, place } = placed
  const before = model.lines[i - 1]?.line.at
  const marked = (from: number | undefined, to: number): ReadonlyArray<Painted> =>
    model.markers
      .filter((at) => at < to && (from === undefined || at >= from))
      .map((at) => ({ place: undefined, row: markerRow(at, width, look) }))
  const state = { open: model.open.has(place), found: model.found(place) }
  const rows = rowsOfLine(line, model, state, width, look).map((row) => ({ place, row }))
  const isLast = i === model.lines.length - 1
  return [...(before === undefined ? [] : marked(before, line.at)), ...rows, ...(isLast ? marked(line.at, Infinity) : [])]
}
/** Rows that end with the `last`th line, at most `height`; only as many lines are painted as are needed. */
const endingWith = (model: LogsModel, last: number, height: number, width: number, look: Look): ReadonlyArray<Painted> => {
  let rows: ReadonlyArray<Painted> = []
  for (let i = last; i >= 0 && rows.length < height; i--) rows = [...rowsAt(model, i, width, look), ...rows]
  return rows.slice(-height)
}
/** The rows on the screen: the newest while following, else from `top` on, moved so that the cursor is there. */
const windowOf = (model: LogsModel, width: number, height: number, look: Look): ReadonlyArray<Painted> => {
  const { cursor, lines, top } = model
  const last = lines.length - 1
  if (cursor === undefined) return endingWith(model, last, height, width, look)
  const found = lines.findIndex(({ place }) => place >= cursor)
  const at = found === -1 ? last : found
  const wanted = Math.max(
    0,
    lines.findIndex(({ place }) => place >= top)
  )
  const rows: Array<Painted> = []
  for (let i = Math.min(wanted, at); i <= at; i++) {
    rows.push(...rowsAt(model, i, width, look))
    // From here on the cursor would be below the screen.
    if (rows.length > height * 2) rows.splice(0, rows.length - height * 2)
  }
  if (rows.length > height) {
    const own = rows.findIndex(({ place }) => place === lines[at]?.place)
    return rows.slice(Math.min(own, rows.length - height)).slice(0, height)
  }
  for (let i = at + 1; i <= last && rows.length < height; i++) rows.push(...rowsAt(model, i, width, look))
  return rows.length < height ? endingWith(model, last, height, width, look) : rows.slice(0, height)
}
export const paintLogs: Painter<LogsModel> = (model, size, look) => {
  if (model.lines.length === 0) return fillRows([paintRow([span(model.empty, "faint")], size.width, look)], size)
  const { cursor } = model
  const under = cursor === undefined ? undefined : (model.lines.find(({ place }) => place >= cursor) ?? model.lines.at(-1))?.place
  const rows = windowOf(model, size.width - 2, size.height, look).map(({ place, row }) =>
    place !== undefined && (place === under || model.selected(place))
      ? paintSelected([span(place === under ? `${look.glyphs.pointer} ` : `${look.glyphs.bar} `), ...row], size.width, look)
      : paintRow([span("  "), ...row], size.width, look)
  )
  return fillRows(rows, size)
}
/** A line as it is copied, saved and paged: time, level, stage, message, without styles or frames. */
export const plainLine = (line: LogLine): string =>
  `${isoTime(line.at)} ${line.level.padEnd(5)} ${safeLine(subjectOf(line))}  ${safeLines(line.message).join("\n    ")}${safeLine(fieldsText(line))}`
