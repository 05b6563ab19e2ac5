/** What surrounds a chart: a line of text above, an axis at the left, labels below. Pure. */
import { count, many } from "../../model/amounts.ts"
import { type Row, rowWidth, type Size, type Span, span } from "../Painter.ts"
import { cut, padStart, take, widthOf } from "../text.ts"
import type { Look } from "../theme.ts"
import { type Extent, numberText } from "./series.ts"

export interface ChartText {
  readonly title: string
  /** Written behind numbers: `%`, `ms`. */
  readonly unit?: string
  /** What is at the left and at the right end of the horizontal axis. */
  readonly from?: string
  readonly to?: string
}
/** Rows and columns that are left for the drawing. */
export interface Plot {
  readonly width: number
  readonly height: number
  readonly axisWidth: number
  readonly hasFooter: boolean
}

/** Exactly `width` cells: cut with an ellipsis, or filled with spaces. */
export const fitRow = (row: Row, width: number, look: Look): Row => {
  const wide = rowWidth(row)
  if (wide <= width) return wide === width ? row : [...row, span(" ".repeat(width - wide))]
  const fitted: Array<Span> = []
  let room = width
  for (const { text, tone } of row) {
    const cells = widthOf(text)
    if (cells < room) {
      fitted.push({ text, tone })
      room -= cells
      continue
    }
    const shown = cut(`${text} `, room, look.glyphs.ellipsis)
    return fitRow([...fitted, { text: shown, tone }], width, look)
  }
  return fitted
}
export const blankRow = (width: number): Row => [span(" ".repeat(width))]

const withUnit = (text: string, unit: string | undefined): string =>
  unit === undefined || unit === "" ? text : `${text} ${unit}`

/** `equity  last 104.2 %  min 98.1  max 106.0  1,204 values, 3 missing`. The least important part goes first when there is no room. */
export const headline = (text: ChartText, extent: Extent | undefined, width: number, look: Look): Row => {
  if (extent === undefined) return fitRow([span(text.title, "title"), span("  no values", "faint")], width, look)
  const range = extent.max - extent.min
  const number = (value: number) => numberText(value, range)
  const parts: ReadonlyArray<Row> = [
    [span(text.title, "title")],
    [span("  last ", "faint"), span(withUnit(number(extent.last), text.unit), "strong")],
    [span(`  min ${number(extent.min)}  max ${number(extent.max)}`, "faint")],
    [span(`  ${many(extent.count, "value")}`, "faint")],
    extent.missing === 0 ? [] : [span(`, ${count(extent.missing)} missing`, "faint")]
  ]
  let row: Row = []
  for (const part of parts) {
    if (row.length > 0 && rowWidth([...row, ...part]) > width) break
    row = [...row, ...part]
  }
  return fitRow(row, width, look)
}

/** Below this height there is no footer, and below 2 rows no axis. */
const leastForFooter = 5
const leastAxisWidth = 24

/** The room for the drawing in `size`, of which the first row is the headline. */
export const plotOf = (text: ChartText, extent: Extent, size: Size): Plot => {
  const hasFooter = size.height >= leastForFooter && (text.from !== undefined || text.to !== undefined)
  const range = extent.max - extent.min
  const labels = [extent.min, extent.max, (extent.min + extent.max) / 2].map((value) => widthOf(numberText(value, range)))
  const axisWidth = size.width < leastAxisWidth ? 0 : Math.max(...labels) + 2
  return {
    width: Math.max(1, size.width - axisWidth),
    height: Math.max(1, size.height - 1 - (hasFooter ? 1 : 0)),
    axisWidth,
    hasFooter
  }
}

/** Label and tick of one row of the plot: greatest value above, least below, the middle where there is room. */
const axisText = (extent: Extent, row: number, { axisWidth, height }: Plot, look: Look): string => {
  if (axisWidth === 0) return ""
  const range = extent.max - extent.min
  const middle = (height - 1) / 2
  const isMiddle = row === Math.floor(middle) && (range === 0 || height >= 5)
  const value =
    range === 0
      ? isMiddle
        ? extent.max
        : undefined
      : row === 0
        ? extent.max
        : row === height - 1
          ? extent.min
          : isMiddle
            ? extent.max - (range * row) / (height - 1)
            : undefined
  const tick = value === undefined ? look.glyphs.bar : look.unicode ? "┤" : "+"
  return `${padStart(value === undefined ? "" : numberText(value, range), axisWidth - 2)} ${tick}`
}

/** Headline, axis, drawing and footer as exactly `size.height` rows of `size.width` cells. `drawing` has `plot.height` rows. */
export const framed = (
  text: ChartText,
  extent: Extent,
  drawing: ReadonlyArray<Row>,
  { look, plot, size }: { readonly plot: Plot; readonly size: Size; readonly look: Look }
): ReadonlyArray<Row> => {
  const rows: Array<Row> = [headline(text, extent, size.width, look)]
  for (const [i, row] of drawing.entries())
    rows.push(fitRow([span(axisText(extent, i, plot, look), "faint"), ...row], size.width, look))
  if (plot.hasFooter) rows.push(footer(text, plot, size, look))
  return fitHeight(rows, size)
}
const footer = ({ from, to }: ChartText, { axisWidth, width }: Plot, size: Size, look: Look): Row => {
  const right = take(to ?? "", width)
  const left = cut(from ?? "", Math.max(0, width - widthOf(right) - 1), look.glyphs.ellipsis)
  const gap = Math.max(0, width - widthOf(left) - widthOf(right))
  return fitRow([span(" ".repeat(axisWidth)), span(left + " ".repeat(gap) + right, "faint")], size.width, look)
}
export const fitHeight = (rows: ReadonlyArray<Row>, { height, width }: Size): ReadonlyArray<Row> =>
  Array.from({ length: Math.max(0, height) }, (_, i) => rows[i] ?? blankRow(width))

/** What stands in for a chart without values. */
export const noValues = (text: ChartText, size: Size, look: Look): ReadonlyArray<Row> =>
  fitHeight([headline(text, undefined, size.width, look)], size)
