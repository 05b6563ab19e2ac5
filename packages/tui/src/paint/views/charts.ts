/** The charts view: as many charts beside each other as are readable, or one in all the room. */
import type { ChartPane, ChartsView, Metric } from "../../model/views/charts.ts"
import { equityChart } from "../charts/equity.ts"
import { fitHeight, fitRow } from "../charts/frame.ts"
import { heatMap } from "../charts/heatmap.ts"
import { fiveNumbersOf, histogram } from "../charts/histogram.ts"
import { legend, lineChart } from "../charts/line.ts"
import { numberText } from "../charts/series.ts"
import { boxPlot } from "../charts/sparkline.ts"
import { fillRows, type Painter, paintRow, type Row, type Size, span } from "../Painter.ts"
import { fit, padStart, safeLine, widthOf } from "../text.ts"
import type { Look, Tone } from "../theme.ts"
import { columns, nothing } from "./listing.ts"

const rowsOf = (pane: ChartPane, size: Size, look: Look): ReadonlyArray<Row> => {
  switch (pane.kind) {
    case "line": {
      const named = pane.names
      if (named === undefined || size.height < 6) return lineChart(pane, size, look)
      const chart = lineChart(pane, { width: size.width, height: size.height - 1 }, look)
      return [...chart, fitRow(legend(safeLine(named[0]), safeLine(named[1]), look), size.width, look)]
    }
    case "equity":
      return equityChart(pane, size, look)
    case "histogram":
      return histogram(pane, size, look)
    case "heat":
      return heatMap(pane, size, look)
    case "boxes":
      return boxRows(pane, size, look)
    default:
      return metricRows(pane, size, look)
  }
}
const boxRows = (pane: Extract<ChartPane, { kind: "boxes" }>, size: Size, look: Look): ReadonlyArray<Row> => {
  const samples = pane.rows.flatMap(({ label, values }) => {
    const five = fiveNumbersOf(values)
    return five === undefined ? [] : [{ label: safeLine(label), five }]
  })
  const scale = { min: Math.min(...samples.map(({ five }) => five.min)), max: Math.max(...samples.map(({ five }) => five.max)) }
  const range = scale.max - scale.min
  const labels = Math.min(Math.floor(size.width / 3), Math.max(0, ...samples.map(({ label }) => widthOf(label))))
  const unit = pane.unit === undefined || pane.unit === "" ? "" : ` ${pane.unit}`
  const words = samples.map(({ five }) => ` ${numberText(five.median, range)}${unit}`)
  const wordWidth = Math.max(0, ...words.map(widthOf))
  const ends =
    samples.length === 0
      ? "no values"
      : `${numberText(scale.min, range)} to ${numberText(scale.max, range)}${unit}, median at the right`
  const room = Math.max(1, size.width - labels - 1 - wordWidth)
  const body = samples.map(({ five, label }, i): Row => [
    span(`${fit(label, labels, look.glyphs.ellipsis)} `, "plain"),
    ...boxPlot(five, scale, room, look),
    span(padStart(words[i]!, wordWidth), "strong")
  ])
  const title: Row = [span(pane.title, "title"), span(`  ${ends}`, "faint")]
  return fitHeight(
    [title, ...body].map((row) => fitRow(row, size.width, look)),
    size
  )
}
/** A figure with so many significant digits: `1.31`, `1,204`. */
const figure = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toLocaleString("en-US", { maximumSignificantDigits: digits }) : "-"
/** Better, worse or neither, in words of the arrow and of the tone. */
const changeOf = ({ before, better, value }: Metric): { readonly step: number; readonly tone: Tone } => {
  const step = before === undefined || !Number.isFinite(before) ? 0 : value - before
  if (step === 0 || better === undefined || !Number.isFinite(step)) return { step, tone: "faint" }
  return { step, tone: step > 0 === (better === "more") ? "good" : "warn" }
}
const metricRows = (pane: Extract<ChartPane, { kind: "metrics" }>, size: Size, look: Look): ReadonlyArray<Row> => {
  const names = Math.min(Math.floor(size.width / 2), Math.max(0, ...pane.rows.map(({ name }) => widthOf(safeLine(name)))))
  const body = pane.rows.map((metric): Row => {
    const { step, tone } = changeOf(metric)
    const unit = metric.unit === undefined || metric.unit === "" ? "" : ` ${metric.unit}`
    const change =
      metric.before === undefined
        ? ""
        : step === 0
          ? "  same"
          : `  ${step > 0 ? look.glyphs.up : look.glyphs.down} ${figure(Math.abs(step), 2)}`
    return [
      span(`${fit(safeLine(metric.name), names, look.glyphs.ellipsis)} `, "plain"),
      span(padStart(`${figure(metric.value, 4)}${unit}`, 12), "strong"),
      span(change, tone)
    ]
  })
  const title: Row = [span(pane.title, "title"), span(pane.rows.length === 0 ? "  no values" : "", "faint")]
  return fitHeight(
    [title, ...body].map((row) => fitRow(row, size.width, look)),
    size
  )
}

