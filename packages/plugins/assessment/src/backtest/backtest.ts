/** One strategy with one parameter set on one series: weights, account, metrics. */
import { type Conventions, measure } from "../performance/measure.ts"
import type { Measures } from "../performance/metrics.ts"
import { returnsOf } from "../performance/returns.ts"
import { type Execution, tradableBars } from "../simulation/Execution.ts"
import { FillLog } from "../simulation/FillLog.ts"
import { simulate } from "../simulation/simulate.ts"
import { type Trade, tradesOf } from "../simulation/trades.ts"
import type { StrategyDef } from "../types.ts"
import { decide } from "./decide.ts"
import { type IndicatorSource, indicatorCache } from "./indicators.ts"
import type { Series } from "./Series.ts"

/** How accounts are run and measured: the same for every strategy of a run. */
export interface Rules extends Conventions {
  readonly execution: Execution
  readonly seed: number
}

/** A series with what all backtests on it share. */
export interface Bench {
  readonly series: Series
  readonly indicator: (name: string) => Float64Array
  readonly tradable: Uint8Array
  readonly weight: Float64Array
  readonly equity: Float64Array
  /** Returns of the benchmark over the evaluated bars; NaN where it has no bar. */
  readonly benchmark: Float64Array
}

export interface Account {
  /** Over the evaluated bars. */
  readonly equity: Float64Array
  readonly returns: Float64Array
  readonly trades: ReadonlyArray<Trade>
  readonly measures: Measures
}

/** `benchmark` are returns of the evaluated bars; the series' own closes when left out. */
export const benchOf = (
  series: Series,
  rules: Rules,
  options: Partial<IndicatorSource> & { readonly benchmark?: Float64Array } = {}
): Bench => {
  const n = series.columns.close.length
  const base = {
    series,
    indicator: indicatorCache({ ...options, columns: series.columns }),
    tradable: tradableBars(series.columns, rules.execution.fill),
    weight: new Float64Array(n),
    equity: new Float64Array(n)
  }
  return { ...base, benchmark: options.benchmark ?? heldReturns(base, rules) }
}

/** Buying the symbol itself and holding it, with the same fills and costs. */
const heldReturns = ({ series, tradable, weight, equity }: Omit<Bench, "benchmark">, rules: Rules): Float64Array => {
  simulate(series.columns, weight.fill(1), rules.execution, equity, { first: series.first, tradable })
  return returnsOf(equity, series.first)
}

export const backtest = (bench: Bench, strategy: StrategyDef, parameters: ReadonlyArray<number>, rules: Rules): Account => {
  const { series, tradable, weight } = bench
  const { columns, first } = series
  decide({ strategy, parameters }, bench, { weight, seed: rules.seed })
  const fills = new FillLog()
  const totals = simulate(columns, weight, rules.execution, bench.equity, { first, tradable, fills })
  const equity = bench.equity.slice(first)
  const returns = returnsOf(equity)
  const trades = tradesOf(fills, columns.close)
  const days = columns.date.at(-1)! - columns.date[first]!
  return {
    equity,
    returns,
    trades,
    measures: measure({ equity, returns, benchmark: bench.benchmark, days, totals, trades }, rules)
  }
}
