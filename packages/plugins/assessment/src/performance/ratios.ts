/** Ratios of return to risk (trading.md 4.4). `r` are simple returns per bar; A is bars per year. Undefined is NaN, never infinity or 0. */
import { type Moments, quantileOf } from "./moments.ts"

const ratio = (above: number, below: number): number => (below === 0 || !Number.isFinite(below) ? NaN : above / below)

/** `mean(r-rf)/std(r)*sqrt(A)` with the sample standard deviation (Sharpe 1994); `riskFree` is a constant per bar. NaN without variation. */
export const sharpe = ({ mean, std }: Moments, annualisation: number, riskFree = 0): number =>
  ratio(mean - riskFree, std) * Math.sqrt(annualisation)

/** Standard error of an annual Sharpe ratio under independent returns: `sqrt((1+SR^2/2)/n)` per bar (Lo 2002), annualised. */
export const sharpeError = (annualSharpe: number, bars: number, annualisation: number): number =>
  Math.sqrt(((1 + annualSharpe ** 2 / annualisation / 2) / bars) * annualisation)

/**
 * Standard error that allows for autocorrelation: the delta method on mean and variance (Lo 2002) with Newey-West weights up to
 * `floor(4(n/100)^(2/9))` lags, annualised.
 */
export const sharpeErrorHac = (
  r: Float64Array,
  { n, mean, std }: Moments,
  annualisation: number,
  influence: Float64Array = new Float64Array(n)
): number => {
  if (!(std > 0) || n < 3) return NaN
  const scale = std * Math.sqrt((n - 1) / n)
  const perUnit = 1 / scale
  const sr = mean / scale
  let squares = 0
  for (let t = 0; t < n; t++) {
    const z = (r[t]! - mean) * perUnit
    const value = z - (sr / 2) * (z * z - 1)
    influence[t] = value
    squares += value * value
  }
  const lags = Math.min(n - 1, Math.floor(4 * (n / 100) ** (2 / 9)))
  const products = [0, 0, 0, 0]
  let variance = squares / n
  for (let from = 1; from <= lags; from += 4) {
    fourProducts(influence, from, products)
    for (let k = 0; k < 4 && from + k <= lags; k++) variance += 2 * (1 - (from + k) / (lags + 1)) * (products[k]! / n)
  }
  return variance > 0 ? Math.sqrt((variance / n) * annualisation) : NaN
}

/** `sum x[t] x[t-lag]` for the lags `from` to `from + 3`, in one pass: four independent sums wait for each other's additions no more. */
export const fourProducts = (x: Float64Array, from: number, products: Array<number>): void => {
  const n = x.length
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let t = from; t < n && t < from + 3; t++) {
    a += x[t]! * x[t - from]!
    if (t > from) b += x[t]! * x[t - from - 1]!
    if (t > from + 1) c += x[t]! * x[t - from - 2]!
  }
  for (let t = from + 3; t < n; t++) {
    const now = x[t]!
    a += now * x[t - from]!
    b += now * x[t - from - 1]!
    c += now * x[t - from - 2]!
    d += now * x[t - from - 3]!
  }
  products[0] = a
  products[1] = b
  products[2] = c
  products[3] = d
}

/** Sums over returns of what they are above and below a threshold. */
export interface GainsAndLosses {
  readonly n: number
  /** Of `r - threshold`. */
  readonly sum: number
  /** `sum max(r-th,0)`, `sum max(th-r,0)` and `sum max(th-r,0)^2`. */
  readonly gains: number
  readonly losses: number
  readonly squaredLosses: number
}

/** One pass without a jump that depends on a sign: signs of returns cannot be foreseen, and a wrong guess costs more than the sums. */
export const gainsAndLosses = (r: Float64Array, threshold = 0): GainsAndLosses => {
  let sum = 0.0
  let gains = 0.0
  let losses = 0.0
  let squaredLosses = 0.0
  for (let i = 0; i < r.length; i++) {
    const d = r[i]! - threshold
    const below = Math.min(d, 0)
    sum += d
    gains += Math.max(d, 0)
    losses -= below
    squaredLosses += below * below
  }
  return { n: r.length, sum, gains, losses, squaredLosses }
}

/** `mean(r-mar)*A / (sqrt(mean(min(r-mar,0)^2))*sqrt(A))`, the mean over all bars (Sortino & Price 1994); the threshold is the least that is accepted. */
export const sortino = ({ n, sum, squaredLosses }: GainsAndLosses, annualisation: number): number =>
  ratio(sum / n, Math.sqrt(squaredLosses / n)) * Math.sqrt(annualisation)

/** Annual return over a drawdown measure (Calmar: the maximum; Martin: the Ulcer index as a share; pain: the mean). NaN when it never fell. */
export const returnOver = (annual: number, loss: number): number => ratio(annual, Math.abs(loss))

/** Costs over the gain before them; NaN where there was none. */
export const costShare = (gain: number, costs: number): number => (gain + costs > 0 ? costs / (gain + costs) : NaN)

/** `sum max(r-th,0) / sum max(th-r,0)` (Keating & Shadwick 2002). */
export const omega = ({ gains, losses }: GainsAndLosses): number => ratio(gains, losses)

/** Sum of returns over the sum of losses (Schwager 2012). */
export const gainToPain = ({ sum, losses }: GainsAndLosses): number => ratio(sum, losses)

/** 95 % quantile over the absolute 5 % quantile of ascending returns. */
export const tailRatio = (ascending: Float64Array): number =>
  ratio(quantileOf(ascending, 0.95), Math.abs(quantileOf(ascending, 0.05)))

/** Historical value at risk: the loss, as a positive share, that a bar exceeds with probability 1-confidence. */
export const valueAtRisk = (ascending: Float64Array, confidence: number): number => -quantileOf(ascending, 1 - confidence)

/** Mean loss of the bars at or below the value-at-risk quantile. */
export const expectedShortfall = (ascending: Float64Array, confidence: number): number => {
  const limit = quantileOf(ascending, 1 - confidence)
  let sum = 0
  let k = 0
  while (k < ascending.length && ascending[k]! <= limit) sum += ascending[k++]!
  return k === 0 ? NaN : -sum / k
}

/** R squared of log equity, the running sum of `logs`, on time: 1 is a straight line. NaN for a flat curve or after ruin. */
export const stability = (logs: Float64Array): number => {
  const n = logs.length
  const middle = (n - 1) / 2
  let total = 0
  let level = 0
  let levels = 0
  let withTime = 0
  for (let i = 0; i < n; i++) {
    level += logs[i]!
    total += level
    levels += level * level
    withTime += level * (i - middle)
  }
  const spread = levels - (total * total) / n
  const time = (n * (n * n - 1)) / 12
  return spread > 1e-24 * Math.max(1, levels) && time > 0 ? (withTime * withTime) / (spread * time) : NaN
}
