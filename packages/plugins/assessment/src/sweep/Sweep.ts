/** One sweep as data that threads can share: prices and results in shared memory, the rest small enough to copy. */
import type { Rules } from "../backtest/backtest.ts"
import type { Series } from "../backtest/Series.ts"
import { type MetricName, metricNames } from "../performance/metrics.ts"
import type { StrategyDef } from "../types.ts"

/** A strategy with one parameter set. */
export interface SweepTrial {
  readonly strategy: StrategyDef
  readonly parameters: ReadonlyArray<number>
}

/** What a trial has one account for: a single series, or all symbols of one scenario and path. */
export type Subject = readonly [Series, ...ReadonlyArray<Series>]

/** The trials `[from, to)` on one subject. */
export interface Item {
  readonly subject: number
  readonly from: number
  readonly to: number
}

/** `measures`: the metrics of each trial on each subject. `returns`: returns per bar of each trial, summed over the subjects that have the bar. */
export type Wanted = "measures" | "returns" | "both"

export interface Sweep {
  readonly wanted: Wanted
  /** Whether the trials trade all series of a subject together; otherwise each subject is one series. */
  readonly together: boolean
  readonly subjects: ReadonlyArray<Subject>
  readonly trials: ReadonlyArray<SweepTrial>
  readonly rules: Rules
  /** Which metrics; every one when left out. A few that are cheap, and nothing else, cost a fraction of them all. */
  readonly metrics?: ReadonlyArray<MetricName>
  /** Per subject, returns of the benchmark on its evaluated days; holding the subject itself where there are none. */
  readonly benchmarks?: ReadonlyArray<Float64Array | undefined>
}

/** The same subjects with their prices in one block of shared memory, so that handing them to a thread copies nothing. */
export const shared = (subjects: ReadonlyArray<Subject>): ReadonlyArray<Subject> => {
  const bars = subjects.flat().reduce((n, s) => n + s.columns.close.length, 0)
  const days = new SharedArrayBuffer(bars * 4)
  const prices = new SharedArrayBuffer(bars * 8 * 7)
  let at = 0
  const move = (one: Series): Series => {
    const { dividend, rate, columns: own, ...rest } = one
    const { date, open, high, low, close, volume } = own
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
    const moved = {
      ...rest,
      columns,
      ...(dividend && { dividend: column(dividend, 5) }),
      ...(rate && { rate: column(rate, 6) })
    }
    at += n
    return moved
  }
  return subjects.map(([first, ...others]) => [move(first), ...others.map(move)])
}

/** The bars up to `to` (exclusive) of a series, with the account starting at `first`: views, nothing is copied. */
export const cut = (series: Series, first: number, to: number): Series => {
  const { dividend, rate, finer } = series
  const { date, open, high, low, close, volume } = series.columns
  return {
    ...series,
    first,
    ...(dividend && { dividend: dividend.subarray(0, to) }),
    ...(rate && { rate: rate.subarray(0, to) }),
    ...(finer && { finer: { ...finer, from: finer.from.subarray(0, to + 1) } }),
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

/** The days on which some subject is evaluated, ascending, and how many are. */
export interface Axis {
  readonly dates: Int32Array
  readonly count: Int32Array
}

export const axisOfSubjects = (subjects: ReadonlyArray<Subject>): Axis => {
  const counts = new Map<number, number>()
  for (const subject of subjects) {
    for (const day of evaluatedDays(subject)) counts.set(day, (counts.get(day) ?? 0) + 1)
  }
  const dates = Int32Array.from(counts.keys()).sort()
  return { dates, count: dates.map((day) => counts.get(day)!) }
}

/** Every day on which a series of the subject is evaluated, ascending. */
export const evaluatedDays = (subject: Subject): Int32Array => {
  const [only, ...others] = subject
  if (others.length === 0) return only.columns.date.subarray(only.first)
  return Int32Array.from(new Set(subject.flatMap(({ columns, first }) => [...columns.date.subarray(first)]))).sort()
}

const barsOf = (subject: Subject): number => subject.reduce((n, { columns }) => n + columns.close.length, 0)

/** Bars times trials of the whole sweep. */
export const workOf = ({ subjects, trials }: Pick<Sweep, "subjects" | "trials">): number =>
  trials.length * subjects.reduce((n, s) => n + barsOf(s), 0)

/** Cuts a sweep into items of about `work` bars times trials; an item stays within one strategy, and those of one subject follow each other. */
export const itemsOf = ({ subjects, trials }: Sweep, work: number): ReadonlyArray<Item> =>
  subjects.flatMap((own, subject) => {
    const most = Math.max(1, Math.round(work / Math.max(1, barsOf(own))))
    const items: Array<Item> = []
    for (let from = 0; from < trials.length;) {
      let to = from + 1
      while (to < trials.length && to - from < most && trials[to]!.strategy === trials[from]!.strategy) to++
      items.push({ subject, from, to })
      from = to
    }
    return items
  })

export const metricsOf = ({ metrics = metricNames }: Pick<Sweep, "metrics">): ReadonlyArray<MetricName> => metrics

/** Numbers that a sweep answers with: metrics by (subject, trial, metric), and sums of returns by (trial, day); nothing of what is not wanted. */
export const lengthsOf = (sweep: Sweep, days: number): { readonly measures: number; readonly sums: number } => ({
  measures: sweep.wanted === "returns" ? 0 : sweep.subjects.length * sweep.trials.length * metricsOf(sweep).length,
  sums: sweep.wanted === "measures" ? 0 : sweep.trials.length * days
})

/** Sums of returns that are held at once, by each thread. */
const MOST_SUMS = 8_000_000

/** How many trials may run at once for the returns of so many days. */
export const trialsAtOnce = (days: number): number => Math.max(1, Math.floor(MOST_SUMS / Math.max(1, days)))
