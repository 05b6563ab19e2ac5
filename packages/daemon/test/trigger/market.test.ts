import { batch, Col, defineTable } from "@tetra/core"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { MarketScan, marketEvents } from "../../src/trigger/marketEvents.ts"
import { compileMarketRule } from "../../src/trigger/marketRule.ts"
import { aTrigger } from "./aTrigger.ts"

const Prices = defineTable(
  "test/Prices@1",
  { symbol: Col.text, date: Col.day, close: Col.float, available_at: Col.micros },
  { key: ["symbol"] }
)
const dayMs = 86_400_000
const dayOf = (text: string) => Date.parse(`${text}T00:00Z`) / dayMs
const at = (text: string) => Date.parse(text)
/** Two symbols, three sessions; each close is known at nine in the evening. */
const rowsOf = () => {
  const days = ["2026-11-18", "2026-11-19", "2026-11-20"]
  const table = ["SPY", "QQQ"].flatMap((symbol, s) =>
    days.map((day, i) => ({ symbol, day, close: s === 0 ? [100, 96, 97][i]! : [50, 50, 40][i]! }))
  )
  const one = batch({
    symbol: { values: ["SPY", "QQQ"], codes: Int32Array.from(table, ({ symbol }) => (symbol === "SPY" ? 0 : 1)) },
    date: Int32Array.from(table, ({ day }) => dayOf(day)),
    close: Float64Array.from(table, ({ close }) => close),
    available_at: BigInt64Array.from(table, ({ day }) => BigInt(at(`${day}T21:00Z`)) * 1000n)
  })
  return [...new MarketScan(Prices).rows(one)]
}
const spec = aTrigger({ kind: "market", on: "prices", when: "" })
const fired = (when: string, after: string, now: string) =>
  marketEvents(spec, Result.getOrThrow(compileMarketRule(when)), rowsOf(), { after: at(after), now: at(now) }).map(
    ({ about }) => about
  )

describe("a market rule", () => {
  it("is an event once per symbol and session, over the rows that could be known since", () => {
    const falls = "change_pct < -3.0"
    expect(fired(falls, "2026-11-17T00:00Z", "2026-11-21T00:00Z")).toEqual(["SPY on 2026-11-19", "QQQ on 2026-11-20"])
    expect(fired(falls, "2026-11-19T21:00Z", "2026-11-21T00:00Z")).toEqual(["QQQ on 2026-11-20"])
    expect(fired(falls, "2026-11-17T00:00Z", "2026-11-20T20:59Z")).toEqual(["SPY on 2026-11-19"])
  })
  it("reads names, values and times, and takes what is not known for no event", () => {
    const all = ["2026-11-17T00:00Z", "2026-11-21T00:00Z"] as const
    expect(fired("symbol == 'QQQ' && value >= 50.0 && session_date == '2026-11-19'", ...all)).toEqual(["QQQ on 2026-11-19"])
    expect(fired("available_at > timestamp('2026-11-20T00:00:00Z') && value > previous", ...all)).toEqual(["SPY on 2026-11-20"])
    expect(fired("z_score > 2.0", ...all)).toEqual([])
    expect(fired("z_score > 2.0 || symbol == 'SPY'", ...all)).toHaveLength(3)
  })
  it.each([
    ["volume > 2.0", "volume"],
    ["value > ", "value > "],
    ["value + 1.0", "it gives double, not yes or no"]
  ])("that does not work says why: %s", (text, reason) => {
    const read = compileMarketRule(text)
    expect(Result.isFailure(read) ? read.failure : "").toContain(reason)
  })
})
