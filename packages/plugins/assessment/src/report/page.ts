/** A report as one HTML file that needs nothing else: ECharts, data, style and script are inside. */
import { METRICS, type MetricName } from "../performance/metrics.ts"
import { scoreWeights as W } from "../ranking/score.ts"
import { client } from "./client.ts"
import { escapeHtml, jsonForScript } from "./escape.ts"
import type { Maybe, ReportModel, ScenarioSummary, StrategySummary } from "./ReportModel.ts"
import { style } from "./style.ts"

const DAY_MS = 86_400_000
const day = (d: number): string => new Date(d * DAY_MS).toISOString().slice(0, 10)
const fixed = (x: number, digits: number): string => {
  const text = Math.abs(x).toFixed(digits)
  return x < 0 && Number(text) !== 0 ? `\u2212${text}` : text
}
const percent = (x: Maybe | undefined, digits = 1): string =>
  x === null || x === undefined ? "\u2013" : `${fixed(100 * x, digits)} %`
const ratio = (x: Maybe | undefined): string => (x === null || x === undefined ? "\u2013" : fixed(x, 2))
const shown = (name: MetricName, x: Maybe): string =>
  METRICS[name].format === "percent"
    ? percent(x)
    : METRICS[name].format === "ratio"
      ? ratio(x)
      : x === null
        ? "\u2013"
        : String(Math.round(x))

const HEADLINE = ["annual_return", "sharpe", "max_drawdown", "trades", "exposure"] as const
const MARKS: Readonly<Record<string, string>> = {
  robust: "\u25cf",
  fragile: "\u25b2",
  overfit: "\u2715",
  "insufficient data": "\u25cb"
}

const verdictBadge = ({ verdict, because }: StrategySummary): string =>
  `<span class="verdict ${escapeHtml(verdict.split(" ")[0]!)}" title="${escapeHtml(because)}">${MARKS[verdict] ?? ""} ${escapeHtml(verdict)}</span>`

const nameCell = (s: StrategySummary): string =>
  `<td class="left name">${escapeHtml(s.title)}<span class="params">${escapeHtml(s.parameters)}</span></td>`

const head = (title: string, explanation: string, className = ""): string =>
  `<th class="${className}" title="${escapeHtml(explanation)}">${escapeHtml(title)}</th>`

/** `+0.82` or `−0.20`. */
const signed = (x: Maybe): string => (x === null ? "\u2013" : `${x < 0 || Object.is(x, -0) ? "" : "+"}${fixed(x, 2)}`)

/** The score with its parts below, in the order of the note above the table. */
const scoreCell = ({ score, parts }: StrategySummary): string => {
  const each = [parts.objective, parts.tail, parts.drawdown, parts.luck, parts.selection].map(signed).join(" ")
  return `<td>${ratio(score)}<span class="range">${each}</span></td>`
}

const rankingTable = (model: ReportModel): string => {
  const columns = HEADLINE.map((name) => head(METRICS[name].title, METRICS[name].explanation)).join("")
  const rows = model.strategies.map((s) => {
    const cells = HEADLINE.map(
      (name) => `<td${(s.measures[name] ?? 0) < 0 ? ' class="neg"' : ""}>${shown(name, s.measures[name])}</td>`
    ).join("")
    const over = `<td>${ratio(s.objectiveMedian)}<span class="range">${ratio(s.objectiveQuantile10)}</span></td>`
    const guards = over + [s.dsr, s.pbo].map((x) => `<td>${ratio(x)}</td>`).join("")
    return `<tr${s.id === model.benchmark ? ' class="benchmark"' : ""}><td>${s.rank}</td>${nameCell(s)}<td class="left">${verdictBadge(s)}</td>${scoreCell(s)}${cells}${guards}</tr>`
  })
  const objective = escapeHtml(model.objective.title)
  return `<div class="scroll"><table><thead><tr>${head("Rank", "Place among all parameter sets; each strategy is shown with its best.")}<th class="left">Strategy</th>${head("Verdict", "Hover a verdict for the numbers that decided it.", "left")}${head("Score", "Below it its parts: objective, tail, drawdown, luck, selection.")}${columns}${head(`${objective}, all cells`, "Median of the objective over all scenarios, paths and symbols; below it the 10 % quantile.")}${head("DSR", "Deflated Sharpe ratio: probability that what a strategy adds to the market beats the luckiest of all trials.")}${head("PBO", "Probability of backtest overfitting of the strategy's parameter grid; \u2013 for a single parameter set.")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`
}

const rankingNote = ({ objective: { title } }: ReportModel): string =>
  `The best parameter set of each strategy: robust ones first, then by score. The score is the objective (${escapeHtml(title)}, on the history and its median over all scenarios) against the other trials, less what is worse than usual in the bad tail and in drawdown, less how likely it is luck, less how likely the choice of parameters is: its parts, below each score, in this order. Hover a heading for what it means, a verdict for the numbers that decided it.`

