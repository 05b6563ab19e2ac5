/**
 * The script of a report page. It reads the model from the page, writes text with `textContent` only, and draws with ECharts as SVG, so that print is
 * sharp. It asks nothing of the network.
 */
export const client = String.raw`
"use strict";
(function () {
  var model = JSON.parse(document.getElementById("model").textContent);
  var root = document.documentElement;
  var media = window.matchMedia("(prefers-color-scheme: dark)");
  var chosen = null, printing = false, log = false, current = (model.strategies.filter(function (s) { return s.id !== model.benchmark; })[0] || model.strategies[0] || {}).id;
  var charts = [];
  var PALETTE = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c6d31", "#7f7f7f"], PALETTE_DARK = ["#56b4e9", "#f0b13c", "#2fc495", "#ff8a4c", "#e59bc4", "#9ad1f5", "#c9a66b", "#b0b0b0"];
  var GROUPS = { total_return: "Return, and return for risk", skewness: "Risk", alpha: "Against the benchmark", trades: "Trades and costs" };
  var MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  function dark() { return !printing && (chosen === null ? media.matches : chosen === "dark"); }
  function colours() {
    return dark()
      ? { ink: "#e6eaf1", soft: "#a5afbe", line: "#2c3542", card: "#1a202a", up: "#56b4e9", down: "#f0a35e", middle: "#2a323e" }
      : { ink: "#1a2230", soft: "#5b6676", line: "#e1e5eb", card: "#ffffff", up: "#0072b2", down: "#d55e00", middle: "#f7f7f7" };
  }
  function palette() { return dark() ? PALETTE_DARK : PALETTE; }
  function byId(id) { return model.strategies.filter(function (s) { return s.id === id; })[0]; }
  function esc(s) { return String(s).replace(/[&<>"']/g, function (c) { return "&#" + c.charCodeAt(0) + ";"; }); }
  function day(d) { return new Date(d * 864e5).toISOString().slice(0, 10); }
  function fixed(x, digits) { var t = Math.abs(x).toFixed(digits); return (x < 0 && Number(t) !== 0 ? "−" : "") + t; }
  function percent(x, digits) { return x === null || x === undefined ? "–" : fixed(100 * x, digits === undefined ? 1 : digits) + " %"; }
  function ratio(x) { return x === null || x === undefined ? "–" : fixed(x, 2); }
  function show(x, format) {
    if (x === null || x === undefined) return "–";
    return format === "percent" ? percent(x) : format === "count" || format === "bars" ? Math.round(x * 10) / 10 + "" : ratio(x);
  }
  function node(tag, text, className) {
    var e = document.createElement(tag);
    if (text !== undefined) e.textContent = text;
    if (className) e.className = className;
    return e;
  }
  function clear(id) { var e = document.getElementById(id); while (e.firstChild) e.removeChild(e.firstChild); return e; }

  function draw(id, make) {
    var at = document.getElementById(id);
    if (!at) return;
    var chart = echarts.init(at, null, { renderer: "svg" });
    chart.setOption(make(colours()), true);
    charts.push(chart);
  }
  function base(c, extra) {
    var o = {
      animation: false, color: palette(), backgroundColor: "transparent", textStyle: { fontFamily: "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif", color: c.soft },
      aria: { enabled: true },
      grid: { left: 64, right: 20, top: 34, bottom: 30 },
      tooltip: { trigger: "axis", backgroundColor: c.card, borderColor: c.line, textStyle: { color: c.ink, fontSize: 12.5 }, confine: true },
      legend: { type: "scroll", top: 0, left: 0, itemGap: 18, itemWidth: 16, itemHeight: 3, icon: "rect", textStyle: { color: c.soft }, pageTextStyle: { color: c.soft }, pageIconColor: c.soft }
    };
    for (var k in extra) o[k] = extra[k];
    return o;
  }
  function axis(c, extra) {
    var o = { axisLine: { lineStyle: { color: c.line } }, axisTick: { show: false }, axisLabel: { color: c.soft, hideOverlap: true }, splitLine: { lineStyle: { color: c.line } }, nameTextStyle: { color: c.soft } };
    for (var k in extra) o[k] = extra[k];
    return o;
  }
  function times(c, days) { return axis(c, { type: "category", data: days.map(day), boundaryGap: false, splitLine: { show: false }, axisLabel: { color: c.soft, hideOverlap: true, interval: Math.max(0, Math.floor(days.length / 9)), formatter: function (v) { return v.slice(0, 7); } } }); }
  function lines(rows, format) {
    return rows[0] ? "<b>" + esc(rows[0].axisValue) + "</b><br>" + rows.map(function (r) { return r.marker + esc(r.seriesName) + " &nbsp; <b>" + format(r.value) + "</b>"; }).join("<br>") : "";
  }

  function curveIds() {
    var ids = model.strategies.slice(0, 6).map(function (s) { return s.id; });
    [model.benchmark, current].forEach(function (id) { if (id && ids.indexOf(id) < 0) ids.push(id); });
    return ids;
  }
  function lineStyle(id) {
    return { width: id === current ? 2.6 : 1.4, type: id === model.benchmark ? "dashed" : "solid" };
  }
  function colourOf(id) { return id === model.benchmark ? (dark() ? "#c3ccd9" : "#39424f") : palette()[curveIds().filter(function (x) { return x !== model.benchmark; }).indexOf(id) % PALETTE.length]; }
  function curves(field) {
    return curveIds().map(function (id) {
      return { name: byId(id).title, type: "line", showSymbol: false, data: model.details[id][field], lineStyle: lineStyle(id), itemStyle: { color: colourOf(id) }, z: id === current ? 5 : 2 };
    });
  }
  function equity() {
    draw("equity", function (c) {
      return base(c, {
        tooltip: Object.assign(base(c, {}).tooltip, { formatter: function (rows) { return lines(rows, function (v) { return Number(v).toFixed(3); }); } }),
        axisPointer: { link: [{ xAxisIndex: "all" }], label: { backgroundColor: c.soft } },
        grid: [{ left: 64, right: 20, top: 34, height: 240 }, { left: 64, right: 20, top: 306, height: 96 }],
        xAxis: [Object.assign(times(c, model.days), { axisLabel: { show: false } }), Object.assign(times(c, model.days), { gridIndex: 1 })],
        yAxis: [axis(c, { type: log ? "log" : "value", scale: true, name: "equity, start = 1", nameLocation: "middle", nameGap: 46, min: log ? lowestEquity() : undefined, axisLabel: { color: c.soft, formatter: function (v) { return String(Number(Number(v).toPrecision(3))); } } }),
          axis(c, { type: "value", gridIndex: 1, name: "drawdown", nameLocation: "middle", nameGap: 46, splitNumber: 3, axisLabel: { color: c.soft, formatter: function (v) { return percent(v, 0); } } })],
        dataZoom: [{ type: "inside", xAxisIndex: [0, 1], zoomOnMouseWheel: "ctrl" }],
        series: curves("equity").concat(curveIds().filter(function (id) { return id === current || id === model.benchmark; }).map(function (id) {
          return { name: byId(id).title, type: "line", xAxisIndex: 1, yAxisIndex: 1, showSymbol: false, data: model.details[id].drawdown, lineStyle: lineStyle(id), itemStyle: { color: colourOf(id) }, areaStyle: id === current ? { opacity: 0.16 } : undefined,
            tooltip: { valueFormatter: function (v) { return percent(v); } } };
        }))
      });
    });
  }
  function lowestEquity() {
    var low = Infinity;
    curveIds().forEach(function (id) { model.details[id].equity.forEach(function (v) { if (v > 0 && v < low) low = v; }); });
    return low > 0 && low < Infinity ? Number((low * 0.95).toPrecision(2)) : undefined;
  }
  function kpis() {
    var s = byId(current), b = model.benchmark && byId(model.benchmark), groups = clear("kpis"), box = groups;
    Object.keys(model.metrics).forEach(function (name) {
      if (GROUPS[name]) {
        groups.appendChild(node("h3", GROUPS[name]));
        box = groups.appendChild(node("div", undefined, "kpis"));
      }
      var info = model.metrics[name], e = node("div", undefined, "kpi");
      e.title = info.explanation;
      e.appendChild(node("div", info.title, "label"));
      e.appendChild(node("div", show(s.measures[name], info.format), "value"));
      if (b && b !== s) e.appendChild(node("div", "benchmark " + show(b.measures[name], info.format), "base"));
      box.appendChild(e);
    });
  }
  /** A cell of a heat map: light text where the ground is strong. */
  function cell(value, strength) { return { value: value, label: { color: strength > 0.72 ? (dark() ? "#10202c" : "#ffffff") : colours().ink } }; }
  function months() {
    var d = model.details[current], years = d.years.map(function (y) { return String(y.year); });
    var extent = Math.max.apply(null, d.months.map(function (m) { return Math.abs(m.value); }).concat([0.01]));
    document.getElementById("months").style.height = Math.max(150, 62 + 24 * years.length) + "px";
    draw("months", function (c) {
      return base(c, {
        legend: { show: false }, grid: { left: 52, right: 16, top: 8, bottom: 28 },
        tooltip: Object.assign(base(c, {}).tooltip, { trigger: "item", formatter: function (p) { return esc(MONTHS[p.value[0]] + " " + years[p.value[1]]) + " &nbsp; <b>" + percent(p.value[2]) + "</b>"; } }),
        xAxis: axis(c, { type: "category", data: MONTHS, splitLine: { show: false } }), yAxis: axis(c, { type: "category", data: years, inverse: true, splitLine: { show: false } }),
        visualMap: { show: false, min: -extent, max: extent, inRange: { color: [c.down, c.middle, c.up] } },
        series: [{ type: "heatmap", data: d.months.map(function (m) { return cell([m.month - 1, years.indexOf(String(m.year)), m.value], Math.abs(m.value) / extent); }), itemStyle: { borderColor: c.card, borderWidth: 1 },
          label: { show: true, fontSize: 11, formatter: function (p) { return fixed(100 * p.value[2], 1); } } }]
      });
    });
  }
  function years() {
    draw("years", function (c) {
      var ids = [current].concat(model.benchmark && model.benchmark !== current ? [model.benchmark] : []);
      var labels = model.details[current].years.map(function (y) { return String(y.year); });
      return base(c, {
        tooltip: Object.assign(base(c, {}).tooltip, { formatter: function (rows) { return lines(rows, percent); } }),
        xAxis: axis(c, { type: "category", data: labels, splitLine: { show: false } }), yAxis: axis(c, { type: "value", axisLabel: { color: c.soft, formatter: function (v) { return percent(v, 0); } } }),
        series: ids.map(function (id) { return { name: byId(id).title, type: "bar", barMaxWidth: 22, itemStyle: { color: id === current ? c.up : c.soft, opacity: id === current ? 1 : 0.45 }, data: model.details[id].years.map(function (y) { return y.value; }) }; })
      });
    });
  }
  function histogram() {
    var h = model.details[current].histogram;
    draw("histogram", function (c) {
      var middle = h.counts.map(function (_, i) { return percent((h.edges[i] + h.edges[i + 1]) / 2, 2); });
      return base(c, {
        tooltip: Object.assign(base(c, {}).tooltip, { formatter: function (rows) { return lines(rows, function (v) { return Number(v).toFixed(0); }); } }),
        xAxis: axis(c, { type: "category", data: middle, splitLine: { show: false } }), yAxis: axis(c, { type: "value", name: "bars", nameLocation: "middle", nameGap: 46 }),
        series: [{ name: "Bars", type: "bar", barWidth: "92%", data: h.counts, itemStyle: { color: c.up, opacity: 0.75 } }, { name: "Normal distribution", type: "line", smooth: true, showSymbol: false, data: h.normal, lineStyle: { color: c.down, width: 2 }, itemStyle: { color: c.down } }]
      });
    });
  }
  function rolling() {
    var r = model.details[current].rolling;
    draw("rolling", function (c) {
      return base(c, {
        tooltip: Object.assign(base(c, {}).tooltip, { formatter: function (rows) { return lines(rows, function (v) { return v === null || v === undefined ? "–" : ratio(Number(v)); }); } }),
        grid: { left: 64, right: 64, top: 34, bottom: 30 }, xAxis: times(c, r.days),
        yAxis: [axis(c, { type: "value", name: "Sharpe", nameLocation: "middle", nameGap: 46 }), axis(c, { type: "value", name: "volatility", nameLocation: "middle", nameGap: 50, splitLine: { show: false }, axisLabel: { color: c.soft, formatter: function (v) { return percent(v, 0); } } })],
        series: [{ name: "Sharpe ratio", type: "line", showSymbol: false, data: r.sharpe, itemStyle: { color: c.up }, lineStyle: { color: c.up, width: 1.8 } },
          { name: "Volatility (right)", type: "line", yAxisIndex: 1, showSymbol: false, data: r.volatility, itemStyle: { color: c.down }, lineStyle: { color: c.down, width: 1.4, type: "dashed" } }]
      });
    });
  }
  function trades() {
    var d = model.details[current];
    document.getElementById("trades-note").textContent = d.trades.length === 0 ? "No trades." : d.trades.length + " trades" + (d.tradesLeftOut > 0 ? ", the most recent ones; " + d.tradesLeftOut + " earlier ones are left out" : "") + ". One mark is one round trip: filled is long, hollow is short.";
    draw("trades", function (c) {
      return base(c, {
        legend: { show: false },
        tooltip: Object.assign(base(c, {}).tooltip, { trigger: "item", formatter: function (p) { var t = p.data.trade; return "<b>" + esc(t.symbol) + "</b> " + (t.side > 0 ? "long" : "short") + "<br>" + day(t.entry) + " to " + day(t.exit) + "<br>" + t.bars + " bars &nbsp; <b>" + percent(t.return, 2) + "</b>"; } }),
        xAxis: axis(c, { type: "value", name: "bars held", nameLocation: "middle", nameGap: 24, splitLine: { show: false } }), grid: { left: 64, right: 20, top: 14, bottom: 42 },
        yAxis: axis(c, { type: "value", name: "return", nameLocation: "middle", nameGap: 46, axisLabel: { color: c.soft, formatter: function (v) { return percent(v, 0); } } }),
        series: [{ type: "scatter", symbolSize: 7, data: d.trades.map(function (t) { var colour = t.return >= 0 ? c.up : c.down; return { value: [t.bars, t.return], trade: t, symbol: t.return >= 0 ? "circle" : "diamond", itemStyle: { color: t.side > 0 ? colour : "transparent", borderColor: colour, borderWidth: 1.4, opacity: 0.75 } }; }) }]
      });
    });
  }
  function drawdowns() {
    var body = clear("drawdowns");
    model.details[current].drawdowns.forEach(function (d, i) {
      var row = node("tr");
      [String(i + 1), percent(d.depth), day(d.peak), day(d.trough), d.recovery === null ? "not yet" : day(d.recovery), String(d.bars)].forEach(function (x, k) { row.appendChild(node("td", x, k === 1 ? "neg" : "")); });
      body.appendChild(row);
    });
    if (!body.firstChild) { var row = node("tr"), cell = node("td", "Equity never fell below an earlier high.", "left"); cell.colSpan = 6; row.appendChild(cell); body.appendChild(row); }
  }
  function heatmaps() {
    model.heatmaps.forEach(function (h, n) {
      var all = [];
      h.values.forEach(function (row, y) { row.forEach(function (v, x) { if (v !== null) all.push([x, y, v]); }); });
      var values = all.map(function (v) { return v[2]; }), high = Math.max.apply(null, values), low = Math.min.apply(null, values);
      var mixed = low < 0, extent = Math.max(Math.abs(low), Math.abs(high), 0.1);
      var from = mixed ? -extent : low, to = mixed ? extent : Math.max(high, low + 0.01);
      draw("heat-" + n, function (c) {
        return base(c, {
          legend: { show: false }, grid: { left: 58, right: 16, top: 8, bottom: 44 },
          tooltip: Object.assign(base(c, {}).tooltip, { trigger: "item", formatter: function (p) { return esc(h.x.name) + " " + h.x.values[p.value[0]] + ", " + esc(h.y.name) + " " + h.y.values[p.value[1]] + "<br>Sharpe <b>" + ratio(p.value[2]) + "</b>"; } }),
          xAxis: axis(c, { type: "category", data: h.x.values.map(String), name: h.x.name, nameLocation: "middle", nameGap: 26, splitLine: { show: false } }),
          yAxis: axis(c, { type: "category", data: h.y.values.map(String), name: h.y.name, nameLocation: "middle", nameGap: 40, splitLine: { show: false } }),
          visualMap: { show: false, min: from, max: to, inRange: { color: mixed ? [c.down, c.middle, c.up] : [c.middle, c.up] } },
          series: [{ type: "heatmap", data: all.map(function (v) { return cell(v, mixed ? Math.abs(v[2]) / extent : (v[2] - from) / (to - from)); }), itemStyle: { borderColor: c.card, borderWidth: 1 }, label: { show: all.length <= 36, fontSize: 11, formatter: function (p) { return ratio(p.value[2]); } } }]
        });
      });
    });
  }
  function logits() {
    var h = model.trials.logits;
    draw("logits", function (c) {
      return base(c, {
        legend: { show: false }, grid: { left: 64, right: 20, top: 14, bottom: 42 },
        tooltip: Object.assign(base(c, {}).tooltip, { formatter: function (rows) { return lines(rows, function (v) { return String(v); }); } }),
        xAxis: axis(c, { type: "category", name: "logit of the out-of-sample rank (left of 0 = lower half)", nameLocation: "middle", nameGap: 26, data: h.counts.map(function (_, i) { return ((h.edges[i] + h.edges[i + 1]) / 2).toFixed(1).replace("-", "−"); }), splitLine: { show: false } }),
        yAxis: axis(c, { type: "value", name: "splits", nameLocation: "middle", nameGap: 46 }),
        series: [{ name: "Splits", type: "bar", barWidth: "92%", data: h.counts.map(function (n, i) { return { value: n, itemStyle: { color: h.edges[i + 1] <= 0.001 ? c.down : c.up } }; }) }]
      });
    });
  }
  function render() {
    charts.forEach(function (c) { c.dispose(); });
    charts = [];
    root.setAttribute("data-theme", dark() ? "dark" : "light");
    document.getElementById("log").setAttribute("aria-pressed", String(log));
    if (!current) return;
    var s = byId(current);
    document.getElementById("detail-title").textContent = s.title;
    document.getElementById("detail-note").textContent = (s.parameters ? s.parameters + ". " : "") + "Rank " + s.rank + ". Verdict: " + s.verdict + " (" + s.because + ").";
    equity(); kpis(); months(); years(); histogram(); rolling(); drawdowns(); trades(); heatmaps(); logits();
  }
  document.getElementById("theme").addEventListener("click", function () { chosen = dark() ? "light" : "dark"; render(); });
  document.getElementById("log").addEventListener("click", function () { log = !log; render(); });
  document.getElementById("pick").addEventListener("change", function (e) { current = e.target.value; render(); });
  document.getElementById("pick").value = current;
  media.addEventListener("change", render);
  window.addEventListener("beforeprint", function () { printing = true; document.querySelectorAll("details").forEach(function (d) { d.open = true; }); render(); });
  window.addEventListener("afterprint", function () { printing = false; render(); });
  var waiting = 0;
  window.addEventListener("resize", function () { clearTimeout(waiting); waiting = setTimeout(function () { charts.forEach(function (c) { c.resize(); }); }, 120); });
  render();
})();
`
