/** Numbers in a grid as shades with digits: monthly returns, scenario by metric. Pure. */
import { type Row, type Size, type Span, span } from "../Painter.ts"
import { fit, padStart, widthOf } from "../text.ts"
import type { Look, Tone } from "../theme.ts"
import { fitHeight, fitRow } from "./frame.ts"

export interface HeatMap {
  readonly title: string
  readonly unit?: string
  readonly columns: ReadonlyArray<string>
  /** The last column sums up the others: it has shades of its own. */
  readonly hasTotal?: boolean
  /** `undefined` or `NaN` where there is no value. */
  readonly rows: ReadonlyArray<{ readonly label: string; readonly cells: ReadonlyArray<number | undefined> }>
}
const isThere = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value)

/** Width of a cell with a shade and one decimal, with a shade and whole digits (with and without a space between), with a shade and the sign. */
const [widest, whole, close, narrow] = [7, 5, 4, 3] as const

/**
 * Zero is neutral; the shade grows with the distance from it, the sign is in the digits and in the colour. Narrow screens round, the narrowest ones
 * show shade and sign only. Rows that do not fit are left out from the top (oldest first), and the title says so.
 */
export const heatMap = (map: HeatMap, size: Size, look: Look): ReadonlyArray<Row> => {
  const longest = Math.min(12, Math.max(0, ...map.rows.map(({ label }) => widthOf(label))))
  const roomBeside = (label: number): number => Math.floor((size.width - label) / Math.max(1, map.columns.length))
  // Digits are worth more than a space after the label.
  const labelWidth = roomBeside(longest) >= close && roomBeside(longest + 1) < close ? longest : longest + 1
  const room = roomBeside(labelWidth)
  const cellWidth = [widest, whole, close, narrow].find((width) => width <= room) ?? 1
  const fitting = Math.floor((size.width - labelWidth) / cellWidth)
  const columns = map.columns.slice(-Math.max(0, fitting))
  const rows = map.rows.slice(-Math.max(0, size.height - 2))
  const total = map.hasTotal === true ? map.columns.length - 1 : -1
  const values = map.rows.flatMap(({ cells }) => cells.filter((value, i) => i !== total && isThere(value))).filter(isThere)
  const totals = map.rows.map(({ cells }) => cells[total]).filter(isThere)
  const greatest = Math.max(0, ...values.map(Math.abs))
  const greatestTotal = Math.max(0, ...totals.map(Math.abs))
  const firstColumn = map.columns.length - columns.length
  const left = map.rows.length - rows.length
  const range = values.length === 0 ? "no values" : `${signed(Math.min(...values), 1)} to ${signed(Math.max(...values), 1)}`
  const title: Row = [
    span(map.title, "title"),
    span(
      `  ${range}${map.unit === undefined ? "" : ` ${map.unit}`}${left > 0 ? `, ${left} earlier rows not shown` : ""}`,
      "faint"
    )
  ]
  const head: Row = [
    span(" ".repeat(labelWidth)),
    ...columns.map((name) => span(padStart(fit(name, Math.min(widthOf(name), cellWidth - 1), ""), cellWidth), "faint"))
  ]
  const body = rows.map(({ cells, label }): Row => {
    const shown = cells.slice(firstColumn)
    return [
      span(fit(label, labelWidth, look.glyphs.ellipsis), "plain"),
      ...columns.map((_, i) => cellOf(shown[i], i + firstColumn === total ? greatestTotal : greatest, cellWidth, look))
    ]
  })
  return fitHeight(
    [title, head, ...body].map((row) => fitRow(row, size.width, look)),
    size
  )
}
const signed = (value: number, decimals: number): string => {
  const text = Math.abs(value).toFixed(decimals)
  return Number(text) === 0 ? text : `${value < 0 ? "-" : "+"}${text}`
}
/** Lightest first. No plus and no minus: these are signs here. */
const asciiShades = [".", ":", "o", "%", "#"] as const
const cellOf = (value: number | undefined, greatest: number, width: number, look: Look): Span => {
  const shades = look.unicode ? look.glyphs.shades : asciiShades
  if (!isThere(value)) return span(padStart("", width), "faint")
  const level = greatest === 0 ? 0 : Math.min(shades.length - 1, Math.ceil((Math.abs(value) / greatest) * (shades.length - 1)))
  const tone: Tone = value > 0 ? "good" : value < 0 ? "bad" : "faint"
  const shade = shades[level]!
  if (width === 1) return span(shade, tone)
  if (width === narrow) return span(` ${shade}${value > 0 ? "+" : value < 0 ? "-" : "0"}`, tone)
  const room = width === close ? width - 1 : width - 2
  const [decimal, rounded] = [signed(value, 1), signed(value, 0)]
  const digits = width === widest && decimal.length <= room ? decimal : rounded
  const text = digits.length <= room ? digits : (value < 0 ? "-big" : "+big").slice(0, room)
  return span(padStart(shade + padStart(text, room), width), tone)
}

export const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const

/** Returns by year and calendar month (UTC), in percent: each month compounds its returns. `at` in epoch milliseconds, ascending. */
export const monthlyReturns = (points: ReadonlyArray<{ readonly at: number; readonly value: number }>): HeatMap => {
  const ends = new Map<number, Map<number, number>>()
  for (const { at, value } of points) {
    if (!Number.isFinite(value)) continue
    const date = new Date(at)
    const year = ends.get(date.getUTCFullYear()) ?? new Map<number, number>()
    year.set(date.getUTCMonth(), value)
    ends.set(date.getUTCFullYear(), year)
  }
  let before = points.find(({ value }) => Number.isFinite(value))?.value
  const rows = [...ends].map(([year, months]) => {
    const start = before
    const cells: Array<number | undefined> = monthNames.map((_, month) => {
      const end = months.get(month)
      if (end === undefined || before === undefined || before === 0) return undefined
      const change = 100 * (end / before - 1)
      before = end
      return change
    })
    return {
      label: String(year),
      cells: [...cells, start === undefined || start === 0 || before === undefined ? undefined : 100 * (before / start - 1)]
    }
  })
  return { title: "monthly returns", unit: "%", columns: [...monthNames, "year"], hasTotal: true, rows }
}
