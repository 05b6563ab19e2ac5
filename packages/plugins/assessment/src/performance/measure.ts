/** Every metric of one simulated account. */
import type { SimulationTotals } from "../simulation/simulate.ts"
import type { Trade } from "../simulation/trades.ts"
import { againstBenchmark, type Benchmark } from "./benchmark.ts"
import { drawdownSummary, yearlyDrawdown } from "./drawdown.ts"
import type { Measures } from "./metrics.ts"
import { momentsOf } from "./moments.ts"
import { backtestingPyMeasures, type Profile } from "./profile.ts"
import * as ratios from "./ratios.ts"
import { annualReturn, compoundAnnualGrowth, logReturnsOf, logVolatility } from "./returns.ts"
import { type Buckets, bucketsFor, orderTails } from "./tails.ts"
import { tradeStatistics } from "./tradeStatistics.ts"

export interface Measured {
  /** Equity at each close of the evaluated bars, from 1 before the first of them. */
  readonly equity: Float64Array
  /** Simple returns of the same bars. */
  readonly returns: Float64Array
  readonly benchmark: Benchmark
  /** Calendar days from the first to the last evaluated bar. */
  readonly days: number
  readonly totals: Pick<SimulationTotals, "costs" | "turnover" | "exposedBars"> &
    Partial<Pick<SimulationTotals, "carry" | "closing">>
  readonly trades: ReadonlyArray<Trade>
}

/** Conventions of a result, saved with it: bars per year, and the risk-free rate per year (simple, spread evenly over bars). */
export interface Conventions {
  readonly annualisation: number
  readonly riskFree: number
  /** Whose definitions hold where they differ; `tetra` when left out. */
  readonly profile?: Profile
}

/** Working space for accounts of one length, so that a sweep allocates none: three series, overwritten by each `measure`. */
export interface Scratch {
  readonly logs: Float64Array
  readonly ascending: Float64Array
  readonly space: Float64Array
  readonly buckets: Buckets
}

export const scratchOf = (bars: number): Scratch => ({
  logs: new Float64Array(bars),
  ascending: new Float64Array(bars),
  space: new Float64Array(bars),
  buckets: bucketsFor(bars)
})

/** What the Sterling ratio adds to the drawdown (Kestner 1996). */
const STERLING = 0.1

/** In the order of `METRICS`. */
export const measure = (of: Measured, conventions: Conventions, scratch: Scratch = scratchOf(of.returns.length)): Measures => {
  const own = ownMeasures(of, conventions, scratch)
  if (conventions.profile !== "backtesting.py") return own
  return { ...own, ...backtestingPyMeasures({ ...of, maxDrawdown: own.max_drawdown }, conventions) }
}

const ownMeasures = (of: Measured, { annualisation, riskFree }: Conventions, scratch: Scratch): Measures => {
  const { equity, returns, totals } = of
  const n = returns.length
  const final = equity.at(-1) ?? 1
  const moments = momentsOf(returns)
  const logs = logReturnsOf(returns, scratch.logs)
  const ascending = orderTails(returns, moments, scratch.ascending, scratch.buckets)
  const fall = drawdownSummary(equity)
  const annual = annualReturn(final, n, annualisation)
  const sharpe = ratios.sharpe(moments, annualisation, riskFree / annualisation)
  const signed = ratios.gainsAndLosses(returns)
  const overRiskFree = riskFree === 0 ? signed : ratios.gainsAndLosses(returns, riskFree / annualisation)
  const against = { returns, logs, moments, space: scratch.space }
  const relative = againstBenchmark(against, of.benchmark, { annualisation, riskFree })
  const trades = tradeStatistics(of.trades)
  const cagr = compoundAnnualGrowth(final, of.days)
  return {
    total_return: final - 1,
    annual_return: annual,
    cagr,
    volatility: logVolatility(logs, annualisation),
    sharpe,
    sharpe_error: ratios.sharpeError(sharpe, n, annualisation),
    sharpe_error_hac: ratios.sharpeErrorHac(returns, moments, annualisation, scratch.space),
    sortino: ratios.sortino(overRiskFree, annualisation),
    calmar: ratios.returnOver(annual, fall.max),
    martin: ratios.returnOver(annual, fall.ulcer / 100),
    pain_ratio: ratios.returnOver(annual, fall.pain),
    omega: ratios.omega(signed),
    gain_to_pain: ratios.gainToPain(signed),
    tail_ratio: ratios.tailRatio(ascending),
    stability: ratios.stability(logs),
    skewness: moments.skewness,
    kurtosis: moments.kurtosis - 3,
    var_95: ratios.valueAtRisk(ascending, 0.95),
    cvar_95: ratios.expectedShortfall(ascending, 0.95),
    max_drawdown: fall.max,
    longest_drawdown: fall.longestBars,
    under_water: fall.underWater,
    ulcer: fall.ulcer,
    recovery_factor: ratios.returnOver(final - 1, fall.max),
    alpha: relative.alpha,
    beta: relative.beta,
    tracking_error: relative.trackingError,
    information_ratio: relative.informationRatio,
    up_capture: relative.upCapture,
    down_capture: relative.downCapture,
    trades: trades.count,
    win_rate: trades.winRate,
    payoff: trades.payoff,
    profit_factor: trades.profitFactor,
    expectancy: trades.expectancy,
    sqn: trades.sqn,
    average_bars: trades.averageBars,
    mae: trades.adverse,
    mfe: trades.favourable,
    longest_wins: trades.longestWins,
    longest_losses: trades.longestLosses,
    kelly: trades.kelly,
    exposure: totals.exposedBars / n,
    turnover: (totals.turnover * annualisation) / n,
    costs: totals.costs,
    mar: ratios.returnOver(cagr, fall.max),
    sterling: annual / (STERLING - yearlyDrawdown(equity, annualisation)),
    burke: ratios.returnOver(annual - riskFree, fall.burke),
    average_drawdown: fall.average,
    cost_share: ratios.costShare(final - 1, totals.costs),
    carry: totals.carry ?? 0,
    total_return_closed: final - (totals.closing ?? 0) - 1
  }
}
