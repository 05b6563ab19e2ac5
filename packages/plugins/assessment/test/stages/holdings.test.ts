/** Dividends that are paid in cash, and symbols in other currencies. */
import { definePlugin } from "@tetra/core"
import { testPipeline } from "@tetra/core/testing"
import { Indicator, type SeriesColumns } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import plugin, { assessment } from "../../src/index.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import { Strategy } from "../../src/types.ts"
import { assetsOf, marketData, scenario } from "../support/assets.ts"
import { walk } from "../support/series.ts"

const bars = 320
const still = (price: number): SeriesColumns => {
  const flat = () => new Float64Array(bars).fill(price)
  return { date: walk({ seed: 1, bars }).date, open: flat(), high: flat(), low: flat(), close: flat(), volume: flat() }
}
/** Always short: what dividends are debited from. */
const shorting = Strategy.contribute({
  name: "shorting",
  title: "Short",
  parameters: [],
  weights: (_, __, weight) => void weight.fill(-1)
})
/** Always long, and no benchmark: it has the exits of the run. */
const holding = Strategy.contribute({
  name: "holding",
  title: "Long",
  parameters: [],
  weights: (_, __, weight) => void weight.fill(1)
})
const plugins = [
  { ...plugin, pipelines: {} },
  definePlugin({ name: "others", version: "1.0.0", api: "^1.0", points: [Indicator], contributes: [shorting, holding] })
]
type Row = Readonly<Record<string, string | number>>
type Params = NonNullable<NonNullable<Parameters<typeof testPipeline<typeof assessment>>[1]>["params"]>
const free = { fees_bps: 0, slippage_bps: 0, grid: false, walk_forward: "none", resamples: 0, warmup: 20 } as const
const run = async (
  market: ReturnType<typeof marketData>,
  params: Params,
  scenarios: ReadonlyArray<ReturnType<typeof scenario>> = []
) => {
  const done = await testPipeline(assessment, {
    params: { strategies: "buy_and_hold", ...free, ...params },
    assets: { ...assetsOf({}, scenarios), market_data: market },
    plugins,
    services: SweepTeam.layer({ threads: 1 })
  })
  const results = (done.assets["backtest_results"] ?? []) as ReadonlyArray<Row>
  const of = (symbol: string, strategy = "buy_and_hold", id = "base") =>
    results.find((r) => r["symbol"] === symbol && r["strategy"] === strategy && r["scenario_id"] === id)!
  return { done, of }
}

describe("dividends in cash", () => {
  const paying = marketData({ AAA: still(100) }, { dividend: (_, row) => (row % 100 === 99 ? 2 : 0) })

  it("are credited to holders and debited from those who are short, where an adjusted price would rise instead", async () => {
    // Ex-days are the bars 99, 199 and 299 of an account that starts at 20; the price does not fall.
    const { of } = await run(paying, { dividends: "cash", strategies: "buy_and_hold, shorting", sides: "long_short" })
    assert.closeTo(Number(of("AAA")["total_return"]), 3 * 0.02, 1e-9)
    assert.closeTo(Number(of("AAA", "shorting")["total_return"]), -3 * 0.02, 1e-9)
    const reinvested = await run(paying, {})
    assert.closeTo(Number(reinvested.of("AAA")["total_return"]), 0.98 ** -3 - 1, 1e-9)
  })

  it("are part of what a benchmark symbol returns", async () => {
    const both = marketData(
      { AAA: still(100), BBB: still(10) },
      { dividend: (symbol, row) => (symbol === "AAA" && row % 100 === 99 ? 2 : 0) }
    )
    const { of } = await run(both, { dividends: "cash", benchmark: "AAA" })
    assert.closeTo(Number(of("AAA")["tracking_error"]), 0, 0.003)
    assert.isAbove(Number(of("BBB")["tracking_error"]), 0.01)
  })
})

