import { describe, expect, it } from "vitest"
import { dailyBars, sessionDays } from "../src/types.ts"

const friday = Math.floor(Date.UTC(2026, 10, 27) / 86_400_000) // the day after Thanksgiving: the exchange closes at 13:00
const instant = (micros: bigint | undefined) => new Date(Number(micros) / 1000).toISOString()

describe("daily bars of a provider", () => {
  it("begin at the open of their session, and are known at its close", () => {
    const { columns, rows } = dailyBars({
      symbol: "SPY",
      source: "mine",
      date: [friday - 2, friday],
      open: [1, 2],
      high: [3, 4],
      low: [0.5, 1],
      close: [2, 3],
      volume: [10, NaN]
    })
    expect(rows).toBe(2)
    expect([...columns.ts].map(instant)).toEqual(["2026-11-25T14:30:00.000Z", "2026-11-27T14:30:00.000Z"])
    expect([...columns.available_at].map(instant)).toEqual(["2026-11-25T21:00:00.000Z", "2026-11-27T18:00:00.000Z"])
    expect([columns.symbol.values, columns.interval.values, columns.source.values]).toEqual([["SPY"], ["1d"], ["mine"]])
    expect([...columns.split_factor, ...columns.div_cash, ...columns.quality]).toEqual([1, 1, 0, 0, 0, 0])
    expect([...columns.volume]).toEqual([10, NaN])
  })
  it("carry splits and dividends, on another calendar where one is named", () => {
    const price = [1]
    const { columns } = dailyBars({
      symbol: "BTC",
      source: "mine",
      calendar: "24x7",
      date: [friday],
      open: price,
      high: price,
      low: price,
      close: price,
      volume: price,
      split_factor: [4],
      div_cash: [0.2]
    })
    expect([columns.split_factor[0], columns.div_cash[0]]).toEqual([4, 0.2])
    expect(instant(columns.ts[0])).toBe("2026-11-27T00:00:00.000Z")
  })
  it("are wanted on days with a session", () => {
    expect([...sessionDays(friday - 2, friday + 3)]).toEqual([friday - 2, friday, friday + 3])
    expect(sessionDays(friday, friday + 1, "24x7")).toHaveLength(2)
  })
})
