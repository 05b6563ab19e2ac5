/** A plugin of somebody else: one strategy of each style, named in the configuration like those that ship. */
import { batch, definePlugin, text } from "@tetra/core"
import { dataset, testPipeline } from "@tetra/core/testing"
import { QualityReport } from "@tetra/plugin-data/types"
import { Indicator } from "@tetra/plugin-metrics/types"
import { Effect, Result } from "effect"
import { assert, describe, it } from "vitest"
import plugin, { assessment } from "../../src/index.ts"
import { failureTexts, notFetched } from "../../src/stages/failures.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import { Strategy } from "../../src/types.ts"
import { assetsOf } from "../support/assets.ts"
import { walk } from "../support/series.ts"

/** Weights from columns: long while the close is above its average. */
const above = Strategy.contribute({
  name: "above_average",
  title: "Above its average",
  parameters: [{ name: "period", default: 50, grid: [20, 50] }],
  weights: ({ close }, [period], weight, { indicator }) => {
    const average = indicator(`sma_${period}`)
    for (let t = 0; t < weight.length; t++) weight[t] = close[t]! > average[t]! ? 1 : 0
  }
})
/** Orders: buys a fall of 2 %, with a stop and a limit, whole shares. */
const dip = Strategy.contribute({
  name: "buy_the_dip",
  title: "Buy the dip",
  parameters: [{ name: "percent", default: 2, grid: [2] }],
  account: { kind: "cash", initial: 10_000, lot: 1 },
  onBar:
    ([percent]) =>
    ({ bar, columns: { close }, position, waiting, order }) => {
      if (position !== 0 || waiting > 0) return
      const price = close[bar]!
      const limit = price * (1 - percent! / 100)
      order({ size: { share: 0.9 }, limit, lasts: "day", bracket: { stop: 0.97 * limit, limit: 1.03 * limit } })
    }
})
/** Weights of all symbols: the one that rose most in a month. */
const leader = Strategy.contribute({
  name: "leader",
  title: "Leader",
  parameters: [],
  allocate: ({ closes, date }, _, weights) => {
    for (let t = 21; t < date.length; t++) {
      const rises = closes.map((c) => c[t]! / c[t - 21]!)
      const best = rises.indexOf(Math.max(...rises))
      for (const [i, weight] of weights.entries()) weight[t] = i === best ? 1 : 0
    }
  }
})
/** Orders for all symbols: an equal amount of each, once. */
const basket = Strategy.contribute({
  name: "basket",
  title: "Basket",
  trades: "universe",
  parameters: [],
  onBar: () => {
    let bought = false
    return ({ universe, equity, order }) => {
      if (!bought)
        for (const symbol of universe.symbols) order({ symbol, size: { value: (0.9 * equity) / universe.symbols.length } })
      bought = true
    }
  }
})

