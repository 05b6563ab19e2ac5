import { Result } from "effect"
import { timeCharts } from "../charts.ts"
import { html } from "../html.ts"
import { chartFrame, type Material, type Section } from "./Section.ts"

export const timeSection = ({ analysis }: Material): Section | undefined => {
  if (Result.isFailure(analysis) || analysis.success.time === null || analysis.success.time.periods.length < 2) return undefined
  const charts = timeCharts(analysis.success.time)
  return {
    id: "time",
    title: "Time",
    charts,
    body: html`<div class="grid two">${charts.map((c) => html`<div class="card">${chartFrame(c)}</div>`)}</div>`
  }
}
