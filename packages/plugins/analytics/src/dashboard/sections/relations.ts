import { Result } from "effect"
import { figure } from "../../insights/text.ts"
import type { Association } from "../../types.ts"
import { scatterChart } from "../charts.ts"
import { html } from "../html.ts"
import { chartFrame, count, notAvailable, whyNot, type Material, type Section } from "./Section.ts"

const maxHeat = 18
const correlationOf = (associations: ReadonlyArray<Association>, a: string, b: string) =>
  associations.find((x) => x.measure === "pearson" && ((x.a === a && x.b === b) || (x.a === b && x.b === a)))
const heatCell = (value: number | undefined) => {
  if (value === undefined) return html`<td class="none">·</td>`
  const strength = Math.round(Math.abs(value) * 100)
  return html`<td class="${value < 0 ? "minus" : "plus"}${strength > 55 ? " strong" : ""}" style="--heat:${strength}%">
    ${value.toFixed(2)}
  </td>`
}
export const relationsSection = ({ analysis }: Material, options: { readonly points: boolean }): Section => {
  if (Result.isFailure(analysis))
    return { id: "relations", title: "Relations", charts: [], body: notAvailable("Relations", whyNot(analysis.failure)) }
  const { associations, scatters, rows } = analysis.success
  const names = [...new Set(associations.filter((a) => a.measure === "pearson").flatMap((a) => [a.a, a.b]))].slice(0, maxHeat)
  const charts = options.points
    ? scatters.filter((s) => s.points.length > 1).map((s) => scatterChart(s, correlationOf(associations, s.x, s.y)?.value, rows))
    : []
  const categorical = associations
    .filter((a) => a.measure === "cramers_v" || a.measure === "eta_squared")
    .toSorted((a, b) => b.value - a.value)
    .slice(0, 10)
  return {
    id: "relations",
    title: "Relations",
    charts,
    body: html`${
      names.length < 2
        ? notAvailable("Correlations", "there are fewer than two number columns with enough complete rows")
        : html`<div class="card">
            <h3>Correlations</h3>
            <p class="muted">
              Pearson's r of each pair, over the rows that have both. Orange is negative, blue positive; the number says how much.
            </p>
            <div class="scroll">
              <table class="heat">
                <thead>
                  <tr>
                    <td></td>
                    ${names.map((n) => html`<th scope="col"><span>${n}</span></th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${names.map(
                    (a, i) =>
                      html`<tr>
                        <th scope="row">${a}</th>
                        ${names.map((b, j) => (i === j ? html`<td class="self"></td>` : heatCell(correlationOf(associations, a, b)?.value)))}
                      </tr>`
                  )}
                </tbody>
              </table>
            </div>
          </div>`
    }
    ${charts.length > 0 && html`<div class="grid two">${charts.map((c) => html`<div class="card">${chartFrame(c)}</div>`)}</div>`}
    ${
      categorical.length > 0 &&
      html`<div class="card">
        <h3>Strongest relations with categories</h3>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Columns</th>
                <th scope="col">Measure</th>
                <th scope="col" class="number">Value</th>
                <th scope="col" class="number">q</th>
                <th scope="col" class="number">n</th>
              </tr>
            </thead>
            <tbody>
              ${categorical.map(
                (a) =>
                  html`<tr>
                    <td>${a.a} and ${a.b}</td>
                    <td>${a.measure === "cramers_v" ? "Cramer's V (corrected)" : "eta squared"}</td>
                    <td class="number">${figure(a.value)}</td>
                    <td class="number">${figure(a.q)}</td>
                    <td class="number">${count(a.n)}</td>
                  </tr>`
              )}
            </tbody>
          </table>
        </div>
      </div>`
    }`
  }
}
