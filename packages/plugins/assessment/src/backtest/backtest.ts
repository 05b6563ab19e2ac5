/** One strategy with one parameter set on one series: weights, account, metrics. */
import { type Benchmark, benchmarkOf } from "../performance/benchmark.ts"
import { type Conventions, measure, type Scratch, scratchOf } from "../performance/measure.ts"
import type { Measures } from "../performance/metrics.ts"
import { returnsOf } from "../performance/returns.ts"
import { type Execution, tradableBars } from "../simulation/Execution.ts"
import { FillLog } from "../simulation/FillLog.ts"
import { type Market, marksIn } from "../simulation/Market.ts"
import { type Marks, type Trade, tradesOf } from "../simulation/trades.ts"
import type { StrategyDef } from "../types.ts"
import { type IndicatorSource, indicatorCache } from "./indicators.ts"
import { play } from "./play.ts"
import type { Series } from "./Series.ts"
import { furtherMarket, simulateWeights } from "./simulateWeights.ts"

/** How accounts are run and measured: the same for every strategy of a run. */
export interface Rules extends Conventions {
  readonly execution: Execution
  readonly seed: number
}

/** A series with what all backtests on it share. Weights, equity, returns and fills are those of the last backtest. */
export interface Bench {
  readonly series: Series
  readonly indicator: (name: string) => Float64Array
  readonly tradable: Uint8Array
  /** Where a run has further rules. */
  readonly market: Market | undefined
  /** What its trades are marked at. */
  readonly marks: Marks
  readonly weight: Float64Array
  readonly equity: Float64Array
  /** Of the evaluated bars. */
  readonly returns: Float64Array
  readonly fills: FillLog
  readonly scratch: Scratch
  readonly benchmark: Benchmark
}

export interface Account {
  readonly trades: ReadonlyArray<Trade>
  readonly measures: Measures
}

/** `benchmark` are returns of the evaluated bars, NaN where it has no bar; holding the symbol itself when left out. */
export const benchOf = (
  series: Series,
  rules: Rules,
  options: Partial<IndicatorSource> & { readonly benchmark?: Float64Array } = {}
): Bench => {
  const n = series.columns.close.length
  const evaluated = Math.max(0, n - series.first)
  const base = {
    series,
    indicator: indicatorCache({ ...options, columns: series.columns }),
    tradable: tradableBars(series.columns, rules.execution.fill),
    market: furtherMarket(series, rules.execution),
    marks: marksIn(series.columns, series),
    weight: new Float64Array(n),
    equity: new Float64Array(n),
    returns: new Float64Array(evaluated),
    fills: new FillLog(),
    scratch: scratchOf(evaluated)
  }
  return { ...base, benchmark: benchmarkOf(options.benchmark ?? heldReturns(base, rules)) }
}

/** Buying the symbol itself and holding it, with the same fills and costs. */
const heldReturns = (bench: Omit<Bench, "benchmark">, rules: Rules): Float64Array => {
  bench.weight.fill(1)
  simulateWeights(bench, rules.execution, { strategy: { role: "benchmark" } })
  return returnsOf(bench.equity, bench.series.first)
}

export const backtest = (bench: Bench, strategy: StrategyDef, parameters: ReadonlyArray<number>, rules: Rules): Account => {
  const { benchmark, scratch } = bench
  const { columns, first } = bench.series
  const fills = bench.fills.clear()
  const totals = play(bench, { strategy, parameters, rules }, fills)
  const returns = returnsOf(bench.equity, first, bench.returns)
  const equity = bench.equity.subarray(first)
  const trades = tradesOf(fills, bench.marks)
  const days = columns.date.at(-1)! - columns.date[first]!
  return { trades, measures: measure({ equity, returns, benchmark, days, totals, trades }, rules, scratch) }
}
