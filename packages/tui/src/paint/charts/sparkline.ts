/** A chart in one row. Pure. */
import { type Row, type Span, span } from "../Painter.ts"
import type { Look, Tone } from "../theme.ts"
import { columnsOf, extentOf } from "./series.ts"

/**
 * Exactly `width` cells, the newest value at the right end; the height shows the greatest value of the column. Fewer values than cells take one
 * cell each. Missing values are gaps; a constant is drawn at half height.
 */
export const sparkline = (values: ArrayLike<number>, width: number, look: Look, tone: Tone = "seriesA"): Row => {
  const extent = extentOf(values)
  if (width <= 0) return []
  if (extent === undefined) return [span(" ".repeat(width))]
  const { heights } = look.glyphs
  const range = extent.max - extent.min
  const shown = values.length > width ? columnsOf(values, width).max : values
  let text = ""
  for (let i = 0; i < shown.length; i++) {
    const value = shown[i]!
    const level = range === 0 ? heights.length / 2 - 1 : Math.round(((value - extent.min) / range) * (heights.length - 1))
    text += Number.isFinite(value) ? heights[level]! : " "
  }
  return [span(" ".repeat(width - shown.length)), span(text, tone)].filter((one) => one.text !== "")
}

/** Quartiles and ends of a sample. */
export interface FiveNumbers {
  readonly min: number
  readonly q1: number
  readonly median: number
  readonly q3: number
  readonly max: number
}
/** One row of a box plot on the scale from `scale.min` to `scale.max`: whiskers to the ends, the box between the quartiles, a mark at the median. */
export const boxPlot = (
  five: FiveNumbers,
  scale: { readonly min: number; readonly max: number },
  width: number,
  look: Look
): Row => {
  const range = scale.max - scale.min
  const cell = (value: number) =>
    range <= 0 ? Math.floor(width / 2) : Math.max(0, Math.min(width - 1, Math.round(((value - scale.min) / range) * (width - 1))))
  const [low, left, middle, right, high] = [five.min, five.q1, five.median, five.q3, five.max].map(cell) as [
    number,
    number,
    number,
    number,
    number
  ]
  const [endLeft, endRight, line, box, mark] = look.unicode ? ["├", "┤", "─", "▒", "┃"] : ["|", "|", "-", "=", "#"]
  const at = (i: number): Span => {
    if (i === middle) return span(mark, "strong")
    if (i >= left && i <= right) return span(box, "seriesA")
    if (i === low) return span(endLeft, "faint")
    if (i === high) return span(endRight, "faint")
    return i > low && i < high ? span(line, "faint") : span(" ")
  }
  return Array.from({ length: width }, (_, i) => at(i))
}
