/** One price for each bar, and its logarithms, which volume and volatility indicators share. */
import type { SharedColumns } from "../types.ts"
import type { Bars } from "./range.ts"

interface OhlcBars extends Bars {
  readonly open: Float64Array
}
/** (h + l + c) / 3. */
export const typicalPriceOf = (shared: SharedColumns, { close, high, low }: Bars, into?: Float64Array): Float64Array =>
  shared.column(
    "typical",
    [close, high, low],
    [],
    (out) => {
      for (let i = 0; i < out.length; i++) out[i] = (high[i]! + low[i]! + close[i]!) / 3
    },
    into
  )
/** (h + l) / 2. */
export const medianPriceOf = (
  shared: SharedColumns,
  { high, low }: { readonly high: Float64Array; readonly low: Float64Array },
  into?: Float64Array
): Float64Array =>
  shared.column(
    "median",
    [high, low],
    [],
    (out) => {
      for (let i = 0; i < out.length; i++) out[i] = (high[i]! + low[i]!) / 2
    },
    into
  )
/** ln(x / x[-1]), 0 at bar 0. */
export const logReturnsOf = (shared: SharedColumns, x: Float64Array): Float64Array =>
  shared.column("log return", [x], [], (out) => {
    if (out.length > 0) out[0] = 0
    for (let i = 1; i < x.length; i++) out[i] = Math.log(x[i]! / x[i - 1]!)
  })
/** ln(a / b). */
export const logRatioOf = (shared: SharedColumns, a: Float64Array, b: Float64Array): Float64Array =>
  shared.column("log ratio", [a, b], [], (out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.log(a[i]! / b[i]!)
  })
/** Rogers and Satchell's terms: ln(h/c) ln(h/o) + ln(l/c) ln(l/o). */
export const rogersSatchellTermsOf = (shared: SharedColumns, { close, high, low, open }: OhlcBars): Float64Array =>
  shared.column("rogers satchell", [open, high, low, close], [], (out) => {
    for (let i = 0; i < out.length; i++) {
      const h = high[i]!
      const l = low[i]!
      const c = close[i]!
      const o = open[i]!
      out[i] = Math.log(h / c) * Math.log(h / o) + Math.log(l / c) * Math.log(l / o)
    }
  })
