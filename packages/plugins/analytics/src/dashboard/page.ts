import { createHash } from "node:crypto"
import { Result } from "effect"
import type { Chart } from "./charts.ts"
import { client } from "./client.ts"
import { contributedSection } from "./contributedSection.ts"
import { type Html, html, json, raw } from "./html.ts"
import { columnsSection } from "./sections/columns.ts"
import { findingsSection } from "./sections/findings.ts"
import { methodSection } from "./sections/method.ts"
import { qualitySection } from "./sections/quality.ts"
import { relationsSection } from "./sections/relations.ts"
import { type Material, type Section } from "./sections/Section.ts"
import { targetSection } from "./sections/target.ts"
import { timeSection } from "./sections/time.ts"
import { style } from "./style.ts"

export interface PageOptions {
  readonly theme: "light" | "dark" | "auto"
  readonly maxBytes: number
  /** The ECharts library, put into the page. */
  readonly library: string
}
/** How much is shown. Each level leaves out more; the first that fits into `maxBytes` is taken. */
const levels = [
  { dropped: [], points: true, columns: 60, charts: true },
  { dropped: ["scatter plots"], points: false, columns: 60, charts: true },
  { dropped: ["scatter plots", "column cards after the 20th"], points: false, columns: 20, charts: true },
  { dropped: ["all charts (tables stay)", "column cards after the 20th"], points: false, columns: 20, charts: false },
  { dropped: ["all charts", "all column cards"], points: false, columns: 0, charts: false }
]
type Level = (typeof levels)[number]

const kpis = ({ schema, quality, analysis }: Material): Html => {
  const cells = schema.rows * schema.columns.length
  const missing = schema.columns.reduce((s, c) => s + c.evidence.missing, 0)
  const tiles: ReadonlyArray<readonly [string, string]> = [
    [schema.rows.toLocaleString("en-US"), "rows"],
    [String(schema.columns.length), "columns"],
    [cells === 0 ? "0%" : `${Number((100 * (1 - missing / cells)).toPrecision(3))}%`, "of cells present"],
    [Result.isSuccess(quality) ? `${quality.success.grade} ${quality.success.score.toFixed(0)}` : "not available", "quality"],
    [Result.isSuccess(analysis) ? String(analysis.success.insights.length) : "not available", "findings"]
  ]
  return html`<div class="kpis">
    ${tiles.map(([value, name]) => html`<div class="kpi"><b>${value}</b><span>${name}</span></div>`)}
  </div>`
}

/** The best finding about the target when one is named, else the best of all. */
const headline = ({ analysis, schema }: Material): string => {
  const insights = Result.isSuccess(analysis) ? analysis.success.insights : []
  const target = schema.columns.find((c) => c.role === "target")?.name
  const first = insights.find((i) => target !== undefined && i.subjects.includes(target)) ?? insights[0]
  return first?.statement ?? `${schema.rows.toLocaleString("en-US")} rows and ${schema.columns.length} columns, described.`
}

/** Not an `html` template, for the policy's hash counts every blank. */
const inlineScript = (script: string): Html => raw(`<script>${script}</script>`)
const digest = (script: string) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`

const render = (material: Material, options: PageOptions, level: Level): string => {
  const sections: ReadonlyArray<Section> = [
    findingsSection(material),
    qualitySection(material),
    targetSection(material),
    relationsSection(material, level),
    timeSection(material),
    columnsSection(material, level.columns),
    contributedSection(material),
    methodSection(material)
  ].filter((s) => s !== undefined)
  const charts: Record<string, Pick<Chart, "option">> = level.charts
    ? Object.fromEntries(sections.flatMap((s) => s.charts.map((c) => [c.id, { option: c.option }])))
    : {}
  const scripts = level.charts ? [options.library, client] : [client]
  const policy = `default-src 'none'; script-src ${scripts.map(digest).join(" ")}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`
  return html`<!doctype html>
    <html lang="en" data-theme="${options.theme === "dark" ? "dark" : "light"}" data-wanted="${options.theme}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${material.source.name}: analysis</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <a class="skip" href="#findings">Skip to the findings</a>
        <nav aria-label="Sections">
          <div>
            ${sections.map((s) => html`<a href="#${s.id}">${s.title}</a>`)}<button id="theme" type="button">Dark theme</button>
          </div>
        </nav>
        <main class="page">
          <div class="head">
            <p class="over">${material.source.name}</p>
            <h1>${headline(material)}</h1>
            ${material.businessContext !== "" && html`<p class="context">${material.businessContext}</p>`}${kpis(material)}
          </div>
          ${level.dropped.length > 0 && html`<p class="card absent">To keep this file small it leaves out: ${level.dropped.join(", ")}.</p>`}
          ${sections.map(
            (s) =>
              html`<section id="${s.id}" aria-labelledby="${s.id}-title">
                <h2 id="${s.id}-title">${s.title}</h2>
                ${s.body}
              </section>`
          )}
          <footer>Made by Tetra. This file is complete in itself: it loads nothing and sends nothing.</footer>
        </main>
        <script type="application/json" id="charts">
          ${json(charts)}
        </script>
        ${scripts.map(inlineScript)}
      </body>
    </html> `.markup
}

/** The dashboard as one document of at most `maxBytes`, or the smallest there is, with what was left out. */
export const renderPage = (
  material: Material,
  options: PageOptions
): { readonly html: string; readonly bytes: number; readonly dropped: ReadonlyArray<string> } => {
  let page = { html: "", bytes: Infinity, dropped: [] as ReadonlyArray<string> }
  for (const level of levels) {
    const document = render(material, options, level)
    page = { html: document, bytes: Buffer.byteLength(document), dropped: level.dropped }
    if (page.bytes <= options.maxBytes) break
  }
  return page
}
