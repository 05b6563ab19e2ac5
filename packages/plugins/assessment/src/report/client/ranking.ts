/** The ranking: rows are made as they are scrolled to, so that thousands stay quick; sorted by any column, filtered by words. */
export const ranking = String.raw`
  var STEP = 60, shownRows = 0, order = [], sortBy = { key: "rank", up: true };
  var MARKS = { robust: "●", fragile: "▲", overfit: "✕", "insufficient data": "○" };
  function sortKey(s, key) { return key === "title" || key === "verdict" ? s[key].toLowerCase() : key in s ? s[key] : s.measures[key]; }
  function sorted() {
    var words = document.getElementById("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    var kept = model.strategies.filter(function (s) {
      var text = (s.title + " " + s.id + " " + s.parameters + " " + s.verdict).toLowerCase();
      return words.every(function (w) { return text.indexOf(w) >= 0; });
    });
    var sign = sortBy.up ? 1 : -1;
    return kept.map(function (s) { return [sortKey(s, sortBy.key), s]; }).sort(function (a, b) {
      if (missing(a[0]) || missing(b[0])) return missing(a[0]) - missing(b[0]) || a[1].rank - b[1].rank;
      return (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * sign || a[1].rank - b[1].rank;
    }).map(function (pair) { return pair[1]; });
  }
  function two(text, below, className) { var td = node("td", text, className); td.appendChild(node("span", below, "range")); return td; }
  function rankingRow(s) {
    var tr = node("tr", undefined, s.id === model.benchmark ? "benchmark" : ""), name = node("td", undefined, "left name"), pick = node("button", s.title, "link");
    tr.appendChild(node("td", String(s.rank)));
    pick.type = "button";
    pick.addEventListener("click", function () { choose(s.id); document.getElementById("detail-title").scrollIntoView(); document.getElementById("pick").focus({ preventScroll: true }); });
    name.appendChild(pick);
    name.appendChild(node("span", s.parameters, "params"));
    tr.appendChild(name);
    var verdict = node("span", (MARKS[s.verdict] || "") + " " + s.verdict, "verdict " + s.verdict.split(" ")[0]);
    verdict.title = s.because;
    tr.appendChild(node("td", undefined, "left")).appendChild(verdict);
    var p = s.parts;
    tr.appendChild(two(ratio(s.score), [p.objective, p.tail, p.drawdown, p.luck, p.selection].map(signed).join(" ")));
    model.headline.forEach(function (name) { var x = s.measures[name]; tr.appendChild(node("td", show(x, model.metrics[name].format), !missing(x) && x < 0 ? "neg" : "")); });
    tr.appendChild(two(ratio(s.objectiveMedian), ratio(s.objectiveQuantile10)));
    tr.appendChild(node("td", ratio(s.objectiveOutOfSample), s.objectiveOutOfSample < 0 ? "neg" : ""));
    tr.appendChild(node("td", ratio(s.dsr)));
    tr.appendChild(node("td", ratio(s.pbo)));
    return tr;
  }
  function moreRows(n) {
    var body = document.getElementById("ranking"), rest = order.slice(shownRows, shownRows + n), all = document.createDocumentFragment();
    rest.forEach(function (s) { all.appendChild(rankingRow(s)); });
    body.appendChild(all);
    shownRows += rest.length;
    var left = order.length - shownRows;
    hide("more", left === 0);
    note("more", "Show more (" + left + " left)");
    note("ranking-count", order.length === model.strategies.length ? order.length + " strategies" : order.length + " of " + model.strategies.length + " strategies");
  }
  function rankingTable() {
    order = sorted();
    shownRows = 0;
    clear("ranking");
    moreRows(STEP);
    document.querySelectorAll("th[data-sort]").forEach(function (th) {
      th.setAttribute("aria-sort", th.getAttribute("data-sort") !== sortBy.key ? "none" : sortBy.up ? "ascending" : "descending");
    });
  }
  function listenToRanking() {
    document.querySelectorAll("th[data-sort] button").forEach(function (button) {
      button.addEventListener("click", function () {
        var key = button.parentNode.getAttribute("data-sort");
        var up = key === sortBy.key ? !sortBy.up : key === "rank" || key === "title" || key === "verdict" || key === "pbo";
        sortBy = { key: key, up: up };
        rankingTable();
      });
    });
    document.getElementById("filter").addEventListener("input", rankingTable);
    var more = document.getElementById("more");
    more.addEventListener("click", function () { moreRows(STEP); });
    if (window.IntersectionObserver) new IntersectionObserver(function (seen) { if (seen[0].isIntersecting && shownRows > 0) moreRows(STEP); }).observe(more);
  }
`