describe("strategies of another plugin", () => {
  const mine = definePlugin({
    name: "mine",
    version: "1.0.0",
    api: "^1.0",
    points: [Indicator],
    contributes: [above, dip, leader, basket]
  })
  const market = { AAA: walk({ seed: 1, bars: 400, drift: 4e-4 }), BBB: walk({ seed: 2, bars: 400 }) }

  it("of weights, of orders and for all symbols are tested, ranked and reported by their names", async () => {
    const done = await testPipeline(assessment, {
      params: { strategies: "above_average, buy_the_dip, leader, basket", scenario: "none", sides: "long" },
      assets: assetsOf(market, []),
      plugins: [{ ...plugin, pipelines: {} }, mine],
      services: SweepTeam.layer({ threads: 1 })
    })
    assert.strictEqual(done.status, "completed", JSON.stringify(done.stages))
    const results = done.assets["backtest_results"] as ReadonlyArray<Record<string, string | number>>
    assert.sameDeepMembers(
      results.map((r) => [r["strategy"], r["symbol"]]),
      [
        ...["above_average", "above_average", "buy_the_dip"].flatMap((s) => [
          [s, "AAA"],
          [s, "BBB"]
        ]),
        ["leader", "portfolio"],
        ["basket", "portfolio"]
      ]
    )
    assert.isTrue(results.every((r) => Number(r["trades"]) > 0))
    const dips = results.filter((r) => r["strategy"] === "buy_the_dip")
    assert.isTrue(dips.every((r) => Number(r["trades"]) > 3 && Number(r["exposure"]) < 0.8))
    const ranked = done.assets["strategy_rankings"] as ReadonlyArray<Record<string, string | number>>
    assert.strictEqual(ranked.length, 5)
  })

  it("run once for each symbol and parameter set: whether one fails on the history is known from what its backtests take over", async () => {
    const asked: Array<string> = []
    const counting = Strategy.contribute({
      name: "counting",
      title: "Counting",
      parameters: [{ name: "every", default: 3, grid: [3, 5] }],
      weights: ({ close }, [every], weight) => {
        asked.push(`${close[0]} ${every}`)
        for (let t = 0; t < weight.length; t++) weight[t] = t % every! > 0 ? 0 : 1
      }
    })
    const together = Strategy.contribute({
      name: "together",
      title: "Together",
      parameters: [],
      allocate: (_, __, weights) => {
        asked.push("together")
        for (const weight of weights) weight.fill(0.5)
      }
    })
    const done = await testPipeline(assessment, {
      params: { strategies: "counting, together", scenario: "none", sides: "long", walk_forward: "none", resamples: 0 },
      assets: assetsOf(market, []),
      plugins: [
        { ...plugin, pipelines: {} },
        { ...mine, contributes: [counting, together] }
      ],
      services: SweepTeam.layer({ threads: 1 })
    })
    assert.strictEqual(done.status, "completed", JSON.stringify(done.stages))
    // What comes behind is of the report, which plays the best of each again.
    const first = market.AAA.close[0]
    const second = market.BBB.close[0]
    assert.deepStrictEqual(asked.slice(0, 5), [`${first} 3`, `${first} 5`, `${second} 3`, `${second} 5`, "together"])
    assert.strictEqual(asked.filter((one) => one.endsWith(" 3")).length, 2)
  })

  it("that fail on the history cost only themselves, and are named; when all do, the search fails", async () => {
    const broken = Strategy.contribute({
      name: "broken",
      title: "Broken",
      parameters: [{ name: "n", default: 1, grid: [1, 2] }],
      weights: (_, [n]) => {
        if (n === 2) throw new Error("no such thing")
      }
    })
    const ran = (strategies: string) =>
      testPipeline(assessment, {
        params: { strategies, scenario: "none", sides: "long", resamples: 50 },
        assets: assetsOf(market, []),
        plugins: [
          { ...plugin, pipelines: {} },
          { ...mine, contributes: [above, broken] }
        ],
        services: SweepTeam.layer({ threads: 1 })
      })
    const done = await ran("above_average, broken")
    assert.strictEqual(done.status, "completed", JSON.stringify(done.stages))
    const ranked = done.assets["strategy_rankings"] as ReadonlyArray<Record<string, string | number>>
    assert.deepStrictEqual([...new Set(ranked.map((r) => r["strategy"]))], ["above_average"])
    const told = done.events.filter((e) => e._tag === "Log" && String(e["message"]).includes("broken failed on the history"))
    assert.strictEqual(told.length, 1)
    const all = await ran("broken")
    assert.match(all.stages["search"]?.reason ?? "", /StrategyFailed: broken \{"n":2\} on AAA \(base\): no such thing/u)
  })
})
describe("what the report says was left out", () => {
  it("names symbols that were not fetched, and strategies that failed, with the reason of each", async () => {
    const rule = text(["not_fetched", "gap"])
    const day = new Int32Array(2)
    const [severity, sample] = [text(["error", "warn"]), text(["no file", "3 days"])]
    const columns = { symbol: text(["NOPE", "AAA"]), rule, severity, first: day, last: day, count: day, sample }
    const quality = Result.succeed(dataset(QualityReport, batch(columns)))
    assert.deepStrictEqual(await Effect.runPromise(notFetched(quality)), [
      "NOPE was not fetched (no file); only what was stored of it before is here."
    ])
    assert.deepStrictEqual(failureTexts([{ strategy: "broken", reason: "no such thing." }]), [
      "The strategy broken failed on the history and was left out: no such thing."
    ])
  })
})
