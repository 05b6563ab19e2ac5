/** What could have been otherwise: parameters, costs, order of returns, time, scenarios, luck. */
export const robustness = String.raw`
  function gridMap() {
    var g = model.grids[current];
    hide("grid-part", !g);
    if (!g) return;
    var x = document.getElementById("grid-x"), y = document.getElementById("grid-y"), of = document.getElementById("grid-of");
    if (x.owner !== current) {
      x.owner = current;
      [x, y].forEach(function (at, k) {
        while (at.firstChild) at.removeChild(at.firstChild);
        if (k === 1) at.appendChild(option("", "none"));
        g.names.forEach(function (name, i) { at.appendChild(option(String(i), name)); });
      });
      y.value = g.names.length > 1 ? "1" : "";
    }
    var xi = Number(x.value), yi = y.value === "" || y.value === x.value ? -1 : Number(y.value);
    function distinct(i) { return i < 0 ? [0] : Array.from(new Set(g.sets.map(function (s) { return s[i]; }))).sort(function (a, b) { return a - b; }); }
    var xs = distinct(xi), ys = distinct(yi), cells = {}, all = [];
    g.sets.forEach(function (s, k) {
      if (missing(g.values[k])) return;
      var key = s[xi] + " " + (yi < 0 ? 0 : s[yi]);
      (cells[key] = cells[key] || []).push(g.values[k]);
    });
    Object.keys(cells).forEach(function (key) {
      var list = cells[key].sort(function (a, b) { return a - b; }), n = list.length;
      cells[key] = { n: n, value: of.value === "best" ? list[n - 1] : of.value === "worst" ? list[0] : (list[Math.floor((n - 1) / 2)] + list[Math.ceil((n - 1) / 2)]) / 2 };
      all.push(cells[key].value);
    });
    var low = Math.min.apply(null, all), high = Math.max.apply(null, all);
    note("grid-note", model.objective.title + " on the history of " + g.tried + " sets" + (g.sets.length < g.tried ? ", " + g.sets.length + " of them shown" : "") + ". A plateau is a good sign; a lone peak is luck.");
    heat(document.getElementById("grid"), g.title + ": " + model.objective.title + " by " + g.names[xi] + (yi < 0 ? "" : " and " + g.names[yi]), [yi < 0 ? "" : g.names[yi] + " \\ " + g.names[xi]].concat(xs.map(String)), ys.map(function (b) {
      return { title: yi < 0 ? g.names[xi] : String(b), cells: xs.map(function (a) { var cell = cells[a + " " + b]; return { text: cell ? ratio(cell.value) : "", value: cell && cell.value, from: low, to: high, title: cell && cell.n > 1 ? cell.n + " sets" : "" }; }) };
    }));
  }
  function heatmaps() {
    model.heatmaps.forEach(function (h, n) {
      var at = document.getElementById("heat-" + n), all = [].concat.apply([], h.values).filter(function (v) { return v !== null; });
      if (!at) return;
      var low = Math.min.apply(null, all), high = Math.max.apply(null, all), dense = h.x.values.length > 8;
      heat(at, h.title + ": Sharpe ratio by " + h.x.name + " and " + h.y.name, [h.y.name + " \\ " + h.x.name].concat(h.x.values.map(String)), h.y.values.map(function (b, y) {
        return { title: String(b), cells: h.values[y].map(function (v, x) { return { text: v === null ? "" : fixed(v, dense ? 1 : 2), value: v, from: low, to: high, title: h.x.name + " " + h.x.values[x] + ", " + h.y.name + " " + b + ": " + ratio(v) }; }) };
      }));
      at.firstChild.classList.toggle("dense", dense);
    });
  }
  function fan() {
    var d = model.details[current], f = d.fan;
    hide("fan-part", !f);
    if (!f) return;
    var q = f.quantiles, last = f.days.length - 1, actual = f.days.map(function (at) { return d.equity[model.days.indexOf(at)]; });
    if (actual.some(missing)) {
      var k = 0;
      actual = f.days.map(function (at) { while (k < model.days.length - 1 && model.days[k] < at) k++; return d.equity[k]; });
    }
    note("fan-note", f.paths + " histories drawn from the returns of this strategy in blocks of " + fixed(f.blockLength, 1) + " bars on average. " + percent(f.losing, 0) + " of them end below where they began; nine in ten end between " + ratio(q[0][last]) + " and " + ratio(q[4][last]) + " times the start.");
    draw("fan", { label: "Fan of resampled equity: the middle ends at " + ratio(q[2][last]) + ", nine in ten between " + ratio(q[0][last]) + " and " + ratio(q[4][last]) + "; actual " + ratio(actual[last]), head: ["Day", "5 %", "25 %", "Median", "75 %", "95 %", "Actual"], rows: function () { return f.days.map(function (at, i) { return [day(at)].concat(q.map(function (one) { return ratio(one[i]); }), ratio(actual[i])); }); } }, function (c) {
      function band(name, low, high, opacity) {
        return [line(name + " floor", q[low], "transparent", { stack: name, lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } }),
          line(name, q[high].map(function (v, i) { return v - q[low][i]; }), c.up, { stack: name, lineStyle: { opacity: 0 }, areaStyle: { color: c.up, opacity: opacity }, silent: true })];
      }
      return base(c, {
        legend: { show: false }, xAxis: times(c, f.days), yAxis: values(c, "equity, start = 1", function (v) { return String(Number(Number(v).toPrecision(3))); }),
        tooltip: tip(c, { formatter: function (rows) { var i = rows[0].dataIndex; return "<b>" + day(f.days[i]) + "</b><br>5 % to 95 %: " + ratio(q[0][i]) + " to " + ratio(q[4][i]) + "<br>25 % to 75 %: " + ratio(q[1][i]) + " to " + ratio(q[3][i]) + "<br>median " + ratio(q[2][i]) + "<br>actual <b>" + ratio(actual[i]) + "</b>"; } }),
        series: band("90 %", 0, 4, 0.14).concat(band("50 %", 1, 3, 0.24), [line("Median", q[2], c.up, { lineStyle: { color: c.up, width: 1.4, type: "dashed" } }), line("Actual", actual, c.ink, { lineStyle: { color: c.ink, width: 2 } })])
      });
    });
  }
  function costs() {
    var list = model.details[current].costs, at = list.map(function (k) { return k.label; });
    draw("costs", { label: "Annual return and Sharpe ratio by costs: " + list.map(function (k) { return k.label + " " + percent(k.annualReturn); }).join(", "), head: ["Costs", "Fees, bps", "Slippage, bps", "Annual return", "Sharpe"], rows: function () { return list.map(function (k) { return [k.label, String(k.feesBps), String(k.slippageBps), percent(k.annualReturn), ratio(k.sharpe)]; }); } }, function (c) {
      return base(c, {
        grid: { left: 64, right: 64, top: 34, bottom: 42 }, xAxis: labels(c, at, "fees and slippage"),
        tooltip: tip(c, { formatter: function (rows) { var k = list[rows[0].dataIndex]; return "<b>" + esc(k.label) + "</b>, fees " + k.feesBps + ", slippage " + k.slippageBps + " bps<br>a year <b>" + percent(k.annualReturn) + "</b><br>Sharpe <b>" + ratio(k.sharpe) + "</b>"; } }),
        yAxis: [values(c, "a year", per), values(c, "Sharpe", undefined, { splitLine: { show: false } })],
        series: [{ name: "Annual return", type: "bar", barMaxWidth: 44, data: list.map(function (k) { return k.annualReturn; }), itemStyle: { color: c.up } }, line("Sharpe ratio (right)", list.map(function (k) { return k.sharpe; }), c.down, { yAxisIndex: 1, showSymbol: true, symbolSize: 7 })]
      });
    });
  }
  function walkForward() {
    var w = model.walkForward[current];
    hide("walk-part", !w);
    if (!w) return;
    note("walk-note", "Parameters are chosen on the days before each test and then left alone. Out of sample: " + percent(w.annualReturn) + " a year, " + model.objective.title + " " + ratio(w.objective) + ", deepest drawdown " + percent(w.maxDrawdown) + ". " + (missing(w.efficiency) ? "Efficiency is not defined: what was chosen lost where it was chosen" : percent(w.efficiency, 0) + " of the return in sample was kept (efficiency)") + ". " + percent(w.unchanged, 0) + " of the folds chose what the one before chose; a choice lay " + percent(w.distance, 0) + " of the range from the last.");
    draw("walk", { label: "Annual return of each fold in sample and out of sample", head: ["Fold", "Train", "Test", "Parameters", "In sample", "Out of sample", "Objective in", "Objective out"], rows: function () { return w.folds.map(function (f, i) { return [String(i + 1), day(f.trainFirst) + " to " + day(f.trainLast), day(f.testFirst) + " to " + day(f.testLast), f.parameters, percent(f.annualTrain), percent(f.annualTest), ratio(f.objectiveTrain), ratio(f.objectiveTest)]; }); } }, function (c) {
      return base(c, {
        tooltip: tip(c, { formatter: function (rows) { var f = w.folds[rows[0].dataIndex]; return "<b>" + day(f.testFirst) + " to " + day(f.testLast) + "</b><br>" + esc(f.parameters) + "<br>in sample " + percent(f.annualTrain) + "<br>out of sample <b>" + percent(f.annualTest) + "</b>"; } }),
        xAxis: labels(c, w.folds.map(function (f) { return day(f.testFirst).slice(0, 7); })), yAxis: values(c, "a year", per),
        series: [{ name: "In sample", type: "bar", barMaxWidth: 22, data: w.folds.map(function (f) { return f.annualTrain; }), itemStyle: { color: c.soft, opacity: 0.5 } }, { name: "Out of sample", type: "bar", barMaxWidth: 22, data: w.folds.map(function (f) { return f.annualTest; }), itemStyle: { color: c.up } }]
      });
    });
    draw("walk-curve", { label: "Equity out of sample, all folds one after the other", head: ["Day", "Equity"], rows: function () { return w.curve.days.map(function (at, i) { return [day(at), ratio(w.curve.equity[i])]; }); } }, function (c) {
      return base(c, { legend: { show: false }, tooltip: told(c, function (v) { return Number(v).toFixed(3); }), xAxis: times(c, w.curve.days), yAxis: values(c, "equity out of sample", undefined, { scale: true }), series: [line("Equity", w.curve.equity, c.up)] });
    });
  }
  var STATISTICS = { sharpe: ["Sharpe", ratio], annual_return: ["Annual return", percent], max_drawdown: ["Max drawdown", percent], excess_return: ["Annual return over the benchmark", percent], trade_order_drawdown: ["Max drawdown, trades in random order", percent] };
  function intervals() {
    var list = model.intervals[current] || [];
    hide("interval-part", list.length === 0);
    if (list.length === 0) return;
    note("interval-note", "In " + percent(list[0].confidence, 0) + " of histories resampled in blocks the value lies between the two; BCa corrects for bias and skewness.");
    fill(document.getElementById("intervals"), ["Statistic", "Estimate", "Low", "High", "BCa low", "BCa high"], list.map(function (i) {
      var name = STATISTICS[i.statistic] || [i.statistic, ratio];
      return [name[0]].concat([i.estimate, i.low, i.high, i.bcaLow, i.bcaHigh].map(function (x) { return name[1](x); }));
    }));
  }
  function scenarios() {
    var body = clear("scenarios");
    if (!body) return;
    var ids = [current].concat(model.strategies.slice(0, 4).map(function (s) { return s.id; }), model.benchmark || []).filter(function (id, i, all) { return all.indexOf(id) === i; });
    var table = body.appendChild(node("table")), top = table.appendChild(node("thead")).appendChild(node("tr")), rows = table.appendChild(node("tbody"));
    ["Scenario", "Type"].forEach(function (h) { top.appendChild(node("th", h, "left")); });
    ids.forEach(function (id) { top.appendChild(node("th", byId(id).title)); });
    model.scenarios.forEach(function (scenario) {
      var tr = rows.appendChild(node("tr")), name = tr.appendChild(node("td", scenario.title, "left name"));
      name.appendChild(node("span", scenario.id, "params"));
      tr.appendChild(node("td", scenario.type.replace("_", " "), "left"));
      ids.forEach(function (id) {
        var r = scenario.returns[id], td = tr.appendChild(node("td", r ? percent(r.median) : NONE, r && r.median < 0 ? "neg" : ""));
        if (r && r.cells > 1) td.appendChild(node("span", percent(r.worst, 0) + " to " + percent(r.best, 0), "range"));
      });
    });
  }
  function logits() {
    var h = model.trials.logits, at = h.counts.map(function (_, i) { return ((h.edges[i] + h.edges[i + 1]) / 2).toFixed(1).replace("-", "−"); });
    draw("logits", { label: "Histogram of the logits of the out-of-sample rank: " + percent(model.trials.pbo, 0) + " are at or below zero", head: ["Logit", "Splits"], rows: function () { return at.map(function (x, i) { return [x, String(h.counts[i])]; }); } }, function (c) {
      return base(c, {
        legend: { show: false }, grid: { left: 64, right: 20, top: 14, bottom: 42 }, tooltip: told(c, String),
        xAxis: labels(c, at, "logit of the out-of-sample rank (left of 0 = lower half)"), yAxis: values(c, "splits"),
        series: [{ name: "Splits", type: "bar", barWidth: "92%", data: h.counts.map(function (n, i) { return { value: n, itemStyle: { color: h.edges[i + 1] <= 0.001 ? c.down : c.up } }; }) }]
      });
    });
  }
`
