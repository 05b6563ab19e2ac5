import { Script } from "node:vm"
import { assert, describe, it } from "vitest"
import { backtest } from "../../src/backtest/backtest.ts"
import { client } from "../../src/report/client/index.ts"
import { activityOf } from "../../src/report/activity.ts"
import { histogram, quantilePairs, returnHistogram, rolling, rollingBeta } from "../../src/report/distributions.ts"
import { csvText, escapeHtml, jsonForScript } from "../../src/report/escape.ts"
import { ofStrategy, withinBytes } from "../../src/report/extracts.ts"
import { fanOf } from "../../src/report/fan.ts"
import { chartsSource, reportFiles } from "../../src/report/files.ts"
import { heatmapOf } from "../../src/report/heatmap.ts"
import { reportPage } from "../../src/report/page.ts"
import { monthlyReturns, yearlyReturns } from "../../src/report/periods.ts"
import { allocations, builtIn } from "../../src/strategies/index.ts"
import { normalQuantile } from "../../src/performance/normal.ts"
import type { ReportModel } from "../../src/report/ReportModel.ts"
import { randomFrom } from "../../src/simulation/random.ts"
import { benchesOf, modelOf, testRules } from "../support/report.ts"
import { normalFrom, walk } from "../support/series.ts"

const EVIL = `</script><img src=x onerror=alert(1)>"'&`
const market = { AAA: walk({ seed: 1, bars: 800, drift: 5e-4 }), [EVIL]: walk({ seed: 2, bars: 700 }) }
const use = builtIn.filter((s) => ["buy_and_hold", "sma_cross", "rsi_reversion", "ts_momentum", "random_entry"].includes(s.name))
const make = () => modelOf(market, { use, warnings: [EVIL], provenance: [["Market data", "version 1"]] })
const { model, rows } = make()
const charts = chartsSource()
const files = [...reportFiles(model, rows, charts)]
const page = files.find((f) => f.name === "assessment.html")!.content