const scenarioTable = (model: ReportModel): string => {
  const shownStrategies = model.strategies.slice(0, 5)
  const benchmark = model.strategies.find((s) => s.id === model.benchmark)
  if (benchmark !== undefined && !shownStrategies.includes(benchmark)) shownStrategies.push(benchmark)
  const cell = (scenario: ScenarioSummary, id: string): string => {
    const r = scenario.returns[id]
    if (r === undefined) return "<td>\u2013</td>"
    const range = r.cells > 1 ? `<span class="range">${percent(r.worst, 0)} to ${percent(r.best, 0)}</span>` : ""
    return `<td${(r.median ?? 0) < 0 ? ' class="neg"' : ""}>${percent(r.median)}${range}</td>`
  }
  const rows = model.scenarios.map(
    (scenario) =>
      `<tr><td class="left name">${escapeHtml(scenario.title)}<span class="params">${escapeHtml(scenario.id)}</span></td><td class="left">${escapeHtml(scenario.type.replace("_", " "))}</td>${shownStrategies.map((s) => cell(scenario, s.id)).join("")}</tr>`
  )
  return `<div class="scroll"><table><thead><tr><th class="left">Scenario</th><th class="left">Type</th>${shownStrategies.map((s) => `<th>${escapeHtml(s.title)}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`
}

const fact = (label: string, value: string, more: string): string =>
  `<div class="fact"><div class="label">${escapeHtml(label)}</div><div class="value">${escapeHtml(value)}</div><div class="more">${escapeHtml(more)}</div></div>`

const bestText = ({ verdict, measures }: StrategySummary, benchmark: StrategySummary | undefined): string => {
  const own = `${verdict}, ${percent(measures.annual_return)} a year, Sharpe ${ratio(measures.sharpe)}`
  return benchmark === undefined
    ? own
    : `${own}; ${benchmark.title.toLowerCase()}: ${percent(benchmark.measures.annual_return)}, ${ratio(benchmark.measures.sharpe)}`
}

const facts = (model: ReportModel): string => {
  const benchmark = model.strategies.find((s) => s.id === model.benchmark)
  const best = model.strategies.find((s) => s !== benchmark)
  const others = model.strategies.filter((s) => s !== benchmark)
  const robust = others.filter((s) => s.verdict === "robust").length
  const { trials } = model
  return `<div class="facts">${[
    best === undefined ? "" : fact("Best strategy", best.title, bestText(best, benchmark)),
    benchmark === undefined
      ? ""
      : fact(
          `${benchmark.title}, a year`,
          percent(benchmark.measures.annual_return),
          `${benchmark.verdict}, Sharpe ${ratio(benchmark.measures.sharpe)}, max drawdown ${percent(benchmark.measures.max_drawdown, 0)}`
        ),
    fact("Robust strategies", `${robust} of ${others.length}`, "that beat the market after luck and overfitting"),
    fact("Trials", String(trials.count), `the luckiest of them shows Sharpe ${ratio(trials.luckiestSharpe)} without any skill`),
    fact("Overfitting (PBO)", percent(trials.pbo, 0), "of picking the best of all trials"),
    fact(
      "History",
      `${day(model.period.first).slice(0, 4)}\u2013${day(model.period.last).slice(0, 4)}`,
      `${model.period.bars} bars, ${model.symbols.length} symbols`
    )
  ].join("")}</div>`
}

const section = (title: string, note: string, body: string): string =>
  `<section><h2>${title}</h2><p class="note">${note}</p>${body}</section>`

const detailSection = (model: ReportModel): string => {
  const options = model.strategies.map((s) => `<option value="${escapeHtml(s.id)}">${escapeHtml(s.title)}</option>`).join("")
  const chart = (id: string, title: string, size = "mid"): string =>
    `<div><h3>${title}</h3><div id="${id}" class="chart ${size}"></div></div>`
  return `<section><div class="bar"><h2 id="detail-title"></h2><label class="controls">Strategy <select id="pick">${options}</select></label></div><p class="note" id="detail-note"></p>
<div id="kpis"></div>
<h3>Monthly returns, percent</h3><div id="months" class="chart"></div>
<div class="grid2">${chart("years", "Yearly returns")}${chart("histogram", "Returns per bar against a normal distribution")}${chart("rolling", "Rolling Sharpe ratio and volatility, 126 bars")}<div><h3>Trades</h3><div id="trades" class="chart mid"></div><p class="note" id="trades-note"></p></div></div>
<h3>Deepest drawdowns</h3><div class="scroll"><table><thead><tr><th>#</th><th>Depth</th><th>Peak</th><th>Trough</th><th>Recovered</th><th>Bars</th></tr></thead><tbody id="drawdowns"></tbody></table></div></section>`
}

