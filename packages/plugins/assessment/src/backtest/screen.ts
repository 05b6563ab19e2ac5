/** The few metrics that a large sweep ranks on, without the passes over the bars that the others need. */
import { annualReturn, compoundAnnualGrowth } from "../performance/returns.ts"
import type { MetricName } from "../performance/metrics.ts"
import type { FillLog } from "../simulation/FillLog.ts"
import { changeReturns, evaluateChanges, type MarketTables, marketTables, type SweepRow } from "../simulation/segments.ts"
import type { WeightStrategy } from "../types.ts"
import type { Bench, Rules } from "./backtest.ts"
import { checkTargets, target } from "./decide.ts"
import { simulateWeights } from "./simulateWeights.ts"

/** What `screen` answers. */
export const SCREENED = [
  "total_return",
  "annual_return",
  "cagr",
  "sharpe",
  "max_drawdown",
  "calmar",
  "trades",
  "exposure"
] as const satisfies ReadonlyArray<MetricName>
export type Screened = Record<(typeof SCREENED)[number], number>
const screened: ReadonlySet<string> = new Set(SCREENED)
export const areScreened = (names: ReadonlyArray<MetricName>): boolean => names.every((name) => screened.has(name))

/** What the screening of one series shares: tables for positions that are all or nothing, undefined where their shortcuts do not hold. */
export interface Screen {
  readonly bench: Bench
  readonly tables: MarketTables | undefined
  readonly changes: Int32Array
  readonly row: SweepRow
  /** Whether returns per bar are left in `bench.returns`, too. */
  readonly returns: boolean
}
export const screenOf = (bench: Bench, rules: Rules, { returns }: Pick<Screen, "returns"> = { returns: false }): Screen => ({
  bench,
  returns,
  tables: marketTables(bench.series.columns, rules.execution, bench.series.first),
  changes: new Int32Array(bench.weight.length + 1),
  row: { finalEquity: 1, mean: 0, std: 0, maxDrawdown: 0, fills: 0, exposedBars: 0 }
})

/** The same numbers as `backtest`, to rounding (1e-9). */
export const screen = (of: Screen, strategy: WeightStrategy, parameters: ReadonlyArray<number>, rules: Rules): Screened => {
  const { bench, changes, row, tables } = of
  const { columns, first } = bench.series
  const tried = { strategy, parameters }
  target(tried, bench, { weight: bench.weight, seed: rules.seed })
  const count = tables === undefined ? -1 : changesOf(bench.weight, first, changes)
  // Weights that are all or nothing are what they may be from `first - 1` on.
  checkTargets(tried, bench.series, bench.weight, count < 0 ? bench.weight.length : first)
  let trades: number
  if (tables !== undefined && count >= 0) {
    evaluateChanges(tables, changes, count, row)
    if (of.returns) changeReturns(tables, changes, count, bench.returns)
    trades = (row.fills + 1) >> 1
  } else {
    const fills = bench.fills.clear()
    const { exposedBars } = simulateWeights(bench, rules.execution, { strategy, fills })
    summarise(bench.equity, first, row, of.returns ? bench.returns : undefined)
    row.exposedBars = exposedBars
    trades = roundTrips(fills)
  }
  const bars = bench.weight.length - first
  const annual = annualReturn(row.finalEquity, bars, rules.annualisation)
  const days = columns.date.at(-1)! - columns.date[first]!
  const { maxDrawdown: fall, mean, std } = row
  // Below this, as in `momentsOf`, a spread is rounding.
  const varies = std > 1e-14
  return {
    total_return: row.finalEquity - 1,
    annual_return: annual,
    cagr: compoundAnnualGrowth(row.finalEquity, days),
    sharpe: varies ? ((mean - rules.riskFree / rules.annualisation) / std) * Math.sqrt(rules.annualisation) : NaN,
    max_drawdown: fall,
    calmar: fall === 0 ? NaN : annual / -fall,
    trades,
    exposure: row.exposedBars / bars
  }
}

/** The bars at whose close an all-or-nothing position turns, as `evaluateChanges` wants them; -1 when a weight is neither 0 nor 1. */
const changesOf = (weight: Float64Array, first: number, changes: Int32Array): number => {
  let held = 0
  let count = 0
  let t = first > 0 ? first - 1 : 0
  const rows = weight.length
  for (;;) {
    while (t < rows && weight[t] === held) t++
    if (t >= rows) return count
    held = 1 - held
    if (weight[t] !== held) return -1
    changes[count++] = t
  }
}

/**
 * Mean and sample deviation of the returns of `equity[first..]`, which started from 1, its last value, and its deepest fall, in one pass. Writes the
 * returns where they are asked for.
 */
const summarise = (equity: Float64Array, first: number, row: SweepRow, returns?: Float64Array): void => {
  const bars = equity.length - first
  let before = 1
  let peak = 1
  let deepest = 1
  let sum = 0
  let squares = 0
  returns?.fill(0)
  for (let t = first; t < equity.length; t++) {
    const now = equity[t]!
    if (now !== before) {
      const r = before > 0 ? now / before - 1 : 0
      if (returns !== undefined) returns[t - first] = r
      sum += r
      squares += r * r
      if (now > peak) peak = now
      else if (now < deepest * peak) deepest = now / peak
    }
    before = now
  }
  row.finalEquity = before
  row.mean = sum / bars
  row.std = bars > 1 ? Math.sqrt(Math.max(0, squares - bars * row.mean * row.mean) / (bars - 1)) : NaN
  row.maxDrawdown = deepest - 1
}

/** What is left of a position after rounding, as a share of the fill that closed it. */
const EMPTY = 1e-9

/** Trades from flat to flat or to the other side, one still open included. */
const roundTrips = (fills: FillLog): number => {
  let held = 0
  let count = 0
  for (let i = 0; i < fills.length; i++) {
    const before = held
    held += fills.quantity[i]!
    if (Math.abs(held) <= EMPTY * Math.abs(fills.quantity[i]!)) held = 0
    if (held !== 0 && (before === 0 || before > 0 !== held > 0)) count++
  }
  return count
}
