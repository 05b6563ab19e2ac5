/** The statistics of one series as named numbers: what `statistical_metrics` holds. */
import * as k from "../kernels/volatility.ts"
import type { SeriesColumns } from "../types.ts"
import { summarise } from "./drawdown.ts"
import * as ret from "./returns.ts"
import { clustering, liquidity, memory, testsOfLevels } from "./describeDynamics.ts"
import * as risk from "./risk.ts"
import { named, type Row, shortestSeries, type Statistic, type StatisticOptions } from "./Statistic.ts"

const growth = (
  price: Float64Array,
  r: Float64Array,
  date: Int32Array,
  { annual, riskFree }: StatisticOptions
): ReadonlyArray<Row> => {
  const a = `A=${annual}`
  const rf = riskFree / annual
  const withRf = `A=${annual},rf=${riskFree}`
  return [
    ["bars", "", price.length],
    ["total_return", "", ret.totalReturn(r)],
    ["annual_return", a, ret.annualReturn(r, annual)],
    ["cagr", "calendar", ret.cagr(price, date)],
    ["mean_return", "", ret.mean(r)],
    ["sharpe", withRf, risk.sharpe(r, annual, rf)],
    ["sortino", withRf, risk.sortino(r, annual, rf)],
    ["calmar", a, risk.calmar(r, annual)],
    ["omega", "threshold=0", risk.omega(r)]
  ]
}
const lastOf = (rows: number, fill: (out: Float64Array) => void): number => {
  const out = new Float64Array(rows)
  fill(out)
  return out[rows - 1] ?? NaN
}
const volatilities = (c: SeriesColumns, log: Float64Array, { annual }: StatisticOptions): ReadonlyArray<Row> => {
  const a = `A=${annual}`
  const n = c.close.length
  return [
    ["vol_close_close", a, ret.annualVolatility(c.close, annual)],
    ["vol_parkinson", a, lastOf(n, (out) => k.parkinson(c, n, annual, out))],
    ["vol_garman_klass", a, lastOf(n, (out) => k.garmanKlass(c, n, annual, out))],
    ["vol_rogers_satchell", a, lastOf(n, (out) => k.rogersSatchell(c, n, annual, out))],
    ["vol_yang_zhang", a, lastOf(n, (out) => k.yangZhang(c, n - 1, annual, out))],
    ["vol_ewma", `${a},lambda=0.94`, ret.ewmaVolatility(log, annual)]
  ]
}
const losses = (r: Float64Array, { confidences }: StatisticOptions): ReadonlyArray<Row> => {
  const d = summarise(r)
  const tails = confidences.flatMap((c): ReadonlyArray<Row> => {
    const past = risk.historicalVar(r, c)
    const normal = risk.gaussianVar(r, c)
    const fisher = risk.cornishFisherVar(r, c)
    const at = `c=${c}`
    return [
      ["var_historical", at, past.var],
      ["cvar_historical", at, past.cvar],
      ["var_gaussian", at, normal.var],
      ["cvar_gaussian", at, normal.cvar],
      ["var_cornish_fisher", at, fisher.var],
      ["var_cornish_fisher_valid", at, fisher.valid ? 1 : 0]
    ]
  })
  return [
    ["max_drawdown", "", d.max],
    ["average_drawdown", "", d.average],
    ["longest_drawdown", "bars", d.longest],
    ["under_water", "", d.underWater],
    ["ulcer_index", "", d.ulcer],
    ["cdar", "c=0.95", d.conditional],
    ...tails
  ]
}
const shapes = (log: Float64Array): ReadonlyArray<Row> => {
  const { g1, g2, G1, G2 } = risk.shapeOf(log)
  const normality = risk.jarqueBera(log)
  return [
    ["skew", "biased", g1],
    ["skew", "corrected", G1],
    ["kurtosis_excess", "biased", g2],
    ["kurtosis_excess", "corrected", G2],
    ["jarque_bera", "", normality.statistic],
    ["jarque_bera_p", "", normality.p],
    ["tail_index_hill", "both,k=0.05", risk.hillTail(log, "both")],
    ["tail_index_hill", "left,k=0.05", risk.hillTail(log, "left")],
    ["tail_index_hill", "right,k=0.05", risk.hillTail(log, "right")]
  ]
}
/** Every statistic of one series of bars, oldest first; nothing for fewer than `shortestSeries` bars. Ratios use simple returns, the rest log returns. */
export const describeSeries = (c: SeriesColumns, options: StatisticOptions): ReadonlyArray<Statistic> => {
  if (c.close.length < shortestSeries) return []
  const r = ret.simpleReturns(c.close)
  const log = ret.logReturns(c.close)
  return named([
    ...growth(c.close, r, c.date, options),
    ...volatilities(c, log, options),
    ...losses(r, options),
    ...shapes(log),
    ...memory(c.close, log),
    ...testsOfLevels(c.close.map(Math.log)),
    ...clustering(log, options),
    ...liquidity(c)
  ])
}
/** The cheap part of it, for scenarios with many paths. */
export const describeWindow = (c: SeriesColumns, options: StatisticOptions): ReadonlyArray<Statistic> => {
  if (c.close.length < 2) return []
  const r = ret.simpleReturns(c.close)
  return named([
    ...growth(c.close, r, c.date, options),
    ["vol_close_close", `A=${options.annual}`, ret.annualVolatility(c.close, options.annual)],
    ...losses(r, options)
  ])
}