const heatmapSection = (model: ReportModel): string =>
  model.heatmaps.length === 0
    ? ""
    : section(
        "Parameters",
        "Annual Sharpe ratio on the history, mean over symbols, costs included. A plateau is a good sign; a lone peak is luck. The stronger the blue the better; orange is below zero.",
        `<div class="grid2">${model.heatmaps.map((h, i) => `<div><h3>${escapeHtml(h.title)} <span class="params">${h.combinations} combinations</span></h3><div id="heat-${i}" class="chart"></div></div>`).join("")}</div>`
      )

const trialsSection = ({ trials }: ReportModel): string =>
  section(
    "Luck and overfitting",
    `${trials.count} parameter sets were tried. Had none of them any skill, the luckiest would still show an annual Sharpe ratio of about ${ratio(trials.luckiestSharpe)} in returns beyond its share of the market; the deflated Sharpe ratio (DSR) asks whether a strategy beats that. For PBO the history is cut into blocks, and the best trial of every half is looked up in the other half: ${percent(trials.pbo, 0)} of ${trials.splits} times it was in the lower half there, and ${percent(trials.lossProbability, 0)} of the times it lost money. One unit more Sharpe in sample went with ${ratio(trials.degradation)} out of sample.`,
    `<div id="logits" class="chart mid"></div>`
  )

const glossary = (): string => {
  const n = (x: number): string => String(Number(x.toFixed(2)))
  const own: ReadonlyArray<readonly [string, string]> = [
    [
      "Score",
      `${W.history} z(objective on the history) + ${n(1 - W.history)} z(its median over scenarios, paths and symbols) + ${W.tail} min(0, z(its 10 % quantile)) + ${W.drawdown} min(0, z(drawdown)) \u2212 ${W.dsr} (1 \u2212 DSR) \u2212 ${W.pbo} PBO. z compares with all trials: the distance from their median, in standard deviations, at most 3. Mild tails and shallow drawdowns earn nothing, because whoever does not trade has both.`
    ],
    [
      "Hedged returns",
      "Returns minus beta times the returns of holding all symbols: what a strategy adds to the market. PSR and DSR are of these, except for the benchmark itself."
    ],
    [
      "PSR",
      "Probabilistic Sharpe ratio: probability that the true Sharpe ratio is above 0, given length, skewness and kurtosis (Bailey & L\u00f3pez de Prado 2012)."
    ],
    ["DSR", "Deflated Sharpe ratio: the same against the luckiest of all trials (2014)."],
    [
      "PBO",
      "Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, L\u00f3pez de Prado & Zhu 2015)."
    ],
    [
      "Verdict",
      "Robust: DSR of at least 0.95, PBO of at most 0.5 and a positive median over scenarios. Overfit: it would pass alone (PSR of 0.95) but DSR is below 0.5 or PBO above 0.5. Insufficient data: fewer than 126 bars or 10 trades, or in the market on less than 2 % of the bars. Fragile: everything else."
    ]
  ]
  const metrics = Object.values(METRICS).map((m) => [m.title, m.explanation] as const)
  return `<section><details><summary>Glossary</summary><dl>${[...own, ...metrics].map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join("")}</dl></details></section>`
}

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
<header class="top"><div><h1>${title}</h1><p class="sub">${model.strategies.length} strategies on ${escapeHtml(symbolsText(model.symbols))}, ${day(model.period.first)} to ${day(model.period.last)}, as one portfolio with equal weights, after costs.</p></div><button id="theme" class="controls" type="button" aria-label="Switch between light and dark">Light / dark</button></header>
<main>${warnings}${facts(model)}
${section("Ranking", rankingNote(model), rankingTable(model))}
<section><div class="bar"><div><h2>Equity and drawdown</h2></div><button id="log" class="controls" type="button" aria-pressed="false">Logarithmic</button></div><p class="note">The best six and the benchmark (dashed). Below: how far the chosen strategy and the benchmark were under their last high.</p><div id="equity" class="chart tall"></div></section>
${detailSection(model)}
${model.scenarios.length === 0 ? "" : section("Scenarios", "Total return in each scenario: median over paths and symbols, worst to best below.", scenarioTable(model))}
${heatmapSection(model)}${trialsSection(model)}${glossary()}
<section><h2>Provenance</h2><p class="note">What this report was made from. The same inputs give the same bytes.</p><dl>${provenance}</dl></section></main>
<footer>Past results, simulated or real, do not predict future ones. Charts: Apache ECharts (Apache-2.0).</footer>
<script type="application/json" id="model">${jsonForScript(model)}</script>
<script>${charts.replaceAll("</script", "<\\/script")}</script>
<script>${client}</script></body></html>
`
}

const symbolsText = (symbols: ReadonlyArray<string>): string =>
  symbols.length <= 8 ? symbols.join(", ") : `${symbols.slice(0, 8).join(", ")} and ${symbols.length - 8} more`
