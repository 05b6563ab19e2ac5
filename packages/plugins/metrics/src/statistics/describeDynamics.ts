/** What one series does over time, as named numbers: memory, unit roots, volatility that clusters, liquidity. */
import type { SeriesColumns } from "../types.ts"
import { minimalOrder } from "./fractional.ts"
import { lempelZiv, permutationEntropy } from "./complexity.ts"
import {
  filteredHistoricalVar,
  fitGarch,
  forecastVariance,
  type GarchFit,
  garchVar,
  longRunVariance,
  persistence,
  shortestGarch
} from "./garch.ts"
import { amihud, corwinSchultz, rollSpread } from "./liquidity.ts"
import * as serial from "./serial.ts"
import { adf, kpss } from "./stationarity.ts"
import type { Row, StatisticOptions } from "./Statistic.ts"

/** Longest lag of the memory statistics. */
const longestLag = 10
export const memory = (close: Float64Array, log: Float64Array): ReadonlyArray<Row> => {
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
    ["half_life", "bars,exact", serial.halfLife(close.map(Math.log))],
    ["half_life", "bars,linear", serial.halfLifeLinear(close.map(Math.log))],
    ["entropy_permutation", "order=3", permutationEntropy(log)],
    ["complexity_lempel_ziv", "median", lempelZiv(log)]
  ]
}
/** Is the level a random walk: of log prices. */
export const testsOfLevels = (level: Float64Array): ReadonlyArray<Row> => {
  const root = adf(level)
  const still = kpss(level)
  const order = minimalOrder(level)
  return [
    ["adf", "c,aic", root.statistic],
    ["adf_p", "c,aic", root.p],
    ["adf_lags", "c,aic", root.lags],
    ["kpss", "c", still.statistic],
    ["kpss_p", "c", still.p],
    ...(order === undefined
      ? []
      : [["fracdiff_order", "adf_p<.05", order.d] as const, ["fracdiff_correlation", "adf_p<.05", order.correlation] as const])
  ]
}
const fitted = (name: string, fit: GarchFit | undefined, { annual, confidences }: StatisticOptions): ReadonlyArray<Row> => {
  if (fit === undefined) return []
  const year = (variance: number): number => Math.sqrt(variance * annual)
  const a = `A=${annual}`
  return [
    [`vol_${name}`, `${a},ahead=1`, year(fit.nextVariance)],
    [`vol_${name}`, `${a},ahead=20`, year(forecastVariance(fit, 20))],
    // Shocks that hardly fade leave no level to return to: the quotient would be one of rounding errors.
    [`vol_${name}`, `${a},ahead=inf`, persistence(fit) < 0.999 ? year(longRunVariance(fit)) : NaN],
    [`${name}_alpha`, "", fit.alpha],
    [`${name}_beta`, "", fit.beta],
    ...(name === "gjr" ? [[`${name}_gamma`, "", fit.gamma] as const] : []),
    ...(fit.nu === undefined ? [] : [[`${name}_nu`, "", fit.nu] as const]),
    [`${name}_persistence`, "", persistence(fit)],
    ...confidences.flatMap((c): ReadonlyArray<Row> => [
      [`var_${name}`, `c=${c}`, garchVar(fit, c)],
      [`var_${name}_fhs`, `c=${c}`, filteredHistoricalVar(fit, c)]
    ])
  ]
}
/** GARCH(1,1) with normal innovations, and GJR with those of Student; nothing for a series that is too short for a fit. */
export const clustering = (log: Float64Array, options: StatisticOptions): ReadonlyArray<Row> =>
  log.length < shortestGarch
    ? []
    : [...fitted("garch", fitGarch(log), options), ...fitted("gjr", fitGarch(log, { leverage: true, heavy: true }), options)]
export const liquidity = (c: SeriesColumns): ReadonlyArray<Row> => [
  ["amihud", "per million", amihud(c.close, c.volume)],
  ["spread_roll", "", rollSpread(c.close)],
  ["spread_corwin_schultz", "", corwinSchultz(c.high, c.low, c.close)]
]
