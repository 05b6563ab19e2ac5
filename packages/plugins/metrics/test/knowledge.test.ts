/** Features know what was known at their bar, and nothing else: restated bars, late news, late members of the universe. */
import { type Batch, batch, text } from "@tetra/core"
import { dataset, testPipeline } from "@tetra/core/testing"
import { Bars, Events, News } from "@tetra/plugin-data/types"
import { describe, expect, it } from "vitest"
import { crossSection } from "../src/features/crossSection.ts"
import plugin, { metrics } from "../src/index.ts"
import { day, marketOf } from "./market.ts"

const first = day("2023-01-02")
const hour = 3_600_000_000n
const at = (date: number, hours = 21): bigint => (BigInt(date) * 24n + BigInt(hours)) * hour
const symbols = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]
const market = marketOf(symbols.map((symbol) => ({ symbol, from: first, bars: 60 })))

interface Headline {
  readonly published: number
  readonly known: number
  readonly symbols: string
  readonly sentiment: number
  readonly group?: string
}
const newsOf = (all: ReadonlyArray<Headline>) =>
  dataset(
    News,
    batch({
      news_id: text(all.map((_, i) => `n${i}`)),
      date: Int32Array.from(all, (n) => n.published),
      published_at: BigInt64Array.from(all, (n) => at(n.published, 12)),
      title: text(all.map(() => "headline")),
      source: text(all.map(() => "test")),
      lang: text(all.map(() => "en")),
      symbols: text(all.map((n) => n.symbols)),
      sentiment: Float64Array.from(all, (n) => n.sentiment),
      dup_group: text(all.map((n, i) => n.group ?? `g${i}`)),
      available_at: BigInt64Array.from(all, (n) => at(n.known, 12))
    })
  )
const earnings = (date: number, known: number) =>
  dataset(
    Events,
    batch({
      event_id: text(["e1"]),
      kind: text(["earnings"]),
      symbol: text(["AAA"]),
      date: Int32Array.of(date),
      scheduled_at: BigInt64Array.of(at(date)),
      importance: Int32Array.of(2),
      payload: text(["{}"]),
      source: text(["test"]),
      available_at: BigInt64Array.of(at(known))
    })
  )
type Params = (typeof metrics)["parameters"]["~type.make.in"]
type Row = Readonly<Record<string, string | number>>
/** The feature set of a market; indicators and statistics are as cheap as they can be. */
const featuresOf = async (
  bars: Batch<(typeof Bars)["columns"]>,
  params: Params,
  more: Readonly<Record<string, unknown>> = {}
) => {
  const answer = await testPipeline(metrics, {
    params: { metrics: ["sma_2"], windows: [], labels: [], ...params },
    assets: { market_data: dataset(Bars, bars), scenario_definitions: [], ...more },
    plugins: [{ ...plugin, pipelines: {} }]
  })
  return { answer, rows: (answer.assets["ml_features"] ?? []) as ReadonlyArray<Row> }
}
const of = (rows: ReadonlyArray<Row>, symbol: string, column: string) =>
  rows.filter((r) => r["symbol"] === symbol).map((r) => r[column])

