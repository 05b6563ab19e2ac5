/** A series beside its benchmark, as named numbers. */
import type { SeriesColumns } from "../types.ts"
import * as dep from "./dependence.ts"
import { simpleReturns } from "./returns.ts"
import { named, shortestSeries, type Statistic, type StatisticOptions } from "./Statistic.ts"

/** Returns of `own` and `other` on the dates that both have, simple. */
const joined = (own: SeriesColumns, other: SeriesColumns): readonly [Float64Array, Float64Array] => {
  const rowOf = new Map(Array.from(other.date, (date, i) => [date, i] as const))
  const rows = Array.from(own.date, (date, i) => [i, rowOf.get(date)] as const).filter((r) => r[1] !== undefined)
  return [
    simpleReturns(Float64Array.from(rows, ([i]) => own.close[i]!)),
    simpleReturns(Float64Array.from(rows, ([, j]) => other.close[j!]!))
  ]
}
/** Beta, alpha and correlations with a benchmark, on common dates; nothing for fewer than `shortestSeries` of them. */
export const describeAgainst = (
  own: SeriesColumns,
  benchmark: { readonly symbol: string; readonly columns: SeriesColumns },
  options: StatisticOptions
): ReadonlyArray<Statistic> => {
  const [y, x] = joined(own, benchmark.columns)
  if (y.length < shortestSeries) return []
  const on = benchmark.symbol
  const rf = options.riskFree / options.annual
  return named([
    ["beta", on, dep.beta(y, x)],
    ["alpha", `${on},A=${options.annual}`, dep.alpha(y, x, options.annual, rf)],
    ["correlation_pearson", on, dep.pearson(y, x)],
    ["correlation_spearman", on, dep.spearman(y, x)],
    ["correlation_kendall", on, dep.kendall(y, x)]
  ])
}
