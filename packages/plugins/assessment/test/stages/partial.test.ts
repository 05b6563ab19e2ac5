/** What could not be assessed is left out and named; the rest is assessed. */
import { definePlugin } from "@tetra/core"
import { testPipeline } from "@tetra/core/testing"
import { Indicator } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import plugin, { assessment } from "../../src/index.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import { Strategy } from "../../src/types.ts"
import { assetsOf, scenario } from "../support/assets.ts"
import { walk } from "../support/series.ts"

/** Knows no market that falls by half. */
const naive = Strategy.contribute({
  name: "naive",
  title: "Naive",
  parameters: [],
  weights: ({ close }, _, weight) => {
    if (close.at(-1)! < 0.5 * close[0]!) throw new Error("this cannot happen")
    weight.fill(1)
  }
})
const plugins = [
  { ...plugin, pipelines: {} },
  definePlugin({ name: "others", version: "1.0.0", api: "^1.0", points: [Indicator], contributes: [naive] })
]
const market = { AAA: walk({ seed: 1, bars: 400, drift: 5e-4 }) }
const scenarios = [scenario("calm", ["AAA"], 1), scenario("crash", ["AAA"], 1, -6e-3)]

describe("an assessment", () => {
  it("leaves out a scenario that a strategy fails on, names it with the reason, and ranks on what is left", async () => {
    const done = await testPipeline(assessment, {
      params: { strategies: "naive, buy_and_hold", grid: false, walk_forward: "none", resamples: 0 },
      assets: assetsOf(market, scenarios),
      plugins,
      services: SweepTeam.layer({ threads: 1 })
    })
    const { status, outputs } = done.stages["backtests"]!
    const { coverage } = outputs["results"]!
    assert.deepStrictEqual([status, coverage.missing.map((m) => m.partition)], ["partial", ["crash"]])
    assert.match(coverage.missing[0]!.reason, /naive \{\} on AAA \(crash\): this cannot happen/)
    const results = done.assets["backtest_results"] as ReadonlyArray<Record<string, unknown>>
    assert.deepStrictEqual([...new Set(results.map((r) => r["scenario_id"]))], ["base", "calm"])
    assert.lengthOf(done.assets["strategy_rankings"] as ReadonlyArray<unknown>, 2)
  })
})