describe("the report", () => {
  it("has the same bytes for the same inputs, and no clock in them", () => {
    const again = make()
    assert.deepStrictEqual([...reportFiles(again.model, again.rows, charts)], files)
    assert.notInclude(
      page,
      String(new Date().getUTCFullYear()) +
        "-" +
        String(new Date().getUTCMonth() + 1).padStart(2, "0") +
        "-" +
        String(new Date().getUTCDate()).padStart(2, "0")
    )
  })

  it("opens its curves on a logarithmic axis where equity goes over more than a factor of ten", () => {
    const opening = (equity: ReadonlyArray<number>) =>
      reportPage({ ...model, details: { buy_and_hold: { ...model.details["buy_and_hold"]!, equity } } }, "")
    assert.include(opening([1, 0.5, 4.9]), 'id="log" class="controls" type="button" aria-pressed="false"')
    assert.include(opening([1, 0.5, 5]), 'id="log" class="controls" type="button" aria-pressed="true"')
  })

  it("is one file below 3 MB that loads nothing", () => {
    assert.isBelow(Buffer.byteLength(page), 3_000_000)
    const own = page.replace(charts, "")
    assert.notMatch(own, /<(?:link|script|img|iframe)\b[^>]*\b(?:src|href)=(?!"data:)/)
    assert.notMatch(own, /@import|url\(|fetch\(|XMLHttpRequest/)
    assert.include(page, "default-src 'none'")
  })

  it("escapes what is not its own, in text, in attributes and in the script", () => {
    const own = page.replace(charts, "")
    assert.notInclude(own, "<img")
    assert.include(own, escapeHtml(EVIL))
    assert.include(own, "\\u003c/script\\u003e")
    assert.strictEqual(own.split("</script>").length, 4) // data, charts, client: three ends
    const data = /<script type="application\/json" id="model">(.*?)<\/script>/s.exec(page)![1]!
    assert.deepStrictEqual(JSON.parse(data), JSON.parse(JSON.stringify(model)))
  })

  it("carries a script that parses", () => {
    assert.doesNotThrow(() => void new Script(client))
  })

  it("shows each strategy with its best parameters, best first, and the benchmark", () => {
    assert.strictEqual(model.strategies.length, use.length)
    assert.strictEqual(model.benchmark, "buy_and_hold")
    const ranks = model.strategies.map((s) => s.rank)
    assert.deepStrictEqual(
      ranks,
      ranks.toSorted((a, b) => a - b)
    )
    const held = model.strategies.find((s) => s.id === "buy_and_hold")!
    assert.closeTo(held.measures.beta!, 1, 1e-6)
    assert.closeTo(model.details["buy_and_hold"]!.equity.at(-1)! - 1, held.measures.total_return!, 1e-5)
  })

  it("keeps months, years and the whole consistent", () => {
    for (const s of model.strategies) {
      const detail = model.details[s.id]!
      const product = (values: ReadonlyArray<{ readonly value: number }>) => values.reduce((a, v) => a * (1 + v.value), 1) - 1
      assert.closeTo(product(detail.months), s.measures.total_return!, 1e-4)
      assert.closeTo(product(detail.years), s.measures.total_return!, 1e-4)
      assert.closeTo(Math.min(...detail.drawdown), s.measures.max_drawdown!, 1e-5)
    }
  })

  it("maps two parameters by the sweep path with the same Sharpe ratios as the plain engine", () => {
    const map = model.heatmaps.find((h) => h.strategy === "sma_cross")!
    assert.deepStrictEqual([map.x.name, map.y.name], ["fast", "slow"])
    assert.isAbove(map.combinations, 200)
    const strategy = builtIn.find((s) => s.name === "sma_cross")!
    const { crossover: _, ...withoutShortcut } = strategy
    const plain = modelOf(market, { use: [withoutShortcut] }).model.heatmaps[0]!
    for (const [i, fast] of plain.x.values.entries())
      for (const [j, slow] of plain.y.values.entries()) {
        const [x, y] = [map.x.values.indexOf(fast), map.y.values.indexOf(slow)]
        if (x >= 0 && y >= 0) assert.closeTo(map.values[y]![x]!, plain.values[j]![i]!, 1e-6)
      }
  })

  it("maps the Sharpe ratio of the tables, over the risk-free rate", () => {
    const strategy = builtIn.find((s) => s.name === "sma_cross")!
    const [bench] = benchesOf({ AAA: market.AAA })
    const rules = { ...testRules, riskFree: 0.03 }
    const map = heatmapOf(strategy, [bench!], rules)!
    const parameters = strategy.parameters.map((p, i) => [map.x.values[1]!, map.y.values[2]!][i] ?? p.default)
    assert.closeTo(map.values[2]![1]!, backtest(bench!, strategy, parameters, rules).measures.sharpe, 1e-6)
  })
})

describe("the pages of one report", () => {
  const pages = files.filter((f) => f.media === "text/html")
  const dataOf = (content: string): ReportModel =>
    JSON.parse(/<script type="application\/json" id="model">(.*?)<\/script>/s.exec(content)![1]!) as ReportModel

  it("are one for all, and one for each of the best strategies with the benchmark beside it", () => {
    assert.strictEqual(pages.length, 1 + model.strategies.length)
    const own = dataOf(pages.find((f) => f.name.endsWith("sma_cross.html"))!.content)
    assert.deepStrictEqual(Object.keys(own.details).toSorted(), ["buy_and_hold", "sma_cross"])
    assert.deepStrictEqual(
      own.heatmaps.map((h) => h.strategy),
      ["sma_cross"]
    )
    assert.strictEqual(own.focus?.of, rows.length)
  })

  it("keep the best in full within the bytes, and of the others the headline", () => {
    const many: ReportModel = {
      ...model,
      strategies: Array.from({ length: 1000 }, (_, i) => ({ ...model.strategies[i % 5]!, id: `s${i}`, rank: i + 1 })),
      details: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`s${i}`, model.details[model.strategies[i % 5]!.id]!])),
      benchmark: "s7"
    }
    const made = reportPage(withinBytes(many, 2_900_000 - Buffer.byteLength(charts)), charts)
    assert.isBelow(Buffer.byteLength(made), 3_000_000)
    const { strategies, details } = dataOf(made)
    assert.strictEqual(strategies.length, 1000)
    assert.include(Object.keys(details), "s7")
    assert.isAbove(Object.keys(details).length, 10)
    assert.strictEqual(Object.keys(strategies[0]!.measures).length, Object.keys(model.metrics).length)
    assert.deepStrictEqual(Object.keys(strategies.at(-1)!.measures), [...model.headline])
  })

  it("name a file by what a file system takes, whatever a strategy is called", () => {
    const odd = model.strategies.map((s) => (s.id === "sma_cross" ? { ...s, id: "../a b" } : s))
    const named = [...reportFiles({ ...model, strategies: odd }, rows, charts)].map((f) => f.name)
    for (const name of named) assert.match(name, /^[\w-]+\.(?:html|json|csv)$/u)
    assert.strictEqual(new Set(named).size, named.length)
  })

  it("of the benchmark alone has nothing beside it", () => {
    const held = model.strategies.find((s) => s.id === model.benchmark)!
    assert.deepStrictEqual(
      ofStrategy(model, held, 9).strategies.map((s) => s.id),
      ["buy_and_hold"]
    )
  })
})

describe("what could have been otherwise", () => {
  it("costs: nobody who trades does better when trading costs more, and a run as configured is as it was ranked", () => {
    for (const s of model.strategies) {
      const { costs } = model.details[s.id]!
      assert.deepStrictEqual(
        costs.map((c) => c.feesBps),
        [0, 5, 10, 20]
      )
      assert.closeTo(costs[1]!.annualReturn!, s.measures.annual_return!, 1e-6)
      assert.closeTo(costs[1]!.sharpe!, s.measures.sharpe!, 1e-6)
      for (let i = 1; i < costs.length; i++) assert.isBelow(costs[i]!.annualReturn!, costs[i - 1]!.annualReturn!, s.id)
    }
  })

  it("allocations: their one account pays the costs, too", () => {
    const together = [...allocations, ...builtIn].filter((s) => ["dual_momentum", "buy_and_hold"].includes(s.name))
    const { costs } = modelOf({ A: market.AAA, B: walk({ seed: 5, bars: 800 }) }, { use: together }).model.details[
      "dual_momentum"
    ]!
    assert.isBelow(costs[3]!.annualReturn!, costs[0]!.annualReturn!)
  })

  it("order: the fan of normal returns ends where the log-normal distribution says, the same for the same seed", () => {
    const random = normalFrom(randomFrom(3))
    const returns = Float64Array.from({ length: 500 }, () => Math.expm1(0.01 * random()))
    const dates = Int32Array.from(returns, (_, t) => 15_000 + t)
    const fan = fanOf(dates, returns, 1)!
    assert.deepStrictEqual(fanOf(dates, returns, 1), fan)
    assert.notDeepEqual(fanOf(dates, returns, 2), fan)
    const spread = Math.log(fan.quantiles[4]!.at(-1)! / fan.quantiles[0]!.at(-1)!)
    assert.closeTo(spread, 2 * 1.645 * 0.01 * Math.sqrt(500), 0.2)
    for (const [i] of fan.days.entries()) {
      const at = fan.quantiles.map((q) => q[i]!)
      assert.deepStrictEqual(
        at,
        at.toSorted((a, b) => a - b)
      )
    }
    assert.isUndefined(fanOf(dates.subarray(0, 20), returns.subarray(0, 20), 1))
    assert.isUndefined(fanOf(dates, new Float64Array(500), 1))
  })

  it("parameters: every set that was tried, with its objective", () => {
    const grid = model.grids["sma_cross"]!
    assert.deepStrictEqual(grid.names, ["fast", "slow"])
    assert.strictEqual(grid.sets.length, rows.filter((r) => r.strategy === "sma_cross").length)
    const best = rows.find((r) => r.strategy === "sma_cross")!
    const set = JSON.parse(best.parameters) as Record<string, number>
    const at = grid.sets.findIndex(([fast, slow]) => fast === set["fast"] && slow === set["slow"])
    assert.closeTo(grid.values[at]!, best.numbers["objective_history"]!, 1e-6)
    assert.isUndefined(model.grids["buy_and_hold"])
  })
})

describe("escaping", () => {
  it("keeps spreadsheets from running text, and leaves numbers alone", () => {
    assert.strictEqual(
      csvText([["=1+1", "+x", "-x", "@x", 'a"b', "a,b", -1.5, NaN, null]]),
      `'=1+1,'+x,'-x,'@x,"a""b","a,b",-1.5,,\r\n`
    )
  })
  it("keeps JSON valid inside a script", () => {
    const text = jsonForScript({ a: "</script><!--\u2028&" })
    assert.notMatch(text, /[<>&\u2028]/)
    assert.deepStrictEqual(JSON.parse(text), { a: "</script><!--\u2028&" })
  })
})

describe("periods and distributions", () => {
  it("compounds by calendar month and year", () => {
    const day = (text: string) => Date.parse(text) / 86_400_000
    const dates = Int32Array.from(["2020-01-30", "2020-01-31", "2020-02-03", "2021-02-01"], day)
    const returns = Float64Array.of(0.1, 0.1, -0.5, 0.2)
    const months = monthlyReturns(dates, returns)
    assert.deepStrictEqual(
      months.map((m) => [m.year, m.month, Number(m.value.toFixed(10))]),
      [
        [2020, 1, 0.21],
        [2020, 2, -0.5],
        [2021, 2, 0.2]
      ]
    )
    assert.deepStrictEqual(
      yearlyReturns(dates, returns).map((y) => Number(y.value.toFixed(10))),
      [-0.395, 0.2]
    )
  })
  it("counts every value once, the outer bins holding what is beyond", () => {
    assert.deepStrictEqual(histogram(Float64Array.of(-9, 0, 0.5, 0.99, 1, 7, NaN), { low: 0, high: 1, bins: 2 }), {
      edges: [0, 0.5, 1],
      counts: [2, 4]
    })
    const { counts, normal } = returnHistogram(walk({ seed: 1, bars: 500 }).close.map((c) => c / 100 - 1))
    assert.strictEqual(
      counts.reduce((a, b) => a + b),
      500
    )
    assert.closeTo(
      normal.reduce((a, b) => a + b),
      500,
      1e-9
    )
  })
  it("counts a position from the day of its entry to the day before its exit, an open one to the last day", () => {
    const day = Date.parse("2020-01-30") / 86_400_000
    const dates = Int32Array.of(day, day + 1, day + 4, day + 5) // January has the first two.
    const trade = { entryDay: day + 1, exitDay: day + 4, open: false }
    const open = { entryDay: day + 4, exitDay: day + 5, open: true }
    const made = activityOf({ dates, symbols: Int32Array.of(2, 2, 2, 2) }, [trade, open])
    assert.deepStrictEqual(made, { months: [2020 * 12, 2020 * 12 + 1], held: [0.25, 0.5], entries: [1, 1] })
  })
  it("pairs the extremes with the outermost normal quantiles, and lies on the diagonal for normal values", () => {
    const n = 2001
    const values = Float64Array.from({ length: n }, (_, i) => 3 + 2 * normalQuantile((i + 0.5) / n))
    const { normal, returns } = quantilePairs(values)
    for (const [i, z] of normal.entries()) assert.closeTo(returns[i]!, z, 0.01)
    assert.closeTo(normal[0]!, normalQuantile(0.5 / n), 1e-12)
    assert.deepStrictEqual(quantilePairs(new Float64Array(9)), { normal: [], returns: [] })
  })
  it("rolls beta over full windows that the benchmark has", () => {
    const market_ = Float64Array.of(0.01, -0.02, 0.03, NaN, 0.01, 0.02)
    const beta = rollingBeta(market_.map((x) => 2 * x + 0.001).with(3, 0), market_, 2)
    assert.isNaN(beta[0]!)
    assert.closeTo(beta[1]!, 2, 1e-12)
    assert.isNaN(beta[3]!)
    assert.closeTo(beta[5]!, 2, 1e-12)
  })
  it("rolls over full windows only", () => {
    const { sharpe, volatility } = rolling(Float64Array.of(0.01, 0.03, 0.02), 2, { annualisation: 4, riskFree: 0.04 })
    assert.isNaN(sharpe[0])
    assert.closeTo(volatility[1]!, Math.SQRT2 * 0.01 * 2, 1e-12)
    assert.closeTo(sharpe[1]!, (0.01 / (Math.SQRT2 * 0.01)) * 2, 1e-9)
  })
})