/** Names and units come from stages and files. */
const safePane = (pane: ChartPane): ChartPane => {
  const titled = { title: safeLine(pane.title), ...(pane.unit === undefined ? {} : { unit: safeLine(pane.unit) }) }
  if (pane.kind === "heat")
    return {
      ...pane,
      ...titled,
      columns: pane.columns.map(safeLine),
      rows: pane.rows.map(({ cells, label }) => ({ label: safeLine(label), cells }))
    }
  if (pane.kind !== "line" && pane.kind !== "equity") return { ...pane, ...titled }
  const { from, to } = pane
  return {
    ...pane,
    ...titled,
    ...(from === undefined ? {} : { from: safeLine(from) }),
    ...(to === undefined ? {} : { to: safeLine(to) })
  }
}
const paintPane = (pane: ChartPane, size: Size, look: Look): ReadonlyArray<string> =>
  fillRows(
    rowsOf(safePane(pane), size, look).map((row) => paintRow(row, size.width, look)),
    size
  )

/** Least room in which a chart says something. */
const least = { width: 56, height: 9 } as const

/** How many charts stand beside and below each other. */
export const gridOf = (count: number, size: Size): { readonly across: number; readonly down: number } => {
  const across = Math.max(1, Math.min(count, Math.floor((size.width + 3) / (least.width + 3))))
  const down = Math.max(1, Math.min(Math.ceil(count / across), Math.floor((size.height + 1) / (least.height + 1))))
  return { across: Math.min(2, across), down }
}
/** For the edge of the frame: which charts are on the screen. */
export const chartsNote = (view: ChartsView, size: Size): string => {
  const count = view.panes.length
  if (count === 0) return ""
  const { first, shown } = pageOf(view, size)
  return shown === 1 ? `${first + 1} of ${count}` : `${first + 1}-${first + shown} of ${count}`
}
const pageOf = (view: ChartsView, size: Size) => {
  const count = view.panes.length
  const selected = Math.max(0, Math.min(count - 1, view.selected))
  if (view.single) return { first: selected, shown: 1, across: 1, down: 1 }
  const { across, down } = gridOf(count, size)
  const first = selected - (selected % (across * down))
  return { first, shown: Math.min(across * down, count - first), across, down }
}

export const paintCharts: Painter<ChartsView> = (view, size, look) => {
  if (view.panes.length === 0) return nothing(view.empty, size, look)
  const { across, first, shown } = pageOf(view, size)
  const panes = view.panes.slice(first, first + shown)
  const bands = Array.from({ length: Math.ceil(shown / across) }, (_, i) => panes.slice(i * across, (i + 1) * across))
  const space = size.height - (bands.length - 1)
  const rows = bands.flatMap((band, i) => {
    const height = Math.floor((space * (i + 1)) / bands.length) - Math.floor((space * i) / bands.length)
    const blank = i === 0 ? [] : [" ".repeat(size.width)]
    const room = { width: size.width, height }
    const [left, right] = band
    if (right === undefined) return [...blank, ...paintPane(left!, room, look)]
    const half = Math.floor((size.width - 3) / 2)
    return [...blank, ...columns([(s) => paintPane(left!, s, look), (s) => paintPane(right, s, look)], half, room, look)]
  })
  return fillRows(rows, size)
}
