/**
 * The script of the page, as text: it runs in the reader's browser, without modules and without this package. It draws a
 * chart when it comes into view (all of them before printing), in the colours of the theme, and sets `data-ready` on the
 * root when every chart that is in view is drawn. Texts go through ECharts' canvas or through textContent, never innerHTML.
 */
export const client = `"use strict";
(function () {
  var root = document.documentElement
  var data = JSON.parse(document.getElementById("charts").textContent)
  var live = new Map()
  var still = matchMedia("(prefers-reduced-motion: reduce)").matches
  function token(name) { return getComputedStyle(root).getPropertyValue("--" + name).trim() }
  function share(v) { return +(v * 100).toPrecision(3) + "%" }
  function short(v) {
    if (typeof v !== "number") return v === null || v === undefined ? "" : String(v)
    var a = Math.abs(v)
    if (a >= 1e12 || (a > 0 && a < 1e-4)) return v.toExponential(1)
    if (a >= 1e9) return +(v / 1e9).toPrecision(3) + "B"
    if (a >= 1e6) return +(v / 1e6).toPrecision(3) + "M"
    if (a >= 1e4) return +(v / 1e3).toPrecision(3) + "k"
    return String(+v.toPrecision(4))
  }
  function axis(a) {
    var value = a.type === "value"
    return Object.assign({}, a, {
      axisLine: { show: !value, lineStyle: { color: token("line") } },
      splitLine: { show: value, lineStyle: { color: token("line") } },
      nameTextStyle: { color: token("muted") },
      axisLabel: Object.assign({ color: token("muted"), fontSize: 11 }, value ? { formatter: short } : {}, a.axisLabel)
    })
  }
  function optionOf(chart) {
    var o = chart.option
    return Object.assign({}, o, {
      animation: !still && !matchMedia("print").matches, animationDuration: 250,
      color: ["s0", "s1", "s2", "s3", "s4", "s5"].map(token), textStyle: { fontFamily: "system-ui, sans-serif" },
      aria: { enabled: false }, xAxis: axis(o.xAxis), yAxis: axis(o.yAxis),
      tooltip: Object.assign({ renderMode: "richText", confine: true, backgroundColor: token("surface"), borderColor: token("line"), textStyle: { color: token("text"), fontSize: 12 },
        valueFormatter: function (v) { return Array.isArray(v) ? v.map(short).join(", ") : typeof v === "number" ? String(+v.toPrecision(6)) : "" } }, o.tooltip),
      series: o.series.map(function (s) {
        if (!s.label) return s
        var format = s.label.kind === "share" ? share : short
        return Object.assign({}, s, { label: { show: true, position: s.label.position, color: token("text"), fontSize: 11, formatter: function (p) { return format(p.value) } } })
      })
    })
  }
  function draw(figure) {
    var chart = data[figure.dataset.chart]
    if (!chart || live.has(figure) || typeof echarts === "undefined") return
    var instance = echarts.init(figure.querySelector(".canvas"), null, { renderer: "svg" })
    instance.setOption(optionOf(chart))
    live.set(figure, { instance: instance, chart: chart })
  }
  var figures = Array.prototype.slice.call(document.querySelectorAll("figure[data-chart]"))
  function drawAll() { figures.forEach(draw); live.forEach(function (l) { l.instance.resize() }) }
  if ("IntersectionObserver" in window) {
    var seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) { if (e.isIntersecting) { draw(e.target); seen.unobserve(e.target) } })
      root.dataset.ready = "true"
    }, { rootMargin: "400px" })
    figures.forEach(function (f) { seen.observe(f) })
    if (figures.length === 0) root.dataset.ready = "true"
  } else { drawAll(); root.dataset.ready = "true" }
  addEventListener("beforeprint", drawAll)
  addEventListener("resize", function () { live.forEach(function (l) { l.instance.resize() }) })
  function repaint() { live.forEach(function (l) { l.instance.setOption(optionOf(l.chart), true) }) }
  var button = document.getElementById("theme")
  function apply(theme) { root.dataset.theme = theme; button.textContent = theme === "dark" ? "Light theme" : "Dark theme"; repaint() }
  var wanted = root.dataset.wanted
  apply(wanted === "auto" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : wanted)
  button.addEventListener("click", function () { apply(root.dataset.theme === "dark" ? "light" : "dark") })
  var search = document.getElementById("column-search")
  if (search) search.addEventListener("input", function () {
    var words = search.value.trim().toLowerCase()
    document.querySelectorAll("article.column").forEach(function (a) { a.hidden = a.dataset.name.indexOf(words) < 0 })
  })
})()
`
