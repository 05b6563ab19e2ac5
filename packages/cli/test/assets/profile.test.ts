import { batch, Col, defineTable, text } from "@tetra/core"
import type { AssetVersion } from "@tetra/core/engine"
import { describe, expect, it } from "vitest"
import { profilePage } from "../../src/profile/page.ts"
import { profiler } from "../../src/profile/Profile.ts"

const table = defineTable(
  "lab/Bars@1",
  { symbol: Col.text, date: Col.day, close: Col.float },
  { key: ["symbol"], more: Col.float }
)
const rows = (symbols: ReadonlyArray<string | undefined>, close: ReadonlyArray<number>) =>
  batch(
    // Foreign files may hold cells without a text.
    {
      symbol: text(symbols as ReadonlyArray<string>),
      date: Int32Array.from(close, (_, i) => 20_000 + i),
      close: Float64Array.from(close)
    },
    { sma_2: Float64Array.from(close, (c, i) => (i === 0 ? NaN : c)) }
  )
const profileOf = (...parts: ReadonlyArray<ReturnType<typeof rows>>) => {
  const fold = profiler(
    table.columns,
    ["sma_2"],
    parts.reduce((n, p) => n + p.rows, 0)
  )
  for (const part of parts) fold.add(part)
  return fold.end()
}
const version = {
  asset: "bars",
  version: "0123456789abcdef",
  output: { kind: "table", type: table.id, version: "0123456789abcdef", rows: 5, bytes: 100, more: ["sma_2"], files: [] },
  coverage: { done: 1, expected: 2, ratio: 0.5, missing: [{ partition: "<b>", reason: "no bars" }] },
  producer: { run: "r1", stage: "p.load", at: "2026-01-31T12:00:00.000Z" },
  inputs: { source: "fedc" }
} as unknown as AssetVersion

describe("the profile of an asset", () => {
  it("counts, ranges and distributes each column over all batches, and keeps the first and last rows", () => {
    const of = profileOf(rows(["A", undefined, "B"], [1, 2, 3]), rows(["B", "C"], [4, 10]))
    const [symbol, date, close, further] = of.columns
    expect(of.rows).toBe(5)
    expect(symbol).toMatchObject({ missing: 1, distinct: 3, least: "A", greatest: "C", histogram: [] })
    expect(date).toMatchObject({ least: "2024-10-04", greatest: "2024-10-06", missing: 0 })
    expect(close).toMatchObject({ least: 1, greatest: 10, mean: 4, missing: 0 })
    expect([close!.histogram.reduce((a, b) => a + b, 0), close!.histogram[0], close!.histogram.at(-1)]).toEqual([5, 1, 1])
    expect(further).toMatchObject({ name: "sma_2", missing: 2, least: 2 })
    expect(of.head.map((cells) => cells[2])).toEqual([1, 2, 3, 4, 10])
    expect(of.tail).toEqual([])
    const long = profileOf(
      ...Array.from({ length: 5 }, (_, i) =>
        rows(
          Array.from({ length: 6 }, () => "A"),
          Array.from({ length: 6 }, (_, j) => 6 * i + j)
        )
      )
    )
    expect(long.tail.map((cells) => cells[2])).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29])
  })

  it("is a page that runs nothing and escapes what stands in the data", () => {
    const html = profilePage(version, { kind: "table", profile: profileOf(rows(["<script>", "x"], [1, 2])) })
    expect(html).not.toMatch(/<script|<b>/u)
    for (const part of ["&lt;script&gt;", "Missing: &lt;b&gt;", "p.load in run r1", "<svg role", "1 of 2"])
      expect(html).toContain(part)
    expect(profilePage(version, { kind: "value", text: '{"a":1}' })).toContain("{&quot;a&quot;:1}")
  })
})
