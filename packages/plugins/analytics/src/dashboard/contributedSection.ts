import { Result } from "effect"
import type { Contributed } from "../types.ts"
import { html } from "./html.ts"
import { chartFrame, type Material, type Section } from "./sections/Section.ts"

const part = ({ statements, table, title }: Contributed) =>
  html`<div class="card">
    <h3>${title}</h3>
    <ul>
      ${statements.map((statement) => html`<li>${statement}</li>`)}
    </ul>
    ${
      table !== undefined &&
      html`<div class="scroll">
        <table>
          <thead>
            <tr>
              ${table.head.map((cell) => html`<th scope="col">${cell}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${table.rows.map(
              (row) =>
                html`<tr>
                  ${row.map((cell) => html`<td>${cell}</td>`)}
                </tr>`
            )}
          </tbody>
        </table>
      </div>`
    }
  </div>`

/** What other plugins add: their findings and their charts. Undefined when there is nothing. */
export const contributedSection = ({ analysis, charts }: Material): Section | undefined => {
  const found = Result.isSuccess(analysis) ? (analysis.success.contributed ?? []) : []
  if (found.length + charts.length === 0) return undefined
  return {
    id: "more",
    title: "More",
    charts,
    body: html`${found.map(part)}
      <div class="grid two">${charts.map((chart) => html`<div class="card">${chartFrame(chart)}</div>`)}</div>`
  }
}
