import { Effect, Exit, Fiber } from "effect"
import { assert, describe, it } from "vitest"
import { backtest, benchOf } from "../../src/backtest/backtest.ts"
import { StrategyFailed } from "../../src/backtest/decide.ts"
import { parameterSets } from "../../src/backtest/grid.ts"
import type { Series } from "../../src/backtest/Series.ts"
import { metricNames } from "../../src/performance/metrics.ts"
import { returnsOf } from "../../src/performance/returns.ts"
import { builtIn } from "../../src/strategies/index.ts"
import { meanOfSum } from "../../src/sweep/perform.ts"
import { cut, itemsOf, type Subject, type Sweep } from "../../src/sweep/Sweep.ts"
import { SweepTeam, type TeamOptions } from "../../src/sweep/SweepTeam.ts"
import type { WeightStrategy } from "../../src/types.ts"
import { testRules } from "../support/report.ts"
import { walk } from "../support/series.ts"
import { brittle, everyThird, spinning } from "../support/userStrategies.ts"

const series: ReadonlyArray<Series> = Array.from({ length: 3 }, (_, i) => ({
  scenario: "base",
  path: 0,
  symbol: `S${i}`,
  // The second is listed later: fewer series on the first days.
  columns: walk({ seed: 60 + i, bars: i === 1 ? 220 : 300, drift: 2e-4 }),
  first: 60
}))
const strategies = ["sma_cross", "rsi_reversion", "random_entry", "buy_and_hold"].map((name) =>
  builtIn.find((s) => s.name === name)!
)
const trials = strategies.flatMap((strategy) =>
  parameterSets(strategy, { grid: true, sides: "long" }).map((parameters) => ({ strategy, parameters }))
)
const subjects = series.map((one): Subject => [one])
const sweep: Sweep = { wanted: "measures", together: false, subjects, trials, rules: testRules }

const run = (of: Sweep, options: TeamOptions) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.provide(
        Effect.flatMap(SweepTeam, (team) => team.run(of)),
        SweepTeam.layer({ worth: 0, ...options })
      )
    )
  )

describe("a sweep", () => {
  it(
    "answers the metrics of every trial on every series, the same on one, two and three threads",
    { timeout: 60_000 },
    async () => {
      const alone = await run(sweep, { threads: 1 })
      for (const [s, one] of series.entries()) {
        const bench = benchOf(one, testRules)
        for (const [j, { strategy, parameters }] of trials.entries()) {
          const expected = backtest(bench, strategy, parameters, testRules).measures
          const at = (s * trials.length + j) * metricNames.length
          assert.deepStrictEqual(
            [...alone.results.subarray(at, at + metricNames.length)],
            metricNames.map((name) => expected[name])
          )
        }
      }
      for (const threads of [2, 3]) assert.deepStrictEqual([...(await run(sweep, { threads })).results], [...alone.results])
    }
  )

  it(
    "adds returns up over series exactly, whatever the order: the same bits on any number of threads",
    { timeout: 60_000 },
    async () => {
      const wanted: Sweep = { ...sweep, wanted: "returns" }
      const alone = await run(wanted, { threads: 1 })
      assert.deepStrictEqual([...(await run(wanted, { threads: 2 })).results], [...alone.results])
      assert.deepStrictEqual(
        [...(await run({ ...wanted, subjects: subjects.toReversed() }, { threads: 1 })).results],
        [...alone.results]
      )

      // By definition, for one trial: the mean over the series that have the day.
      const { dates, count } = alone
      const sums = new Map<number, number>()
      for (const one of series) {
        const bench = benchOf(one, testRules)
        backtest(bench, trials[3]!.strategy, trials[3]!.parameters, testRules)
        for (const [t, r] of returnsOf(bench.equity, 60).entries()) {
          const day = one.columns.date[t + 60]!
          sums.set(day, (sums.get(day) ?? 0) + r)
        }
      }
      assert.strictEqual(dates.length, 240)
      for (const [t, day] of dates.entries()) {
        const mean = meanOfSum(alone.results[3 * dates.length + t]!, count[t]!)
        assert.closeTo(mean, sums.get(day)! / count[t]!, 1e-9)
      }
    }
  )

  it("of a cut series ends where it is cut and starts where it is told", async () => {
    const part = cut(series[0]!, 100, 160)
    const { results, dates } = await run({ ...sweep, wanted: "returns", subjects: [[part]] }, { threads: 1 })
    assert.deepStrictEqual([...dates], [...series[0]!.columns.date.subarray(100, 160)])
    const whole = benchOf({ ...series[0]!, first: 100 }, testRules)
    const last = trials.length - 2
    backtest(whole, trials[last]!.strategy, trials[last]!.parameters, testRules)
    const expected = returnsOf(whole.equity, 100)
    for (let t = 0; t < 60; t++) assert.closeTo(meanOfSum(results[last * 60 + t]!, 1), expected[t]!, 1e-9)
  })

  it("is cut into items within one strategy and one series that cover everything once", () => {
    const seen = new Set<string>()
    for (const { subject: s, from, to } of itemsOf(sweep, 1500)) {
      assert.isTrue(to - from <= 5 || s === 1)
      for (let j = from; j < to; j++) {
        assert.strictEqual(trials[j]!.strategy, trials[from]!.strategy)
        seen.add(`${s} ${j}`)
      }
    }
    assert.strictEqual(seen.size, series.length * trials.length)
  })
})

describe("strategies of users in a sweep", () => {
  const of = (strategy: WeightStrategy): Sweep => ({ ...sweep, trials: [{ strategy, parameters: [3] }, ...trials] })

  it("run in threads when they name their module, and in the calling thread when not, alike", { timeout: 60_000 }, async () => {
    const expected = [...(await run(of(everyThird), { threads: 1 })).results]
    assert.deepStrictEqual([...(await run(of(everyThird), { threads: 2 })).results], expected)
    const { module: _, ...anonymous } = everyThird
    assert.deepStrictEqual([...(await run(of(anonymous), { threads: 2 })).results], expected)
  })

  it("that fail in a thread fail the sweep with what, where and why", { timeout: 60_000 }, async () => {
    const failure = await run(of(brittle), { threads: 2 }).then(
      () => undefined,
      (error: unknown) => error
    )
    assert.instanceOf(failure, StrategyFailed)
    assert.match(failure.message, /brittle \{"n":3\} on S\d \(base\): the well is dry/)
  })

  it("that never end are ended with the run", { timeout: 60_000 }, async () => {
    const exit = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const team = yield* SweepTeam
          const running = yield* Effect.forkChild(team.run(of(spinning)))
          yield* Effect.callback<void>((resume) => void setTimeout(() => resume(Effect.void), 300))
          return yield* Fiber.interrupt(running).pipe(Effect.andThen(Fiber.await(running)))
        })
      ).pipe(Effect.provide(SweepTeam.layer({ threads: 2, worth: 0 })))
    )
    assert.isTrue(Exit.isFailure(exit))
  })
})