describe("a symbol with a restated bar", () => {
  const known = market.columns.available_at.slice()
  const row = symbols.indexOf("CCC") * 60 + 20
  known[row] = at(market.columns.date[row]! + 9)
  const restated = { ...market, columns: { ...market.columns, available_at: known } }

  it("is refused with column and row, and left out; the others are there, and the coverage says so", async () => {
    const { answer, rows } = await featuresOf(restated, { features: ["return_5"] })
    expect(new Set(rows.map((r) => r["symbol"]))).toEqual(new Set(symbols.filter((s) => s !== "CCC")))
    const features = answer.stages["features"]
    expect([features?.status, features?.outputs["table"]?.coverage]).toMatchObject(["partial", { done: 5, expected: 6 }])
    const [missing] = features?.outputs["table"]?.coverage.missing ?? []
    expect(missing?.partition).toBe("base: CCC")
    expect(missing?.reason).toMatch(/market_data\.close of CCC 2023-01-30 was known at 2023-02-08T21:00/)
  })
  it("is used when that is asked for", async () => {
    const { answer, rows } = await featuresOf(restated, { features: ["return_5"], later_knowledge: "allow" })
    expect([answer.stages["features"]?.status, rows.length]).toEqual(["completed", 6 * 60])
  })
})
describe("features as of a day", () => {
  it("are the same before and after more bars came", async () => {
    const asOf = new Date(market.columns.date[39]! * 86_400_000).toISOString().slice(0, 10)
    const { rows } = await featuresOf(market, { features: ["return_5", "cs_rank_return_5"], as_of: asOf })
    const then = marketOf(symbols.map((symbol) => ({ symbol, from: first, bars: 40 })))
    const before = await featuresOf(then, { features: ["return_5", "cs_rank_return_5"] })
    expect(rows).toEqual(before.rows)
  })
  it("so are indicators and statistics, and a symbol whose value of then is gone is refused and named", async () => {
    const day = market.columns.date[39]!
    const asOf = new Date(day * 86_400_000).toISOString().slice(0, 10)
    const asked = { metrics: ["sma_5", "macd"], features: [], windows: [20] }
    const replaced = market.columns.available_at.slice()
    replaced[symbols.indexOf("CCC") * 60 + 20] = at(day + 5)
    const now = { ...market, columns: { ...market.columns, available_at: replaced } }
    const then = marketOf(symbols.map((symbol) => ({ symbol, from: first, bars: 40 })))
    const [{ answer }, before] = [await featuresOf(now, { ...asked, as_of: asOf }), await featuresOf(then, asked)]
    for (const [stage, asset] of [
      ["indicators", "technical_indicators"],
      ["statistics", "statistical_metrics"]
    ] as const) {
      // What compares symbols compares other ones, with its own choice of pairs.
      const own = (rows: unknown) =>
        (rows as ReadonlyArray<Row>).filter(
          ({ parameters, symbol }) =>
            symbol !== "CCC" && symbols.includes(String(symbol)) && !symbols.some((s) => String(parameters).includes(s))
        )
      expect(own(answer.assets[asset])).toEqual(own(before.answer.assets[asset]))
      const [missing] = answer.stages[stage]?.outputs["table"]?.coverage.missing ?? []
      expect(missing?.partition).toBe("base: CCC")
      expect(missing?.reason).toMatch(/market_data\.close of CCC 2023-01-30 was known at/)
    }
  })
  it("need a date", async () => {
    await expect(featuresOf(market, { features: ["return_5"], as_of: "2023-02-30" })).rejects.toThrow(/a date such as 2024-01-31/)
  })
})
describe("news and events", () => {
  const date = market.columns.date
  const early: Headline = { published: date[10]!, known: date[10]!, symbols: "AAA,BBB", sentiment: 0.5 }
  const late: Headline = { published: date[10]!, known: date[20]!, symbols: "AAA", sentiment: -1 }
  const features = ["news_count_3", "news_sentiment_3"]

  it("count from when they were known, not from when they were published", async () => {
    const { rows } = await featuresOf(market, { features }, { news: newsOf([early, late]) })
    const counts = of(rows, "AAA", "news_count_3").map(Number)
    expect(counts[9]).toBe(0)
    expect(counts[10]).toBe(1)
    expect(counts[20]).toBe(1)
    expect(of(rows, "AAA", "news_sentiment_3")[10]).toBe(0.5)
    expect(of(rows, "AAA", "news_sentiment_3")[20]).toBe(-1)
    expect(of(rows, "CCC", "news_count_3").every((v) => v === 0)).toBe(true)
  })
  it("that come late leave every row before them as it was, bit for bit", async () => {
    const without = await featuresOf(market, { features }, { news: newsOf([early]) })
    const afterwards = await featuresOf(market, { features }, { news: newsOf([early, late]) })
    for (const name of features)
      expect(of(afterwards.rows, "AAA", name).slice(0, 20)).toEqual(of(without.rows, "AAA", name).slice(0, 20))
    expect(of(afterwards.rows, "AAA", "news_count_3")).not.toEqual(of(without.rows, "AAA", "news_count_3"))
  })
  it("count a story once, when its first version was known", async () => {
    const again = { ...early, known: date[11]!, group: "g0" }
    const { rows } = await featuresOf(market, { features }, { news: newsOf([early, again]) })
    expect(of(rows, "BBB", "news_count_3").slice(10, 12)).toEqual([1, 1])
  })
  it("give the days to an event from the day on which its date was known", async () => {
    const { rows } = await featuresOf(
      market,
      { features: ["days_to_earnings_30", "days_from_earnings_30"] },
      { events: earnings(date[25]!, date[15]!) }
    )
    const ahead = of(rows, "AAA", "days_to_earnings_30")
    expect([ahead[14], ahead[15], ahead[25]]).toEqual([30, date[25]! - date[15]!, 0])
    expect(of(rows, "AAA", "days_from_earnings_30")[26]).toBe(date[26]! - date[25]!)
  })
  it("are asked for when a feature needs them", async () => {
    const { answer } = await featuresOf(market, { features })
    expect(answer.stages["features"]?.reason).toMatch(/some of them are of news, which are not there.*leave these features out/)
  })
})
describe("among all symbols", () => {
  const standing = (availableAt: number, value: number) => ({
    date: Int32Array.of(1),
    availableAt: Float64Array.of(availableAt),
    values: Float64Array.of(value)
  })
  const rank = (all: ReadonlyArray<ReturnType<typeof standing>>, least = 2) =>
    crossSection(all, { how: "rank", least }).map(([v]) => v)

  it("a rank is over those whose value was known no later", () => {
    const all = [standing(10, 3), standing(10, 1), standing(20, 2)]
    expect(rank(all)).toEqual([2 / 3, 1 / 3, 2 / 4])
  })
  it("ties share their rank, and too few symbols have none", () => {
    expect(rank([standing(1, 5), standing(1, 5), standing(1, 7)])).toEqual([1.5 / 4, 1.5 / 4, 3 / 4])
    expect(rank([standing(1, 5), standing(1, 6)], 3)).toEqual([NaN, NaN])
  })
  it("deviations end at three", () => {
    const many = Array.from({ length: 50 }, (_, i) => standing(1, i === 0 ? 1000 : i / 50))
    const [z] = crossSection(many, { how: "z", least: 2 })
    expect([...z!]).toEqual([3])
  })
  it("an unknown feature inside is named before anything runs", async () => {
    await expect(featuresOf(market, { features: ["cs_rank_retrun_20"] })).rejects.toThrow(
      /"cs_rank_retrun_20" is made from "retrun_20": no indicator has this name; did you mean "return_20"/
    )
  })
})
