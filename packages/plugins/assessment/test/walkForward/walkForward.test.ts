import { Effect } from "effect"
import { assert, describe, it } from "vitest"
import { objectiveOf } from "../../src/backtest/history.ts"
import type { Series } from "../../src/backtest/Series.ts"
import { historyReturns } from "../../src/sweep/historyReturns.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import type { WeightStrategy } from "../../src/types.ts"
import { type FoldPlan, foldsOf } from "../../src/walkForward/folds.ts"
import { efficiencyOf, stabilityOf } from "../../src/walkForward/stability.ts"
import { walk } from "../../src/walkForward/walk.ts"
import { testRules } from "../support/report.ts"
import { walk as randomWalk } from "../support/series.ts"

const plan: FoldPlan = { kind: "rolling", train: 100, test: 30, step: 30, purge: 4, embargo: 6 }

describe("folds", () => {
  it("train on what lies before the test and the gap, and test every bar after the first training once", () => {
    for (const kind of ["anchored", "rolling"] as const) {
      const folds = foldsOf(320, { ...plan, kind })
      assert.deepStrictEqual(folds[0], { trainFrom: 0, trainTo: 100, testFrom: 110, testTo: 140 })
      for (const [i, fold] of folds.entries()) {
        assert.strictEqual(fold.testFrom - fold.trainTo, 10)
        assert.strictEqual(fold.trainTo - fold.trainFrom, kind === "rolling" ? 100 : 100 + 30 * i)
        assert.strictEqual(fold.testFrom, i === 0 ? 110 : folds[i - 1]!.testTo)
      }
      assert.strictEqual(folds.at(-1)!.testTo, 320)
    }
  })

  it("leave out a test that is less than half as long, and are none on a short history", () => {
    assert.strictEqual(foldsOf(154, plan).at(-1)!.testTo, 140)
    assert.strictEqual(foldsOf(155, plan).at(-1)!.testTo, 155)
    assert.deepStrictEqual(foldsOf(120, plan), [])
  })
})

describe("stability", () => {
  const choice = (parameters: ReadonlyArray<number>, annualTrain = 0.1) => ({ parameters, annualTrain, annualTest: 0 })
  it("tells how often choices stay, what is chosen most, and how far they move", () => {
    const choices = [choice([10, 1]), choice([10, 1]), choice([30, 1]), choice([10, 1])]
    const { unchanged, mode, distance } = stabilityOf(choices, [40, 0])
    assert.closeTo(unchanged, 1 / 3, 1e-12)
    assert.strictEqual(mode, 3 / 4)
    assert.closeTo(distance, (0 + 0.5 + 0.5) / 3, 1e-12)
    assert.deepStrictEqual(stabilityOf(choices.slice(0, 1), [40, 0]), { unchanged: 1, mode: 1, distance: 0 })
  })
  it("is efficient when as much is earned out of sample as in it, and not defined when there was nothing to keep", () => {
    assert.closeTo(efficiencyOf(0.06, [choice([1], 0.1), choice([1], 0.14)]), 0.5, 1e-12)
    assert.isNaN(efficiencyOf(0.06, [choice([1], -0.1)]))
  })
})

/** Long while bar / 250 is even for n = 0, while it is odd for n = 1. */
const seasonal: WeightStrategy = {
  name: "seasonal",
  title: "Seasonal",
  parameters: [{ name: "n", default: 0, grid: [0, 1] }],
  weights: (_, [n], weight) => {
    for (let t = 0; t < weight.length; t++) weight[t] = Math.floor(t / 250) % 2 === n ? 1 : 0
  }
}
const trials = [0, 1].map((n) => ({ strategy: seasonal, parameters: [n] }))

const walked = (series: ReadonlyArray<Series>, folds: FoldPlan) =>
  Effect.gen(function* () {
    const team = yield* SweepTeam
    const { dates, returns } = yield* historyReturns(team, { series, trials, rules: testRules })
    const found = yield* walk(team, {
      series,
      dates,
      folds: foldsOf(dates.length, folds),
      strategies: [{ trials, returns }],
      objective: "total_return",
      rules: testRules
    })
    return { dates, own: found[0]! }
  }).pipe(Effect.provide(SweepTeam.layer({ threads: 1 })), Effect.scoped, Effect.runPromise)

