/** A line chart: braille dots, or stars in ASCII. Pure. */
import { type Row, type Size, type Span, span } from "../Painter.ts"
import type { Look, Tone } from "../theme.ts"
import { type ChartText, framed, noValues, plotOf } from "./frame.ts"
import { columnsOf, type Extent, extentOf } from "./series.ts"

export interface LineChart extends ChartText {
  /** Oldest first. */
  readonly values: ArrayLike<number>
  /** A second series, drawn by line pieces behind the first one, so that the two differ without colour. */
  readonly other?: ArrayLike<number>
}

/** Bits of a braille character by column and row of its dots (Unicode block 2800). */
const dots = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80]
] as const
const brailleBlank = 0x2800

/** Rows of dots, one bit mask per cell; every column is filled from its least to its greatest value, and joined with the one before. */
const dotRows = (values: ArrayLike<number>, extent: Extent, cells: Size, perCell: Size): ReadonlyArray<Uint8Array> => {
  const width = cells.width * perCell.width
  const height = cells.height * perCell.height
  const { first, last, max, min } = columnsOf(values, width)
  const range = extent.max - extent.min
  const rowOf = (value: number) => (range === 0 ? (height - 1) >> 1 : Math.round(((extent.max - value) / range) * (height - 1)))
  const masks = Array.from({ length: cells.height }, () => new Uint8Array(cells.width))
  const isSparse = values.length < width
  let before = -1
  for (let column = 0; column < width; column++) {
    if (Number.isNaN(first[column]!)) continue
    let [top, bottom] = [rowOf(max[column]!), rowOf(min[column]!)]
    if (before === column - 1 && before >= 0) {
      const left = rowOf(last[before]!)
      if (left < top) top = Math.min(top, left + 1)
      if (left > bottom) bottom = Math.max(bottom, left - 1)
    } else if (isSparse && before >= 0 && isNext(values, before, column, width)) {
      slope(masks, { x: before, y: rowOf(last[before]!) }, { x: column, y: rowOf(first[column]!) }, perCell)
    }
    for (let row = top; row <= bottom; row++) put(masks, column, row, perCell)
    before = column
  }
  return masks
}
const put = (masks: ReadonlyArray<Uint8Array>, x: number, y: number, perCell: Size): void => {
  const cell = Math.floor(x / perCell.width)
  masks[Math.floor(y / perCell.height)]![cell]! |= perCell.width === 1 ? 1 : dots[(x % 2) as 0 | 1][(y % 4) as 0 | 1 | 2 | 3]
}
/** Whether two columns hold neighbouring values: a missing one between them must stay a gap. */
const isNext = (values: ArrayLike<number>, a: number, b: number, width: number): boolean => {
  const step = (width - 1) / Math.max(1, values.length - 1)
  return Math.round(b / step) - Math.round(a / step) === 1
}
/** Dots on the straight way between two points, without its ends. */
const slope = (
  masks: ReadonlyArray<Uint8Array>,
  from: { x: number; y: number },
  to: { x: number; y: number },
  perCell: Size
): void => {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))
  for (let i = 1; i < steps; i++)
    put(masks, Math.round(from.x + ((to.x - from.x) * i) / steps), Math.round(from.y + ((to.y - from.y) * i) / steps), perCell)
}

/** Cells as spans: the first series over the second one. */
const rowsOf = (front: ReadonlyArray<Uint8Array>, back: ReadonlyArray<Uint8Array> | undefined, look: Look): ReadonlyArray<Row> =>
  front.map((masks, y) => {
    const row: Array<Span> = []
    const add = (text: string, tone: Tone) => {
      const last = row.at(-1)
      if (last !== undefined && last.tone === tone) row[row.length - 1] = { text: last.text + text, tone }
      else row.push({ text, tone })
    }
    for (const [x, mask] of masks.entries()) {
      if (mask !== 0) add(look.glyphs.braille ? String.fromCodePoint(brailleBlank + mask) : "*", "seriesA")
      else if (back !== undefined && back[y]![x] !== 0) add(look.unicode ? "─" : "-", "seriesB")
      else add(" ", "plain")
    }
    return row
  })

/**
 * Exactly `size`: a headline with last value, least, greatest and unit; an axis with numbers; the line. Both extremes are always on the chart. 20,000
 * values on 90x12 take about a millisecond and a half.
 */
export const lineChart = (chart: LineChart, size: Size, look: Look): ReadonlyArray<Row> => {
  const own = extentOf(chart.values)
  const other = chart.other === undefined ? undefined : extentOf(chart.other)
  if (own === undefined || size.height < 1) return noValues(chart, size, look)
  const extent = other === undefined ? own : { ...own, min: Math.min(own.min, other.min), max: Math.max(own.max, other.max) }
  const plot = plotOf(chart, extent, size)
  const cells = { width: plot.width, height: plot.height }
  const perCell = look.glyphs.braille ? { width: 2, height: 4 } : { width: 1, height: 1 }
  const front = dotRows(chart.values, extent, cells, perCell)
  const back = chart.other === undefined ? undefined : dotRows(chart.other, extent, cells, { width: 1, height: 1 })
  return framed(chart, extent, rowsOf(front, back, look), { plot, size, look })
}

/** One row that tells two series apart by their glyphs. */
export const legend = (first: string, second: string | undefined, look: Look): Row => [
  span(look.glyphs.braille ? "⠒⠒ " : "** ", "seriesA"),
  span(first, "plain"),
  ...(second === undefined ? [] : [span(look.unicode ? "   ── " : "   -- ", "seriesB"), span(second, "plain")])
]
