/** The arithmetic without the pipeline: indicators over columns. Pure; opens nothing, needs no engine. */
export { computeIndicator, computeOutputs, indicatorPlan } from "./indicators/compute.ts"
export { columnName, type Lookup, type Request, resolveAll, resolveIndicator, UnknownIndicator } from "./indicators/names.ts"
export { builtIn, presets } from "./indicators/registry.ts"
export { Intermediates } from "./kernels/Intermediates.ts"
export { fromStream, type IndicatorStream, NoStream, openStream, runStream } from "./streams/stream.ts"
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
export { engleGranger, type EngleGranger, johansen, type JohansenTest } from "./statistics/cointegration.ts"
export { lempelZiv, permutationEntropy } from "./statistics/complexity.ts"
export {
  componentShares,
  correlationDistance,
  correlationOf,
  ewmaCovariance,
  ledoitWolf,
  sampleCovariance
} from "./statistics/covariance.ts"
export { describeSeries, describeWindow } from "./statistics/describe.ts"
export { describeTogether, type JointStatistic, type Member } from "./statistics/describeTogether.ts"
export { describeAgainst } from "./statistics/describeAgainst.ts"
export type { Statistic, StatisticOptions } from "./statistics/Statistic.ts"
export { chiSquaredTail, lnGamma, normalCdf, normalDensity, normalQuantile } from "./statistics/distributions.ts"
export {
  type Drawdown,
  drawdowns,
  type DrawdownSummary,
  drawdownTable,
  summarise as summariseDrawdowns
} from "./statistics/drawdown.ts"
export {
  filteredHistoricalVar,
  filterVariance,
  fitGarch,
  forecastVariance,
  type GarchFit,
  type GarchModel,
  garchVar,
  longRunVariance,
  persistence
} from "./statistics/garch.ts"
export { amihud, corwinSchultz, rollSpread } from "./statistics/liquidity.ts"
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
  halfLifeLinear,
  hurstDetrended,
  hurstOfDifferences,
  hurstRescaledRange,
  ljungBox,
  meanReversion,
  partialAutocorrelation,
  varianceRatio
} from "./statistics/serial.ts"
export { checkIndicator, type IndicatorCheck, type IndicatorFinding, sliceColumns } from "./checkIndicator.ts"
export { adf, kpss, type StationarityTest, type UnitRootTest } from "./statistics/stationarity.ts"
export { crossSection, type CrossSectionRule, type Standing } from "./features/crossSection.ts"
export { differencingWeights, fractionalDifference, minimalOrder, type MinimalOrder } from "./statistics/fractional.ts"
export { type Barriers, forwardReturn, metaLabel, type Touches, tripleBarrier } from "./features/labels.ts"
export { filterStates, fitStates, type TwoStates } from "./features/regime.ts"
export { averageUniqueness, concurrency, returnAttribution, timeDecay } from "./features/sampleWeights.ts"
export { applyScaler, fitScaler, type Scaler } from "./features/scale.ts"
export {
  type Combinatorial,
  combinatorialPurged,
  purgedKFold,
  type Spans,
  type Split,
  type WalkForward,
  walkForward
} from "./features/splits.ts"
export { trendScanning, type Trends } from "./features/trendScanning.ts"
