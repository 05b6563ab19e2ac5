import { describe, expect, it } from "vitest"
import { adjustedSeries, groupBySymbol, QualityBit } from "../src/types.ts"
import { barsOf } from "./bars.ts"

// Three bars, a 2:1 split on day 11, a dividend of 1 on day 12: S(10) = 1/2, D(10) = D(11) = 1 - 1/50.
const three = [
  { date: 10, close: 100, volume: 10 },
  { date: 11, close: 50, volume: 30, split: 2 },
  { date: 12, close: 49, volume: 40, dividend: 1 }
]

describe("adjustedSeries", () => {
  it("leaves raw prices as they were traded", () => {
    expect([...adjustedSeries(barsOf(three), "raw").close]).toEqual([100, 50, 49])
  })
  it("divides earlier prices by later splits, and multiplies volume", () => {
    const view = adjustedSeries(barsOf(three), "split")
    expect([...view.close]).toEqual([50, 50, 49])
    expect([...view.volume]).toEqual([20, 30, 40])
  })
  it("takes dividends off earlier prices by their share of the close before the ex-date", () => {
    const view = adjustedSeries(barsOf(three), "total")
    expect(view.close[0]).toBeCloseTo(49, 12)
    expect(view.close[1]).toBeCloseTo(49, 12)
    expect([...view.volume]).toEqual([20, 30, 40])
  })
  it("does not know actions and bars after its date", () => {
    const view = adjustedSeries(barsOf(three), "total", { asOf: 10 })
    expect([...view.close]).toEqual([100])
    const cut = adjustedSeries(barsOf(three.slice(0, 2)), "total")
    expect(adjustedSeries(barsOf(three), "total", { asOf: 11 })).toEqual(cut)
  })
  it("leaves out quarantined bars but not their actions", () => {
    const bad = [three[0]!, { ...three[1]!, quality: QualityBit.ohlc_order }, three[2]!]
    const view = adjustedSeries(barsOf(bad), "split")
    expect([...view.date]).toEqual([10, 12])
    expect([...view.close]).toEqual([50, 49])
  })
  it("ignores a dividend that is not below the price before it", () => {
    expect([...adjustedSeries(barsOf([three[0]!, { date: 11, close: 90, dividend: 100 }]), "total").close]).toEqual([100, 90])
  })
})

describe("groupBySymbol", () => {
  it("cuts a batch by symbol, together or interleaved, and keeps the order of rows", () => {
    const rows = [
      ["B", 1],
      ["A", 2],
      ["B", 3],
      ["C", 4]
    ] as const
    const groups = groupBySymbol(barsOf(rows.map(([symbol, close]) => ({ symbol, date: close, close }))))
    expect(groups.map(({ symbol, bars }) => [symbol, [...bars.columns.close]])).toEqual([
      ["B", [1, 3]],
      ["A", [2]],
      ["C", [4]]
    ])
    expect(groups[0]!.bars.columns.source.values[groups[0]!.bars.columns.source.codes[1]!]).toBe("test")
  })
})
