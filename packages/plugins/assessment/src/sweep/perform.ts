/** Performs the items of a sweep, in whichever thread. */
import { backtest, type Bench, benchOf } from "../backtest/backtest.ts"
import type { IndicatorSource } from "../backtest/indicators.ts"
import { play } from "../backtest/play.ts"
import { metricNames } from "../performance/metrics.ts"
import { returnsOf } from "../performance/returns.ts"
import type { Item, Sweep } from "./Sweep.ts"

/**
 * Returns are summed as whole numbers of 2^-32: such sums are exact up to 2^53, so they are the same in whatever order the series come, on however
 * many threads. What is rounded away is below 2e-10 of a return.
 */
const UNIT = 2 ** 32
/** Adding and subtracting it rounds a number below 2^51 to a whole one. */
const ROUND = 1.5 * 2 ** 52

/** Turns a sum over series into a mean, with the digits of a 32-bit float. */
export const meanOfSum = (sum: number, count: number): number => Math.fround(sum / UNIT / count)

export interface Performing {
  /** As `resultLength` says, starting from 0. */
  readonly results: Float64Array
  /** Days of the returns: those of `axisOfSeries`. */
  readonly dates: Int32Array
  readonly resolve?: IndicatorSource["resolve"]
  /** Indicator columns that are there already, by series. */
  readonly stored?: (series: number) => ReadonlyMap<string, Float64Array> | undefined
}

/** What performs one item after another. Indicators are computed once per series and parameter, for as long as items of that series follow each other. */
export const performerOf = (sweep: Sweep, { results, dates, resolve, stored }: Performing): ((item: Item) => void) => {
  let at = -1
  let bench: Bench | undefined
  let places: Int32Array | undefined
  const benchFor = (series: number): Bench => {
    if (bench !== undefined && at === series) return bench
    at = series
    places = undefined
    const benchmark = sweep.benchmarks?.[series]
    const columns = stored?.(series)
    bench = benchOf(sweep.series[series]!, sweep.rules, {
      ...(resolve && { resolve }),
      ...(columns && { stored: columns }),
      ...(benchmark && { benchmark })
    })
    return bench
  }
  const measures = (own: Bench, { series, from, to }: Item): void => {
    let place = (series * sweep.trials.length + from) * metricNames.length
    for (let j = from; j < to; j++) {
      const { strategy, parameters } = sweep.trials[j]!
      const found = backtest(own, strategy, parameters, sweep.rules).measures
      for (const name of metricNames) results[place++] = found[name]
    }
  }
  const returns = (own: Bench, { from, to }: Item): void => {
    const { columns, first } = own.series
    places ??= placesOn(columns.date.subarray(first), dates)
    for (let j = from; j < to; j++) {
      play(own, { ...sweep.trials[j]!, rules: sweep.rules })
      const found = returnsOf(own.equity, first, own.returns)
      const row = j * dates.length
      for (let t = 0; t < found.length; t++) results[row + places[t]!]! += found[t]! * UNIT + ROUND - ROUND
    }
  }
  const perform = sweep.wanted === "measures" ? measures : returns
  return (item) => perform(benchFor(item.series), item)
}

/** The place among `axis` of each of `days`; both ascend, and the axis has every day. */
const placesOn = (days: Int32Array, axis: Int32Array): Int32Array => {
  let place = 0
  return days.map((day) => {
    while (axis[place]! < day) place++
    return place
  })
}
