/** The values behind a chart: as a table, as CSV. Pure. */
import { count } from "../amounts.ts"
import type { Fact } from "../inspect.ts"
import type { ChartPane } from "./charts.ts"

type Cell = number | string | undefined
export interface ChartTable {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
}
const listOf = (values: ArrayLike<number>): ReadonlyArray<number> => Array.from(values)

/** The table that a chart is drawn from. A missing value is an empty cell. */
export const chartTable = (pane: ChartPane): ChartTable => {
  switch (pane.kind) {
    case "line": {
      const [first, second] = pane.names ?? ["value", "other"]
      const other = pane.other
      if (other === undefined)
        return { columns: ["n", first], rows: listOf(pane.values).map((value, i) => [pane.at?.[i] ?? i, value]) }
      return { columns: ["n", first, second], rows: listOf(pane.values).map((value, i) => [pane.at?.[i] ?? i, value, other[i]]) }
    }
    case "equity": {
      let high = -Infinity
      return {
        columns: [pane.at === undefined ? "n" : "day", "value", "drawdown_percent"],
        rows: listOf(pane.values).map((value, i) => {
          high = Math.max(high, value)
          return [pane.at?.[i] ?? i, value, 100 * (value / high - 1)]
        })
      }
    }
    case "histogram":
      return { columns: ["n", "value"], rows: listOf(pane.values).map((value, i) => [i, value]) }
    case "heat":
      return { columns: ["", ...pane.columns], rows: pane.rows.map(({ cells, label }) => [label, ...cells]) }
    case "boxes":
      return {
        columns: ["sample", "value"],
        rows: pane.rows.flatMap(({ label, values }) => listOf(values).map((v) => [label, v]))
      }
    default:
      return {
        columns: ["name", "value", "before", "unit"],
        rows: pane.rows.map(({ before, name, unit, value }) => [name, value, before, unit ?? pane.unit])
      }
  }
}
const cellText = (cell: Cell): string =>
  cell === undefined || (typeof cell === "number" && !Number.isFinite(cell)) ? "" : String(cell)
const csvCell = (cell: Cell): string => {
  const text = cellText(cell)
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
/** RFC 4180, with a header. */
export const chartCsv = (pane: ChartPane): string => {
  const { columns, rows } = chartTable(pane)
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("")
}
/** Most rows that the table shows; a file takes them all. */
const mostShown = 2000
const short = (cell: Cell): string =>
  typeof cell === "number"
    ? Number.isFinite(cell)
      ? cell.toLocaleString("en-US", { maximumSignificantDigits: 6 })
      : "-"
    : (cell ?? "-")

export const chartFacts = (pane: ChartPane): ReadonlyArray<Fact> => {
  const { columns, rows } = chartTable(pane)
  const unit = pane.unit === undefined || pane.unit === "" ? "" : `, ${pane.unit}`
  const more = rows.length > mostShown ? `, the newest ${count(mostShown)} of them; S saves them all` : ""
  const [, ...names] = columns
  return [
    { _tag: "Heading", text: `${pane.title}${unit}: ${count(rows.length)} rows${more}` },
    ...rows.slice(-mostShown).map((row): Fact => {
      const [first, ...rest] = row
      const value = rest.length === 1 ? short(rest[0]) : rest.map((cell, i) => `${names[i] ?? ""} ${short(cell)}`).join("   ")
      return { _tag: "Fact", name: first === undefined ? "" : String(first), value }
    })
  ]
}
