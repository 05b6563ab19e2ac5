/** Rolling volatility of one price series, annualised with `A` bars a year (trading.md 3.2 has the formulas and their sources). */
import type { SharedColumns } from "../types.ts"
import { rollingSum, rollingSumOf, sma } from "./averages.ts"
import { rollingMaxOf, rollingMinOf } from "./extremes.ts"
import { Intermediates } from "./Intermediates.ts"
import { logRatioOf, logReturnsOf, rogersSatchellTermsOf } from "./prices.ts"
import { type Bars, trueRangeOf } from "./range.ts"
import { meanAndVariance, momentsOf } from "./spread.ts"

export interface OhlcBars extends Bars {
  readonly open: Float64Array
}
/** Standard deviation (n - 1) of the last `n` log returns; first at `n`. */
export const closeToClose = (
  close: Float64Array,
  n: number,
  annual: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const [, variance] = momentsOf(shared, logReturnsOf(shared, close), n, 1)
  const scale = (annual * n) / (n - 1)
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(variance[i]! * scale)
}
const rooted = (terms: Float64Array, n: number, annual: number, out: Float64Array): void => {
  rollingSum(terms, n, out, 0, annual / n)
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(Math.max(0, out[i]!))
}
/** Parkinson 1980: mean of ln(h/l)^2 / (4 ln 2); first at `n - 1`. */
export const parkinson = (
  { high, low }: Bars,
  n: number,
  annual: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const terms = new Float64Array(out.length)
  const range = logRatioOf(shared, high, low)
  for (let i = 0; i < terms.length; i++) terms[i] = range[i]! ** 2 / (4 * Math.LN2)
  rooted(terms, n, annual, out)
}
/** Garman and Klass 1980: mean of ln(h/l)^2 / 2 - (2 ln 2 - 1) ln(c/o)^2; first at `n - 1`. */
export const garmanKlass = (
  { open, high, low, close }: OhlcBars,
  n: number,
  annual: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const terms = new Float64Array(out.length)
  const range = logRatioOf(shared, high, low)
  const body = logRatioOf(shared, close, open)
  for (let i = 0; i < terms.length; i++) terms[i] = 0.5 * range[i]! ** 2 - (2 * Math.LN2 - 1) * body[i]! ** 2
  rooted(terms, n, annual, out)
}
/** Rogers and Satchell 1991: mean of ln(h/c) ln(h/o) + ln(l/c) ln(l/o); first at `n - 1`. */
export const rogersSatchell = (
  bars: OhlcBars,
  n: number,
  annual: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => rooted(rogersSatchellTermsOf(shared, bars), n, annual, out)
/** Yang and Zhang 2000: Vo + k Vc + (1 - k) Vrs, k = .34 / (1.34 + (n+1)/(n-1)), over `n` bars with a bar before each; first at `n`. */
export const yangZhang = (
  bars: OhlcBars,
  n: number,
  annual: number,
  out: Float64Array,
  shared: SharedColumns = new Intermediates()
): void => {
  const { open, close } = bars
  const rows = close.length
  const overnight = new Float64Array(rows)
  for (let i = 1; i < rows; i++) overnight[i] = Math.log(open[i]! / close[i - 1]!)
  const mean = new Float64Array(rows)
  const night = new Float64Array(rows)
  meanAndVariance(overnight, n, mean, night, 1)
  const [, day] = momentsOf(shared, logRatioOf(shared, close, open), n, 1)
  rollingSum(rogersSatchellTermsOf(shared, bars), n, out, 1, 1 / n)
  const k = 0.34 / (1.34 + (n + 1) / (n - 1))
  const sample = n / (n - 1)
  for (let i = 0; i < rows; i++) out[i] = Math.sqrt(annual * Math.max(0, sample * (night[i]! + k * day[i]!) + (1 - k) * out[i]!))
}
/** Ulcer index over `n`: root mean square of the fall in percent below the highest close of `n` bars; first at `2n - 2`. */
export const ulcer = (close: Float64Array, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const fall = new Float64Array(out.length)
  const highest = rollingMaxOf(shared, close, n)
  for (let i = 0; i < fall.length; i++) fall[i] = (100 * (close[i]! / highest[i]! - 1)) ** 2
  sma(fall, n, out, n - 1)
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(Math.max(0, out[i]!))
}
/** Choppiness: 100 log10(sum TR(n) / (HH - LL)) / log10(n), 100 when the range is 0; first at `n`. */
export const choppiness = (bars: Bars, n: number, out: Float64Array, shared: SharedColumns = new Intermediates()): void => {
  const rows = out.length
  const path = rollingSumOf(shared, trueRangeOf(shared, bars), n, 1)
  const highest = rollingMaxOf(shared, bars.high, n)
  const lowest = rollingMinOf(shared, bars.low, n)
  out.fill(NaN, 0, Math.min(n, rows))
  for (let i = n; i < rows; i++) {
    const width = highest[i]! - lowest[i]!
    out[i] = width > 0 ? (100 * Math.log10(path[i]! / width)) / Math.log10(n) : 100
  }
}
