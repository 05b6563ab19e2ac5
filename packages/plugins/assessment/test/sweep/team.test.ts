import { Effect, Exit, Fiber, ManagedRuntime } from "effect"
import { afterAll, assert, describe, it } from "vitest"
import { backtest, benchOf } from "../../src/backtest/backtest.ts"
import { StrategyFailed } from "../../src/backtest/decide.ts"
import { parameterSets } from "../../src/backtest/grid.ts"
import type { Series } from "../../src/backtest/Series.ts"
import { SCREENED } from "../../src/backtest/screen.ts"
import { metricNames } from "../../src/performance/metrics.ts"
import { returnsOf } from "../../src/performance/returns.ts"
import { builtIn } from "../../src/strategies/index.ts"
import { meanOfSum } from "../../src/sweep/perform.ts"
import { cut, itemsOf, shared, type Subject, type Sweep } from "../../src/sweep/Sweep.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
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

/** One team of two threads for all tests: starting threads is what takes time. */
const runtimes = {
  1: ManagedRuntime.make(SweepTeam.layer({ threads: 1 })),
  2: ManagedRuntime.make(SweepTeam.layer({ threads: 2, worth: 0 }))
}
afterAll(() => Promise.all(Object.values(runtimes).map((runtime) => runtime.dispose())))
const run = (of: Sweep, threads: 1 | 2) => runtimes[threads].runPromise(Effect.flatMap(SweepTeam, (team) => team.run(of)))

