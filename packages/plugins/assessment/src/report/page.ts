/** A report as one HTML file that needs nothing else: ECharts, data, style and script are inside. */
import { client } from "./client/index.ts"
import { escapeHtml, jsonForScript } from "./escape.ts"
import { glossary } from "./glossary.ts"
import { day } from "./numbers.ts"
import type { ReportModel } from "./ReportModel.ts"
import {
  detailSection,
  equitySection,
  facts,
  heatmapSection,
  rankingSection,
  scenarioSection,
  section,
  trialsSection
} from "./sections.ts"
import { style } from "./style.ts"

const CSP =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src 'none'; base-uri 'none'; form-action 'none'"

/** `charts` is the source of ECharts (a browser build). The bytes depend on the arguments alone. */
export const reportPage = (model: ReportModel, charts: string): string => {
  const title = escapeHtml(model.title)
  const warnings = model.warnings.map((w) => `<p class="warning">${escapeHtml(w)}</p>`).join("")
  const provenance = model.provenance
    .map(([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join("")
  return `<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${CSP}"><title>${title}</title><link rel="icon" href="data:,"><style>${style}</style></head><body>
<header class="top"><div><h1>${title}</h1><p class="sub">${subtitle(model)}</p></div><button id="theme" class="controls" type="button" aria-label="Switch between light and dark">Light / dark</button></header>
<main>${warnings}<noscript><p class="warning">The charts and tables of this page are drawn by its script. The same numbers are in the JSON and CSV files beside it.</p></noscript>${facts(model)}
${rankingSection(model)}
${equitySection(model)}
${detailSection()}
${scenarioSection(model)}
${heatmapSection(model)}${trialsSection(model)}${glossary()}
${section("Provenance", "What this report was made from. The same inputs give the same bytes.", `<dl>${provenance}</dl>`)}</main>
<footer>Past results, simulated or real, do not predict future ones. Charts: Apache ECharts (Apache-2.0).</footer>
<script type="application/json" id="model">${jsonForScript(model)}</script>
<script>${charts.replaceAll("</script", "<\\/script")}</script>
<script>${client}</script></body></html>
`
}

const subtitle = ({ strategies, symbols, period, focus }: ReportModel): string => {
  const who = focus === undefined ? `${strategies.length} strategies` : `Rank ${focus.rank} of ${focus.of} parameter sets`
  return `${who} on ${escapeHtml(symbolsText(symbols))}, ${day(period.first)} to ${day(period.last)}, as one portfolio with equal weights, after costs.`
}

const symbolsText = (symbols: ReadonlyArray<string>): string =>
  symbols.length <= 8 ? symbols.join(", ") : `${symbols.slice(0, 8).join(", ")} and ${symbols.length - 8} more`
