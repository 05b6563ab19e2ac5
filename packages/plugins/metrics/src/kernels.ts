/** The arithmetic without the pipeline: indicators over columns. Pure; opens nothing, needs no engine. */
export { computeIndicator, computeOutputs } from "./indicators/compute.ts"
export { columnName, type Lookup, type Request, resolveAll, resolveIndicator, UnknownIndicator } from "./indicators/names.ts"
export { builtIn, presets } from "./indicators/registry.ts"
export { alma, dema, ema, hma, kama, rollingSum, sma, t3, tema, trima, vwma, wilder, wma, zlema } from "./kernels/averages.ts"
export { barsSinceMax, barsSinceMin, rollingMax, rollingMin } from "./kernels/extremes.ts"
export { apo, cmo, fastK, macd, momentum, ppo, roc, rsi, stochastic, stochRsi, trix, tsi } from "./kernels/momentum.ts"
export { aroon, awesome, balanceOfPower, cci, ultimate, vortex, williamsR } from "./kernels/oscillators.ts"
export { adx, adxr, atr, directional, dx, natr, trueRange } from "./kernels/range.ts"
export { bollinger, correlation, meanAndVariance, percentRank, regression } from "./kernels/spread.ts"
export { atrStop, chandelier, midRange, sar, supertrend } from "./kernels/trend.ts"
export { choppiness, closeToClose, garmanKlass, parkinson, rogersSatchell, ulcer, yangZhang } from "./kernels/volatility.ts"
export { ad, adosc, cmf, forceIndex, mfi, moneyFlowVolume, obv, pvt, sessionVwap } from "./kernels/volume.ts"
export { alpha, beta, kendall, pearson, ranks, spearman } from "./statistics/dependence.ts"
export { describeAgainst, describeSeries, describeWindow, type Statistic, type StatisticOptions } from "./statistics/describe.ts"
export { chiSquaredTail, lnGamma, normalCdf, normalDensity, normalQuantile } from "./statistics/distributions.ts"
export {
  type Drawdown,
  drawdowns,
  type DrawdownSummary,
  drawdownTable,
  summarise as summariseDrawdowns
} from "./statistics/drawdown.ts"
export {
  annualReturn,
  annualVolatility,
  cagr,
  deviation,
  ewmaVolatility,
  logReturns,
  mean,
  quantile,
  simpleReturns,
  totalReturn,
  variance
} from "./statistics/returns.ts"
export {
  calmar,
  cornishFisherVar,
  gaussianVar,
  hillTail,
  historicalVar,
  jarqueBera,
  omega,
  shapeOf,
  sharpe,
  sortino
} from "./statistics/risk.ts"
export {
  autocorrelation,
  halfLife,
  hurstDetrended,
  hurstOfDifferences,
  hurstRescaledRange,
  ljungBox,
  partialAutocorrelation,
  varianceRatio
} from "./statistics/serial.ts"
export { checkIndicator, type IndicatorCheck, type IndicatorFinding, sliceColumns } from "./checkIndicator.ts"
