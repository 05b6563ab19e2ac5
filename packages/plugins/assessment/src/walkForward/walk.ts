/** Walk-forward: parameters are chosen on the past, and run on what follows it. */
import { Effect } from "effect"
import type { Rules } from "../backtest/backtest.ts"
import type { StrategyFailed } from "../backtest/decide.ts"
import { objectiveOf } from "../backtest/history.ts"
import type { Series } from "../backtest/Series.ts"
import { annualReturn } from "../performance/returns.ts"
import type { Objective } from "../settings.ts"
import { historyReturns, type ReturnsWanted } from "../sweep/historyReturns.ts"
import { cut, type SweepTrial } from "../sweep/Sweep.ts"
import type { SweepTeam } from "../sweep/SweepTeam.ts"
import type { Fold } from "./folds.ts"

/** A strategy's trials with their returns on the days of the whole history. */
export interface Candidates<T extends SweepTrial> {
  readonly trials: ReadonlyArray<T>
  readonly returns: ReadonlyArray<Float64Array>
}

export interface Walked<T> {
  readonly fold: number
  readonly chosen: T
  readonly objectiveTrain: number
  readonly objectiveTest: number
  readonly annualTrain: number
  readonly annualTest: number
  /** Days of the test, and the returns on them of an account that starts flat on the first. */
  readonly dates: Int32Array
  readonly returns: Float64Array
}

export interface WalkInput<T extends SweepTrial> extends Pick<ReturnsWanted, "series" | "rules" | "resolve"> {
  /** Days of the whole history. */
  readonly dates: Int32Array
  readonly folds: ReadonlyArray<Fold>
  readonly strategies: ReadonlyArray<Candidates<T>>
  readonly objective: Objective
  readonly progress?: (done: number, total: number) => void
}

/** Per strategy, what each fold chose and what became of it. A candidate without an objective (one that never traded) is chosen last. */
export const walk = <T extends SweepTrial>(
  team: SweepTeam["Service"],
  input: WalkInput<T>
): Effect.Effect<ReadonlyArray<ReadonlyArray<Walked<T>>>, StrategyFailed> =>
  Effect.gen(function* () {
    const { dates, folds, strategies, objective, rules, progress } = input
    const walked: Array<Array<Walked<T>>> = strategies.map(() => [])
    for (const [k, fold] of folds.entries()) {
      const chosen: Array<Best> = []
      for (const own of strategies) {
        chosen.push(bestOf(own, fold, objective, rules))
        yield* Effect.yieldNow
      }
      const tested = yield* historyReturns(team, {
        series: windowsOf(input.series, dates[fold.testFrom]!, dates[fold.testTo - 1]!),
        trials: chosen.map(({ place }, s) => strategies[s]!.trials[place]!),
        rules,
        resolve: input.resolve
      })
      for (const [s, best] of chosen.entries()) {
        const returns = tested.returns[s]!
        walked[s]!.push({
          fold: k,
          chosen: strategies[s]!.trials[best.place]!,
          objectiveTrain: best.objective,
          objectiveTest: objectiveOf(returns, objective, rules),
          annualTrain: annualOf(best.train, rules),
          annualTest: annualOf(returns, rules),
          dates: tested.dates,
          returns
        })
      }
      progress?.(k + 1, folds.length)
    }
    return walked
  })

interface Best {
  readonly place: number
  readonly objective: number
  readonly train: Float64Array
}

const bestOf = ({ returns }: Candidates<SweepTrial>, { trainFrom, trainTo }: Fold, objective: Objective, rules: Rules): Best => {
  let best: Best | undefined
  for (const [place, whole] of returns.entries()) {
    const train = whole.subarray(trainFrom, trainTo)
    const value = objectiveOf(train, objective, rules)
    if (best === undefined || value > best.objective || (Number.isNaN(best.objective) && !Number.isNaN(value))) {
      best = { place, objective: value, train }
    }
  }
  return best!
}

/** Geometric annual return; -1 after ruin. */
export const annualOf = (returns: Float64Array, { annualisation }: Rules): number => {
  let equity = 1
  for (const r of returns) equity *= 1 + r
  return annualReturn(equity, returns.length, annualisation)
}

/** Each series up to the last day, its account starting on the first; those without a bar in between are left out. */
const windowsOf = (series: ReadonlyArray<Series>, firstDay: number, lastDay: number): ReadonlyArray<Series> =>
  series.flatMap((one) => {
    const { date } = one.columns
    const first = Math.max(one.first, placeOf(date, firstDay))
    const to = placeOf(date, lastDay + 1)
    return first < to ? [cut(one, first, to)] : []
  })

/** The first place whose day is not before `day`. */
const placeOf = (ascending: Int32Array, day: number): number => {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! < day) low = middle + 1
    else high = middle
  }
  return low
}
