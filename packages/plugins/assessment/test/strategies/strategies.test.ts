import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import { benchOf, type Rules } from "../../src/backtest/backtest.ts"
import { decide, StrategyFailed } from "../../src/backtest/decide.ts"
import { parametersOf, parameterSets, parametersText } from "../../src/backtest/grid.ts"
import type { Series } from "../../src/backtest/Series.ts"
import { crossings, lineOf } from "../../src/simulation/crossings.ts"
import { randomFrom } from "../../src/simulation/random.ts"
import { builtIn } from "../../src/strategies/index.ts"
import type { WeightStrategy } from "../../src/types.ts"
import { walk } from "../support/series.ts"

const rules: Rules = { execution: { fill: "next_open", feesBps: 0, slippageBps: 0 }, annualisation: 252, riskFree: 0, seed: 1 }
const seriesOf = (columns: SeriesColumns): Series => ({ scenario: "base", path: 0, symbol: "AAA", columns, first: 0 })
const weightsOf = (strategy: WeightStrategy, parameters: ReadonlyArray<number>, columns: SeriesColumns): Float64Array => {
  const bench = benchOf(seriesOf(columns), rules)
  decide({ strategy, parameters }, bench, { weight: bench.weight, seed: rules.seed })
  return bench.weight
}
const every = (bars: SeriesColumns, change: (x: Float64Array) => Float64Array): SeriesColumns => ({
  date: bars.date,
  open: change(bars.open),
  high: change(bars.high),
  low: change(bars.low),
  close: change(bars.close),
  volume: change(bars.volume)
})
const BARS = 700
const market = walk({ seed: 3, bars: BARS, volatility: 0.013, drift: 2e-4 })

describe.each(builtIn.map((s) => [s.name, s] as const))("%s", (_, strategy) => {
  const sets = parameterSets(strategy, { grid: true, sides: "both" })

  it("decides from bars up to the close only: cutting or poisoning later bars changes nothing before", () => {
    const random = randomFrom(9)
    for (const parameters of [sets[0]!, sets.at(-1)!]) {
      const whole = weightsOf(strategy, parameters, market)
      for (let k = 0; k < 3; k++) {
        const cut = 300 + Math.floor(random() * (BARS - 300))
        const truncated = { ...every(market, (x) => x.slice(0, cut)), date: market.date.slice(0, cut) }
        assert.deepStrictEqual(weightsOf(strategy, parameters, truncated), whole.slice(0, cut))
        const poisoned = every(market, (x) => x.map((v, t) => (t < cut ? v : t % 3 === 0 ? NaN : 1e6)))
        assert.deepStrictEqual(weightsOf(strategy, parameters, poisoned).slice(0, cut), whole.slice(0, cut))
      }
    }
  })

  it("trades on a walk of 700 bars with every parameter set of its grid", () => {
    for (const parameters of sets) {
      const weight = weightsOf(strategy, parameters, market)
      assert.isTrue(weight.every((w) => w >= -1 && w <= 1))
      assert.isAbove(weight.filter((w) => w !== 0).length, 0, parametersText(strategy, parameters))
    }
  })

  it("does not fall over a series that is too short for it", () => {
    for (const bars of [0, 1, 5]) {
      const weight = weightsOf(strategy, sets[0]!, walk({ seed: 1, bars }))
      assert.strictEqual(weight.length, bars)
    }
  })

  it("says the same with its crossover as with its weights", () => {
    for (const parameters of sets) {
      const names = strategy.crossover?.(parameters)
      if (names === undefined) continue
      const bench = benchOf(seriesOf(market), rules)
      const changes = new Int32Array(BARS)
      const count = crossings(lineOf(bench.indicator(names[0])), lineOf(bench.indicator(names[1])), 0, changes)
      const weight = weightsOf(strategy, parameters, market)
      const expected = Array.from(weight.keys()).filter((t) => weight[t] !== (t === 0 ? 0 : weight[t - 1]))
      assert.deepStrictEqual(Array.from(changes.subarray(0, count)), expected)
    }
  })
})

describe("parameter sets", () => {
  const strategy = builtIn.find((s) => s.name === "sma_cross")!

  it("are the product of the grids with the defaults included, or the defaults alone", () => {
    assert.deepStrictEqual(parameterSets(strategy, { grid: false, sides: "long" }), [[20, 100, 0]])
    const sets = parameterSets(strategy, { grid: true, sides: "long" })
    assert.strictEqual(sets.length, 16)
    assert.strictEqual(new Set(sets.map(String)).size, 16)
    assert.deepInclude(sets, [20, 100, 0])
    assert.strictEqual(parameterSets(strategy, { grid: true, sides: "both" }).length, 32)
  })

  it("survive being written and read", () => {
    assert.deepStrictEqual(parametersOf(strategy, parametersText(strategy, [5, 50, 1])), [5, 50, 1])
  })
})

describe("a strategy of somebody else", () => {
  const faulty = (weights: WeightStrategy["weights"]): WeightStrategy => ({
    name: "mine",
    title: "Mine",
    parameters: [],
    weights
  })

  it("fails with its name, the series and the reason when it throws, leaves the range or names an unknown indicator", () => {
    const cases = [
      [faulty(() => assert.fail("out of luck")), "out of luck"],
      [faulty((_, __, weight) => void weight.fill(1.5)), "weight 1.5 at bar 0 is not between -1 and 1"],
      [faulty((_, __, ___, { indicator }) => void indicator("smma_20")), "smma_20"]
    ] as const
    for (const [strategy, detail] of cases) {
      try {
        weightsOf(strategy, [], market)
        assert.fail("nothing was thrown")
      } catch (error) {
        assert.instanceOf(error, StrategyFailed)
        assert.include(error.message, detail)
        assert.include(error.message, "mine {} on AAA (base)")
      }
    }
  })
})
