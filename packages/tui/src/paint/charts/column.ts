/** The charts of one column of a table: what suits its numbers. Pure. */
import { changesOf, type ChartPane } from "../../model/views/charts.ts"
import { monthlyReturns } from "./heatmap.ts"

export interface ColumnPoint {
  /** NaN where it is missing. */
  readonly value: number
  /** What the row is about, one text for each of the table's columns of text: a symbol, a scenario, a strategy. */
  readonly labels: ReadonlyArray<string>
  /** Day or instant, ISO 8601. */
  readonly at: string | undefined
}
/** Samples that are compared as box plots. */
const mostBoxes = 12
/** Fewer rows are no series. */
const leastSeries = 8
/** Names of columns whose change from row to row says more than the numbers themselves. */
const levels = /equity|portfolio|wealth|nav\b|close|open|high|low|price|level|index/iu

const isLevel = (name: string, values: ReadonlyArray<number>): boolean =>
  levels.test(name) && values.length > 1 && values.every((value) => value > 0)

/** A column of a table as it is drawn. */
export interface ColumnSample {
  /** `asset.column`. */
  readonly title: string
  /** Names of the columns of text, as many as each point has labels. */
  readonly names: ReadonlyArray<string>
  /** In the order of the table. */
  readonly points: ReadonlyArray<ColumnPoint>
}
/**
 * A series where the table has one: of what has the most rows, as equity with its months where it is a level. Then how all values are spread, and
 * box plots for each column of text that tells a few samples apart.
 */
export const chartsOfColumn = ({ names, points: all, title }: ColumnSample): ReadonlyArray<ChartPane> => {
  const points = all.filter(({ value }) => Number.isFinite(value))
  const [largest] = [...Map.groupBy(points, labelOf(points))].toSorted(([, a], [, b]) => b.length - a.length)
  if (largest === undefined) return []
  const [label, rows] = largest
  const name = label === "" ? title : `${title}, ${label}`
  const series = rows.length < leastSeries ? [] : seriesOf(title, name, rows)
  const spread: ReadonlyArray<ChartPane> = series.some(({ kind }) => kind === "histogram")
    ? []
    : [
        {
          kind: "histogram",
          title: `${title}, ${points.length.toLocaleString("en-US")} rows`,
          values: points.map(({ value }) => value)
        }
      ]
  return [...series, ...spread, ...names.flatMap((column, i) => boxesOf(`${title} by ${column}`, points, i))]
}
const seriesOf = (title: string, name: string, rows: ReadonlyArray<ColumnPoint>): ReadonlyArray<ChartPane> => {
  const values = rows.map(({ value }) => value)
  const days = rows.flatMap(({ at }) => (at === undefined ? [] : [at]))
  const dated = days.length === values.length
  const axis = dated ? { at: days, from: (days[0] ?? "").slice(0, 10), to: (days.at(-1) ?? "").slice(0, 10) } : {}
  if (!isLevel(title.slice(title.indexOf(".") + 1), values)) return [{ kind: "line", title: name, values, ...axis }]
  return [
    { kind: "equity", title: name, values, ...axis },
    ...(dated ? [monthsOf(name, rows)] : []),
    { kind: "histogram", title: `${name}, changes`, unit: "%", values: changesOf(values) }
  ]
}
/** What tells rows apart: columns that say the same everywhere are left away. */
const labelOf = (points: ReadonlyArray<ColumnPoint>): ((point: ColumnPoint) => string) => {
  const first = points[0]?.labels ?? []
  const telling = first.flatMap((text, i) => (points.some(({ labels }) => labels[i] !== text) ? [i] : []))
  return ({ labels }) => telling.map((i) => labels[i] ?? "").join(" ")
}
const monthsOf = (name: string, rows: ReadonlyArray<ColumnPoint>): ChartPane => ({
  ...monthlyReturns(rows.map(({ at, value }) => ({ at: Date.parse(at ?? ""), value }))),
  kind: "heat",
  title: `${name} by month, %`
})
const boxesOf = (title: string, points: ReadonlyArray<ColumnPoint>, column: number): ReadonlyArray<ChartPane> => {
  const samples = Map.groupBy(points, ({ labels }) => labels[column] ?? "")
  if (samples.size < 2 || samples.size > mostBoxes) return []
  const rows = [...samples].map(([label, members]) => ({ label, values: members.map(({ value }) => value) }))
  return [{ kind: "boxes", title, rows }]
}
