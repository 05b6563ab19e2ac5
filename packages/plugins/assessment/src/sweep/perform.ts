/** Performs the items of a sweep, in whichever thread. */
import { backtest, type Bench, benchOf } from "../backtest/backtest.ts"
import type { IndicatorSource } from "../backtest/indicators.ts"
import { play } from "../backtest/play.ts"
import { backtestUniverse, playUniverse, universeBenchOf, universeReturns } from "../backtest/universe.ts"
import { areScreened, screen, screenOf } from "../backtest/screen.ts"
import type { Measures } from "../performance/metrics.ts"
import { returnsOf } from "../performance/returns.ts"
import { placesOn } from "../simulation/Universe.ts"
import type { Remembered } from "./Remembered.ts"
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
  /** As `lengthsOf` says, starting from 0. */
  readonly measures: Float64Array
  readonly sums: Float64Array
  /** Days of the returns: those of `axisOfSubjects`. */
  readonly dates: Int32Array
  readonly resolve?: IndicatorSource["resolve"] | undefined
  /** Trials that were run ahead are taken from there; with `ahead` those of this sweep are left there, which wants measures and returns. */
  readonly remembered?: Remembered | undefined
  readonly ahead?: boolean | undefined
  /** Indicator columns that are there already, by subject and series. */
  readonly stored?: ((subject: number, series: number) => ReadonlyMap<string, Float64Array> | undefined) | undefined
}

/** A subject with everything that its trials share. */
interface Stand {
  /** At least the metrics that the sweep asks for. */
  readonly measures: (trial: SweepTrial) => Partial<Measures>
  /** Returns per evaluated day: of that trial, or of the one that `measures` just ran. */
  readonly returns: (trial?: SweepTrial) => Float64Array
  /** Places of its days among those of the sweep. */
  readonly places: Int32Array
}

/** What performs one item after another. Indicators are computed once per series and parameter, for as long as items of that subject follow each other. */
export const performerOf = (sweep: Sweep, performing: Performing): ((item: Item) => void) => {
  const { ahead = false, measures, sums, dates, remembered } = performing
  const { trials, wanted } = sweep
  const isKnown = wanted === "both" && !ahead && remembered?.isEmpty() === false
  const names = metricsOf(sweep)
  let at = -1
  let stand: Stand | undefined
  let under = ""
  return ({ subject, from, to }) => {
    if (stand === undefined || at !== subject) {
      stand = standFor(sweep, subject, performing)
      under = remembered !== undefined && (isKnown || ahead) ? remembered.placeOf(sweep, subject) : ""
    }
    at = subject
    let place = (subject * trials.length + from) * names.length
    for (let j = from; j < to; j++) {
      const trial = trials[j]!
      const known = isKnown ? remembered.take(under, trial) : undefined
      if (known !== undefined) {
        measures.set(known.measures, place)
        place += names.length
        addReturns(sums, j * dates.length, { returns: known.returns, places: stand.places })
        continue
      }
      const from = place
      if (wanted !== "returns") {
        const found = stand.measures(trial)
        for (const name of names) measures[place++] = found[name] ?? NaN
      }
      if (wanted !== "measures") {
        const returns = wanted === "both" ? stand.returns() : stand.returns(trial)
        addReturns(sums, j * dates.length, { returns, places: stand.places })
        if (ahead) remembered?.put(under, trial, { measures: measures.subarray(from, place), returns })
      }
    }
  }
}

/** Rounds returns to whole units and adds them to the sums of a trial, which start at `row`. A day without a position touches nothing. */
const addReturns = (
  sums: Float64Array,
  row: number,
  { returns, places }: { readonly returns: Float64Array; readonly places: Int32Array }
): void => {
  const days = returns.length
  if (days === 0) return
  const first = places[0]!
  const isUnbroken = places[days - 1]! - first === days - 1
  for (let t = 0; t < days; t++) {
    const r = returns[t]!
    if (r !== 0) sums[row + (isUnbroken ? first + t : places[t]!)]! += r * UNIT + ROUND - ROUND
  }
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
  const places = sweep.wanted === "measures" ? new Int32Array(0) : placesOn(evaluatedDays(subject), dates)
  const kind = together ? standTogether(benches, sweep, { place, subject }) : standAlone(benches[0]!, sweep)
  return { ...kind, places }
}

const standAlone = (bench: Bench, sweep: Sweep): Omit<Stand, "places"> => {
  const { rules, wanted } = sweep
  const isQuick = wanted !== "returns" && rules.profile !== "backtesting.py" && areScreened(metricsOf(sweep))
  const quick = isQuick ? screenOf(bench, rules, { returns: wanted === "both" }) : undefined
  return {
    measures: ({ strategy, parameters }) =>
      quick !== undefined && strategy.weights !== undefined
        ? screen(quick, strategy, parameters, rules)
        : backtest(bench, strategy, parameters, rules).measures,
    returns: (trial) => {
      if (trial === undefined) return bench.returns
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
    returns: (trial) => {
      if (trial !== undefined) playUniverse(bench, { ...trial, rules })
      return universeReturns(bench, days)
    }
  }
}
