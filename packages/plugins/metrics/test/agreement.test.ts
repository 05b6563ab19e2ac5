import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { builtIn } from "../src/kernels.ts"
import { numpy, others, talib, unchecked } from "./agreement.ts"
import { agreementPage, standingOf } from "./agreementPage.ts"

describe("the page of agreement", () => {
  it("says of every indicator what stands behind it, and of none that is gone", () => {
    expect(builtIn.filter(({ name }) => standingOf(name) === undefined).map(({ name }) => name)).toEqual([])
    const known = new Set(builtIn.map(({ name }) => name))
    const told = [...Object.keys(talib), ...Object.keys(numpy), ...Object.keys(others), ...unchecked]
    expect(told.filter((name) => !known.has(name))).toEqual([])
    expect(new Set(told).size).toBe(told.length)
  })
  it("keeps to a relative 1e-9", () => {
    expect(Object.entries({ ...talib, ...numpy }).filter(([, off]) => off > 1e-9)).toEqual([])
  })
  it("is as the script writes it", () => {
    expect(readFileSync(new URL("../../../../docs/metrics-agreement.md", import.meta.url), "utf8")).toBe(agreementPage())
  })
})
