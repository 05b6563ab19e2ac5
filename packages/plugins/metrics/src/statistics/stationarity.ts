/** Tests for a unit root and for stationarity (trading.md 3.2). */
import { mackinnonP, type Trend } from "./mackinnon.ts"
import { centred, leastSquares, nestedResiduals } from "./regression.ts"

export interface UnitRootTest {
  /** The t value of the level: the more negative, the less like a random walk. NaN where the series is too short or does not vary. */
  readonly statistic: number
  /** MacKinnon's approximate p value of "has a unit root". */
  readonly p: number
  readonly lags: number
}
/** dx[t] for t in [from, n), and its `lags` predecessors and the level before it, all of one length. */
const laggedColumns = (x: Float64Array, lags: number, from: number) => {
  const d = new Float64Array(x.length - 1)
  for (let t = 0; t < d.length; t++) d[t] = x[t + 1]! - x[t]!
  const rows = d.length - from
  return {
    y: d.slice(from),
    level: x.slice(from, from + rows),
    lagged: Array.from({ length: lags }, (_, k) => d.slice(from - 1 - k, from - 1 - k + rows))
  }
}
/** Longest lag of Schwert 1989, bounded by what the sample can carry. */
const schwertLags = (n: number, constants: number): number =>
  Math.max(0, Math.min(Math.ceil(12 * (n / 100) ** 0.25), Math.floor(n / 2) - constants - 1))

/** The number of lags with the least AIC = n ln(rss / n) + 2 k, all tried on the sample that the longest leaves. */
const lagsByAic = (x: Float64Array, trend: Trend, most: number): number => {
  const { y, level, lagged } = laggedColumns(x, most, most)
  const prepared = trend === "c" ? [y, level, ...lagged].map(centred) : [y, level, ...lagged]
  const rss = nestedResiduals(prepared[0]!, prepared.slice(1))
  const n = y.length
  let best = 0
  let least = Infinity
  for (let k = 0; k <= most; k++) {
    const aic = n * Math.log(rss[k + 1]! / n) + 2 * k
    if (aic < least) {
      least = aic
      best = k
    }
  }
  return best
}
/**
 * Augmented Dickey-Fuller (Said and Dickey 1984): t of b in dx[t] = a + b x[t-1] + sum c_k dx[t-k]. The number of lags is given, or found by AIC up to
 * Schwert's. `variables` is 2 and more for residuals of a cointegrating regression, which need other p values (MacKinnon 1994, 2010).
 */
export const adf = (
  x: Float64Array,
  options: { readonly lags?: number; readonly trend?: Trend; readonly variables?: number } = {}
): UnitRootTest => {
  const trend = options.trend ?? "c"
  const constants = trend === "c" ? 1 : 0
  const most = schwertLags(x.length, constants)
  const lags = options.lags ?? lagsByAic(x, trend, most)
  const { y, level, lagged } = laggedColumns(x, lags, lags)
  const columns = [...lagged, level]
  const degrees = y.length - columns.length - constants
  if (degrees < 1) return { statistic: NaN, p: NaN, lags }
  const [first, ...rest] = trend === "c" ? [y, ...columns].map(centred) : [y, ...columns]
  const statistic = leastSquares(first!, rest, degrees).lastT
  return { statistic, p: mackinnonP(statistic, options.variables ?? 1, trend), lags }
}
export interface StationarityTest {
  readonly statistic: number
  /** Of "is stationary"; the table ends at .01 and .1, so these mean "at most" and "at least". */
  readonly p: number
  readonly lags: number
}
/** Critical values of KPSS 1992, table 1, for a level. */
const levels = [0.347, 0.463, 0.574, 0.739] as const
const chances = [0.1, 0.05, 0.025, 0.01] as const
const kpssP = (statistic: number): number => {
  if (Number.isNaN(statistic)) return NaN
  if (statistic <= levels[0]) return chances[0]
  for (let i = 1; i < levels.length; i++) {
    const right = levels[i]!
    const left = levels[i - 1]!
    if (statistic <= right) return chances[i - 1]! + ((statistic - left) / (right - left)) * (chances[i]! - chances[i - 1]!)
  }
  return chances[3]
}
const autocovarianceSum = (e: Float64Array, lag: number): number => {
  let sum = 0
  for (let t = lag; t < e.length; t++) sum += e[t]! * e[t - lag]!
  return sum
}
/** Bandwidth that the data ask for (Hobijn, Franses and Ooms 1998). */
const bandwidth = (e: Float64Array): number => {
  const n = e.length
  let zero = autocovarianceSum(e, 0) / n
  let weighted = 0
  for (let k = 1; k <= Math.floor(n ** (2 / 9)); k++) {
    const covariance = (2 * autocovarianceSum(e, k)) / n
    zero += covariance
    weighted += k * covariance
  }
  const gamma = 1.1447 * ((weighted / zero) ** 2) ** (1 / 3)
  return Math.min(Math.trunc(gamma * n ** (1 / 3)), n - 1)
}
/** Kwiatkowski, Phillips, Schmidt and Shin 1992, around a level, long-run variance with Bartlett's kernel. */
export const kpss = (x: Float64Array, givenLags?: number): StationarityTest => {
  const e = centred(x)
  const n = e.length
  const lags = givenLags ?? bandwidth(e)
  let longRun = autocovarianceSum(e, 0)
  for (let k = 1; k <= lags; k++) longRun += 2 * (1 - k / (lags + 1)) * autocovarianceSum(e, k)
  let level = 0
  let eta = 0
  for (const v of e) {
    level += v
    eta += level * level
  }
  const statistic = longRun > 0 ? eta / (n * longRun) : NaN
  return { statistic, p: kpssP(statistic), lags }
}
