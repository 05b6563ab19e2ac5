import { describe, expect, it } from "vitest"
import { knownSeries, type KnowledgeRule, LaterKnowledge, QualityBit } from "../src/types.ts"
import { type Bar, barsOf, day } from "./bars.ts"

const refuse: KnowledgeRule = { later: "refuse" }
const first = day("2024-01-08")
const week: ReadonlyArray<Bar> = [100, 101, 102, 103, 104].map((close, i) => ({ date: first + i, close }))
/** Tuesday's close was replaced on Thursday, after the market had closed. */
const restated = week.map((bar, i) => (i === 1 ? { ...bar, close: 90, known: first + 3 } : bar))
const closes = (bars: ReadonlyArray<Bar>, rule: KnowledgeRule) => [...knownSeries("AAA", barsOf(bars), "total", rule).close]

describe("the knowledge-time guard", () => {
  it("leaves bars that were known at their close as they are, with the instant", () => {
    const known = knownSeries("AAA", barsOf(week), "total", refuse)
    expect([...known.close]).toEqual([100, 101, 102, 103, 104])
    expect(known.availableAt[0]).toBe(BigInt(first) * 86_400_000_000n + 21n * 3_600_000_000n)
  })
  it("refuses a bar that was restated after the next one opened, with column, row and both instants", () => {
    expect(() => closes(restated, refuse)).toThrow(LaterKnowledge)
    expect(() => closes(restated, refuse)).toThrow(
      /market_data\.close of AAA 2024-01-09 was known at 2024-01-11T21:00:00\.000Z and would be used at 2024-01-10T14:00:00\.000Z/
    )
  })
  it("uses it all the same when that is asked for", () => {
    expect(closes(restated, { later: "allow" })).toEqual([100, 90, 102, 103, 104])
  })
  it("does not mind a late bar that is quarantined, or the newest one", () => {
    expect(
      closes(
        restated.map((b, i) => (i === 1 ? { ...b, quality: QualityBit.ohlc_order } : b)),
        refuse
      )
    ).toHaveLength(4)
    expect(
      closes(
        week.map((b, i) => (i === 4 ? { ...b, known: first + 30 } : b)),
        refuse
      )
    ).toHaveLength(5)
  })
})
describe("the past as of a day", () => {
  const asOf = first + 2
  it("ends there, and stays the same when bars and a split come later", () => {
    const before = closes(week.slice(0, 3), { ...refuse, asOf })
    const later = [...week, { date: first + 7, close: 50, split: 2 }]
    expect(closes(later, { ...refuse, asOf })).toEqual(before)
  })
  it("refuses a bar whose value of then was replaced since", () => {
    expect(() => closes(restated, { ...refuse, asOf })).toThrow(/AAA 2024-01-09 .*choose a later as_of/)
  })
  it("refuses it also as of a day when the new value was known, for the days between used the old one", () => {
    expect(() => closes(restated, { ...refuse, asOf: first + 4 })).toThrow(/later knowledge/)
  })
  it("ends before a last bar that was not known yet", () => {
    expect(
      closes(
        week.slice(0, 3).map((b, i) => (i === 2 ? { ...b, known: first + 9 } : b)),
        { ...refuse, asOf }
      )
    ).toEqual([100, 101])
  })
})