const seriesOf = (symbol: string, seed: number, change: (close: Float64Array) => void): Series => {
  const columns = randomWalk({ seed, bars: 1000, volatility: 0.002 })
  for (const values of [columns.open, columns.high, columns.low, columns.close]) change(values)
  return { scenario: "base", path: 0, symbol, columns, first: 0 }
}
/** Rises on the even stretches of 250 bars and falls on the odd ones. */
const tides = (values: Float64Array): void => {
  let level = 1
  for (let t = 0; t < values.length; t++) {
    level *= Math.floor(t / 250) % 2 === 0 ? 1.002 : 0.998
    values[t]! *= level
  }
}
const folds: FoldPlan = { kind: "anchored", train: 200, test: 50, step: 50, purge: 0, embargo: 0 }

describe("walk-forward", () => {
  it("chooses on the training window what was best there, and runs it from flat on the test", async () => {
    const series = [seriesOf("A", 1, tides), seriesOf("B", 2, tides)]
    const { dates, own } = await walked(series, folds)
    assert.strictEqual(own.length, 16)
    for (const { chosen, dates: days, returns, fold } of own) {
      assert.strictEqual(chosen.parameters[0], 0, `fold ${fold}`)
      const from = 200 + 50 * fold
      assert.deepStrictEqual([...days], [...dates.subarray(from, from + 50)])
      // An account that starts flat at the first bar of the test: invested on even stretches, and it pays for its entry.
      const invested = Math.floor(from / 250) % 2 === 0
      const expected = invested ? 1.002 ** 49 : 1
      assert.closeTo(
        returns.reduce((e, r) => e * (1 + r), 1),
        expected,
        invested ? 0.04 : 0.01
      )
      if (!invested) assert.isTrue(returns.subarray(2).every((r) => r === 0))
    }
    assert.isTrue(own.every((w) => w.objectiveTest === objectiveOf(w.returns, "total_return", testRules)))
  })

  it("sees nothing of the future: what comes later changes no earlier choice and no earlier return", async () => {
    const noise = (values: Float64Array) => void values
    const poison = (values: Float64Array): void => {
      for (let t = 600; t < values.length; t++) values[t] = 1000 / values[t]!
    }
    const before = await walked([seriesOf("A", 4, noise)], folds)
    const after = await walked([seriesOf("A", 4, poison)], folds)
    for (const [i, { returns, chosen, objectiveTrain }] of before.own.entries()) {
      if (200 + 50 * (i + 1) > 600) break
      const other = after.own[i]!
      assert.deepStrictEqual([...other.returns], [...returns])
      assert.deepStrictEqual([other.chosen, other.objectiveTrain], [chosen, objectiveTrain])
    }
    assert.notDeepEqual([...after.own.at(-1)!.returns], [...before.own.at(-1)!.returns])
  })

  it("forgets what rolled out of its window, and remembers it when anchored", async () => {
    const early = (values: Float64Array): void => {
      tides(values)
      for (let t = 0; t < 150; t++) values[t]! *= 1 + (150 - t) / 100
    }
    const rolling: FoldPlan = { ...folds, kind: "rolling", train: 100 }
    const trained = async (change: (values: Float64Array) => void, of: FoldPlan) =>
      (await walked([seriesOf("A", 5, change)], of)).own.at(-1)!.objectiveTrain
    assert.strictEqual(await trained(early, rolling), await trained(tides, rolling))
    assert.notStrictEqual(await trained(early, folds), await trained(tides, folds))
  })

  it("leaves out a symbol that has no bar in the test", async () => {
    const { columns, ...rest } = seriesOf("B", 6, tides)
    const from700 = <A extends Float64Array | Int32Array>(x: A): A => x.subarray(700) as A
    const { date, open, high, low, close, volume } = columns
    const listed: Series = {
      ...rest,
      columns: {
        date: from700(date),
        open: from700(open),
        high: from700(high),
        low: from700(low),
        close: from700(close),
        volume: from700(volume)
      }
    }
    const both = await walked([seriesOf("A", 5, tides), listed], folds)
    const alone = await walked([seriesOf("A", 5, tides)], folds)
    assert.deepStrictEqual([...both.own[3]!.returns], [...alone.own[3]!.returns])
    assert.notDeepEqual([...both.own.at(-1)!.returns], [...alone.own.at(-1)!.returns])
  })
})
