/** The parts of a page that need no script, and the places that the script fills. */
import { isWide } from "./equityAxis.ts"
import { METRICS } from "../performance/metrics.ts"
import { escapeHtml } from "./escape.ts"
import { day, percent, ratio } from "./numbers.ts"
import { HEADLINE, type ReportModel, type StrategySummary } from "./ReportModel.ts"

const fact = (label: string, value: string, more: string): string =>
  `<div class="fact"><div class="label">${escapeHtml(label)}</div><div class="value">${escapeHtml(value)}</div><div class="more">${escapeHtml(more)}</div></div>`

const bestText = ({ verdict, measures }: StrategySummary, benchmark: StrategySummary | undefined): string => {
  const own = `${verdict}, ${percent(measures.annual_return)} a year, Sharpe ${ratio(measures.sharpe)}`
  return benchmark === undefined
    ? own
    : `${own}; ${benchmark.title.toLowerCase()}: ${percent(benchmark.measures.annual_return)}, ${ratio(benchmark.measures.sharpe)}`
}

export const facts = (model: ReportModel): string => {
  const benchmark = model.strategies.find((s) => s.id === model.benchmark)
  const best = model.strategies.find((s) => s !== benchmark)
  const others = model.strategies.filter((s) => s !== benchmark)
  const robust = others.filter((s) => s.verdict === "robust").length
  const { trials } = model
  return `<div class="facts">${[
    best === undefined
      ? ""
      : fact(model.focus === undefined ? "Best strategy" : "This strategy", best.title, bestText(best, benchmark)),
    benchmark === undefined
      ? ""
      : fact(
          `${benchmark.title}, a year`,
          percent(benchmark.measures.annual_return),
          `${benchmark.verdict}, Sharpe ${ratio(benchmark.measures.sharpe)}, max drawdown ${percent(benchmark.measures.max_drawdown, 0)}`
        ),
    model.focus === undefined
      ? fact("Robust strategies", `${robust} of ${others.length}`, "that beat the market after luck and overfitting")
      : "",
    fact("Trials", String(trials.count), `the luckiest of them shows Sharpe ${ratio(trials.luckiestSharpe)} without any skill`),
    fact("Overfitting (PBO)", percent(trials.pbo, 0), "of picking the best of all trials"),
    fact(
      "History",
      `${day(model.period.first).slice(0, 4)}\u2013${day(model.period.last).slice(0, 4)}`,
      `${model.period.bars} bars, ${model.symbols.length} symbols`
    )
  ].join("")}</div>`
}

export const section = (title: string, note: string, body: string): string =>
  `<section><h2>${title}</h2><p class="note">${note}</p>${body}</section>`

/** A place for a chart, with its numbers as a table that opens below. */
const figure = (id: string, title: string, size = "mid"): string =>
  `<figure><figcaption><h3>${title}</h3></figcaption><div id="${id}" class="chart ${size}"></div><details class="data"><summary>Numbers</summary><div class="scroll" id="${id}-data" role="region" aria-label="Numbers: ${title}" tabindex="0"></div></details></figure>`

const heading = (key: string, title: string, explanation: string, className = ""): string =>
  `<th scope="col" class="${className}" data-sort="${key}" title="${escapeHtml(explanation)}"><button type="button" class="sort">${escapeHtml(title)}</button></th>`

const rankingNote = ({ objective: { title } }: ReportModel): string =>
  `The best parameter set of each strategy: robust ones first, then by score. The score is the objective (${escapeHtml(title)}, on the history and its median over all scenarios) against the other trials, less what is worse than usual in the bad tail and in drawdown, less how likely it is luck, less how likely the choice of parameters is: its parts, below each score, in this order. A heading sorts; hover it for what it means. A name shows that strategy below.`

export const rankingSection = (model: ReportModel): string => {
  const objective = escapeHtml(model.objective.title)
  const columns = [
    heading("rank", "Rank", "Place among all parameter sets; each strategy is shown with its best."),
    heading("title", "Strategy", "With its best parameters.", "left"),
    heading("verdict", "Verdict", "Hover a verdict for the numbers that decided it.", "left"),
    heading("score", "Score", "Below it its parts: objective, tail, drawdown, luck, selection."),
    ...HEADLINE.map((name) => heading(name, METRICS[name].title, METRICS[name].explanation)),
    heading(
      "objectiveMedian",
      `${objective}, all cells`,
      "Median of the objective over all scenarios, paths and symbols; below it the 10 % quantile."
    ),
    heading(
      "objectiveOutOfSample",
      `${objective}, out of sample`,
      "Of walk-forward: parameters chosen on the past, tested on what followed. \u2013 without walk-forward."
    ),
    heading(
      "dsr",
      "DSR",
      "Deflated Sharpe ratio: probability that what a strategy adds to the market beats the luckiest of all trials."
    ),
    heading(
      "pbo",
      "PBO",
      "Probability of backtest overfitting of the strategy's parameter grid; \u2013 for a single parameter set."
    )
  ].join("")
  return section(
    model.focus === undefined ? "Ranking" : "Against the benchmark",
    rankingNote(model),
    `<div class="bar controls"><label>Filter <input id="filter" type="search" placeholder="name, parameter or verdict" autocomplete="off"></label><span id="ranking-count" class="note" role="status"></span></div>
<div class="scroll" tabindex="0" role="region" aria-label="Ranking"><table><thead><tr>${columns}</tr></thead><tbody id="ranking"></tbody></table></div><button id="more" class="controls" type="button" hidden>Show more</button>`
  )
}

