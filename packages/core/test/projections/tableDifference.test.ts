import { Col, defineTable } from "../../src/index.ts"
import { describe, expect, it } from "vitest"
import { tableDifference } from "../../src/projections/tables/tableDifference.ts"

const prices = defineTable("test/Prices", { symbol: Col.text, close: Col.float }, { key: ["symbol"], more: Col.float })
const side = (rows: Readonly<Record<string, number>>, more: Readonly<Record<string, ReadonlyArray<number>>> = {}) => {
  const symbols = Object.keys(rows)
  const batch = {
    rows: symbols.length,
    columns: {
      symbol: { values: symbols, codes: Int32Array.from(symbols, (_, i) => i) },
      close: Float64Array.from(Object.values(rows))
    },
    more: Object.fromEntries(Object.entries(more).map(([name, values]) => [name, Float64Array.from(values)]))
  }
  return { more: Object.keys(more), parts: [batch] }
}
const compare = (before: ReturnType<typeof side>, after: ReturnType<typeof side>, tolerance = 1e-9) =>
  tableDifference(prices, before, after, tolerance)

describe("two versions of a table", () => {
  it("are the same in another order, and within the tolerance", async () => {
    const found = await compare(side({ SPY: 1e12, QQQ: 2 }), side({ QQQ: 2 + 1e-12, SPY: 1e12 + 1 }))
    expect(found).toMatchObject({ isSame: true, cells: [{ column: "close", cells: 2, absolute: 1, isBeyond: false }] })
    expect((await compare(side({ SPY: 1 }), side({ SPY: 1.001 }), 0.01)).isSame).toBe(true)
    expect((await compare(side({ SPY: NaN }), side({ SPY: NaN }))).cells).toEqual([])
  })
  it("differ in numbers that are too far apart, and in numbers that are missing", async () => {
    const found = await compare(side({ SPY: 100, QQQ: 2 }), side({ SPY: 101, QQQ: 2 }))
    expect(found.isSame).toBe(false)
    expect(found.cells).toEqual([{ column: "close", cells: 1, absolute: 1, relative: 1 / 101, isBeyond: true }])
    expect((await compare(side({ SPY: NaN }), side({ SPY: 1 }))).isSame).toBe(false)
  })
  it("differ in keys and columns that only one of them has", async () => {
    const found = await compare(side({ SPY: 1, QQQ: 2 }, { rsi: [1, 2] }), side({ SPY: 1, IWM: 3 }, { sma: [1, 2] }))
    expect(found).toEqual({
      rows: { before: 2, after: 2 },
      columns: { gone: ["rsi"], added: ["sma"] },
      keys: { gone: 1, added: 1, someGone: ["QQQ"], someAdded: ["IWM"] },
      cells: [],
      isSame: false
    })
  })
})
