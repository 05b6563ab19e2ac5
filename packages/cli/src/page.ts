/** Pages that need nothing else, not even a script: what those of the command line share. Pure. */

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }
export const escaped = (text: string): string => text.replace(/[&<>"']/gu, (c) => entities[c] ?? c)

const style = `:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1a2230;--soft:#5b6676;--line:#e1e5eb;--mark:#fbeecb;--bar:#3b6fb5}
@media(prefers-color-scheme:dark){:root{--ground:#12161d;--card:#1a202a;--ink:#e6eaf1;--soft:#a5afbe;--line:#2c3542;--mark:#3b2f10;--bar:#7aa7e6}}
body{margin:0 auto;max-width:1100px;padding:32px 24px;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:26px;margin:0 0 18px}h2{font-size:18px;margin:0 0 8px}section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin:0 0 18px;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}th,td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--line)}
th{color:var(--soft)}th:first-child,td:first-child,.left{text-align:left}tr.moved td{background:var(--mark)}td svg{display:block;margin-left:auto}rect{fill:var(--bar)}pre{white-space:pre-wrap;overflow-wrap:anywhere}
@media print{body{background:#fff;padding:0}section{break-inside:avoid}}`

export interface Row {
  readonly cells: ReadonlyArray<string>
  /** Drawn with a mark. */
  readonly moved?: boolean
  /** Markup of a last cell. */
  readonly picture?: string
}
/** Every cell is text; only a picture is markup. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<Row>): string => {
  const top = head.map((title) => `<th scope="col">${escaped(title)}</th>`).join("")
  const body = rows.map(({ cells, moved, picture }) => {
    const own = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")
    return `<tr${moved === true ? ' class="moved"' : ""}>${own}${picture === undefined ? "" : `<td>${picture}</td>`}</tr>`
  })
  return `<table><thead><tr>${top}</tr></thead><tbody>${body.join("")}</tbody></table>`
}
export const section = (title: string, body: string): string =>
  `<section tabindex="0"><h2>${escaped(title)}</h2>${body}</section>`

/** The bytes depend on the arguments alone. Nothing is fetched and nothing runs. */
export const page = (title: string, heading: string, sections: ReadonlyArray<string>): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<title>${escaped(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><h1>${escaped(heading)}</h1><main>
${sections.filter((body) => body !== "").join("\n")}</main></body></html>
`
