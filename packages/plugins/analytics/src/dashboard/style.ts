/**
 * The page's style. Colours are the eight of Okabe and Ito (2008), told apart by all common kinds of colour vision; light and
 * dark share the tokens, the charts read them from here.
 */
export const style = `
:root{color-scheme:light;--ground:#f4f6f8;--surface:#fff;--raised:#eef2f5;--line:#d9e0e6;--text:#15202b;--muted:#566573;--accent:#0072b2;--accent-soft:#cfe4f2;--minus:#d55e00;--plus:#0072b2;
--s0:#0072b2;--s1:#e69f00;--s2:#009e73;--s3:#cc79a7;--s4:#56b4e9;--s5:#d55e00;--good:#00795a;--warn:#8a5a00;--bad:#b3400a;--shadow:0 1px 2px rgb(20 30 40/.06),0 4px 16px rgb(20 30 40/.05)}
:root[data-theme=dark]{color-scheme:dark;--ground:#0f151b;--surface:#182129;--raised:#212c36;--line:#2e3b47;--text:#e8eef3;--muted:#9fb0be;--accent:#56b4e9;--accent-soft:#1d3b50;--minus:#f08a4b;--plus:#56b4e9;
--s0:#56b4e9;--s1:#e69f00;--s2:#2fbf94;--s3:#dd9bc1;--s4:#8fd0f5;--s5:#f08a4b;--good:#2fbf94;--warn:#e6b450;--bad:#f08a4b;--shadow:none}
*{box-sizing:border-box}html{scroll-behavior:smooth}@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
.page{max-width:1240px;margin:0 auto;padding:0 20px 64px}h1,h2,h3,p,ul,dl,figure{margin:0}h1{font-size:28px;line-height:1.2;letter-spacing:-.02em;overflow-wrap:anywhere}h2{font-size:20px;letter-spacing:-.01em;margin:36px 0 14px}h3{font-size:15px;overflow-wrap:anywhere}
.muted{color:var(--muted)}.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--surface);padding:8px;z-index:9}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
nav{position:sticky;top:0;z-index:5;background:color-mix(in srgb,var(--ground) 92%,transparent);border-bottom:1px solid var(--line);backdrop-filter:blur(8px)}
nav div{max-width:1240px;margin:0 auto;padding:0 20px;display:flex;gap:4px;align-items:center;overflow-x:auto}nav a{color:var(--muted);text-decoration:none;padding:12px 10px;white-space:nowrap;font-size:14px}nav a:hover{color:var(--text)}
nav button{margin-left:auto;font:inherit;font-size:13px;color:var(--text);background:var(--surface);border:1px solid var(--line);border-radius:999px;padding:4px 12px;cursor:pointer;white-space:nowrap}
.head{padding:32px 0 8px}.head .over{color:var(--accent);font-weight:600;font-size:13px;letter-spacing:.02em}.head p.context{max-width:70ch;color:var(--muted);margin-top:6px}
.kpis{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-top:20px}.kpi{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:14px 16px;box-shadow:var(--shadow)}.kpi b{display:block;font-size:26px;line-height:1.15;letter-spacing:-.02em}.kpi span{color:var(--muted);font-size:13px}
.card{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:16px;box-shadow:var(--shadow);margin-bottom:14px;min-width:0}.card>h3{margin-bottom:8px}
.absent{border-style:dashed;background:var(--raised);box-shadow:none}.absent p{color:var(--muted)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:14px;align-items:start}.cards .card,.grid .card{margin:0}.grid{display:grid;gap:14px;margin-bottom:14px;align-items:start}.grid.two{grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr))}
.bar{display:block;height:8px;border-radius:4px;background:var(--raised);overflow:hidden}.bar i{display:block;height:100%;background:var(--accent);border-radius:4px}
.insight{border-left:4px solid var(--accent)}.insight.quality{border-left-color:var(--s5)}.insight.extreme{border-left-color:var(--s1)}.insight.difference{border-left-color:var(--s2)}.insight.concentration{border-left-color:var(--s3)}.insight.trend{border-left-color:var(--s4)}
.insight header{display:flex;justify-content:space-between;font-size:12px;margin-bottom:6px}.insight .kind{font-weight:700}.insight p{font-size:15.5px;overflow-wrap:anywhere}.effect{display:grid;grid-template-columns:1fr auto;gap:10px;align-items:center;margin:10px 0 4px;font-size:12px}.caveat{color:var(--muted)}
details summary{cursor:pointer;color:var(--muted);font-size:13px}details ul{padding-left:18px;margin:6px 0;font-size:13px}details.more{margin-top:14px}details.more .cards{margin-top:14px}
.verdict{display:grid;grid-template-columns:auto 1fr;gap:32px;align-items:center}.ring{width:128px;height:128px;border-radius:50%;display:grid;place-content:center;text-align:center;background:radial-gradient(closest-side,var(--surface) 79%,transparent 80%),conic-gradient(var(--accent) calc(var(--score)*1%),var(--raised) 0)}.ring b{font-size:34px;line-height:1}.ring span{font-size:12px;color:var(--muted)}
.dimension{display:grid;grid-template-columns:120px 1fr 40px;gap:12px;align-items:center;padding:3px 0;font-size:14px}.dimension b{text-align:right}
table{border-collapse:collapse;width:100%;font-size:13.5px}th{text-align:left;color:var(--muted);font-weight:600}th,td{padding:7px 10px;border-bottom:1px solid var(--line);vertical-align:top}tbody tr:last-child>*{border-bottom:0}.number{text-align:right;white-space:nowrap}.scroll{overflow-x:auto;max-height:520px}
code{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.severity{white-space:nowrap;font-weight:600}.severity.critical,.severity.error{color:var(--bad)}.severity.warning{color:var(--warn)}.severity.info{color:var(--muted)}
.heat{width:auto;font-size:12px}.heat td{padding:0;border:1px solid var(--surface);width:46px;min-width:46px;height:34px;text-align:center;vertical-align:middle}.heat thead th{height:96px;vertical-align:bottom;padding:4px;border:0}.heat thead th span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:110px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-weight:500}.heat tbody th{border:0;padding:4px 10px 4px 0;font-weight:500;white-space:nowrap;text-align:right;max-width:200px;overflow:hidden;text-overflow:ellipsis}
.heat .plus{background:color-mix(in srgb,var(--plus) var(--heat),var(--surface))}.heat .minus{background:color-mix(in srgb,var(--minus) var(--heat),var(--surface))}.heat .strong{color:#fff;font-weight:600}:root[data-theme=dark] .heat .strong{color:#0b1015}.heat .self{background:var(--raised)}.heat .none{color:var(--muted)}
.diverging{display:grid;grid-template-columns:minmax(90px,auto) 1fr 56px;gap:6px 14px;align-items:center;font-size:14px;margin-bottom:8px}.bar.two{position:relative;height:12px}.bar.two i{position:absolute;border-radius:0}.bar.two.plus i{left:50%;background:var(--plus)}.bar.two.minus i{right:50%;background:var(--minus)}.diverging b{text-align:right}
.column header{display:flex;justify-content:space-between;gap:8px;align-items:start;margin-bottom:6px}.tags{display:flex;gap:4px;flex-wrap:wrap;justify-content:end}.tag{font-size:11.5px;background:var(--raised);border-radius:999px;padding:1px 9px;white-space:nowrap}.tag.role{background:var(--accent-soft);color:var(--text);font-weight:600}
.filled{display:grid;grid-template-columns:1fr auto;gap:10px;align-items:center;font-size:12px;margin-bottom:8px}.filled .bar{height:4px}.filled .bar i{background:var(--s2)}
.categories{display:grid;grid-template-columns:minmax(70px,38%) 1fr auto;gap:4px 10px;align-items:center;font-size:13px;margin:6px 0}.categories .label{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.categories b{font-weight:500;text-align:right}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(88px,1fr));gap:6px 12px;margin-top:8px}dt{font-size:11.5px;color:var(--muted)}dd{margin:0;font-size:13.5px;overflow-wrap:anywhere}.card>h3+dl{grid-template-columns:repeat(auto-fill,minmax(130px,1fr))}
figcaption{display:grid;font-size:13px;margin-bottom:6px}.column figcaption strong{display:none}.column figcaption{font-size:12px}.canvas{width:100%}
.search{display:inline-grid;gap:4px;font-size:13px;color:var(--muted);margin-bottom:12px}.search input{font:inherit;padding:7px 12px;border:1px solid var(--line);border-radius:8px;background:var(--surface);color:var(--text);width:260px}
footer{color:var(--muted);font-size:12.5px;margin-top:40px;border-top:1px solid var(--line);padding-top:14px}
@media(max-width:640px){.verdict{grid-template-columns:1fr;justify-items:center}.dimensions{width:100%}.cards{grid-template-columns:1fr}}
@media print{nav,.search,details:not([open]) summary{display:none}body{background:#fff;font-size:12px}.card,.kpi{box-shadow:none;break-inside:avoid}section{break-inside:auto}h2{break-after:avoid}.scroll{max-height:none;overflow:visible}.cards{grid-template-columns:1fr 1fr}}
`