export const equitySection = (model: ReportModel): string =>
  `<section><div class="bar"><h2>Equity and drawdown</h2><button id="log" class="controls" type="button" aria-pressed="${isWide(model)}">Logarithmic</button></div><p class="note">The best six and the benchmark (dashed). Below: how far the chosen strategy and the benchmark were under their last high. Ctrl and the wheel zoom.</p>${figure("equity", "", "tall")}</section>`

export const detailSection =
  (): string => `<section><div class="bar"><h2 id="detail-title"></h2><label class="controls">Strategy <select id="pick"></select></label></div><p class="note" id="detail-note"></p>
<div id="kpis"></div>
<div id="interval-part"><h3>How far that may be off</h3><p class="note" id="interval-note"></p><div class="scroll" id="intervals" tabindex="0"></div></div>
<div id="curves"><h3>Monthly returns, percent</h3><div class="scroll" id="months" tabindex="0"></div>
<div class="grid2">${figure("years", "Yearly returns")}${figure("rolling", "Rolling Sharpe ratio, beta and volatility, 126 bars")}${figure("histogram", "Returns per bar against a normal distribution")}${figure("qq", "Quantiles against a normal distribution")}${figure("activity", "In the market, by month")}${figure("trades", "Trades")}${figure("excursions", "How far trades went against it (MAE)")}${figure("favourable", "How far trades went its way (MFE)")}</div>
<p class="note" id="trades-note"></p>
<h3>Deepest drawdowns</h3><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">#</th><th scope="col">Depth</th><th scope="col">Peak</th><th scope="col">Trough</th><th scope="col">Recovered</th><th scope="col">Bars</th></tr></thead><tbody id="drawdowns"></tbody></table></div>
<div class="grid2"><div id="fan-part">${figure("fan", "Where it could have ended")}<p class="note" id="fan-note"></p></div>${figure("costs", "If trading cost more, or nothing")}</div></div>
<div id="walk-part"><h3>Walk-forward</h3><p class="note" id="walk-note"></p><div class="grid2">${figure("walk", "Each fold, in sample and out of sample")}${figure("walk-curve", "Out of sample, one test after the other")}</div></div>
<div id="grid-part"><div class="bar"><h3>Parameters that were tried</h3><div class="controls"><label>Across <select id="grid-x"></select></label> <label>Down <select id="grid-y"></select></label> <label>Of the others the <select id="grid-of"><option>median</option><option>best</option><option>worst</option></select></label></div></div><p class="note" id="grid-note"></p><div class="scroll" id="grid" tabindex="0"></div></div></section>`

export const scenarioSection = (model: ReportModel): string =>
  model.scenarios.length === 0
    ? ""
    : section(
        "Scenarios",
        "Total return in each scenario: median over paths and symbols, worst to best below.",
        `<div class="scroll" id="scenarios" tabindex="0"></div>`
      )

export const heatmapSection = (model: ReportModel): string =>
  model.heatmaps.length === 0
    ? ""
    : section(
        "Parameters",
        "Annual Sharpe ratio on the history, mean over symbols, costs included. A plateau is a good sign; a lone peak is luck. The stronger the blue the better; orange is below zero.",
        `<div class="grid2">${model.heatmaps.map((h, i) => `<div><h3>${escapeHtml(h.title)} <span class="params">${h.combinations} combinations</span></h3><div id="heat-${i}" class="scroll" tabindex="0"></div></div>`).join("")}</div>`
      )

const superiorityText = ({ superiority, effective, count }: ReportModel["trials"]): string => {
  const clusters = ` Of the ${count} trials about ${effective} are really different.`
  if (superiority === null) return clusters
  const p = (x: number): string => (x < 0.001 ? "below 0.001" : x.toFixed(3))
  return `${clusters} Against holding the symbols: White's reality check p ${p(superiority.realityCheck)}, Hansen's test for superior predictive ability p ${p(superiority.spa.consistent)} (${p(superiority.spa.lower)} to ${p(superiority.spa.upper)}); ${superiority.superior} of the trials beat it by the step-wise test of Romano and Wolf at 5 %.`
}

export const trialsSection = ({ trials }: ReportModel): string =>
  section(
    "Luck and overfitting",
    `${trials.count} parameter sets were tried. Had none of them any skill, the luckiest would still show an annual Sharpe ratio of about ${ratio(trials.luckiestSharpe)} in returns beyond its share of the market; the deflated Sharpe ratio (DSR) asks whether a strategy beats that. For PBO the history is cut into blocks, and the best trial of every half is looked up in the other half: ${percent(trials.pbo, 0)} of ${trials.splits} times it was in the lower half there, and ${percent(trials.lossProbability, 0)} of the times it lost money. One unit more Sharpe in sample went with ${ratio(trials.degradation)} out of sample.${superiorityText(trials)}`,
    figure("logits", "Overfitting: rank out of sample of the best in sample")
  )