describe("a symbol in another currency", () => {
  const rising = { ...still(1), close: Float64Array.from({ length: bars }, (_, t) => 1 + t / 1000) }
  const market = marketData({ AAA: still(100), BBB: still(50), EURUSD: rising })

  it("is worth what its rate makes of it, from the first fill on; the others stay in the account's", async () => {
    const { of } = await run(market, { symbols: "AAA, BBB", currencies: { AAA: "EURUSD" } })
    // Bought at the open of bar 20 at the rate of the close before it.
    assert.closeTo(Number(of("AAA")["total_return"]), rising.close[bars - 1]! / rising.close[19]! - 1, 1e-9)
    assert.strictEqual(of("BBB")["total_return"], 0)
    const inverse = await run(market, { symbols: "AAA", currencies: { AAA: "1/EURUSD" } })
    assert.closeTo(Number(inverse.of("AAA")["total_return"]), rising.close[19]! / rising.close[bars - 1]! - 1, 1e-9)
  })

  it("starts with its rate, and pays for changing money", async () => {
    const late = { ...rising, date: rising.date.slice(100), close: rising.close.slice(100) }
    const column = () => new Float64Array(bars - 100).fill(1)
    const young = marketData({
      AAA: still(100),
      EURUSD: { ...late, open: column(), high: column(), low: column(), volume: column() }
    })
    const { of } = await run(young, { symbols: "AAA", currencies: { AAA: "EURUSD" }, fx_bps: 100 })
    assert.strictEqual(of("AAA")["bars"], bars - 101)
    assert.closeTo(Number(of("AAA")["total_return"]), rising.close[bars - 1]! / rising.close[100]! / 1.01 - 1, 1e-9)
  })

  it("follows the rate of a scenario's own paths, and keeps the last known one where they have none", async () => {
    const own = scenario("with", ["AAA", "EURUSD"], 1)
    const none = scenario("none", ["AAA"], 1)
    const { of } = await run(market, { symbols: "AAA", currencies: { AAA: "EURUSD" } }, [own, none])
    const plain = await run(market, { symbols: "AAA" }, [own, none])
    assert.closeTo(
      Number(of("AAA", undefined, "none")["total_return"]),
      Number(plain.of("AAA", undefined, "none")["total_return"]),
      1e-9
    )
    const gap = Number(of("AAA", undefined, "with")["total_return"]) - Number(plain.of("AAA", undefined, "with")["total_return"])
    assert.isAbove(Math.abs(gap), 1e-3)
  })

  it("is refused where its rate ends long before it does: an old rate is none", async () => {
    const cut = (x: Float64Array) => x.slice(0, 200)
    const { close, date, high, low, open, volume } = rising
    const early = {
      date: date.slice(0, 200),
      open: cut(open),
      high: cut(high),
      low: cut(low),
      close: cut(close),
      volume: cut(volume)
    }
    const { done } = await run(marketData({ AAA: still(100), EURUSD: early }), { symbols: "AAA", currencies: { AAA: "EURUSD" } })
    assert.strictEqual(done.status, "failed")
    const day = (at: number) => new Date(at * 86_400_000).toISOString().slice(0, 10)
    assert.include(
      JSON.stringify(done.stages["backtests"]),
      `there is no \\"EURUSD on ${day(date.at(-1)!)}\\" (known: EURUSD until ${day(date[199]!)}; load more of it, or end AAA there)`
    )
  })

  it("is refused where nobody has the rate, with the symbols that there are", async () => {
    const { done } = await run(market, { symbols: "AAA", currencies: { AAA: "EURUSX" } })
    assert.strictEqual(done.status, "failed")
    assert.match(JSON.stringify(done.stages["backtests"]), /currencies: there is no \\"EURUSX\\" \(known: AAA, BBB, EURUSD\)/)
  })
})

describe("bars within a bar", () => {
  it("say whether the stop or the limit came first, in prices adjusted like the bar; without them the stop did", async () => {
    const days = { ...still(100), high: new Float64Array(bars).fill(110), low: new Float64Array(bars).fill(90) }
    // The evaluated days rise before they fall; some hours are of a day that has no bar.
    const hours = [...days.date].flatMap((day) => [day, day, day + 1].filter((d) => d === day || !days.date.includes(d)))
    const of = (first: number, second: number) =>
      Float64Array.from(hours, (day, i) => (!days.date.includes(day) ? 1 : hours[i - 1] === day ? second : first))
    const hourly = {
      AAA: {
        ...still(100),
        date: Int32Array.from(hours),
        open: of(100, 104),
        high: of(110, 104),
        low: of(99, 90),
        close: of(104, 100),
        volume: of(0, 0)
      }
    }
    const market = marketData({ AAA: days }, { hourly, dividend: (_, row) => (row === 200 ? 10 : 0) })
    const exits = { strategies: "holding", stop_loss: 0.05, take_profit: 0.05 }
    const returned = async (params: Params) =>
      Number((await run(market, { ...exits, ...params })).of("AAA", "holding")["total_return"])
    assert.closeTo(await returned({}), -0.05, 1e-9)
    assert.closeTo(await returned({ intrabar: "1h" }), 0.05, 1e-9)
    assert.closeTo(await returned({ intrabar: "5m" }), -0.05, 1e-9)
  })
})
