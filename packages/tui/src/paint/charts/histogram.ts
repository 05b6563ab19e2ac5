/** How values are spread. Pure. */
import { type Row, type Size, span } from "../Painter.ts"
import type { Look } from "../theme.ts"
import { type ChartText, fitHeight, fitRow, headline, noValues } from "./frame.ts"
import { extentOf, numberText, quantileOf, sortedOf } from "./series.ts"
import { boxPlot, type FiveNumbers } from "./sparkline.ts"

export interface Histogram extends ChartText {
  readonly values: ArrayLike<number>
}
/** Quartiles and ends; `undefined` when no value is there. */
export const fiveNumbersOf = (values: ArrayLike<number>): FiveNumbers | undefined => {
  const sorted = sortedOf(values)
  if (sorted.length === 0) return undefined
  const [min, q1, median, q3, max] = [0, 0.25, 0.5, 0.75, 1].map((share) => quantileOf(sorted, share)) as [
    number,
    number,
    number,
    number,
    number
  ]
  return { min, q1, median, q3, max }
}

/** Counts in `bins` equal intervals from the least to the greatest value; the last one is closed. A constant falls into the middle one. */
export const binsOf = (values: ArrayLike<number>, bins: number): ReadonlyArray<number> => {
  const counts = Array.from({ length: bins }, () => 0)
  const extent = extentOf(values)
  if (extent === undefined) return counts
  const range = extent.max - extent.min
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue
    const bin = range === 0 ? bins >> 1 : Math.min(bins - 1, Math.floor(((values[i]! - extent.min) / range) * bins))
    counts[bin]!++
  }
  return counts
}
const mostBins = 60
/** Cells from bar to bar: a bar and a space where there is room. */
const widthOfBin = (width: number, count: number): number =>
  Math.max(1, Math.min(4, Math.floor(width / Math.min(mostBins, 4 + Math.ceil(2 * Math.cbrt(count))))))

/** Bars in eighths of a row; a bin that holds anything is never blank. Below them a box plot on the same scale, and the ends as text. */
export const histogram = (chart: Histogram, size: Size, look: Look): ReadonlyArray<Row> => {
  const extent = extentOf(chart.values)
  const five = fiveNumbersOf(chart.values)
  if (extent === undefined || five === undefined || size.height < 1) return noValues(chart, size, look)
  const hasBox = size.height >= 6
  const height = Math.max(1, size.height - 2 - (hasBox ? 1 : 0))
  const step = widthOfBin(size.width, extent.count)
  const bins = Math.max(1, Math.floor(size.width / step))
  const counts = binsOf(chart.values, bins)
  const most = Math.max(...counts)
  const bars = Array.from({ length: height }, (_, row): Row => {
    const text = counts.map(
      (count) => barCell(count / most, height - 1 - row, height, look).repeat(Math.max(1, step - 1)) + (step > 1 ? " " : "")
    )
    return fitRow([span(text.join(""), "seriesA")], size.width, look)
  })
  const box = hasBox ? [fitRow(boxPlot(five, extent, bins * step, look), size.width, look)] : []
  return fitHeight(
    [
      headline(chart, extent, size.width, look),
      ...bars,
      ...box,
      ...(size.height >= 3 ? [scaleRow(chart, five, most, size.width)] : [])
    ],
    size
  )
}
const barCell = (share: number, row: number, height: number, look: Look): string => {
  const { heights } = look.glyphs
  const steps = share === 0 ? 0 : Math.max(1, Math.round(share * height * heights.length))
  const here = steps - row * heights.length
  if (!look.unicode) return here > heights.length / 2 || (row === 0 && here > 0) ? "#" : " "
  return here <= 0 ? " " : heights[Math.min(heights.length, here) - 1]!
}
const scaleRow = ({ unit }: ChartText, five: FiveNumbers, most: number, width: number): Row => {
  const range = five.max - five.min
  const [low, high] = [numberText(five.min, range), `${numberText(five.max, range)}${unit === undefined ? "" : ` ${unit}`}`]
  const room = width - low.length - high.length
  const words = [
    `median ${numberText(five.median, range)}, highest bar ${most}`,
    `median ${numberText(five.median, range)}`,
    ""
  ].find((one) => one.length + 4 <= room)
  if (room < 1 || words === undefined) return [span(low.slice(0, width).padEnd(width), "faint")]
  const left = Math.floor((room - words.length) / 2)
  return [span(low + " ".repeat(left) + words + " ".repeat(room - left - words.length) + high, "faint")]
}