describe("a sweep", () => {
  it(
    "answers the metrics of every trial on every series, the same in threads and in the calling one",
    { timeout: 60_000 },
    async () => {
      const alone = await run(sweep, 1)
      for (const [s, one] of series.entries()) {
        const bench = benchOf(one, testRules)
        for (const [j, { strategy, parameters }] of trials.entries()) {
          const expected = backtest(bench, strategy, parameters, testRules).measures
          const at = (s * trials.length + j) * metricNames.length
          assert.deepStrictEqual(
            [...alone.measures.subarray(at, at + metricNames.length)],
            metricNames.map((name) => expected[name])
          )
        }
      }
      assert.deepStrictEqual([...(await run(sweep, 2)).measures], [...alone.measures])
    }
  )

  it("takes what was run ahead over to the bit, once; other rules or bars are run", async () => {
    let calls = 0
    const { module: _, ...alone } = everyThird
    const counted: WeightStrategy = {
      ...alone,
      name: "counted",
      weights: (...given) => {
        calls++
        alone.weights(...given)
      }
    }
    const own: Sweep = { ...sweep, wanted: "both", trials: [{ strategy: counted, parameters: [3] }, ...trials.slice(0, 3)] }
    const asked = await Effect.runPromise(
      Effect.gen(function* () {
        const team = yield* SweepTeam
        const plain = yield* team.run(own)
        yield* team.run({ ...own, trials: own.trials.slice(0, 1) }, { ahead: true })
        const before = calls
        const later = yield* team.run(own)
        const taken = calls - before
        yield* team.run({ ...own, trials: own.trials.slice(0, 1) }, { ahead: true })
        const from = calls
        yield* team.run({ ...own, rules: { ...testRules, seed: testRules.seed + 1 } })
        return { plain, later, taken, anew: calls - from }
      }).pipe(Effect.provide(SweepTeam.layer({ threads: 1 })))
    )
    assert.deepStrictEqual([asked.later.measures, asked.later.sums], [asked.plain.measures, asked.plain.sums])
    assert.deepStrictEqual([asked.taken, asked.anew], [0, subjects.length])
  })

  it(
    "adds returns up over series exactly, whatever the order: the same bits on any number of threads",
    { timeout: 60_000 },
    async () => {
      const wanted: Sweep = { ...sweep, wanted: "returns" }
      const alone = await run(wanted, 1)
      assert.deepStrictEqual([...(await run(wanted, 2)).sums], [...alone.sums])
      assert.deepStrictEqual([...(await run({ ...wanted, subjects: subjects.toReversed() }, 1)).sums], [...alone.sums])

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
        const mean = meanOfSum(alone.sums[3 * dates.length + t]!, count[t]!)
        assert.closeTo(mean, sums.get(day)! / count[t]!, 1e-9)
      }
    }
  )

  it(
    "answers metrics and returns in one pass as in one for each, the few metrics of a ranking, too",
    { timeout: 60_000 },
    async () => {
      const ranked: Sweep = { ...sweep, metrics: SCREENED }
      const { sums } = await run({ ...sweep, wanted: "returns" }, 1)
      for (const one of [sweep, ranked]) {
        const alone = await run(one, 1)
        for (const threads of [1, 2] as const) {
          const both = await run({ ...one, wanted: "both" }, threads)
          assert.deepStrictEqual([...both.measures], [...alone.measures])
          // Of a combination that is screened, returns are made from tables: they may round to the next unit of 2^-32.
          assert.isTrue(
            both.sums.length === sums.length && both.sums.every((sum, i) => Math.abs(sum - sums[i]!) <= series.length)
          )
        }
      }
    }
  )

  it("of a cut series ends where it is cut and starts where it is told", async () => {
    const part = cut(series[0]!, 100, 160)
    const { sums, dates } = await run({ ...sweep, wanted: "returns", subjects: [[part]] }, 1)
    assert.deepStrictEqual([...dates], [...series[0]!.columns.date.subarray(100, 160)])
    const whole = benchOf({ ...series[0]!, first: 100 }, testRules)
    const last = trials.length - 2
    backtest(whole, trials[last]!.strategy, trials[last]!.parameters, testRules)
    const expected = returnsOf(whole.equity, 100)
    for (let t = 0; t < 60; t++) assert.closeTo(meanOfSum(sums[last * 60 + t]!, 1), expected[t]!, 1e-9)
  })

  it("takes dividends and rates along into shared memory and into parts", () => {
    const [one] = series
    const dividend = one!.columns.close.map((_, t) => t)
    const rate = one!.columns.close.map((_, t) => 1 + t)
    const [[moved]] = shared([[{ ...one!, dividend, rate }]]) as [[(typeof series)[number]]]
    assert.instanceOf(moved.rate!.buffer, SharedArrayBuffer)
    assert.deepStrictEqual([[...moved.dividend!], [...moved.rate!]], [[...dividend], [...rate]])
    const part = cut(moved, 10, 40)
    assert.deepStrictEqual(
      [Array.from(part.dividend!), Array.from(part.rate!)],
      [Array.from(dividend.slice(0, 40)), Array.from(rate.slice(0, 40))]
    )
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
    const expected = [...(await run(of(everyThird), 1)).measures]
    assert.deepStrictEqual([...(await run(of(everyThird), 2)).measures], expected)
    const { module: _, ...anonymous } = everyThird
    assert.deepStrictEqual([...(await run(of(anonymous), 2)).measures], expected)
  })

  it("that fail in a thread fail the sweep with what, where and why", { timeout: 60_000 }, async () => {
    const failure = await run(of(brittle), 2).then(
      () => undefined,
      (error: unknown) => error
    )
    assert.instanceOf(failure, StrategyFailed)
    assert.match(failure.message, /brittle \{"n":3\} on S\d \(base\): the well is dry/)
  })

  it("that never end are ended with the run", { timeout: 60_000 }, async () => {
    const exit = await runtimes[2].runPromise(
      Effect.gen(function* () {
        const team = yield* SweepTeam
        const running = yield* Effect.forkChild(team.run(of(spinning)))
        yield* Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))
        return yield* Fiber.interrupt(running).pipe(Effect.andThen(Fiber.await(running)))
      })
    )
    assert.isTrue(Exit.isFailure(exit))
  })
})
