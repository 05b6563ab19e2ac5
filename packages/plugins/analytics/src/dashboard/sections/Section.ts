/** What the parts of the page are made of, and the pieces that they share. */
import type { Unavailable } from "@tetra/core"
import type { Result } from "effect"
import type { Analysis, Lineage, Quality, Source, TableSchema } from "../../types.ts"
import type { Chart } from "../charts.ts"
import { html, type Html } from "../html.ts"

type Optional<T> = Result.Result<T, Unavailable>
export interface Material {
  readonly source: Source
  readonly schema: TableSchema
  readonly quality: Optional<Quality>
  readonly lineage: Optional<Lineage>
  readonly analysis: Optional<Analysis>
  readonly businessContext: string
  /** Of other plugins. */
  readonly charts: ReadonlyArray<Chart>
}
/** A part of the page: its markup and the charts that it leaves room for. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly body: Html
  readonly charts: ReadonlyArray<Chart>
}

export const count = (n: number) => n.toLocaleString("en-US")
export const chartFrame = (chart: Chart): Html =>
  html`<figure class="chart" data-chart="${chart.id}">
    <figcaption><strong>${chart.title}</strong><span class="muted">${chart.description}</span></figcaption>
    <div class="canvas" style="height:${chart.height}px" role="img" aria-label="${`${chart.title}. ${chart.description}`}"></div>
    <details>
      <summary>Table</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              ${chart.table.head.map((h) => html`<th scope="col">${h}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${chart.table.rows.map(
              (r) =>
                html`<tr>
                  ${r.map((c) => html`<td>${c}</td>`)}
                </tr>`
            )}
          </tbody>
        </table>
      </div>
    </details>
  </figure>`

export const notAvailable = (what: string, because: string) =>
  html`<div class="card absent" role="note">
    <strong>${what} not available</strong>
    <p>because ${because}</p>
  </div>`
export const whyNot = ({ message }: Unavailable) => message.split("\n")[0] ?? ""
/** Pairs of a name and what it is. */
export const facts = (pairs: ReadonlyArray<readonly [string, string]>) =>
  html`<dl>
    ${pairs.map(
      ([k, v]) =>
        html`<div>
          <dt>${k}</dt>
          <dd>${v}</dd>
        </div>`
    )}
  </dl>`
