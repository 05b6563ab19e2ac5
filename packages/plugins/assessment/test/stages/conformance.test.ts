import type { Contributions } from "@tetra/core"
import { checkPlugin, checkStage, dataset, testStage } from "@tetra/core/testing"
import { Indicator, type IndicatorDef } from "@tetra/plugin-metrics/types"
import { Effect, Layer, Result } from "effect"
import { assert, describe, it } from "vitest"
import plugin from "../../src/index.ts"
import { defaults } from "../../src/settings.ts"
import { gapsOf } from "../../src/stages/calculatedMetrics.ts"
import { backtests } from "../../src/stages/backtests.ts"
import { rankings } from "../../src/stages/rankings.ts"
import { report } from "../../src/stages/report.ts"
import { allocations, builtIn } from "../../src/strategies/index.ts"
import { search } from "../../src/stages/search.ts"
import { ReturnSums } from "../../src/stages/returnSums.ts"
import { strategyReturns } from "../../src/stages/strategyReturns.ts"
import { walkForward } from "../../src/stages/walkForward.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import {
  BacktestResults,
  Folds,
  Intervals,
  OutOfSample,
  ParameterTrials,
  Returns,
  Strategy,
  type StrategyDef,
  StrategyRankings,
  WalkForward
} from "../../src/types.ts"
import { batchesOfRows } from "../support/rows.ts"
import { assetsOf, scenario } from "../support/assets.ts"
import { walk } from "../support/series.ts"

const contributions = <T>(values: ReadonlyArray<readonly [string, T]>): Contributions<T> => ({
  keys: values.map(([key]) => key),
  get: (key) => values.find(([k]) => k === key)?.[1],
  all: values.map(([key, value]) => ({ key, value, plugin: "test" }))
})
const services = Layer.mergeAll(
  Layer.succeed(Strategy, contributions<StrategyDef>([...builtIn, ...allocations].map((s) => [s.name, s]))),
  Layer.succeed(Indicator, contributions<IndicatorDef>([])),
  SweepTeam.layer({ threads: 1 })
)
const complete = <H>(all: H) => ({
  all,
  keys: [],
  get: () => undefined,
  coverage: { done: 1, expected: 1, ratio: 1, missing: [] }
})

const symbols = Array.from({ length: 11 }, (_, i) => `S${i}`)
const market = Object.fromEntries(symbols.map((symbol, i) => [symbol, walk({ seed: i, bars: 320, drift: 3e-4 })]))
const calm = scenario("calm", ["S0", "S1"], 2)
const assets = assetsOf(market, [calm])
const strategies = ["buy_and_hold", "sma_cross", "random_entry", "risk_parity"]
const config = { ...defaults, strategies, train_bars: 80, test_bars: 40, resamples: 20 }
const bars = complete(assets.market_data)
const metrics = {
  technical_indicators: Result.succeed(complete(assets.technical_indicators)),
  statistical_metrics: Result.succeed(complete(assets.statistical_metrics)),
  ml_features: Result.succeed(complete(assets.ml_features))
}
/** What the search hands on for a configuration. */
const trialsFor = async (of: typeof config | (Omit<typeof config, "strategies"> & { readonly strategies: string })) => {
  const { outputs } = await testStage(search, { config: of, services, inputs: { bars } })
  return dataset(ParameterTrials, batchesOfRows(ParameterTrials, outputs.trials))
}
const tested = {
  config,
  key: "base",
  services,
  inputs: {
    trials: await trialsFor(config),
    bars,
    definitions: assets.scenario_definitions,
    scenarios: complete(assets.scenario_timeseries),
    ...metrics
  }
}

