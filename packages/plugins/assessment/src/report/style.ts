/** The style sheet of a report: light, dark and print. */
export const style = String.raw`
:root { color-scheme: light dark; --ground:#f6f7f9; --card:#fff; --ink:#1a2230; --soft:#5b6676; --faint:#5f6a7b; --line:#e1e5eb; --hover:#f0f3f7;
  --accent:#0072b2; --good:#00734f; --good-bg:#dff3ea; --warn:#8a5a00; --warn-bg:#fbeecb; --bad:#a33d00; --bad-bg:#fbe3d6; --none:#5b6676; --none-bg:#e9ecf1; }
:root[data-theme=dark] { --ground:#12161d; --card:#1a202a; --ink:#e6eaf1; --soft:#a5afbe; --faint:#929db0; --line:#2c3542; --hover:#222a36;
  --accent:#56b4e9; --good:#5fd3a6; --good-bg:#123a2c; --warn:#f0c05a; --warn-bg:#3b2f10; --bad:#ff9c66; --bad-bg:#43210f; --none:#a5afbe; --none-bg:#2a323e; }
* { box-sizing:border-box }
body { margin:0; background:var(--ground); color:var(--ink); font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif; }
main, header.top { max-width:1240px; margin:0 auto; padding:0 24px }
header.top { padding-top:32px; display:flex; gap:24px; align-items:flex-start; justify-content:space-between }
h1 { font-size:28px; line-height:1.2; letter-spacing:-.02em; margin:0 0 6px; font-weight:650 }
h2 { font-size:18px; letter-spacing:-.01em; margin:0 0 2px; font-weight:650 }
h3 { font-size:14px; margin:0 0 8px; font-weight:600; color:var(--ink) }
p { margin:0 } .sub { color:var(--soft); max-width:110ch } .note { color:var(--soft); font-size:13px; margin:2px 0 14px; max-width:120ch }
section { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:20px 22px; margin:18px 0 }
.grid2 { display:grid; grid-template-columns:1fr 1fr; gap:24px } .grid2 > * { min-width:0 }
.facts { display:grid; grid-template-columns:repeat(auto-fit,minmax(170px,1fr)); gap:12px; margin:20px 0 0 }
.fact { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:14px 16px }
.fact .label { color:var(--soft); font-size:12.5px } .fact .value { font-size:22px; font-weight:650; letter-spacing:-.02em; font-variant-numeric:tabular-nums; overflow-wrap:anywhere }
.fact .more { color:var(--faint); font-size:12.5px }
table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums; font-size:13.5px }
th, td { padding:7px 8px; text-align:right; border-bottom:1px solid var(--line); white-space:nowrap }
th { color:var(--soft); font-weight:550; font-size:12.5px; vertical-align:bottom; white-space:normal } th[title] { text-decoration:underline dotted var(--faint); text-underline-offset:3px; cursor:help }
tbody tr:last-child td { border-bottom:0 } tbody tr:hover { background:var(--hover) }
.left { text-align:left } .name { font-weight:600 } .params { color:var(--faint); font-size:12px; font-weight:400; display:block }
tr.benchmark td { background:color-mix(in srgb, var(--accent) 8%, transparent) }
.scroll { overflow-x:auto; margin:0 -6px; padding:0 6px } .neg { color:var(--bad) } .range { color:var(--faint); font-size:11px; display:block }
.verdict { display:inline-block; padding:1px 9px 2px; border-radius:99px; font-size:12.5px; font-weight:600; cursor:help }
.verdict.robust { color:var(--good); background:var(--good-bg) } .verdict.fragile { color:var(--warn); background:var(--warn-bg) }
.verdict.overfit { color:var(--bad); background:var(--bad-bg) } .verdict.insufficient { color:var(--none); background:var(--none-bg) }
[hidden] { display:none !important } figure { margin:0 } h3 + .scroll { margin-bottom:18px }
.link { border:0; background:none; padding:0; font:inherit; font-weight:600; color:var(--accent); text-align:left } .link:hover { text-decoration:underline; background:none }
.sort { border:0; background:none; padding:0; font:inherit; color:inherit; text-decoration:underline dotted var(--faint); text-underline-offset:3px }
th[aria-sort=ascending] .sort::after { content:" \2191" } th[aria-sort=descending] .sort::after { content:" \2193" }
input { font:inherit; font-size:13px; color:var(--ink); background:var(--card); border:1px solid var(--faint); border-radius:8px; padding:5px 11px; min-width:260px }
#more { width:100%; margin-top:8px } #ranking-count { margin:0 } label { font-size:13px; color:var(--soft) }
.heat { width:auto; min-width:min(100%,480px) } #months .heat { width:100% } .heat th, .heat td { text-align:center; padding:4px 6px; font-size:12px; border:1px solid var(--card); color:var(--ink) } .heat th { color:var(--soft) } .heat tbody tr:hover { background:none }
.heat.dense td, .heat.dense th { padding:2px 1px; font-size:10px }
.data { margin:2px 0 14px } .data summary { font-size:12.5px; font-weight:400; color:var(--soft); letter-spacing:0 } .data .scroll { max-height:320px; overflow:auto } .data th { position:sticky; top:0; background:var(--card) }
.hidden { position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%) }
.chart { width:100%; height:340px } .chart.low { height:190px } .chart.mid { height:280px } .chart.tall { height:430px }
.bar { display:flex; align-items:center; gap:10px; flex-wrap:wrap; justify-content:space-between; margin-bottom:8px }
button, select { font:inherit; font-size:13px; color:var(--ink); background:var(--card); border:1px solid var(--line); border-radius:8px; padding:5px 11px; cursor:pointer }
button:hover, select:hover { background:var(--hover) } button[aria-pressed=true] { background:var(--accent); border-color:var(--accent); color:#fff }
:root[data-theme=dark] button[aria-pressed=true] { color:#10202c }
:focus-visible { outline:2px solid var(--accent); outline-offset:2px }
.kpis { display:grid; grid-template-columns:repeat(auto-fill,minmax(142px,1fr)); gap:0; border:1px solid var(--line); border-radius:10px; overflow:hidden; margin:6px 0 20px }
.kpi { padding:9px 12px; cursor:help; box-shadow:1px 1px 0 0 var(--line) } .kpi .label { font-size:12px; color:var(--soft) } .kpi .value { font-size:16px; font-weight:600; font-variant-numeric:tabular-nums }
.kpi .base { font-size:11.5px; color:var(--faint); font-variant-numeric:tabular-nums }
details summary { cursor:pointer; font-weight:650; font-size:18px; letter-spacing:-.01em } details[open] summary { margin-bottom:10px }
dl { display:grid; grid-template-columns:minmax(150px,max-content) 1fr; gap:6px 20px; margin:0; font-size:13.5px } dt { font-weight:600 } dd { margin:0; color:var(--soft); overflow-wrap:anywhere }
.warning { border-left:4px solid #e69f00; padding:10px 14px; background:var(--warn-bg); color:var(--warn); border-radius:8px; margin-top:14px; font-size:14px }
footer { max-width:1240px; margin:0 auto; padding:6px 24px 40px; color:var(--faint); font-size:12.5px }
@media (max-width:820px) { .grid2 { grid-template-columns:1fr } main, header.top { padding-left:14px; padding-right:14px } section { padding:16px 14px } }
@media print { body { background:#fff; font-size:12px } .controls, button:not(.link):not(.sort), select, .data { display:none !important } section, .fact { break-inside:avoid; border-color:#ccc }
  main, header.top { max-width:none; padding:0 } th, td { padding:4px 6px; font-size:10.5px } .scroll { overflow:visible } @page { margin:14mm } }
`
