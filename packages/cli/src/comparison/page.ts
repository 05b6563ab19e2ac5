/** A comparison of two runs as one HTML file that needs nothing else, not even a script. Pure. */
import { count, dateTime } from "../output/plain/amounts.ts"
import type { Comparison } from "./Comparison.ts"
import { annual, changeOf, drawdown, hasMoved, moved, placeText, rowsChange, sharpe, stageTook, took } from "./words.ts"

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }
const escaped = (text: string): string => text.replace(/[&<>"']/gu, (c) => entities[c] ?? c)

const style = `:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1a2230;--soft:#5b6676;--line:#e1e5eb;--mark:#fbeecb}
@media(prefers-color-scheme:dark){:root{--ground:#12161d;--card:#1a202a;--ink:#e6eaf1;--soft:#a5afbe;--line:#2c3542;--mark:#3b2f10}}
body{margin:0 auto;max-width:1100px;padding:32px 24px;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:26px;margin:0 0 18px}h2{font-size:18px;margin:0 0 8px}section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin:0 0 18px;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}th,td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--line)}
th{color:var(--soft)}th:first-child,td:first-child,.left{text-align:left}tr.moved td{background:var(--mark)}
@media print{body{background:#fff;padding:0}section{break-inside:avoid}}`

const table = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<{ readonly cells: ReadonlyArray<string>; readonly moved?: boolean }>
): string => {
  const top = head.map((title) => `<th scope="col">${escaped(title)}</th>`).join("")
  const body = rows.map(
    ({ cells, moved: isMoved }) =>
      `<tr${isMoved === true ? ' class="moved"' : ""}>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`
  )
  return `<table><thead><tr>${top}</tr></thead><tbody>${body.join("")}</tbody></table>`
}
const section = (title: string, body: string): string => `<section tabindex="0"><h2>${escaped(title)}</h2>${body}</section>`
const differences = (of: Comparison["config"]): string =>
  of.length === 0
    ? "<p>The same.</p>"
    : table(
        ["Where", "What"],
        of.map(({ path, detail }) => ({ cells: [path, detail] }))
      )

/** The bytes depend on the arguments alone. */
export const comparisonPage = (comparison: Comparison, configuration: (hash: string) => string): string => {
  const { before, after, config, params, stages, strategies } = comparison
  const runs = [before, after].map((r) => ({
    cells: [r.id, r.status, dateTime(r.startedAt), took(r.durationMs), count(r.rows), r.mode ?? "-", configuration(r.config)]
  }))
  const stageRows = stages.map((s) => ({
    cells: [
      s.stage,
      stageTook(s.before),
      stageTook(s.after),
      changeOf(s.before?.durationMs, s.after?.durationMs),
      rowsChange(s.before?.rows, s.after?.rows)
    ],
    moved: s.before?.status !== s.after?.status
  }))
  const ranked = strategies.map((s) => ({
    cells: [
      s.title,
      placeText(s),
      moved((p) => p.verdict, s),
      moved((p) => p.parameters, s),
      ...[annual, sharpe, drawdown].map((of) => moved(of, s))
    ],
    moved: hasMoved(s)
  }))
  const title = escaped(`${before.id} and ${after.id}`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<title>${title}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><h1>Two runs compared</h1><main>
${section("Runs", table(["Run", "Status", "Started", "Took", "Rows", "Mode", "Configuration"], runs))}
${section("Configuration", differences(config))}
${section("What was asked for", differences(params))}
${section("Stages", table(["Stage", "Took before", "After", "Change", "Rows"], stageRows))}
${ranked.length === 0 ? "" : section("Ranking", table(["Strategy", "Place", "Verdict", "Parameters", "Annual return", "Sharpe", "Max drawdown"], ranked))}</main></body></html>
`
}
