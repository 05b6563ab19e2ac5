/** The part of the page's script that everything else uses: model, numbers as text, elements, and charts with their numbers as tables. */
export const start = String.raw`
  var model = JSON.parse(document.getElementById("model").textContent);
  var root = document.documentElement;
  var media = window.matchMedia("(prefers-color-scheme: dark)");
  var chosen = null, printing = false, log = document.getElementById("log").getAttribute("aria-pressed") === "true";
  var current = (model.strategies.filter(function (s) { return s.id !== model.benchmark; })[0] || model.strategies[0] || {}).id;
  var charts = [], waitingCharts = [], visible = null;
  var PALETTE = ["#0072b2", "#b26b00", "#00795a", "#7b3294", "#c2477f", "#3a7ca5", "#666666", "#8c6d31"], PALETTE_DARK = ["#56b4e9", "#f0b13c", "#2fc495", "#ff8a4c", "#e59bc4", "#9ad1f5", "#c9a66b", "#b0b0b0"];
  var MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  var NONE = "–";

  function dark() { return !printing && (chosen === null ? media.matches : chosen === "dark"); }
  function colours() {
    return dark()
      ? { ink: "#e6eaf1", soft: "#a5afbe", line: "#2c3542", card: "#1a202a", up: "#56b4e9", down: "#f0a35e" }
      : { ink: "#1a2230", soft: "#5b6676", line: "#e1e5eb", card: "#ffffff", up: "#0072b2", down: "#c04a00" };
  }
  function palette() { return dark() ? PALETTE_DARK : PALETTE; }
  function byId(id) { return model.strategies.filter(function (s) { return s.id === id; })[0]; }
  function esc(s) { return String(s).replace(/[&<>"']/g, function (c) { return "&#" + c.charCodeAt(0) + ";"; }); }
  function day(d) { return new Date(d * 864e5).toISOString().slice(0, 10); }
  function monthText(m) { return Math.floor(m / 12) + "-" + String(m % 12 + 1).padStart(2, "0"); }
  function missing(x) { return x === null || x === undefined; }
  function fixed(x, digits) { var t = Math.abs(x).toFixed(digits); return (x < 0 && Number(t) !== 0 ? "−" : "") + t; }
  function percent(x, digits) { return missing(x) ? NONE : fixed(100 * x, digits === undefined ? 1 : digits) + " %"; }
  function ratio(x) { return missing(x) ? NONE : fixed(x, 2); }
  function signed(x) { return missing(x) ? NONE : (x < 0 || Object.is(x, -0) ? "" : "+") + fixed(x, 2); }
  function show(x, format) {
    return missing(x) ? NONE : format === "percent" ? percent(x) : format === "count" || format === "bars" ? String(Math.round(x * 10) / 10) : ratio(x);
  }
  function node(tag, text, className) {
    var e = document.createElement(tag);
    if (text !== undefined) e.textContent = text;
    if (className) e.className = className;
    return e;
  }
  function clear(id) { var e = document.getElementById(id); while (e && e.firstChild) e.removeChild(e.firstChild); return e; }
  function hide(id, isHidden) { var e = document.getElementById(id); if (e) e.hidden = isHidden; }
  function note(id, text) { var e = document.getElementById(id); if (e) e.textContent = text; }
  function option(value, text) { var o = node("option", text); o.value = value; return o; }

  var MOST_ROWS = 400;
  /** A table of text; rows are made when the table is opened. */
  function fill(at, head, rows) {
    while (at.firstChild) at.removeChild(at.firstChild);
    var table = node("table"), top = table.appendChild(node("thead")).appendChild(node("tr")), body = table.appendChild(node("tbody"));
    head.forEach(function (h) { var th = node("th", h); th.scope = "col"; top.appendChild(th); });
    var step = Math.max(1, Math.ceil(rows.length / MOST_ROWS));
    rows.forEach(function (row, i) {
      if (i % step !== 0 && i !== rows.length - 1) return;
      var tr = body.appendChild(node("tr"));
      row.forEach(function (x) { tr.appendChild(node("td", x)); });
    });
    at.appendChild(table);
  }
  /** Draws when it comes into view; what it says is its label, and its numbers are a table that opens below. */
  function draw(id, told, make) {
    var at = document.getElementById(id);
    if (!at) return;
    at.setAttribute("role", "img");
    at.setAttribute("aria-label", told.label);
    var data = document.getElementById(id + "-data");
    if (data) {
      var open = data.parentNode;
      open.ontoggle = function () { if (open.open) fill(data, told.head, told.rows()); };
      if (open.open) open.ontoggle();
    }
    at.paint = function () {
      at.paint = null;
      var chart = echarts.init(at, null, { renderer: "svg" });
      chart.setOption(make(colours()), true);
      charts.push(chart);
    };
    if (!visible || printing) return at.paint();
    waitingCharts.push(at);
    visible.observe(at);
  }
  /** Forgets what is drawn, and what waits to come into view: it would be drawn for another strategy. */
  function clearCharts() {
    charts.forEach(function (c) { c.dispose(); });
    charts = [];
    waitingCharts.forEach(function (at) { at.paint = null; });
    waitingCharts = [];
    if (visible) visible.disconnect();
  }
  function base(c, extra) {
    var o = {
      animation: false, color: palette(), backgroundColor: "transparent", textStyle: { fontFamily: "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif", color: c.soft },
      grid: { left: 64, right: 20, top: 34, bottom: 30 },
      tooltip: tip(c, {}),
      legend: { type: "scroll", top: 0, left: 0, itemGap: 18, itemWidth: 16, itemHeight: 3, icon: "rect", textStyle: { color: c.soft }, pageTextStyle: { color: c.soft }, pageIconColor: c.soft }
    };
    return Object.assign(o, extra);
  }
  function tip(c, extra) { return Object.assign({ trigger: "axis", backgroundColor: c.card, borderColor: c.line, textStyle: { color: c.ink, fontSize: 12.5 }, confine: true }, extra); }
  function axis(c, extra) {
    return Object.assign({ axisLine: { lineStyle: { color: c.line } }, axisTick: { show: false }, axisLabel: { color: c.soft, hideOverlap: true }, splitLine: { lineStyle: { color: c.line } }, nameTextStyle: { color: c.soft } }, extra);
  }
  function values(c, name, format, extra) {
    return axis(c, Object.assign({ type: "value", name: name, nameLocation: "middle", nameGap: 46, axisLabel: { color: c.soft, formatter: format } }, extra));
  }
  function labels(c, of, name) { return axis(c, { type: "category", data: of, splitLine: { show: false }, name: name, nameLocation: "middle", nameGap: 26 }); }
  function times(c, days) { return axis(c, { type: "category", data: days.map(day), boundaryGap: false, splitLine: { show: false }, axisLabel: { color: c.soft, hideOverlap: true, interval: Math.max(0, Math.floor(days.length / 9)), formatter: function (v) { return v.slice(0, 7); } } }); }
  function lines(rows, format) {
    return rows[0] ? "<b>" + esc(rows[0].axisValue) + "</b><br>" + rows.map(function (r) { return r.marker + esc(r.seriesName) + " &nbsp; <b>" + format(r.value) + "</b>"; }).join("<br>") : "";
  }
  function told(c, format) { return tip(c, { formatter: function (rows) { return lines(rows, format); } }); }
  function line(name, data, colour, extra) {
    return Object.assign({ name: name, type: "line", showSymbol: false, data: data, itemStyle: { color: colour }, lineStyle: { color: colour, width: 1.8 } }, extra);
  }
  function whole(v) { return String(Math.round(Number(v))); }
  function per(v) { return String(Number((100 * v).toFixed(1))).replace("-", "−") + " %"; }

  /** A cell of a heat map: between orange, the ground and blue. Text is legible on each. */
  function tinted(cell, value, from, to) {
    if (missing(value)) return cell;
    var mixed = from < 0, extent = Math.max(Math.abs(from), Math.abs(to)) || 1;
    var strength = mixed ? Math.abs(value) / extent : to > from ? (value - from) / (to - from) : 0;
    var rgb = mixed && value < 0 ? (dark() ? "240,163,94" : "213,94,0") : dark() ? "86,180,233" : "0,114,178";
    cell.style.background = "rgba(" + rgb + "," + (0.06 + (dark() ? 0.42 : 0.54) * Math.min(1, strength)).toFixed(3) + ")";
    return cell;
  }
`
