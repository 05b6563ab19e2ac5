/** One sweep as data that threads can share: prices and results in shared memory, the rest small enough to copy. */
import type { Rules } from "../backtest/backtest.ts"
import type { Series } from "../backtest/Series.ts"
import { metricNames } from "../performance/metrics.ts"
import type { StrategyDef } from "../types.ts"

/** A strategy with one parameter set. */
export interface SweepTrial {
  readonly strategy: StrategyDef
  readonly parameters: ReadonlyArray<number>
}

/** The trials `[from, to)` on one series. */
export interface Item {
  readonly series: number
  readonly from: number
  readonly to: number
}

/**
 * `measures`: every metric of each trial on each series. `returns`: returns per bar of each trial, summed over the series that have the bar.
 */
export type Wanted = "measures" | "returns"

export interface Sweep {
  readonly wanted: Wanted
  /** Prices are views of shared memory (`shared`), so that handing a sweep to a thread copies none. */
  readonly series: ReadonlyArray<Series>
  readonly trials: ReadonlyArray<SweepTrial>
  readonly rules: Rules
  /** Per series, returns of the benchmark on its evaluated bars; holding the symbol itself where there are none. */
  readonly benchmarks?: ReadonlyArray<Float64Array | undefined>
}

/** The same series with their prices in one block of shared memory. */
export const shared = (series: ReadonlyArray<Series>): ReadonlyArray<Series> => {
  const bars = series.reduce((n, s) => n + s.columns.close.length, 0)
  const days = new SharedArrayBuffer(bars * 4)
  const prices = new SharedArrayBuffer(bars * 8 * 5)
  let at = 0
  return series.map((one) => {
    const { date, open, high, low, close, volume } = one.columns
    const n = close.length
    const column = (values: Float64Array, place: number): Float64Array => {
      const view = new Float64Array(prices, (place * bars + at) * 8, n)
      view.set(values)
      return view
    }
    const dates = new Int32Array(days, at * 4, n)
    dates.set(date)
    const columns = {
      date: dates,
      open: column(open, 0),
      high: column(high, 1),
      low: column(low, 2),
      close: column(close, 3),
      volume: column(volume, 4)
    }
    at += n
    return { ...one, columns }
  })
}

/** The bars up to `to` (exclusive) of a series, with the account starting at `first`: views, nothing is copied. */
export const cut = (series: Series, first: number, to: number): Series => {
  const { date, open, high, low, close, volume } = series.columns
  return {
    ...series,
    first,
    columns: {
      date: date.subarray(0, to),
      open: open.subarray(0, to),
      high: high.subarray(0, to),
      low: low.subarray(0, to),
      close: close.subarray(0, to),
      volume: volume.subarray(0, to)
    }
  }
}

/** The days on which some series is evaluated, ascending, and how many are. */
export interface Axis {
  readonly dates: Int32Array
  readonly symbols: Int32Array
}

export const axisOfSeries = (series: ReadonlyArray<Series>): Axis => {
  const counts = new Map<number, number>()
  for (const { columns, first } of series) {
    for (let t = first; t < columns.date.length; t++) counts.set(columns.date[t]!, (counts.get(columns.date[t]!) ?? 0) + 1)
  }
  const dates = Int32Array.from(counts.keys()).sort()
  return { dates, symbols: dates.map((day) => counts.get(day)!) }
}

/** Bars times trials of the whole sweep. */
export const workOf = ({ series, trials }: Sweep): number =>
  trials.length * series.reduce((n, s) => n + s.columns.close.length, 0)

/** Cuts a sweep into items of about `work` bars times trials; an item stays within one strategy, and those of one series follow each other. */
export const itemsOf = ({ series, trials }: Sweep, work: number): ReadonlyArray<Item> =>
  series.flatMap(({ columns }, index) => {
    const most = Math.max(1, Math.round(work / Math.max(1, columns.close.length)))
    const items: Array<Item> = []
    for (let from = 0; from < trials.length;) {
      let to = from + 1
      while (to < trials.length && to - from < most && trials[to]!.strategy === trials[from]!.strategy) to++
      items.push({ series: index, from, to })
      from = to
    }
    return items
  })

/** Numbers that a sweep answers with: metrics by (series, trial, metric), or sums of returns by (trial, day). */
export const resultLength = (sweep: Sweep, days: number): number =>
  sweep.wanted === "measures" ? sweep.series.length * sweep.trials.length * metricNames.length : sweep.trials.length * days
