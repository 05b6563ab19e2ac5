import { Script } from "node:vm"
import { assert, describe, it } from "vitest"
import { client } from "../../src/report/client/index.ts"
import { histogram, returnHistogram, rolling } from "../../src/report/distributions.ts"
import { csvText, escapeHtml, jsonForScript } from "../../src/report/escape.ts"
import { chartsSource, reportFiles } from "../../src/report/files.ts"
import { monthlyReturns, yearlyReturns } from "../../src/report/periods.ts"
import { builtIn } from "../../src/strategies/index.ts"
import { modelOf } from "../support/report.ts"
import { walk } from "../support/series.ts"

const EVIL = `</script><img src=x onerror=alert(1)>"'&`
const market = { AAA: walk({ seed: 1, bars: 800, drift: 5e-4 }), [EVIL]: walk({ seed: 2, bars: 700 }) }
const use = builtIn.filter((s) => ["buy_and_hold", "sma_cross", "rsi_reversion", "ts_momentum", "random_entry"].includes(s.name))
const make = () => modelOf(market, { use, warnings: [EVIL], provenance: [["Market data", "version 1"]] })
const { model, rows } = make()
const charts = chartsSource()
const files = reportFiles(model, rows, charts)
const page = files.find((f) => f.name === "assessment.html")!.content

describe("the report", () => {
  it("has the same bytes for the same inputs, and no clock in them", () => {
    const again = make()
    assert.deepStrictEqual(reportFiles(again.model, again.rows, charts), files)
    assert.notInclude(
      page,
      String(new Date().getUTCFullYear()) +
        "-" +
        String(new Date().getUTCMonth() + 1).padStart(2, "0") +
        "-" +
        String(new Date().getUTCDate()).padStart(2, "0")
    )
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
  it("rolls over full windows only", () => {
    const { sharpe, volatility } = rolling(Float64Array.of(0.01, 0.03, 0.02), 2, 4)
    assert.isNaN(sharpe[0])
    assert.closeTo(volatility[1]!, Math.SQRT2 * 0.01 * 2, 1e-12)
    assert.closeTo(sharpe[1]!, (0.02 / (Math.SQRT2 * 0.01)) * 2, 1e-9)
  })
})
