import { Result } from "effect"
import { figure } from "../../insights/text.ts"
import type { Insight } from "../../types.ts"
import { html } from "../html.ts"
import { count, notAvailable, whyNot, type Material, type Section } from "./Section.ts"

const kindNames: Record<Insight["kind"], string> = {
  quality: "Quality",
  extreme: "Extremes",
  concentration: "Concentration",
  difference: "Difference",
  association: "Association",
  trend: "Trend"
}
const insightCard = (i: Insight) =>
  html`<article class="card insight ${i.kind}">
    <header><span class="kind">${kindNames[i.kind]}</span><span class="muted">confidence ${i.confidence}</span></header>
    <p>${i.statement}</p>
    <div class="effect" title="${`effect ${i.measure}`}">
      <span class="bar"><i style="width:${(100 * Math.min(1, i.effect)).toFixed(0)}%"></i></span
      ><span class="muted">effect ${figure(i.effect)}</span>
    </div>
    <details>
      <summary>Evidence</summary>
      <ul>
        ${i.evidence.map((e) => html`<li>${e}</li>`)}${i.caveats.map((c) => html`<li class="caveat">${c}</li>`)}
        <li>${i.basis === "all" ? "all rows" : "a sample"}, n = ${count(i.n)}</li>
      </ul>
    </details>
  </article>`

const topInsights = 9
export const findingsSection = ({ analysis }: Material): Section => {
  if (Result.isFailure(analysis))
    return { id: "findings", title: "Findings", charts: [], body: notAvailable("Findings", whyNot(analysis.failure)) }
  const { insights, unavailable } = analysis.success
  const [first, rest] = [insights.slice(0, topInsights), insights.slice(topInsights)]
  return {
    id: "findings",
    title: "Findings",
    charts: [],
    body: html`${unavailable.map((u) => notAvailable(u.part, u.reason))}
    ${insights.length === 0 ? html`<div class="card"><p>Nothing stands out: no association, difference or distribution passed its threshold.</p></div>` : html`<div class="cards">${first.map(insightCard)}</div>`}
    ${
      rest.length > 0 &&
      html`<details class="more">
        <summary>${rest.length} more findings</summary>
        <div class="cards">${rest.map(insightCard)}</div>
      </details>`
    }`
  }
}
