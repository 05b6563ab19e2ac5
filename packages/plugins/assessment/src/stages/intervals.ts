/** How far the results of the best parameter set of each strategy may be off. */
import { batch, type Batch, text } from "@tetra/core"
import { politisWhite } from "@tetra/plugin-scenarios/kernels"
import { Effect } from "effect"
import { backtest, benchOf, type Rules } from "../backtest/backtest.ts"
import { StrategyFailed } from "../backtest/decide.ts"
import type { Resolve } from "../backtest/indicators.ts"
import type { Series } from "../backtest/Series.ts"
import { tradesUniverse } from "../backtest/universe.ts"
import type { Trade } from "../simulation/trades.ts"
import { intervalsOf, tradeOrder } from "../ranking/intervals.ts"
import { resamplesOf } from "../ranking/resamples.ts"
import type { Intervals } from "../types.ts"
import type { ReturnsMatrix } from "./strategyReturns.ts"
import type { NumberedTrial } from "./trials.ts"

/** Of the bounds: the 5 % and the 95 % point. */
const CONFIDENCE = 0.9

export interface IntervalRow {
  readonly trial: NumberedTrial
  readonly statistic: string
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly bcaLow: number
  readonly bcaHigh: number
}

export interface IntervalContext {
  /** None: no intervals. */
  readonly series: ReadonlyArray<Series>
  readonly returns: ReturnsMatrix
  readonly rules: Rules
  readonly resamples: number
  readonly resolve: Resolve
  readonly progress: (done: number, total: number) => void
}

/** Four intervals of each trial's returns, then the drawdown over random orders of its trades. */
export const intervalRows = (
  trials: ReadonlyArray<NumberedTrial>,
  { series, returns, rules, resamples: count, resolve, progress }: IntervalContext
): Effect.Effect<ReadonlyArray<IntervalRow>, StrategyFailed> =>
  Effect.gen(function* () {
    const days = returns.dates.length
    if (series.length === 0 || days === 0) return []
    const { seed } = rules
    const resamples = resamplesOf(days, { count, blockLength: politisWhite(returns.held), seed })
    const gains = yield* tradeGains(trials, series, { rules, resolve })
    const rows: Array<IntervalRow> = []
    for (const [i, trial] of trials.entries()) {
      const of = { returns: returns.of(trial), benchmark: returns.held, conventions: rules, confidence: CONFIDENCE, resamples }
      for (const found of intervalsOf(of) ?? []) rows.push({ trial, ...found })
      const order = tradeOrder(gains[i]!, { count, seed })
      if (order !== undefined) {
        const { actual, quantile05, quantile95 } = order
        const bounds = { low: quantile05, high: quantile95, bcaLow: NaN, bcaHigh: NaN }
        rows.push({ trial, statistic: "trade_order_drawdown", estimate: actual, ...bounds })
      }
      progress(i + 1, trials.length)
      yield* Effect.yieldNow
    }
    return rows
  })

/** Per trial, gains of its closed trades over all symbols as shares of the portfolio, in order of their ends. None for those that trade all symbols together. */
const tradeGains = (
  trials: ReadonlyArray<NumberedTrial>,
  series: ReadonlyArray<Series>,
  { rules, resolve }: Pick<IntervalContext, "rules" | "resolve">
): Effect.Effect<ReadonlyArray<Float64Array>, StrategyFailed> =>
  Effect.gen(function* () {
    const trades = trials.map((): Array<{ readonly day: number; readonly gain: number }> => [])
    // One series at a time, so that its indicators are forgotten before those of the next are made.
    for (const one of series) {
      const bench = benchOf(one, rules, { resolve })
      for (const [i, { strategy, parameters }] of trials.entries()) {
        if (tradesUniverse(strategy)) continue
        const account = yield* Effect.try({
          try: () => backtest(bench, strategy, parameters, rules),
          catch: (error) => asFailure(error, strategy.name, one)
        })
        const gainOf = shareOfEquity(bench.equity, one.first)
        for (const trade of account.trades) {
          if (!trade.open) trades[i]!.push({ day: one.columns.date[trade.exitBar]!, gain: gainOf(trade) / series.length })
        }
        yield* Effect.yieldNow
      }
    }
    return trades.map((own) =>
      Float64Array.from(
        own.toSorted((a, b) => a.day - b.day),
        ({ gain }) => gain
      )
    )
  })

/** Net gain over the equity at the close before the trade. */
const shareOfEquity =
  (equity: Float64Array, first: number) =>
  ({ entryBar, gross, costs }: Trade): number => {
    const before = entryBar > first ? equity[entryBar - 1]! : 1
    return before > 0 ? (gross - costs) / before : 0
  }

const asFailure = (error: unknown, strategy: string, { scenario, symbol }: Series): StrategyFailed =>
  error instanceof StrategyFailed
    ? error
    : new StrategyFailed({ strategy, parameters: "", scenario, symbol, detail: String(error) })

export const intervalsBatch = (rows: ReadonlyArray<IntervalRow>): Batch<(typeof Intervals)["columns"]> => {
  const column = (of: (row: IntervalRow) => number): Float64Array => Float64Array.from(rows, of)
  return batch({
    strategy: text(rows.map(({ trial }) => trial.strategy.name)),
    parameters: text(rows.map(({ trial }) => trial.text)),
    statistic: text(rows.map((r) => r.statistic)),
    confidence: column(() => CONFIDENCE),
    estimate: column((r) => r.estimate),
    low: column((r) => r.low),
    high: column((r) => r.high),
    bca_low: column((r) => r.bcaLow),
    bca_high: column((r) => r.bcaHigh)
  })
}
