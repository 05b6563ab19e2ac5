/** The statistics of one series as named numbers: what `statistical_metrics` holds. */
import * as k from "../kernels/volatility.ts"
import type { SeriesColumns } from "../types.ts"
import * as dep from "./dependence.ts"
import { summarise } from "./drawdown.ts"
import * as ret from "./returns.ts"
import * as risk from "./risk.ts"
import * as serial from "./serial.ts"

export interface Statistic {
  readonly metric: string
  /** What it depends on beside the data (`A=252`, `c=0.95`); empty for nothing. */
  readonly parameters: string
  readonly value: number
}
export interface StatisticOptions {
  /** Bars a year. */
  readonly annual: number
  /** Risk-free return a year, simple. */
  readonly riskFree: number
  readonly confidences: ReadonlyArray<number>
}
type Row = readonly [metric: string, parameters: string, value: number]

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
/** Longest lag of the memory statistics. */
const longestLag = 10
const memory = (close: Float64Array, log: Float64Array): ReadonlyArray<Row> => {
  const lags = [1, 2, 3, 5, longestLag]
  const r = serial.autocorrelation(log, longestLag)
  const partial = serial.partialAutocorrelation(log, longestLag)
  const size = serial.autocorrelation(log.map(Math.abs), longestLag)
  const box = serial.ljungBox(log, longestLag)
  const squares = serial.ljungBox(
    log.map((v) => v * v),
    longestLag
  )
  const ratios = [2, 5, 10].flatMap((q): ReadonlyArray<Row> => {
    const v = serial.varianceRatio(log, q)
    return [
      ["variance_ratio", `q=${q}`, v.ratio],
      ["variance_ratio_z", `q=${q}`, v.z]
    ]
  })
  return [
    ...lags.flatMap((k): ReadonlyArray<Row> => [
      ["acf", `lag=${k}`, r[k - 1]!],
      ["pacf", `lag=${k}`, partial[k - 1]!],
      ["acf_abs", `lag=${k}`, size[k - 1]!]
    ]),
    ["ljung_box", `lags=${longestLag}`, box.statistic],
    ["ljung_box_p", `lags=${longestLag}`, box.p],
    ["ljung_box_squares", `lags=${longestLag}`, squares.statistic],
    ["ljung_box_squares_p", `lags=${longestLag}`, squares.p],
    ...ratios,
    ["hurst_differences", "lags=2..20", serial.hurstOfDifferences(close.map(Math.log))],
    ["hurst_rescaled_range", "", serial.hurstRescaledRange(log)],
    ["hurst_dfa", "order=1", serial.hurstDetrended(log)],
    ["half_life", "bars", serial.halfLife(close.map(Math.log))]
  ]
}
/** Fewest bars that a description needs; with fewer there is no row, rather than numbers of nothing. */
export const shortestSeries = 30

const named = (rows: ReadonlyArray<Row>): ReadonlyArray<Statistic> =>
  rows.map(([metric, parameters, value]) => ({ metric, parameters, value }))

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
    ...memory(c.close, log)
  ])
}
/** The cheap part of it, for rolling windows and scenarios with many paths. */
export const describeWindow = (c: SeriesColumns, options: StatisticOptions): ReadonlyArray<Statistic> => {
  if (c.close.length < 2) return []
  const r = ret.simpleReturns(c.close)
  return named([
    ...growth(c.close, r, c.date, options),
    ["vol_close_close", `A=${options.annual}`, ret.annualVolatility(c.close, options.annual)],
    ...losses(r, options)
  ])
}
/** Returns of `own` and `other` on the dates that both have, simple. */
const joined = (own: SeriesColumns, other: SeriesColumns): readonly [Float64Array, Float64Array] => {
  const rowOf = new Map(Array.from(other.date, (date, i) => [date, i] as const))
  const rows = Array.from(own.date, (date, i) => [i, rowOf.get(date)] as const).filter((r) => r[1] !== undefined)
  return [
    ret.simpleReturns(Float64Array.from(rows, ([i]) => own.close[i]!)),
    ret.simpleReturns(Float64Array.from(rows, ([, j]) => other.close[j!]!))
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
