import { Result } from "effect"
import { figure, share } from "../../insights/text.ts"
import type { ColumnSchema, ColumnStatistics } from "../../types.ts"
import { histogramChart, shown, type Chart } from "../charts.ts"
import { html } from "../html.ts"
import { chartFrame, count, facts, notAvailable, whyNot, type Material, type Section } from "./Section.ts"

const categoryBars = (s: ColumnStatistics) => {
  const { top, others } = s.categories!
  const most = top[0]?.count ?? 1
  return html`<div class="categories">
    ${top.map((t) => html`<span class="label" title="${t.label}">${t.label === "" ? "(blank)" : t.label}</span><span class="bar"><i style="width:${((100 * t.count) / most).toFixed(1)}%"></i></span><b>${count(t.count)}</b>`)}
    ${others > 0 && html`<span class="label muted">${s.distinct - top.length} others</span><span></span><b class="muted">${count(others)}</b>`}
  </div>`
}
const columnCard = (column: ColumnSchema, s: ColumnStatistics, rows: number, chart: Chart | undefined) => {
  const { numeric } = s
  const moment = column.physical === "date" || column.physical === "datetime"
  const pairs: ReadonlyArray<readonly [string, string]> =
    numeric === undefined
      ? [
          ["distinct", count(s.distinct)],
          ["entropy", `${figure(s.categories?.entropyBits ?? 0)} bits`]
        ]
      : moment
        ? [
            ["from", shown(numeric.min, column)],
            ["to", shown(numeric.max, column)],
            ["distinct", count(s.distinct)]
          ]
        : [
            ["mean", shown(numeric.mean, column)],
            ["median", shown(numeric.quantiles[3]!, column)],
            ["sd", numeric.sd === null ? "" : shown(numeric.sd, column)],
            ["min", shown(numeric.min, column)],
            ["max", shown(numeric.max, column)],
            ["zeros", count(numeric.zeros)]
          ]
  return html`<article class="card column" data-name="${column.name.toLowerCase()}">
    <header>
      <h3>${column.name}</h3>
      <span class="tags"
        ><span class="tag">${column.semantic}</span
        >${column.role !== "feature" && html`<span class="tag role">${column.role}</span>`}</span
      >
    </header>
    ${column.label !== column.name && html`<p class="muted">in the file: ${column.label}</p>`}
    <div class="filled" title="${`${share(s.n / Math.max(1, rows))} present`}">
      <span class="bar"><i style="width:${((100 * s.n) / Math.max(1, rows)).toFixed(1)}%"></i></span
      ><span class="muted">${s.missing === 0 ? "complete" : `${share(s.missing / Math.max(1, rows))} missing`}</span>
    </div>
    ${s.n === 0 ? html`<p class="muted">No value.</p>` : chart !== undefined ? chartFrame(chart) : s.categories !== undefined && column.semantic !== "text" && column.semantic !== "json" && categoryBars(s)}${facts(pairs)}
  </article>`
}
export const columnsSection = ({ analysis, schema }: Material, most: number): Section => {
  if (Result.isFailure(analysis)) {
    return {
      id: "columns",
      title: "Columns",
      charts: [],
      body: html`${notAvailable("Statistics", whyNot(analysis.failure))}
        <div class="card">
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Column</th>
                  <th scope="col">Type</th>
                  <th scope="col" class="number">Missing</th>
                </tr>
              </thead>
              <tbody>
                ${schema.columns.map(
                  (c) =>
                    html`<tr>
                      <td>${c.name}</td>
                      <td>${c.semantic}</td>
                      <td class="number">${count(c.evidence.missing)}</td>
                    </tr>`
                )}
              </tbody>
            </table>
          </div>
        </div>`
    }
  }
  const { columns, rows } = analysis.success
  const cards = schema.columns.flatMap((column) => {
    const s = columns.find((x) => x.name === column.name)
    return s === undefined
      ? []
      : [
          {
            column,
            s,
            chart:
              s.numeric !== undefined && s.numeric.histogram.counts.length > 1 && column.semantic !== "id"
                ? histogramChart(column, s.numeric)
                : undefined
          }
        ]
  })
  const drawn = cards.slice(0, most)
  return {
    id: "columns",
    title: "Columns",
    charts: drawn.flatMap((c) => c.chart ?? []),
    body: html`${cards.length > 8 && html`<label class="search"><span>Find a column</span><input type="search" id="column-search" autocomplete="off" /></label>`}
      <div class="cards columns">${drawn.map((c) => columnCard(c.column, c.s, rows, c.chart))}</div>
      ${
        cards.length > drawn.length &&
        html`<p class="muted">
          ${cards.length - drawn.length} more columns:
          ${cards
            .slice(most)
            .map((c) => c.column.name)
            .join(", ")
            .slice(0, 4000)}
        </p>`
      }`
  }
}
