/** Performs the items of a sweep, in whichever thread. */
import { backtest, type Bench, benchOf } from "../backtest/backtest.ts"
import type { IndicatorSource } from "../backtest/indicators.ts"
import { play } from "../backtest/play.ts"
import { backtestUniverse, universeBenchOf, universeReturns } from "../backtest/universe.ts"
import { areScreened, screen, screenOf } from "../backtest/screen.ts"
import type { Measures } from "../performance/metrics.ts"
import { returnsOf } from "../performance/returns.ts"
import { placesOn } from "../simulation/Universe.ts"
import { evaluatedDays, type Item, metricsOf, type Subject, type Sweep, type SweepTrial } from "./Sweep.ts"

/**
 * Returns are summed as whole numbers of 2^-32: such sums are exact up to 2^53, so they are the same in whatever order the subjects come, on however
 * many threads. What is rounded away is below 2e-10 of a return.
 */
const UNIT = 2 ** 32
/** Adding and subtracting it rounds a number below 2^51 to a whole one. */
const ROUND = 1.5 * 2 ** 52

/** Turns a sum over subjects into a mean, with the digits of a 32-bit float. */
export const meanOfSum = (sum: number, count: number): number => Math.fround(sum / UNIT / count)

export interface Performing {
  /** As `resultLength` says, starting from 0. */
  readonly results: Float64Array
  /** Days of the returns: those of `axisOfSubjects`. */
  readonly dates: Int32Array
  readonly resolve?: IndicatorSource["resolve"] | undefined
  /** Indicator columns that are there already, by subject and series. */
  readonly stored?: ((subject: number, series: number) => ReadonlyMap<string, Float64Array> | undefined) | undefined
}

/** A subject with everything that its trials share. */
interface Stand {
  /** At least the metrics that the sweep asks for. */
  readonly measures: (trial: SweepTrial) => Partial<Measures>
  readonly returns: (trial: SweepTrial) => Float64Array
  /** Places of its days among those of the sweep. */
  readonly places: Int32Array
}

/** What performs one item after another. Indicators are computed once per series and parameter, for as long as items of that subject follow each other. */
export const performerOf = (sweep: Sweep, performing: Performing): ((item: Item) => void) => {
  const { results, dates } = performing
  const { trials } = sweep
  const names = metricsOf(sweep)
  let at = -1
  let stand: Stand | undefined
  const standOf = (subject: number): Stand => {
    if (stand === undefined || at !== subject) stand = standFor(sweep, subject, performing)
    at = subject
    return stand
  }
  const measures = ({ subject, from, to }: Item): void => {
    const stand = standOf(subject)
    let place = (subject * trials.length + from) * names.length
    for (let j = from; j < to; j++) {
      const found = stand.measures(trials[j]!)
      for (const name of names) results[place++] = found[name] ?? NaN
    }
  }
  const returns = ({ subject, from, to }: Item): void => {
    const { returns: of, places } = standOf(subject)
    for (let j = from; j < to; j++) {
      const found = of(trials[j]!)
      const row = j * dates.length
      for (let t = 0; t < found.length; t++) results[row + places[t]!]! += found[t]! * UNIT + ROUND - ROUND
    }
  }
  return sweep.wanted === "measures" ? measures : returns
}

const standFor = (sweep: Sweep, place: number, { dates, resolve, stored }: Performing): Stand => {
  const { rules, together, benchmarks } = sweep
  const subject = sweep.subjects[place]!
  const benches = subject.map((series, i) => {
    const columns = stored?.(place, i)
    const benchmark = together ? undefined : benchmarks?.[place]
    return benchOf(series, rules, {
      ...(resolve && { resolve }),
      ...(columns && { stored: columns }),
      ...(benchmark && { benchmark })
    })
  })
  const places = sweep.wanted === "returns" ? placesOn(evaluatedDays(subject), dates) : new Int32Array(0)
  const kind = together ? standTogether(benches, sweep, { place, subject }) : standAlone(benches[0]!, sweep)
  return { ...kind, places }
}

const standAlone = (bench: Bench, sweep: Sweep): Omit<Stand, "places"> => {
  const { rules, wanted } = sweep
  const isQuick = wanted === "measures" && rules.profile !== "backtesting.py" && areScreened(metricsOf(sweep))
  const quick = isQuick ? screenOf(bench, rules) : undefined
  return {
    measures: ({ strategy, parameters }) =>
      quick !== undefined && strategy.weights !== undefined
        ? screen(quick, strategy, parameters, rules)
        : backtest(bench, strategy, parameters, rules).measures,
    returns: (trial) => {
      play(bench, { ...trial, rules })
      return returnsOf(bench.equity, bench.series.first, bench.returns)
    }
  }
}

const standTogether = (
  benches: ReadonlyArray<Bench>,
  { rules, benchmarks }: Sweep,
  { place, subject }: { readonly place: number; readonly subject: Subject }
): Omit<Stand, "places"> => {
  const bench = universeBenchOf(benches, rules, () => benchmarks?.[place])
  const days = evaluatedDays(subject)
  return {
    measures: (trial) => backtestUniverse(bench, { ...trial, rules }).measures,
    returns: (trial) => universeReturns(bench, days, { ...trial, rules })
  }
}
