import { Result } from "effect"
import { figure } from "../../insights/text.ts"
import type { Analysis } from "../../types.ts"
import { comparisonChart } from "../charts.ts"
import { html } from "../html.ts"
import { chartFrame, notAvailable, whyNot, type Material, type Section } from "./Section.ts"

const maxComparisons = 8
const strength = (c: Analysis["comparisons"][number]) =>
  c.effect.name === "hedges_g"
    ? Math.abs(c.effect.value) / Math.sqrt(c.effect.value ** 2 + 4)
    : c.effect.name === "eta_squared"
      ? Math.sqrt(c.effect.value)
      : c.effect.value
export const targetSection = ({ analysis, schema }: Material): Section | undefined => {
  const target = schema.columns.find((c) => c.role === "target")
  if (target === undefined) return undefined
  const title = `Target: ${target.name}`
  if (Result.isFailure(analysis))
    return { id: "target", title, charts: [], body: notAvailable("Target view", whyNot(analysis.failure)) }
  const strongest = analysis.success.comparisons.toSorted((a, b) => strength(b) - strength(a)).slice(0, maxComparisons)
  const correlations = analysis.success.associations
    .filter((a) => a.measure === "pearson" && (a.a === target.name || a.b === target.name))
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
  const charts = strongest.map(comparisonChart)
  return {
    id: "target",
    title,
    charts,
    body: html`${charts.length + correlations.length === 0 && notAvailable("Comparisons", "no feature could be compared with the target")}
      ${
        correlations.length > 0 &&
        html`<div class="card">
          <h3>Numbers that go with ${target.name}</h3>
          <div class="diverging">
            ${correlations.slice(0, 12).map((a) => {
              const other = a.a === target.name ? a.b : a.a
              return html`<span>${other}</span
                ><span class="bar two ${a.value < 0 ? "minus" : "plus"}"
                  ><i style="width:${(50 * Math.abs(a.value)).toFixed(1)}%"></i></span
                ><b>${figure(a.value)}</b>`
            })}
          </div>
          <p class="muted">Pearson's r, all complete pairs.</p>
        </div>`
      }
      <div class="grid two">${charts.map((c) => html`<div class="card">${chartFrame(c)}</div>`)}</div>`
  }
}
