/** What the trials of a partition have accounts for: each series, and all symbols of each path together. */
import type { Series } from "../backtest/Series.ts"
import { PORTFOLIO, tradesUniverse } from "../backtest/universe.ts"
import { barsHash } from "../sweep/barsHash.ts"
import type { Subject } from "../sweep/Sweep.ts"
import type { NumberedTrial } from "./trials.ts"

/** The trials of one kind with what they are run on. */
export interface Lot {
  readonly together: boolean
  readonly subjects: ReadonlyArray<Subject>
  readonly trials: ReadonlyArray<NumberedTrial>
}

/** Those that trade one symbol at a time, and those that trade them all together; either may be empty. */
export const lotsOf = (series: ReadonlyArray<Series>, trials: ReadonlyArray<NumberedTrial>): ReadonlyArray<Lot> => {
  const of = (together: boolean) => trials.filter(({ strategy }) => tradesUniverse(strategy) === together)
  return [
    { together: false, subjects: series.map((one): Subject => [one]), trials: of(false) },
    { together: true, subjects: pathsOf(series), trials: of(true) }
  ].filter((lot) => lot.trials.length > 0)
}

/** The symbols of each path of a scenario, in order of path. */
const pathsOf = (series: ReadonlyArray<Series>): ReadonlyArray<Subject> =>
  [...Map.groupBy(series, ({ path }) => path).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const]
  )

/** An account as its results name it. */
export interface Account {
  readonly scenario: string
  readonly path: number
  readonly symbol: string
  /** Days that it is run on. */
  readonly days: Int32Array
  /** A hash of the bars that it sees. */
  readonly bars: string
}

export const accountOf = (subject: Subject, together: boolean): Account => {
  const [{ scenario, path, symbol }] = subject
  const { date, first } = daysOf(subject)
  return { scenario, path, symbol: together ? PORTFOLIO : symbol, days: date.subarray(first), bars: barsHash(subject) }
}

/** Every day of its series, and the place of the first on which one of them is evaluated. */
export const daysOf = (subject: Subject): { readonly date: Int32Array; readonly first: number } => {
  const [only, ...others] = subject
  if (others.length === 0) return { date: only.columns.date, first: only.first }
  const date = Int32Array.from(new Set(subject.flatMap(({ columns }) => [...columns.date]))).sort()
  const start = Math.min(...subject.map(({ columns, first }) => columns.date[first] ?? Infinity))
  const first = date.findIndex((day) => day >= start)
  return { date, first: first < 0 ? date.length : first }
}
