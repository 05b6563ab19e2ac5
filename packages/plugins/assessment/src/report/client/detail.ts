/** Curves of all, and everything about the chosen strategy on the history. */
export const detail = String.raw`
  var GROUPS = { total_return: "Return, and return for risk", skewness: "Risk", alpha: "Against the benchmark", trades: "Trades and costs" };
  function curveIds() {
    var ids = model.strategies.filter(function (s) { return model.details[s.id]; }).slice(0, 6).map(function (s) { return s.id; });
    [model.benchmark, current].forEach(function (id) { if (id && model.details[id] && ids.indexOf(id) < 0) ids.push(id); });
    return ids;
  }
  function lineStyle(id) { return { width: id === current ? 2.6 : 1.4, type: id === model.benchmark ? "dashed" : "solid" }; }
  function colourOf(id) { return id === model.benchmark ? (dark() ? "#c3ccd9" : "#39424f") : palette()[curveIds().filter(function (x) { return x !== model.benchmark; }).indexOf(id) % PALETTE.length]; }
  function curves(field) {
    return curveIds().map(function (id) {
      return line(byId(id).title, model.details[id][field], colourOf(id), { lineStyle: lineStyle(id), z: id === current ? 5 : 2 });
    });
  }
  function lowestEquity() {
    var low = Infinity;
    curveIds().forEach(function (id) { model.details[id].equity.forEach(function (v) { if (v > 0 && v < low) low = v; }); });
    return low > 0 && low < Infinity ? Number((low * 0.95).toPrecision(2)) : undefined;
  }
  function equity() {
    var ids = curveIds();
    draw("equity", {
      label: "Equity of " + ids.map(function (id) { var e = model.details[id].equity; return byId(id).title + " ends at " + ratio(e[e.length - 1]) + " times the start"; }).join(", "),
      head: ["Day"].concat(ids.map(function (id) { return byId(id).title; })),
      rows: function () { return model.days.map(function (d, i) { return [day(d)].concat(ids.map(function (id) { return ratio(model.details[id].equity[i]); })); }); }
    }, function (c) {
      return base(c, {
        tooltip: told(c, function (v) { return Number(v).toFixed(3); }),
        axisPointer: { link: [{ xAxisIndex: "all" }], label: { backgroundColor: c.soft } },
        grid: [{ left: 64, right: 20, top: 34, height: 240 }, { left: 64, right: 20, top: 306, height: 96 }],
        xAxis: [Object.assign(times(c, model.days), { axisLabel: { show: false } }), Object.assign(times(c, model.days), { gridIndex: 1 })],
        yAxis: [values(c, "equity, start = 1", function (v) { return String(Number(Number(v).toPrecision(3))); }, { type: log ? "log" : "value", scale: true, min: log ? lowestEquity() : undefined }),
          values(c, "drawdown", per, { gridIndex: 1, splitNumber: 3 })],
        dataZoom: [{ type: "inside", xAxisIndex: [0, 1], zoomOnMouseWheel: "ctrl" }],
        series: curves("equity").concat(ids.filter(function (id) { return id === current || id === model.benchmark; }).map(function (id) {
          return line(byId(id).title, model.details[id].drawdown, colourOf(id), { xAxisIndex: 1, yAxisIndex: 1, lineStyle: lineStyle(id), areaStyle: id === current ? { opacity: 0.16 } : undefined });
        }))
      });
    });
  }
  function kpis() {
    var s = byId(current), b = model.benchmark && byId(model.benchmark), groups = clear("kpis"), box = groups;
    Object.keys(model.metrics).forEach(function (name) {
      if (GROUPS[name]) {
        groups.appendChild(node("h3", GROUPS[name]));
        box = groups.appendChild(node("div", undefined, "kpis"));
      }
      if (!(name in s.measures)) return;
      var info = model.metrics[name], e = node("div", undefined, "kpi");
      e.title = info.explanation;
      e.appendChild(node("div", info.title, "label"));
      e.appendChild(node("div", show(s.measures[name], info.format), "value"));
      if (b && b !== s) e.appendChild(node("div", "benchmark " + show(b.measures[name], info.format), "base"));
      box.appendChild(e);
    });
    groups.querySelectorAll(".kpis:empty").forEach(function (e) { e.previousSibling.remove(); e.remove(); });
  }
  function heat(at, caption, head, rows) {
    while (at.firstChild) at.removeChild(at.firstChild);
    var table = node("table", undefined, "heat");
    table.appendChild(node("caption", caption, "hidden"));
    var top = table.appendChild(node("thead")).appendChild(node("tr")), body = table.appendChild(node("tbody"));
    head.forEach(function (h) { var th = node("th", h); th.scope = "col"; top.appendChild(th); });
    rows.forEach(function (row) {
      var tr = body.appendChild(node("tr")), th = node("th", row.title);
      th.scope = "row";
      tr.appendChild(th);
      row.cells.forEach(function (cell) {
        var td = tinted(node("td", cell.text), cell.value, cell.from, cell.to);
        if (cell.title) td.title = cell.title;
        tr.appendChild(td);
      });
    });
    at.appendChild(table);
  }
  function extentOf(list) { return Math.max.apply(null, list.map(Math.abs).concat([0.01])); }
  function months() {
    var d = model.details[current], byMonth = {}, extent = extentOf(d.months.map(function (m) { return m.value; })), yearly = extentOf(d.years.map(function (y) { return y.value; }));
    d.months.forEach(function (m) { byMonth[m.year * 12 + m.month] = m.value; });
    heat(document.getElementById("months"), "Monthly returns of " + byId(current).title + ", percent", ["Year"].concat(MONTHS, "Year"), d.years.map(function (y) {
      var cells = MONTHS.map(function (_, m) {
        var v = byMonth[y.year * 12 + m + 1];
        return { text: missing(v) ? "" : fixed(100 * v, 1), value: v, from: -extent, to: extent };
      });
      return { title: String(y.year), cells: cells.concat({ text: fixed(100 * y.value, 1), value: y.value, from: -yearly, to: yearly }) };
    }));
  }
  function years() {
    var ids = [current].concat(model.benchmark && model.benchmark !== current && model.details[model.benchmark] ? [model.benchmark] : []), own = model.details[current].years;
    draw("years", {
      label: "Yearly returns, " + own.filter(function (y) { return y.value > 0; }).length + " of " + own.length + " years above zero",
      head: ["Year"].concat(ids.map(function (id) { return byId(id).title; })),
      rows: function () { return own.map(function (y, i) { return [String(y.year)].concat(ids.map(function (id) { return percent((model.details[id].years[i] || {}).value); })); }); }
    }, function (c) {
      return base(c, {
        tooltip: told(c, percent), xAxis: labels(c, own.map(function (y) { return String(y.year); })), yAxis: values(c, undefined, per),
        series: ids.map(function (id) { return { name: byId(id).title, type: "bar", barMaxWidth: 22, itemStyle: { color: id === current ? c.up : c.soft, opacity: id === current ? 1 : 0.45 }, data: model.details[id].years.map(function (y) { return y.value; }) }; })
      });
    });
  }
  function histogram() {
    var h = model.details[current].histogram, middle = h.counts.map(function (_, i) { return percent((h.edges[i] + h.edges[i + 1]) / 2, 2); });
    draw("histogram", { label: "Histogram of returns per bar with a normal distribution of the same mean and spread", head: ["Return", "Bars", "Normal"], rows: function () { return middle.map(function (m, i) { return [m, String(h.counts[i]), fixed(h.normal[i], 1)]; }); } }, function (c) {
      return base(c, {
        tooltip: told(c, whole), xAxis: labels(c, middle), yAxis: values(c, "bars"),
        series: [{ name: "Bars", type: "bar", barWidth: "92%", data: h.counts, itemStyle: { color: c.up, opacity: 0.75 } }, line("Normal distribution", h.normal, c.down, { smooth: true })]
      });
    });
  }
  function quantiles() {
    var q = model.details[current].qq, n = q.normal.length, reach = n ? Math.max(Math.abs(q.normal[0]), Math.abs(q.normal[n - 1])) : 1;
    draw("qq", { label: n ? "Quantiles against a normal distribution: the worst bar is " + fixed(q.returns[0], 1) + " standard deviations, a normal one would be " + fixed(q.normal[0], 1) : "Returns do not vary", head: ["Normal", "Returns"], rows: function () { return q.normal.map(function (x, i) { return [ratio(x), ratio(q.returns[i])]; }); } }, function (c) {
      return base(c, {
        legend: { show: false }, grid: { left: 64, right: 20, top: 14, bottom: 42 },
        tooltip: tip(c, { trigger: "item", formatter: function (p) { return "normal " + ratio(p.value[0]) + "<br>returns <b>" + ratio(p.value[1]) + "</b>"; } }),
        xAxis: values(c, "normal quantile", undefined, { nameGap: 26, splitLine: { show: false } }), yAxis: values(c, "standard deviations"),
        series: [{ type: "line", showSymbol: false, silent: true, data: [[-reach, -reach], [reach, reach]], lineStyle: { color: c.soft, type: "dashed", width: 1.2 } },
          { type: "scatter", symbolSize: 5, data: q.normal.map(function (x, i) { return [x, q.returns[i]]; }), itemStyle: { color: c.up } }]
      });
    });
  }
  function rolling() {
    var r = model.details[current].rolling;
    draw("rolling", { label: "Rolling Sharpe ratio, volatility and beta over 126 bars", head: ["Day", "Sharpe", "Volatility", "Beta"], rows: function () { return r.days.map(function (d, i) { return [day(d), ratio(r.sharpe[i]), percent(r.volatility[i]), ratio(r.beta[i])]; }); } }, function (c) {
      return base(c, {
        tooltip: told(c, function (v) { return missing(v) ? NONE : ratio(Number(v)); }),
        grid: { left: 64, right: 64, top: 34, bottom: 30 }, xAxis: times(c, r.days),
        yAxis: [values(c, "Sharpe, beta"), values(c, "volatility", per, { nameGap: 50, splitLine: { show: false } })],
        series: [line("Sharpe ratio", r.sharpe, c.up), line("Beta", r.beta, c.soft, { lineStyle: { color: c.soft, width: 1.4, type: "dotted" } }),
          line("Volatility (right)", r.volatility, c.down, { yAxisIndex: 1, lineStyle: { color: c.down, width: 1.4, type: "dashed" } })]
      });
    });
  }
  function activity() {
    var a = model.details[current].activity, at = a.months.map(monthText);
    draw("activity", { label: "Share of symbols held and trades begun, by month", head: ["Month", "Held", "Trades begun"], rows: function () { return at.map(function (m, i) { return [m, percent(a.held[i]), String(a.entries[i])]; }); } }, function (c) {
      return base(c, {
        tooltip: tip(c, { formatter: function (rows) { return "<b>" + esc(rows[0].axisValue) + "</b><br>" + rows.map(function (r) { return r.marker + esc(r.seriesName) + " &nbsp; <b>" + (r.seriesIndex === 0 ? percent(r.value) : whole(r.value)) + "</b>"; }).join("<br>"); } }),
        grid: { left: 64, right: 64, top: 34, bottom: 30 }, xAxis: labels(c, at),
        yAxis: [values(c, "symbols held", per, { min: 0 }), values(c, "trades begun", undefined, { splitLine: { show: false }, minInterval: 1 })],
        series: [line("Symbols held", a.held, c.up, { areaStyle: { opacity: 0.14 } }), { name: "Trades begun (right)", type: "bar", yAxisIndex: 1, data: a.entries, itemStyle: { color: c.down, opacity: 0.6 } }]
      });
    });
  }
  function tradeMarks(c, x, y) {
    return model.details[current].trades.map(function (t) {
      var colour = t.return >= 0 ? c.up : c.down;
      return { value: [x(t), y(t)], trade: t, symbol: t.return >= 0 ? "circle" : "diamond", itemStyle: { color: t.side > 0 ? colour : "transparent", borderColor: colour, borderWidth: 1.4, opacity: 0.75 } };
    });
  }
  function tradeTip(c) {
    return tip(c, { trigger: "item", formatter: function (p) { var t = p.data.trade; return "<b>" + esc(t.symbol) + "</b> " + (t.side > 0 ? "long" : "short") + "<br>" + day(t.entry) + " to " + day(t.exit) + ", " + t.bars + " bars<br>return <b>" + percent(t.return, 2) + "</b><br>at worst " + percent(t.adverse, 2) + ", at best " + percent(t.favourable, 2); } });
  }
  function tradeChart(id, label, x, y, names) {
    var list = model.details[current].trades;
    draw(id, { label: label, head: ["Symbol", "Side", "Entry", "Exit", "Bars", "Return", "Worst", "Best"], rows: function () { return list.map(function (t) { return [t.symbol, t.side > 0 ? "long" : "short", day(t.entry), day(t.exit), String(t.bars), percent(t.return, 2), percent(t.adverse, 2), percent(t.favourable, 2)]; }); } }, function (c) {
      return base(c, {
        legend: { show: false }, tooltip: tradeTip(c), grid: { left: 64, right: 20, top: 14, bottom: 42 },
        xAxis: values(c, names[0], names[2], { nameGap: 24, splitLine: { show: false } }), yAxis: values(c, names[1], per),
        series: [{ type: "scatter", symbolSize: 7, data: tradeMarks(c, x, y) }]
      });
    });
  }
  function trades() {
    var d = model.details[current], won = d.trades.filter(function (t) { return t.return > 0; }).length;
    note("trades-note", d.trades.length === 0 ? "No trades." : d.trades.length + " trades" + (d.tradesLeftOut > 0 ? ", the most recent ones; " + d.tradesLeftOut + " earlier ones are left out" : "") + ". One mark is one round trip: filled is long, hollow is short; circles won, diamonds lost.");
    tradeChart("trades", "Return against bars held of " + d.trades.length + " trades, " + won + " of which won", function (t) { return t.bars; }, function (t) { return t.return; }, ["bars held", "return"]);
    tradeChart("excursions", "Return against the worst loss while open (MAE) of " + d.trades.length + " trades", function (t) { return t.adverse; }, function (t) { return t.return; }, ["worst while open (MAE)", "return", per]);
    tradeChart("favourable", "Return against the best gain while open (MFE) of " + d.trades.length + " trades", function (t) { return t.favourable; }, function (t) { return t.return; }, ["best while open (MFE)", "return", per]);
  }
  function drawdowns() {
    var body = clear("drawdowns");
    model.details[current].drawdowns.forEach(function (d, i) {
      var row = body.appendChild(node("tr"));
      [String(i + 1), percent(d.depth), day(d.peak), day(d.trough), d.recovery === null ? "not yet" : day(d.recovery), String(d.bars)].forEach(function (x, k) { row.appendChild(node("td", x, k === 1 ? "neg" : "")); });
    });
    if (!body.firstChild) { var cell = body.appendChild(node("tr")).appendChild(node("td", "Equity never fell below an earlier high.", "left")); cell.colSpan = 6; }
  }
`
