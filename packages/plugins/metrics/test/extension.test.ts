import { dataset, Memory, testPipeline } from "@tetra/core/testing"
import { Bars } from "@tetra/plugin-data/types"
import { describe, expect, it } from "vitest"
import plugin, { metrics } from "../src/index.ts"
import { day, marketOf } from "./market.ts"

/** Streams (sma, macd, adx, mama), windows (rolling_sharpe, a candle pattern), several outputs, one output of several. */
const names = ["sma_20", "macd_12_26_9", "adx_14", "mama", "rolling_sharpe_30", "cdl_engulfing", "bbands_20_2_upper", "obv"]
/** The first bars of each symbol: fewer are the beginning of more. */
const firstBars = (bars: number, change: (close: number, row: number) => number = (v) => v) => {
  const market = marketOf(["AAA", "BBB"].map((symbol) => ({ symbol, from: day("2021-01-04"), bars })))
  return dataset(Bars, { ...market, columns: { ...market.columns, close: market.columns.close.map(change) } })
}
const run = async (market_data: unknown, memory: Memory, asked: { metrics?: ReadonlyArray<string>; force?: boolean } = {}) => {
  const answer = await testPipeline(metrics, {
    params: { metrics: asked.metrics ?? names, features: [], labels: [], windows: [] },
    assets: { market_data, scenario_definitions: [] },
    plugins: [plugin],
    memory,
    ...(asked.force === undefined ? {} : { force: asked.force })
  })
  expect(answer.status).toBe("completed")
  const said = answer.events.flatMap((e) =>
    e._tag === "Log" && e["partition"] === "base: AAA" && e["stage"] === "metrics_pipeline.indicators" ? [e["message"]] : []
  )
  const rows = answer.assets["technical_indicators"] as ReadonlyArray<Readonly<Record<string, unknown>>>
  return { said, rows, reused: answer.stages["indicators"]?.cached }
}
describe("when bars are added", () => {
  it("only their rows are computed, and the table is, to the bit, that of a run over everything", async () => {
    const memory = new Memory()
    const said = [await run(firstBars(300), memory), await run(firstBars(313), memory)].map((r) => r.said)
    const last = await run(firstBars(320), memory)
    expect([...said, last.said]).toEqual([
      ["300 rows computed, 0 kept from before"],
      ["13 rows computed, 300 kept from before"],
      ["7 rows computed, 313 kept from before"]
    ])
    expect(last.rows).toEqual((await run(firstBars(320), new Memory())).rows)
  })
  it("a bar of the past that has changed makes all rows of its symbol anew, and leaves the others", async () => {
    const memory = new Memory()
    await run(firstBars(300), memory)
    const restated = firstBars(305, (close, row) => (row === 100 ? close * 1.0001 : close))
    const { rows, said } = await run(restated, memory)
    expect(said).toEqual([
      "AAA: bars that were used have changed: all 305 rows are computed anew",
      "305 rows computed, 0 kept from before"
    ])
    expect(rows).toEqual((await run(restated, new Memory())).rows)
  })
  it("an indicator that is new is computed from the first bar, and said so; --force computes everything", async () => {
    const memory = new Memory()
    await run(firstBars(300), memory, { metrics: ["sma_20"] })
    const more = await run(firstBars(305), memory, { metrics: ["sma_20", "rsi_14"] })
    expect(more.said).toEqual(["AAA: computed from the first bar: rsi_14", "305 rows computed, 300 kept from before"])
    expect(more.rows).toEqual((await run(firstBars(305), new Memory(), { metrics: ["sma_20", "rsi_14"] })).rows)
    const forced = await run(firstBars(306), memory, { metrics: ["sma_20"], force: true })
    expect(forced.said).toEqual(["306 rows computed, 0 kept from before"])
  })
  it("nothing is computed again for the same bars: what is kept is no input of the cache key", async () => {
    const memory = new Memory()
    await run(firstBars(60), memory, { metrics: ["sma_20"] })
    expect((await run(firstBars(60), memory, { metrics: ["sma_20"] })).reused).toBe(true)
  })
})
