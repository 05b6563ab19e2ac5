/** Rolling volatility of one price series, annualised with `A` bars a year (trading.md 3.2 has the formulas and their sources). */
import { rollingSum, sma } from "./averages.ts"
import { rollingMax, rollingMin } from "./extremes.ts"
import { type Bars, trueRange } from "./range.ts"
import { meanAndVariance } from "./spread.ts"

export interface OhlcBars extends Bars {
  readonly open: Float64Array
}
const logReturns = (x: Float64Array): Float64Array => {
  const out = new Float64Array(x.length)
  for (let i = 1; i < x.length; i++) out[i] = Math.log(x[i]! / x[i - 1]!)
  return out
}
/** Standard deviation (n - 1) of the last `n` log returns; first at `n`. */
export const closeToClose = (close: Float64Array, n: number, annual: number, out: Float64Array): void => {
  const mean = new Float64Array(out.length)
  meanAndVariance(logReturns(close), n, mean, out, 1)
  const scale = (annual * n) / (n - 1)
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(out[i]! * scale)
}
const rooted = (terms: Float64Array, n: number, annual: number, out: Float64Array): void => {
  rollingSum(terms, n, out, 0, annual / n)
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(Math.max(0, out[i]!))
}
/** Parkinson 1980: mean of ln(h/l)^2 / (4 ln 2); first at `n - 1`. */
export const parkinson = ({ high, low }: Bars, n: number, annual: number, out: Float64Array): void => {
  const terms = new Float64Array(out.length)
  for (let i = 0; i < terms.length; i++) terms[i] = Math.log(high[i]! / low[i]!) ** 2 / (4 * Math.LN2)
  rooted(terms, n, annual, out)
}
/** Garman and Klass 1980: mean of ln(h/l)^2 / 2 - (2 ln 2 - 1) ln(c/o)^2; first at `n - 1`. */
export const garmanKlass = ({ open, high, low, close }: OhlcBars, n: number, annual: number, out: Float64Array): void => {
  const terms = new Float64Array(out.length)
  for (let i = 0; i < terms.length; i++)
    terms[i] = 0.5 * Math.log(high[i]! / low[i]!) ** 2 - (2 * Math.LN2 - 1) * Math.log(close[i]! / open[i]!) ** 2
  rooted(terms, n, annual, out)
}
const rogersSatchellTerms = ({ open, high, low, close }: OhlcBars): Float64Array => {
  const terms = new Float64Array(close.length)
  for (let i = 0; i < terms.length; i++) {
    const h = high[i]!
    const l = low[i]!
    const c = close[i]!
    const o = open[i]!
    terms[i] = Math.log(h / c) * Math.log(h / o) + Math.log(l / c) * Math.log(l / o)
  }
  return terms
}
/** Rogers and Satchell 1991: mean of ln(h/c) ln(h/o) + ln(l/c) ln(l/o); first at `n - 1`. */
export const rogersSatchell = (bars: OhlcBars, n: number, annual: number, out: Float64Array): void =>
  rooted(rogersSatchellTerms(bars), n, annual, out)
/** Yang and Zhang 2000: Vo + k Vc + (1 - k) Vrs, k = .34 / (1.34 + (n+1)/(n-1)), over `n` bars with a bar before each; first at `n`. */
export const yangZhang = (bars: OhlcBars, n: number, annual: number, out: Float64Array): void => {
  const { open, close } = bars
  const rows = close.length
  const overnight = new Float64Array(rows)
  const session = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    overnight[i] = i === 0 ? 0 : Math.log(open[i]! / close[i - 1]!)
    session[i] = Math.log(close[i]! / open[i]!)
  }
  const mean = new Float64Array(rows)
  const night = new Float64Array(rows)
  const day = new Float64Array(rows)
  meanAndVariance(overnight, n, mean, night, 1)
  meanAndVariance(session, n, mean, day, 1)
  rollingSum(rogersSatchellTerms(bars), n, out, 1, 1 / n)
  const k = 0.34 / (1.34 + (n + 1) / (n - 1))
  const sample = n / (n - 1)
  for (let i = 0; i < rows; i++) out[i] = Math.sqrt(annual * Math.max(0, sample * (night[i]! + k * day[i]!) + (1 - k) * out[i]!))
}
/** Ulcer index over `n`: root mean square of the fall in percent below the highest close of `n` bars; first at `2n - 2`. */
export const ulcer = (close: Float64Array, n: number, out: Float64Array): void => {
  const fall = new Float64Array(out.length)
  rollingMax(close, n, fall)
  for (let i = 0; i < fall.length; i++) fall[i] = (100 * (close[i]! / fall[i]! - 1)) ** 2
  sma(fall, n, out, n - 1)
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(Math.max(0, out[i]!))
}
/** Choppiness: 100 log10(sum TR(n) / (HH - LL)) / log10(n), 100 when the range is 0; first at `n`. */
export const choppiness = ({ high, low, close }: Bars, n: number, out: Float64Array): void => {
  const rows = out.length
  const range = new Float64Array(rows)
  const lowest = new Float64Array(rows)
  const highest = new Float64Array(rows)
  trueRange(high, low, close, range)
  rollingSum(range, n, out, 1)
  rollingMax(high, n, highest)
  rollingMin(low, n, lowest)
  for (let i = n; i < rows; i++) {
    const width = highest[i]! - lowest[i]!
    out[i] = width > 0 ? (100 * Math.log10(out[i]! / width)) / Math.log10(n) : 100
  }
}
