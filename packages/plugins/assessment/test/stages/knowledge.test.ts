/** An assessment that would read later knowledge is refused, with the column and row; the symbols that are in order are assessed. */
import { definePlugin } from "@tetra/core"
import { testPipeline } from "@tetra/core/testing"
import { Indicator, type SeriesColumns } from "@tetra/plugin-metrics/types"
import { describe, expect, it } from "vitest"
import plugin, { assessment } from "../../src/index.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import { assetsOf, marketData, scenario } from "../support/assets.ts"
import { walk } from "../support/series.ts"

const bars = 400
interface Late {
  readonly symbol: string
  readonly row: number
  readonly days: number
}
/** Three symbols, cut to their first bars. */
const market = (late: ReadonlyArray<Late>, length = bars) => {
  const cut = (seed: number): SeriesColumns => {
    const { close, date, high, low, open, volume } = walk({ seed, bars })
    const first = (x: Float64Array): Float64Array => x.slice(0, length)
    return {
      date: date.slice(0, length),
      open: first(open),
      high: first(high),
      low: first(low),
      close: first(close),
      volume: first(volume)
    }
  }
  const daysLate = (symbol: string, row: number) => late.find((l) => l.symbol === symbol && l.row === row)?.days ?? 0
  return marketData({ AAA: cut(7), BBB: cut(8), CCC: cut(9) }, { late: daysLate })
}
const plugins = [
  { ...plugin, pipelines: {} },
  definePlugin({ name: "indicators", version: "1.0.0", api: "^1.0", points: [Indicator] })
]
const services = SweepTeam.layer({ threads: 1 })
const run = (
  market_data: ReturnType<typeof market>,
  knowledge: { readonly as_of?: string; readonly later_knowledge?: "allow" } = {}
) =>
  testPipeline(assessment, {
    params: { strategies: "sma_cross,buy_and_hold", scenario: "none", grid: false, warmup: 50, ...knowledge },
    assets: { ...assetsOf({}, []), market_data },
    plugins,
    services
  })
type Row = Readonly<Record<string, string | number>>
const resultsOf = (answer: Awaited<ReturnType<typeof run>>) => (answer.assets["backtest_results"] ?? []) as ReadonlyArray<Row>

describe("an assessment", () => {
  it("refuses a symbol with a bar that was known too late, names column and row, and assesses the others", async () => {
    const answer = await run(market([{ symbol: "BBB", row: 300, days: 12 }]))
    const { coverage } = answer.stages["backtests"]!.outputs["results"]!
    expect([answer.stages["backtests"]?.status, coverage.missing.map((m) => m.partition)]).toEqual(["partial", ["refused:BBB"]])
    expect(coverage.missing[0]?.reason).toMatch(
      /market_data\.close of BBB \d{4}-\d\d-\d\d was known at .* and would be used at .*: later knowledge/
    )
    expect(new Set(resultsOf(answer).map((r) => r["symbol"]))).not.toContain("BBB")
    expect(new Set(resultsOf(answer).map((r) => r["symbol"]))).toContain("AAA")
  })
  it("uses the values all the same when that is asked for", async () => {
    const answer = await run(market([{ symbol: "BBB", row: 300, days: 12 }]), { later_knowledge: "allow" })
    expect(answer.stages["backtests"]?.status).toBe("completed")
  })
  it("as of a day refuses scenarios that were made from later data", async () => {
    const as_of = new Date(walk({ seed: 7, bars }).date[299]! * 86_400_000).toISOString().slice(0, 10)
    const calm = scenario("calm", ["AAA", "BBB"], 1)
    const answer = await testPipeline(assessment, {
      params: { strategies: "buy_and_hold", grid: false, warmup: 50, as_of },
      assets: { ...assetsOf({}, [calm]), market_data: market([]) },
      plugins,
      services
    })
    const { missing } = answer.stages["backtests"]!.outputs["results"]!.coverage
    expect(missing.map((m) => m.partition)).toEqual(["calm"])
    expect(missing[0]?.reason).toMatch(/scenario_timeseries\.close of calm was known at .* later knowledge.*--scenario none/)
  })
  it("as of a day gives the same results before and after more bars came", async () => {
    const as_of = new Date(walk({ seed: 7, bars }).date[299]! * 86_400_000).toISOString().slice(0, 10)
    const replayed = resultsOf(await run(market([]), { as_of }))
    expect(replayed.length).toBeGreaterThan(0)
    expect(replayed).toEqual(resultsOf(await run(market([], 300))))
  })
})
