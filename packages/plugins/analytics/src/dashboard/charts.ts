import { effectNames, figure } from "../insights/text.ts"
import type { Analysis, ColumnSchema, GroupComparison, Numeric, TimeProfile } from "../types.ts"

type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }
/** An ECharts option as data: colours are names that the page's theme resolves ("accent", "series 0"). */
export interface Chart {
  readonly id: string
  readonly title: string
  /** One sentence for those who do not see the picture. */
  readonly description: string
  readonly height: number
  readonly option: { readonly [key: string]: Json }
  /** The numbers behind the picture, shown on request. */
  readonly table: { readonly head: ReadonlyArray<string>; readonly rows: ReadonlyArray<ReadonlyArray<string>> }
}
const grid: Json = { left: 8, right: 16, top: 12, bottom: 8, containLabel: true }

/** A date or time as people write it; other numbers with three digits. */
export const shown = (value: number, column: ColumnSchema): string => {
  const at = (seconds: number) => new Date(seconds * 1000)
  if (column.physical === "date")
    return Number.isFinite(value)
      ? at(value * 86_400)
          .toISOString()
          .slice(0, 10)
      : ""
  if (column.physical === "datetime") return at(value).toISOString().slice(0, 16).replace("T", " ")
  if (column.semantic === "percent") return `${figure(value * 100)}%`
  return column.unit === undefined ? figure(value) : `${column.unit} ${figure(value)}`
}

export const histogramChart = (column: ColumnSchema, { histogram: { start, width, counts }, quantiles }: Numeric): Chart => {
  const whole = width === 1 && column.physical === "integer"
  const label = (i: number) => (whole ? shown(start + i + 0.5, column) : shown(start + (i + 0.5) * width, column))
  const range = (i: number) =>
    whole ? label(i) : `${shown(start + i * width, column)} to ${shown(start + (i + 1) * width, column)}`
  const top = counts.indexOf(Math.max(...counts))
  return {
    id: `histogram-${column.name}`,
    title: `Distribution of ${column.name}`,
    height: 150,
    description: `Most rows lie at ${range(top)}; the median is ${shown(quantiles[3]!, column)}.`,
    option: {
      grid: { left: 4, right: 4, top: 8, bottom: 4, containLabel: true },
      xAxis: {
        type: "category",
        data: counts.map((_, i) => label(i)),
        axisTick: { show: false },
        axisLabel: { hideOverlap: true }
      },
      yAxis: { type: "value", splitNumber: 2, minInterval: 1 },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      series: [{ type: "bar", name: "rows", data: [...counts], barCategoryGap: "4%", large: false }]
    },
    table: { head: ["range", "rows"], rows: counts.map((n, i) => [range(i), String(n)]) }
  }
}

export const comparisonChart = (c: GroupComparison): Chart => {
  const order = c.groups.length > 12 ? c.groups.toSorted((a, b) => b.n - a.n).slice(0, 12) : c.groups
  const asShare = c.shareOf !== undefined
  const of = asShare ? `share of ${c.value} = ${c.shareOf}` : `mean ${c.value}`
  return {
    id: `comparison-${c.value}-${c.by}`,
    title: `${asShare ? `${c.value} = ${c.shareOf}` : c.value} by ${c.by}`,
    height: Math.max(120, 44 + 28 * order.length),
    description: `Bars give the ${of} for each ${c.by}; ${effectNames[c.effect.name]} ${figure(c.effect.value)}, q ${figure(c.q)}, n ${c.n}.`,
    option: {
      grid: { ...(grid as object), right: 52 }, // room for the label of the longest bar
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      xAxis: { type: "value", ...(asShare ? { min: 0, max: 1 } : { scale: false }), splitNumber: 3 },
      yAxis: {
        type: "category",
        inverse: true,
        data: order.map((g) => g.label),
        axisLabel: { width: 120, overflow: "truncate" },
        axisTick: { show: false }
      },
      series: [
        {
          type: "bar",
          name: of,
          data: order.map((g) => Number(g.mean.toPrecision(6))),
          barMaxWidth: 18,
          label: { show: true, position: "right", kind: asShare ? "share" : "figure" }
        }
      ]
    },
    table: {
      head: [c.by, of, "sd", "rows"],
      rows: c.groups.map((g) => [g.label, figure(g.mean), g.sd === null ? "" : figure(g.sd), String(g.n)])
    }
  }
}

export const scatterChart = ({ x, y, points }: Analysis["scatters"][number], r: number | undefined, rows: number): Chart => ({
  id: `scatter-${x}-${y}`,
  title: `${y} against ${x}`,
  height: 280,
  description: `${points.length} of ${rows} rows, picked at random with a fixed seed${r === undefined ? "" : `; Pearson's r over all rows is ${figure(r)}`}.`,
  option: {
    grid: { ...(grid as object), bottom: 24 },
    tooltip: { trigger: "item" },
    xAxis: { type: "value", scale: true, name: x, nameLocation: "middle", nameGap: 26 },
    yAxis: { type: "value", scale: true },
    series: [
      { type: "scatter", name: `${x}, ${y}`, symbolSize: 5, itemStyle: { opacity: 0.45 }, data: points.map((p) => [...p]) }
    ]
  },
  table: { head: [x, y], rows: points.slice(0, 50).map(([a, b]) => [figure(a), figure(b)]) }
})

export const timeCharts = (time: TimeProfile): ReadonlyArray<Chart> => {
  const line = (name: string, values: ReadonlyArray<number | null>): Chart => {
    const seen = values.filter((v) => v !== null)
    return {
      id: `time-${name}`,
      title: `${name} per ${time.unit}`,
      height: 220,
      description: `${name} over ${time.periods.length} ${time.unit}s from ${time.periods[0]} to ${time.periods.at(-1)}, between ${figure(Math.min(...seen))} and ${figure(Math.max(...seen))}.`,
      option: {
        grid,
        tooltip: { trigger: "axis" },
        xAxis: { type: "category", data: [...time.periods], axisLabel: { hideOverlap: true } },
        yAxis: { type: "value", scale: true, splitNumber: 3 },
        series: [
          {
            type: "line",
            name,
            showSymbol: values.length < 60,
            symbolSize: 4,
            data: values.map((v) => (v === null ? null : Number(v.toPrecision(6))))
          }
        ]
      },
      table: { head: [time.unit, name], rows: time.periods.map((p, i) => [p, values[i] === null ? "" : figure(values[i]!)]) }
    }
  }
  return [
    line("rows", time.counts),
    ...time.means.filter((m) => m.values.some((v) => v !== null)).map((m) => line(`mean ${m.column}`, m.values))
  ]
}
