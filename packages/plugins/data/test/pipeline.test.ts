import { testPipeline } from "@tetra/core/testing"
import { describe, expect, it } from "vitest"
import plugin, { dataPipeline } from "../src/index.ts"

const plugins = [{ ...plugin, pipelines: {} }]

describe("data_pipeline", () => {
  it("runs on its defaults: ten symbols and five years without a network", async () => {
    const run = await testPipeline(dataPipeline, { plugins })
    expect(run.diagnostics).toEqual([])
    expect(run.status).toBe("completed")
    const bars = run.assets["market_data"] as ReadonlyArray<{ symbol: string; date: number; quality: number }>
    expect(new Set(bars.map(({ symbol }) => symbol)).size).toBe(10)
    expect(bars.filter(({ symbol }) => symbol === "SPY").length).toBeGreaterThan(1240)
    for (const asset of ["economic_data", "events", "news"]) expect(run.assets[asset]).not.toEqual([])
  })
})
