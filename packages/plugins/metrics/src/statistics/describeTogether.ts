/** Many series at once, as named numbers: correlations by pair, components, cointegration. */
import type { SeriesColumns } from "../types.ts"
import { engleGranger, johansen } from "./cointegration.ts"
import {
  componentShares,
  correlationDistance,
  correlationOf,
  ewmaCovariance,
  ledoitWolf,
  sampleCovariance
} from "./covariance.ts"
import type { Matrix } from "./matrix.ts"
import { logReturns } from "./returns.ts"
import { halfLife } from "./serial.ts"
import { shortestSeries, type Statistic } from "./Statistic.ts"

export interface Member {
  readonly symbol: string
  readonly columns: SeriesColumns
}
/** A statistic of one symbol (and, in its parameters, another), or of all of them. */
export interface JointStatistic extends Statistic {
  readonly symbol: string
  /** `full`, or a number of returns. */
  readonly window: string
}
/** The symbol of what belongs to no single one. */
export const everySymbol = "*"
/** Principal components that are told. */
const componentsTold = 5

/** Dates that all members have, ascending. */
const commonDates = (members: ReadonlyArray<Member>): Int32Array => {
  const counts = new Map<number, number>()
  for (const { columns } of members) for (const date of columns.date) counts.set(date, (counts.get(date) ?? 0) + 1)
  return Int32Array.from([...counts].filter(([, count]) => count === members.length).map(([date]) => date)).sort()
}
const closesOn = ({ columns }: Member, dates: Int32Array): Float64Array => {
  const rowOf = new Map(Array.from(columns.date, (date, row) => [date, row] as const))
  return Float64Array.from(dates, (date) => columns.close[rowOf.get(date)!]!)
}
interface Named {
  readonly symbols: ReadonlyArray<string>
  readonly returns: ReadonlyArray<Float64Array>
}
const pairs = (n: number): ReadonlyArray<readonly [number, number]> =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n - i - 1 }, (__, k) => [i, i + k + 1] as const)).flat()

const ofMatrices = ({ returns, symbols }: Named, window: string): ReadonlyArray<JointStatistic> => {
  const sample = correlationOf(sampleCovariance(returns))
  const weighted = correlationOf(ewmaCovariance(returns))
  const { covariance, shrinkage } = ledoitWolf(returns)
  const shrunk = correlationOf(covariance)
  const between = (metric: string, value: (i: number, j: number) => number) =>
    pairs(symbols.length).map(([i, j]) => ({ symbol: symbols[i]!, window, metric, parameters: symbols[j]!, value: value(i, j) }))
  const at = (m: Matrix) => (i: number, j: number) => m[i]![j]!
  const shares = componentShares(sample)
  return [
    ...between("correlation", at(sample)),
    ...between("correlation_ewma", at(weighted)),
    ...between("correlation_shrunk", at(shrunk)),
    ...between("correlation_distance", (i, j) => correlationDistance(sample[i]![j]!)),
    { symbol: everySymbol, window, metric: "shrinkage", parameters: "ledoit_wolf", value: shrinkage },
    ...Array.from(shares.slice(0, componentsTold), (value, k) => ({
      symbol: everySymbol,
      window,
      metric: "pca_share",
      parameters: `component=${k + 1}`,
      value
    }))
  ]
}
const ofPair = (a: Member, b: Member): ReadonlyArray<JointStatistic> => {
  const dates = commonDates([a, b])
  const [y, x] = [closesOn(a, dates).map(Math.log), closesOn(b, dates).map(Math.log)]
  if (y.length < 2 * shortestSeries) return []
  const found = engleGranger(y, x)
  const trace = johansen([y, x]).ranks[0]
  const spread = y.map((v, t) => v - found.hedge * x[t]!)
  const say = (metric: string, value: number) => ({ symbol: a.symbol, window: "full", metric, parameters: b.symbol, value })
  return [
    say("engle_granger", found.statistic),
    say("engle_granger_p", found.p),
    say("hedge_ratio", found.hedge),
    say("spread_half_life", halfLife(spread)),
    ...(trace === undefined ? [] : [say("johansen_trace", trace.trace), say("johansen_trace_95", trace.critical[1])])
  ]
}
/**
 * Correlations of every pair over the last `windows` returns and over all common dates, principal components, and cointegration of the `cointegrated` pairs
 * that correlate most. Members are those with bars enough for the longest window, and half of the longest history; nothing for fewer than two.
 */
export const describeTogether = (
  all: ReadonlyArray<Member>,
  { cointegrated, windows }: { readonly windows: ReadonlyArray<number>; readonly cointegrated: number }
): ReadonlyArray<JointStatistic> => {
  const longest = Math.max(0, ...all.map(({ columns }) => columns.date.length))
  const members = all.filter(({ columns }) => columns.date.length >= Math.max(shortestSeries + 1, longest / 2))
  const dates = commonDates(members)
  if (members.length < 2 || dates.length <= shortestSeries) return []
  const symbols = members.map(({ symbol }) => symbol)
  const closes = members.map((member) => closesOn(member, dates))
  const named = (bars: number): Named => ({ symbols, returns: closes.map((close) => logReturns(close.slice(-bars))) })
  const whole = ofMatrices(named(dates.length), "full")
  const byName = new Map(members.map((member) => [member.symbol, member]))
  const closest = whole
    .filter(({ metric, value }) => metric === "correlation" && !Number.isNaN(value))
    .toSorted((a, b) => b.value - a.value)
    .slice(0, cointegrated)
  return [
    ...whole,
    ...windows.filter((n) => n >= shortestSeries && n < dates.length).flatMap((n) => ofMatrices(named(n + 1), String(n))),
    ...closest.flatMap(({ parameters, symbol }) => ofPair(byName.get(symbol)!, byName.get(parameters)!))
  ]
}