describe("the shipped stages", () => {
  it("run twice alike, stop at once, leave nothing behind and resume from every checkpoint", { timeout: 60_000 }, async () => {
    const findings = await checkStage(backtests, tested)
    assert.isTrue(findings.some((f) => f.check === "resumes from every checkpoint" && f.detail.startsWith("2 ")))
    for (const finding of findings) assert.isTrue(finding.ok, `${finding.check}: ${finding.detail}`)

    const results = await testStage(backtests, tested)
    const { trials } = tested.inputs
    const common = { config, services, inputs: { trials, bars } }
    for (const finding of await checkStage(search, common)) assert.isTrue(finding.ok, `${finding.check}: ${finding.detail}`)

    const together = await testStage(backtests, { ...tested, key: "base:portfolio" })
    const sums = [results, together].map(({ outputs }) => batchesOfRows(ReturnSums, outputs.sums))
    const summed = { ...common, inputs: { ...common.inputs, sums: complete(dataset(ReturnSums, ...sums)) } }
    for (const finding of await checkStage(strategyReturns, summed))
      assert.isTrue(finding.ok, `${finding.check}: ${finding.detail}`)
    const returned = await testStage(strategyReturns, summed)
    const returns = dataset(Returns, batchesOfRows(Returns, returned.outputs.returns))
    const walking = { ...common, inputs: { trials, returns, bars } }
    for (const finding of await checkStage(walkForward, walking)) assert.isTrue(finding.ok, `${finding.check}: ${finding.detail}`)
    const { outputs: walked } = await testStage(walkForward, walking)
    assert.deepStrictEqual([...new Set(walked.summary.map((row) => row.strategy))].toSorted(), strategies.toSorted())
    const given = {
      config,
      services,
      inputs: {
        ...walking.inputs,
        walked: dataset(WalkForward, batchesOfRows(WalkForward, walked.summary)),
        results: complete(dataset(BacktestResults.type, batchesOfRows(BacktestResults.type, results.outputs.results)))
      }
    }
    for (const finding of await checkStage(rankings, given)) assert.isTrue(finding.ok, `${finding.check}: ${finding.detail}`)

    const ranked = await testStage(rankings, given)
    const reported = {
      config,
      services,
      inputs: {
        ...given.inputs,
        rankings: dataset(StrategyRankings.type, batchesOfRows(StrategyRankings.type, ranked.outputs.rankings)),
        evidence: ranked.outputs.evidence,
        failures: [],
        quality: Result.fail({ _tag: "Unavailable", cause: "missing", message: "there is none" } as const),
        intervals: dataset(Intervals, batchesOfRows(Intervals, ranked.outputs.intervals)),
        folds: dataset(Folds, batchesOfRows(Folds, walked.folds)),
        curves: dataset(OutOfSample, batchesOfRows(OutOfSample, walked.curves)),
        definitions: assets.scenario_definitions,
        ...metrics
      }
    }
    for (const finding of await checkStage(report, reported)) assert.isTrue(finding.ok, `${finding.check}: ${finding.detail}`)
    const written = await testStage(report, reported)
    const names = written.outputs.reports.map((r) => r.name)
    assert.deepStrictEqual(names.slice(0, 4), ["assessment.html", "assessment.json", "strategies.csv", "rankings.csv"])
    // Those that trade all symbols together have a partition of their own, which is not among these results.
    const listed = new Set(ranked.outputs.rankings.map((row) => row.strategy)).size
    assert.strictEqual(names.filter((name) => /^strategy-\d\d-\w+\.html$/u.test(name)).length, listed)
  })

  it("use an indicator column of the metrics pipeline when it is for the same bars", async () => {
    const { Indicators } = await import("@tetra/plugin-metrics/types")
    const date = market["S0"]!.date
    const stored = (days: Int32Array) => {
      const rows = days.length
      const columns = {
        scenario_id: Array(rows).fill("base"),
        path: Array(rows).fill(0),
        symbol: Array(rows).fill("S0"),
        date: Array.from(days)
      }
      // A fast average that is always above the slow one: invested throughout.
      return dataset(
        Indicators,
        batchesOfRows(
          Indicators,
          Array.from(days, (d, t) => ({
            scenario_id: columns.scenario_id[t],
            path: 0,
            symbol: "S0",
            date: d,
            sma_20: 2,
            sma_100: 1
          }))
        )
      )
    }
    const small = { ...config, strategies: "sma_cross", symbols: ["S0"], grid: false }
    const exposure = async (days: Int32Array) => {
      const one = await testStage(backtests, {
        ...tested,
        config: small,
        inputs: { ...tested.inputs, trials: await trialsFor(small), technical_indicators: Result.succeed(complete(stored(days))) }
      })
      return (one.outputs.results[0] as unknown as { exposure: number }).exposure
    }
    assert.strictEqual(await exposure(date), 1)
    assert.isBelow(await exposure(date.map((d) => d + 1)), 1)
  })

  it("run on metrics that are there in part or not at all, and say which are missing", async () => {
    const asked = { ...config, strategies: "sma_cross", symbols: ["S0"], grid: false }
    const small = { ...tested, config: asked, inputs: { ...tested.inputs, trials: await trialsFor(asked) } }
    const whole = await testStage(backtests, small)
    const missing = [{ partition: "base", reason: "out of memory", run: "r", stage: "indicators" }]
    const partly = {
      technical_indicators: Result.succeed({
        ...complete(assets.technical_indicators),
        coverage: { done: 5, expected: 6, ratio: 5 / 6, missing }
      }),
      statistical_metrics: Result.fail({ _tag: "Unavailable", cause: "failed", message: "statistics failed" } as const),
      ml_features: metrics.ml_features
    }
    const found = await testStage(backtests, { ...small, inputs: { ...small.inputs, ...partly } })
    assert.deepStrictEqual(found.outputs.results, whole.outputs.results)
    assert.deepStrictEqual(gapsOf(partly), [
      "Only 5 of 6 parts of the technical indicators are there (base: out of memory); the backtests computed what they needed, with the same results.",
      "There are no statistical metrics (statistics failed); no result here depends on them."
    ])
  })

  it("fail a scenario that was left out before in a partition of its own, with the reason that was given there", async () => {
    const missing = [{ partition: "crash", reason: "no bars before 1999", run: "r", stage: "generate" }]
    const scenarios = { ...tested.inputs.scenarios, coverage: { done: 1, expected: 2, ratio: 0.5, missing } }
    const inputs = { ...tested.inputs, scenarios }
    const keysFor = (scenario: string) => {
      const keys = backtests["~definition"].partitions!.keys({ config: { ...config, scenario }, inputs } as never)
      return Effect.runPromise(keys as Effect.Effect<ReadonlyArray<string>>)
    }
    assert.deepStrictEqual(await keysFor("all"), ["base", "base:portfolio", "calm", "missing:crash"])
    assert.deepStrictEqual(await keysFor("calm"), ["base", "base:portfolio", "calm"])
    const { status, error } = await testStage(backtests, { ...tested, inputs, key: "missing:crash" })
    assert.deepStrictEqual([status, error?._tag], ["failed", "NotProvided"])
    assert.match(error!.message, /crash was left out before: no bars before 1999\. Mend it there/)
  })

  it("have a valid default configuration", async () => {
    for (const finding of await checkPlugin(plugin)) assert.isTrue(finding.ok, `${finding.check}: ${finding.detail}`)
  })
})
