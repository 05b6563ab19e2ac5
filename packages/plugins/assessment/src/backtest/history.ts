/** Every trial on the real history, as one portfolio with equal weights over symbols: what significance is tested on. */
import { benchmarkOf } from "../performance/benchmark.ts"
import { measure } from "../performance/measure.ts"
import { returnsOf } from "../performance/returns.ts"
import type { Bench, Rules } from "./backtest.ts"
import { play, type Run } from "./play.ts"
import type { Objective } from "../settings.ts"
import { playUniverse, tradesUniverse, type UniverseBench, universeBenchOf, universeReturns } from "./universe.ts"

/** The bars of all symbols on one axis. */
export interface Axis {
  /** Every day that some symbol is evaluated on, ascending. */
  readonly dates: Int32Array
  /** Per bench, the place on the axis of each of its evaluated bars. */
  readonly places: ReadonlyArray<Int32Array>
  /** How many symbols have a bar there. */
  readonly symbols: Int32Array
  /** The same symbols as one account trades them; made when it is first asked for. */
  readonly universe: (rules: Rules) => UniverseBench
}

export const axisOf = (benches: ReadonlyArray<Bench>): Axis => {
  const evaluated = benches.map(({ series }) => series.columns.date.subarray(series.first))
  const dates = Int32Array.from(new Set(evaluated.flatMap((d) => [...d]))).toSorted()
  const placeOf = new Map(Array.from(dates, (date, place) => [date, place]))
  const places = evaluated.map((d) => d.map((date) => placeOf.get(date)!))
  const symbols = new Int32Array(dates.length)
  for (const own of places) for (const place of own) symbols[place]!++
  let universe: UniverseBench | undefined
  return { dates, places, symbols, universe: (rules) => (universe ??= universeBenchOf(benches, rules)) }
}

/**
 * Mean return per day over the symbols that have a bar on it: a portfolio that is brought back to equal weights every day. A strategy for all symbols
 * is a portfolio itself.
 */
export const portfolioReturns = (benches: ReadonlyArray<Bench>, axis: Axis, run: Run): Float64Array => {
  if (benches.length > 0 && tradesUniverse(run.strategy)) return playedTogether(axis, run)
  const out = new Float64Array(axis.dates.length)
  for (const [i, bench] of benches.entries()) {
    play(bench, run)
    const returns = returnsOf(bench.equity, bench.series.first, bench.returns)
    const places = axis.places[i]!
    for (let t = 0; t < returns.length; t++) out[places[t]!]! += returns[t]!
  }
  for (let place = 0; place < out.length; place++) out[place]! /= axis.symbols[place]!
  return out
}

const playedTogether = ({ dates, universe }: Axis, run: Run): Float64Array => {
  const bench = universe(run.rules)
  playUniverse(bench, run)
  return universeReturns(bench, dates)
}

/** One metric of a series of returns, among those that strategies may be ranked by. */
export const objectiveOf = (returns: Float64Array, objective: Objective, rules: Rules): number => {
  const totals = { costs: 0, turnover: 0, exposedBars: 0 }
  const of = { equity: equityOf(returns), returns, benchmark: benchmarkOf(returns), days: returns.length, totals, trades: [] }
  return measure(of, rules)[objective]
}

/** Equity from 1 of a series of returns. */
export const equityOf = (returns: Float64Array): Float64Array => {
  let equity = 1
  return returns.map((r) => (equity *= 1 + r))
}
