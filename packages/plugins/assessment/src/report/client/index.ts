/**
 * The script of a report page. It reads the model from the page, writes text with `textContent` only (what ECharts shows as HTML is escaped), and draws
 * as SVG, so that print is sharp. It asks nothing of the network.
 */
import { detail } from "./detail.ts"
import { ranking } from "./ranking.ts"
import { robustness } from "./robustness.ts"
import { start } from "./start.ts"

const finish = String.raw`
  function choose(id) { current = id; document.getElementById("pick").value = id; render(); }
  function render() {
    clearCharts();
    root.setAttribute("data-theme", dark() ? "dark" : "light");
    document.getElementById("log").setAttribute("aria-pressed", String(log));
    if (!current) return;
    var s = byId(current), has = Boolean(model.details[current]);
    note("detail-title", s.title);
    note("detail-note", (s.parameters ? s.parameters + ". " : "") + "Rank " + s.rank + ". Verdict: " + s.verdict + " (" + s.because + ")." + (has ? "" : " Its curves are left out to keep this page small: tetra run --pipeline assessment_pipeline --strategies " + s.id + " draws them."));
    hide("curves", !has);
    equity(); kpis(); scenarios(); heatmaps(); logits(); intervals(); walkForward(); gridMap();
    if (has) { months(); years(); histogram(); quantiles(); rolling(); activity(); drawdowns(); trades(); fan(); costs(); }
  }
  if (window.IntersectionObserver) visible = new IntersectionObserver(function (seen) {
    seen.forEach(function (e) { if (e.isIntersecting && e.target.paint) e.target.paint(); });
  }, { rootMargin: "400px" });
  document.getElementById("theme").addEventListener("click", function () { chosen = dark() ? "light" : "dark"; render(); });
  document.getElementById("log").addEventListener("click", function () { log = !log; render(); });
  document.getElementById("pick").addEventListener("change", function (e) { choose(e.target.value); });
  ["grid-x", "grid-y", "grid-of"].forEach(function (id) { document.getElementById(id).addEventListener("change", gridMap); });
  model.strategies.forEach(function (s) { document.getElementById("pick").appendChild(option(s.id, s.title)); });
  document.getElementById("pick").value = current;
  listenToRanking();
  rankingTable();
  media.addEventListener("change", render);
  window.addEventListener("beforeprint", function () { printing = true; document.getElementById("glossary").open = true; render(); moreRows(200); });
  window.addEventListener("afterprint", function () { printing = false; render(); });
  var waiting = 0;
  window.addEventListener("resize", function () { clearTimeout(waiting); waiting = setTimeout(function () { charts.forEach(function (c) { c.resize(); }); }, 120); });
  render();
`
export const client = `"use strict";
(function () {${start}${ranking}${detail}${robustness}${finish}})();
`
