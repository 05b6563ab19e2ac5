import { Result } from "effect"
import type { Unavailable } from "@tetra/core"
import { figure, share } from "../insights/text.ts"
import type {
  Analysis,
  Association,
  ColumnSchema,
  ColumnStatistics,
  Finding,
  Insight,
  Lineage,
  Quality,
  Source,
  TableSchema
} from "../types.ts"
import { type Chart, comparisonChart, histogramChart, scatterChart, shown, timeCharts } from "./charts.ts"
import { type Html, html } from "./html.ts"

type Optional<T> = Result.Result<T, Unavailable>
export interface Material {
  readonly source: Source
  readonly schema: TableSchema
  readonly quality: Optional<Quality>
  readonly lineage: Optional<Lineage>
  readonly analysis: Optional<Analysis>
  readonly businessContext: string
}
/** A part of the page: its markup and the charts that it leaves room for. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly body: Html
  readonly charts: ReadonlyArray<Chart>
}

const count = (n: number) => n.toLocaleString("en-US")
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

const notAvailable = (what: string, because: string) =>
  html`<div class="card absent" role="note">
    <strong>${what} not available</strong>
    <p>because ${because}</p>
  </div>`
const whyNot = ({ message }: Unavailable) => message.split("\n")[0] ?? ""

const marks: Record<string, string> = { critical: "●", error: "▲", warning: "◆", info: "○" }
const finding = (f: Finding) =>
  html`<tr>
    <td>
      <span class="severity ${f.severity}"><span aria-hidden="true">${marks[f.severity]}</span> ${f.severity}</span>
    </td>
    <td><code>${f.code}</code></td>
    <td>
      ${f.message}${f.fix !== undefined && html` <span class="muted">Fix: ${f.fix}.</span>`}${
        f.examples.length > 0 &&
        html`<details>
          <summary>${f.examples.length} examples</summary>
          <ul>
            ${f.examples.map((e) => html`<li><code>${e}</code></li>`)}
          </ul>
        </details>`
      }
    </td>
    <td class="number">${share(f.share)}</td>
  </tr>`

export const qualitySection = ({ quality }: Material): Section => {
  if (Result.isFailure(quality))
    return { id: "quality", title: "Quality", charts: [], body: notAvailable("Quality report", whyNot(quality.failure)) }
  const { score, grade, dimensions, findings, checked } = quality.success
  return {
    id: "quality",
    title: "Quality",
    charts: [],
    body: html`<div class="card verdict">
        <div
          class="ring"
          style="--score:${score.toFixed(1)}"
          role="img"
          aria-label="Quality ${score.toFixed(0)} of 100, grade ${grade}"
        >
          <b>${grade}</b><span>${score.toFixed(0)} / 100</span>
        </div>
        <div class="dimensions">
          ${Object.entries(dimensions).map(
            ([name, value]) =>
              html`<div class="dimension">
                <span>${name}</span><span class="bar"><i style="width:${value.toFixed(1)}%"></i></span><b>${value.toFixed(0)}</b>
              </div>`
          )}
        </div>
      </div>
      <div class="card">
        ${
          findings.length === 0
            ? html`<p>None of the ${checked.length} rules found anything.</p>`
            : html`<p class="muted">
                  ${findings.length} findings of ${checked.length} rules, most severe first. The last column is the share of cells
                  or rows that is affected.
                </p>
                <div class="scroll">
                  <table class="findings">
                    <thead>
                      <tr>
                        <th scope="col">Severity</th>
                        <th scope="col">Rule</th>
                        <th scope="col">What</th>
                        <th scope="col" class="number">Share</th>
                      </tr>
                    </thead>
                    <tbody>
                      ${findings.map(finding)}
                    </tbody>
                  </table>
                </div>`
        }
      </div>`
  }
}

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

const facts = (pairs: ReadonlyArray<readonly [string, string]>) =>
  html`<dl>
    ${pairs.map(
      ([k, v]) =>
        html`<div>
          <dt>${k}</dt>
          <dd>${v}</dd>
        </div>`
    )}
  </dl>`
const categoryBars = (s: ColumnStatistics) => {
  const { top, others } = s.categories!
  const most = top[0]?.count ?? 1
  return html`<div class="categories">
    ${top.map((t) => html`<span class="label" title="${t.label}">${t.label === "" ? "(blank)" : t.label}</span><span class="bar"><i style="width:${((100 * t.count) / most).toFixed(1)}%"></i></span><b>${count(t.count)}</b>`)}
    ${others > 0 && html`<span class="label muted">${s.distinct - top.length} others</span><span></span><b class="muted">${count(others)}</b>`}
  </div>`
}
const columnCard = (column: ColumnSchema, s: ColumnStatistics, rows: number, chart: Chart | undefined) => {
  const { numeric } = s
  const moment = column.physical === "date" || column.physical === "datetime"
  const pairs: ReadonlyArray<readonly [string, string]> =
    numeric === undefined
      ? [
          ["distinct", count(s.distinct)],
          ["entropy", `${figure(s.categories?.entropyBits ?? 0)} bits`]
        ]
      : moment
        ? [
            ["from", shown(numeric.min, column)],
            ["to", shown(numeric.max, column)],
            ["distinct", count(s.distinct)]
          ]
        : [
            ["mean", shown(numeric.mean, column)],
            ["median", shown(numeric.quantiles[3]!, column)],
            ["sd", numeric.sd === null ? "" : shown(numeric.sd, column)],
            ["min", shown(numeric.min, column)],
            ["max", shown(numeric.max, column)],
            ["zeros", count(numeric.zeros)]
          ]
  return html`<article class="card column" data-name="${column.name.toLowerCase()}">
    <header>
      <h3>${column.name}</h3>
      <span class="tags"
        ><span class="tag">${column.semantic}</span
        >${column.role !== "feature" && html`<span class="tag role">${column.role}</span>`}</span
      >
    </header>
    ${column.label !== column.name && html`<p class="muted">in the file: ${column.label}</p>`}
    <div class="filled" title="${`${share(s.n / Math.max(1, rows))} present`}">
      <span class="bar"><i style="width:${((100 * s.n) / Math.max(1, rows)).toFixed(1)}%"></i></span
      ><span class="muted">${s.missing === 0 ? "complete" : `${share(s.missing / Math.max(1, rows))} missing`}</span>
    </div>
    ${s.n === 0 ? html`<p class="muted">No value.</p>` : chart !== undefined ? chartFrame(chart) : s.categories !== undefined && column.semantic !== "text" && column.semantic !== "json" && categoryBars(s)}${facts(pairs)}
  </article>`
}
export const columnsSection = ({ analysis, schema }: Material, most: number): Section => {
  if (Result.isFailure(analysis)) {
    return {
      id: "columns",
      title: "Columns",
      charts: [],
      body: html`${notAvailable("Statistics", whyNot(analysis.failure))}
        <div class="card">
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Column</th>
                  <th scope="col">Type</th>
                  <th scope="col" class="number">Missing</th>
                </tr>
              </thead>
              <tbody>
                ${schema.columns.map(
                  (c) =>
                    html`<tr>
                      <td>${c.name}</td>
                      <td>${c.semantic}</td>
                      <td class="number">${count(c.evidence.missing)}</td>
                    </tr>`
                )}
              </tbody>
            </table>
          </div>
        </div>`
    }
  }
  const { columns, rows } = analysis.success
  const cards = schema.columns.flatMap((column) => {
    const s = columns.find((x) => x.name === column.name)
    return s === undefined
      ? []
      : [
          {
            column,
            s,
            chart:
              s.numeric !== undefined && s.numeric.histogram.counts.length > 1 && column.semantic !== "id"
                ? histogramChart(column, s.numeric)
                : undefined
          }
        ]
  })
  const drawn = cards.slice(0, most)
  return {
    id: "columns",
    title: "Columns",
    charts: drawn.flatMap((c) => c.chart ?? []),
    body: html`${cards.length > 8 && html`<label class="search"><span>Find a column</span><input type="search" id="column-search" autocomplete="off" /></label>`}
      <div class="cards columns">${drawn.map((c) => columnCard(c.column, c.s, rows, c.chart))}</div>
      ${
        cards.length > drawn.length &&
        html`<p class="muted">
          ${cards.length - drawn.length} more columns:
          ${cards
            .slice(most)
            .map((c) => c.column.name)
            .join(", ")
            .slice(0, 4000)}
        </p>`
      }`
  }
}

export const methodSection = ({ source, schema, lineage, quality }: Material): Section => {
  const { reading } = schema
  const delimiter =
    reading.delimiter === undefined
      ? undefined
      : ({ "\t": "TAB", " ": "blank", "\u001f": "none" }[reading.delimiter] ?? reading.delimiter)
  return {
    id: "method",
    title: "Data and method",
    charts: [],
    body: html`<div class="grid two">
        <div class="card">
          <h3>How the file was read</h3>
          ${facts([
            ["file", source.name],
            ["size", `${count(source.bytes)} bytes`],
            ["SHA-256", source.sha256.slice(0, 16)],
            ["format", reading.format],
            ["encoding", reading.encoding],
            ...(delimiter === undefined ? [] : [["delimiter", delimiter] as const]),
            ["header", reading.header ? "first record" : "none"],
            ["records left out", count(reading.rejected)],
            ["records filled up", count(reading.padded)],
            ...(reading.decimalComma ? [["decimals", "with comma"] as const] : []),
            ...(reading.path === undefined ? [] : [["records at", reading.path] as const])
          ])}
        </div>
        <div class="card">
          <h3>What was done to it</h3>
          ${
            Result.isFailure(lineage)
              ? html`<p>Cleaning is not available because ${whyNot(lineage.failure)} The analysis uses the table as loaded.</p>`
              : html`<ul>
                  ${lineage.success.steps.map((s) => html`<li><b>${s.step}</b>: ${s.note}; ${count(s.rowsIn)} to ${count(s.rowsOut)} rows, ${s.columnsIn} to ${s.columnsOut} columns</li>`)}
                </ul>`
          }
        </div>
      </div>
      <div class="card">
        <h3>How numbers were made</h3>
        <ul>
          <li>
            Means, quantiles (type 7), sample variance and moments are exact over all rows; missing cells are left out, never
            filled in.
          </li>
          <li>Outliers lie more than 3 interquartile ranges beyond the quartiles. Skewness is G1, kurtosis G2.</li>
          <li>
            p-values are two-sided; q is Benjamini-Hochberg within one question. A finding needs q below 0.05 and a minimal
            effect.
          </li>
          <li>
            Two groups: Welch's t, Hedges' g. More: Welch's analysis of variance, eta squared. Categories: chi-squared, Cramer's V
            corrected for bias.
          </li>
          <li>"Associated with" never means "causes".</li>
          ${Result.isSuccess(quality) && html`<li>Quality: ${quality.success.checked.length} rules, scored by severity and share affected; an error caps the score at 79.</li>`}
        </ul>
      </div>`
  }
}
