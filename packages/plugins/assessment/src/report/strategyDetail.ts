/** The detail of one strategy in a report, from its portfolio and its trades. */
import type { Conventions } from "../performance/measure.ts"
import type { Axis } from "../backtest/history.ts"
import type { DatedTrade } from "../backtest/portfolio.ts"
import { drawdownOf, drawdownsOf } from "../performance/drawdown.ts"
import { activityOf } from "./activity.ts"
import { quantilePairs, returnHistogram, rolling, rollingBeta } from "./distributions.ts"
import { fanOf } from "./fan.ts"
import { monthlyReturns, yearlyReturns } from "./periods.ts"
import { type CostLevel, type DrawdownText, maybe, rounded, type StrategyDetail, type TradeText } from "./ReportModel.ts"
import { samplesOf } from "./sampling.ts"

const ROLLING_POINTS = 500
const TOP_DRAWDOWNS = 10
const TRADES = 300
/** Half a year of trading days. */
export const ROLLING_BARS = 126

export interface DetailInput {
  readonly axis: Pick<Axis, "dates" | "symbols">
  readonly returns: Float64Array
  readonly equity: Float64Array
  readonly trades: ReadonlyArray<DatedTrade>
  readonly rules: Pick<Conventions, "annualisation" | "riskFree"> & { readonly seed: number }
  /** Simple returns on the axis; NaN = the benchmark has no such bar. */
  readonly benchmark: Float64Array
  readonly costs: ReadonlyArray<CostLevel>
}

export const strategyDetail = (input: DetailInput): StrategyDetail => {
  const { axis, returns, equity, trades, rules } = input
  const { dates } = axis
  const samples = samplesOf(dates.length)
  const fall = drawdownOf(equity)
  const windows = rolling(returns, ROLLING_BARS, rules)
  const beta = rollingBeta(returns, input.benchmark, ROLLING_BARS)
  const rollingAt = samplesOf(Math.max(0, dates.length - ROLLING_BARS + 1), ROLLING_POINTS).map((t) => t + ROLLING_BARS - 1)
  const { edges, counts, normal } = returnHistogram(returns)
  const { normal: normalAt, returns: returnsAt } = quantilePairs(returns)
  const recent = trades.toSorted((a, b) => a.exitDay - b.exitDay || (a.symbol < b.symbol ? -1 : 1)).slice(-TRADES)
  return {
    equity: samples.map((t) => rounded(equity[t]!)),
    drawdown: samples.map((t, i) => rounded(lowest(fall, i === 0 ? 0 : samples[i - 1]! + 1, t))),
    months: monthlyReturns(dates, returns).map((m) => ({ ...m, value: rounded(m.value) })),
    years: yearlyReturns(dates, returns).map(({ year, value }) => ({ year, value: rounded(value) })),
    histogram: { edges: edges.map(rounded), counts, normal: normal.map(rounded) },
    rolling: {
      days: rollingAt.map((t) => dates[t]!),
      sharpe: rollingAt.map((t) => maybe(windows.sharpe[t])),
      volatility: rollingAt.map((t) => maybe(windows.volatility[t])),
      beta: rollingAt.map((t) => maybe(beta[t]))
    },
    qq: { normal: normalAt.map(rounded), returns: returnsAt.map(rounded) },
    activity: activityOf(axis, trades),
    fan: fanOf(dates, returns, rules.seed) ?? null,
    costs: input.costs,
    drawdowns: deepest(fall, dates),
    trades: recent.map(tradeText),
    tradesLeftOut: trades.length - recent.length
  }
}

const deepest = (fall: Float64Array, dates: Int32Array): ReadonlyArray<DrawdownText> =>
  drawdownsOf(fall)
    .toSorted((a, b) => a.depth - b.depth)
    .slice(0, TOP_DRAWDOWNS)
    .map(({ depth, peak, trough, recovery, bars }) => ({
      depth: rounded(depth),
      peak: dates[Math.max(0, peak)]!,
      trough: dates[trough]!,
      recovery: recovery < 0 ? null : dates[recovery]!,
      bars
    }))

const tradeText = (t: DatedTrade): TradeText => ({
  symbol: t.symbol,
  side: t.side,
  entry: t.entryDay,
  exit: t.exitDay,
  bars: t.exitBar - t.entryBar,
  return: rounded(t.return),
  adverse: rounded(t.adverse),
  favourable: rounded(t.favourable)
})

const lowest = (x: Float64Array, from: number, to: number): number => {
  let low = 0
  for (let t = from; t <= to; t++) if (x[t]! < low) low = x[t]!
  return low
}
