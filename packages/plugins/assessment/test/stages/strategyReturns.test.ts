/** The matrix of returns that luck and overfitting are tested on, made of what the backtests leave of each part of the history. */
import { definePlugin } from "@tetra/core"
import { testPipeline } from "@tetra/core/testing"
import { Indicator } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import { benchOf } from "../../src/backtest/backtest.ts"
import { play } from "../../src/backtest/play.ts"
import plugin, { assessment } from "../../src/index.ts"
import { returnsOf } from "../../src/performance/returns.ts"
import { smaCross } from "../../src/strategies/trend.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import { Strategy } from "../../src/types.ts"
import { assetsOf } from "../support/assets.ts"
import { testRules } from "../support/report.ts"
import { walk } from "../support/series.ts"

const WARMUP = 40
/** More symbols than one part of the history has, and not all until the last day. */
const market = Object.fromEntries(
  Array.from({ length: 27 }, (_, i) => [`S${i}`, walk({ seed: i, bars: i % 3 === 0 ? 120 : 140 })] as const)
)
const parameters = smaCross.parameters.map((p) => ({ fast: 5, slow: 20 })[p.name] ?? p.default)
const quick = { ...smaCross, name: "quick", parameters: smaCross.parameters.map((p, i) => ({ ...p, default: parameters[i]! })) }
const plugins = [
  { ...plugin, pipelines: {} },
  definePlugin({
    name: "others",
    version: "1.0.0",
    api: "^1.0",
    points: [Indicator],
    contributes: [Strategy.contribute(quick)]
  })
]

/** By day, the mean over the symbols that have it of what each earns alone. */
const byHand = (): ReadonlyMap<number, number> => {
  const all = new Map<number, Array<number>>()
  for (const [symbol, columns] of Object.entries(market)) {
    const bench = benchOf({ scenario: "base", path: 0, symbol, columns, first: WARMUP }, testRules)
    play(bench, { strategy: quick, parameters, rules: testRules })
    for (const [t, r] of returnsOf(bench.equity, WARMUP).entries()) {
      const day = columns.date[WARMUP + t]!
      all.set(day, [...(all.get(day) ?? []), r])
    }
  }
  return new Map([...all].map(([day, own]) => [day, own.reduce((a, b) => a + b, 0) / own.length]))
}

describe("the returns of every parameter set", () => {
  it.each(["all", "ranking"] as const)(
    "are means over the symbols that have the day, over all parts (metrics: %s)",
    async (metrics) => {
      const done = await testPipeline(assessment, {
        params: {
          strategies: "quick, buy_and_hold",
          warmup: WARMUP,
          grid: false,
          scenario: "none",
          walk_forward: "none",
          resamples: 0,
          metrics
        },
        assets: assetsOf(market, []),
        plugins,
        services: SweepTeam.layer({ threads: 1 })
      })
      assert.strictEqual(done.stages["returns"]?.status, "completed", JSON.stringify(done.stages))
      const rows = done.assets["strategy_returns"] as ReadonlyArray<Readonly<Record<string, number | string>>>
      const trials = done.assets["parameter_trials"] as ReadonlyArray<Readonly<Record<string, number | string>>>
      const columnOf = (strategy: string): string => `trial_${trials.findIndex((t) => t["strategy"] === strategy)}`
      const wanted = byHand()
      assert.strictEqual(rows.length, wanted.size)
      let moved = 0
      for (const row of rows) {
        const expected = wanted.get(Number(row["date"]))!
        assert.closeTo(Number(row[columnOf("quick")]), expected, 1e-7)
        assert.strictEqual(row[columnOf("buy_and_hold")], row["held"])
        if (expected !== 0) moved++
      }
      assert.isAbove(moved, 50)
    }
  )
})
