/** Equity as a stepped line over its drawdown. Pure. */
import { type Row, type Size, type Span, span } from "../Painter.ts"
import type { Look, Tone } from "../theme.ts"
import { type ChartText, framed, noValues, plotOf } from "./frame.ts"
import { columnsOf, type Extent, extentOf, numberText } from "./series.ts"

/**
 * Loss since the highest value so far, as a share of it: 0 at a new high, 0.25 when a quarter is lost. Missing where the value is missing or no
 * value above zero came before.
 */
export const drawdownOf = (equity: ArrayLike<number>): Float64Array => {
  const depth = new Float64Array(equity.length).fill(NaN)
  let peak = -Infinity
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i]!
    if (!Number.isFinite(value)) continue
    peak = Math.max(peak, value)
    if (peak > 0) depth[i] = 1 - value / peak
  }
  return depth
}

/** Across, upright, and the corners: top left, top right, bottom right, bottom left. */
const stepGlyphs = { unicode: ["─", "│", "╭", "╮", "╯", "╰"], ascii: ["-", "|", "+", "+", "+", "+"] } as const

/**
 * The last value of every column as steps. A column that holds the greatest or the least value of all reaches there, so that both are on the chart;
 * the others stay quiet: what is lost inside a column shows in the drawdown.
 */
const stepped = (values: ArrayLike<number>, extent: Extent, size: Size, look: Look): ReadonlyArray<Row> => {
  const { last, max, min } = columnsOf(values, size.width)
  const [flat, upright, topLeft, topRight, bottomRight, bottomLeft] = look.unicode ? stepGlyphs.unicode : stepGlyphs.ascii
  const range = extent.max - extent.min
  const rowOf = (value: number) =>
    range === 0 ? (size.height - 1) >> 1 : Math.round(((extent.max - value) / range) * (size.height - 1))
  const grid = Array.from({ length: size.height }, () => Array.from({ length: size.width }, () => " "))
  let before: number | undefined
  for (let x = 0; x < size.width; x++) {
    if (Number.isNaN(last[x]!)) {
      if (values.length < size.width && before !== undefined && hasMore(last, x)) grid[before]![x] = flat
      else before = undefined
      continue
    }
    const row = rowOf(last[x]!)
    const from = before ?? row
    const top = max[x] === extent.max ? rowOf(extent.max) : Math.min(from, row)
    const bottom = min[x] === extent.min ? rowOf(extent.min) : Math.max(from, row)
    for (let y = top; y <= bottom; y++) grid[y]![x] = upright
    const isSpike = top < Math.min(from, row) || bottom > Math.max(from, row)
    if (from === row) grid[row]![x] = isSpike ? upright : flat
    else if (!isSpike) {
      grid[row]![x] = row < from ? topLeft : bottomLeft
      grid[from]![x] = row < from ? bottomRight : topRight
    }
    before = row
  }
  return grid.map((cells) => [span(cells.join(""), "seriesA")])
}
const hasMore = (values: Float64Array, from: number): boolean => values.subarray(from).some((value) => !Number.isNaN(value))

/** Blocks that hang from the upper edge, two steps to a row: the deeper, the longer. */
const hanging = (depths: Float64Array, deepest: number, size: Size, look: Look): ReadonlyArray<Row> => {
  const [full, half] = look.unicode ? ["█", "▀"] : ["#", "'"]
  return Array.from({ length: size.height }, (_, row): Row => {
    let text = ""
    for (const depth of depths) {
      const steps =
        deepest <= 0 || Number.isNaN(depth) || depth <= 0 ? 0 : Math.max(1, Math.round((depth / deepest) * size.height * 2))
      text += steps >= 2 * row + 2 ? full : steps === 2 * row + 1 ? half : " "
    }
    return [span(text, "bad")]
  })
}

export interface EquityChart extends ChartText {
  /** Oldest first. */
  readonly values: ArrayLike<number>
}
/** Below this height there is no room for the drawdown. */
const leastForBand = 7

/** Exactly `size`: headline, stepped line, and below it the drawdown with its greatest depth as text. */
export const equityChart = (chart: EquityChart, size: Size, look: Look): ReadonlyArray<Row> => {
  const extent = extentOf(chart.values)
  if (extent === undefined || size.height < 1) return noValues(chart, size, look)
  const depths = drawdownOf(chart.values)
  const deepest = extentOf(depths)?.max ?? 0
  const bandHeight = size.height < leastForBand ? 0 : Math.max(1, Math.floor(size.height / 5))
  const upperSize = { width: size.width, height: size.height - (bandHeight === 0 ? 0 : bandHeight + 1) }
  const { from: _, to: __, ...withoutFooter } = chart
  const text: ChartText = bandHeight === 0 ? chart : withoutFooter
  const plot = plotOf(text, extent, upperSize)
  const upper = framed(text, extent, stepped(chart.values, extent, plot, look), { plot, size: upperSize, look })
  if (bandHeight === 0) return upper
  const label = (words: string, tone: Tone): Span =>
    span(words.padStart(plot.axisWidth - 2).slice(0, Math.max(0, plot.axisWidth - 2)), tone)
  const axis = (i: number): Row =>
    plot.axisWidth === 0 ? [] : [label(i === 0 ? "0" : "", "faint"), span(` ${look.glyphs.bar}`, "faint")]
  const band = hanging(columnsOf(depths, plot.width).max, deepest, { width: plot.width, height: bandHeight }, look)
  const closing = `greatest drawdown ${numberText(100 * deepest, 100 * deepest)} %`
  const ends = [chart.from, chart.to].filter((end) => end !== undefined).join(" to ")
  return [
    ...upper,
    ...band.map((row, i) => [...axis(i), ...row]),
    closingRow(closing, ends, { axisWidth: plot.axisWidth, width: size.width })
  ]
}
const closingRow = (left: string, right: string, { axisWidth, width }: { axisWidth: number; width: number }): Row => {
  const room = width - axisWidth
  const shown = left.slice(0, room)
  const gap = room - shown.length - right.length
  const rest = gap >= 2 ? " ".repeat(gap) + right : " ".repeat(room - shown.length)
  return [span(" ".repeat(axisWidth)), span(shown, "bad"), span(rest, "faint")]
}
