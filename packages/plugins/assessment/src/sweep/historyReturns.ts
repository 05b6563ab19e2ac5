/** Returns of trials on the history, as one portfolio with equal weights over symbols: what significance is tested on. */
import { Effect } from "effect"
import type { Rules } from "../backtest/backtest.ts"
import type { StrategyFailed } from "../backtest/decide.ts"
import type { Series } from "../backtest/Series.ts"
import { tradesUniverse } from "../backtest/universe.ts"
import { meanOfSum } from "./perform.ts"
import { axisOfSubjects, type Subject, type Sweep, type SweepTrial, trialsAtOnce } from "./Sweep.ts"
import type { SweepOptions, SweepTeam } from "./SweepTeam.ts"

export interface HistoryReturns {
  /** Days on which some symbol is evaluated. */
  readonly dates: Int32Array
  /** Per trial, the mean return over the symbols that have the day: a portfolio that is brought back to equal weights every day. */
  readonly returns: ReadonlyArray<Float64Array>
}

export interface ReturnsWanted {
  readonly series: ReadonlyArray<Series>
  readonly trials: ReadonlyArray<SweepTrial>
  readonly rules: Rules
  readonly resolve?: SweepOptions["resolve"]
  /** Told trials done and trials in all. */
  readonly progress?: (done: number, total: number) => void
}

/** A strategy that trades all symbols together is a portfolio itself. */
export const historyReturns = (
  team: SweepTeam["Service"],
  { series, trials, rules, resolve, progress }: ReturnsWanted
): Effect.Effect<HistoryReturns, StrategyFailed> =>
  Effect.gen(function* () {
    const alone = series.map((one): Subject => [one])
    const [first, ...others] = series
    const all: ReadonlyArray<Subject> = first === undefined ? [] : [[first, ...others]]
    const { dates } = axisOfSubjects(alone)
    const returns: Array<Float64Array> = Array.from(trials, () => new Float64Array(dates.length))
    const atOnce = trialsAtOnce(dates.length)
    let finished = 0
    for (const together of [false, true]) {
      const places = trials.flatMap(({ strategy }, j) => (tradesUniverse(strategy) === together ? [j] : []))
      for (let from = 0; from < places.length; from += atOnce) {
        const some = places.slice(from, from + atOnce)
        const sweep: Sweep = {
          wanted: "returns",
          together,
          subjects: together ? all : alone,
          trials: some.map((j) => trials[j]!),
          rules
        }
        const before = finished
        const { sums, count } = yield* team.run(sweep, {
          resolve,
          progress: (done, total) => progress?.(before + Math.floor((some.length * done) / total), trials.length)
        })
        for (const [k, j] of some.entries()) {
          returns[j] = Float64Array.from(dates, (_, t) => meanOfSum(sums[k * dates.length + t]!, count[t]!))
        }
        finished += some.length
      }
    }
    return { dates, returns }
  })
