/** Models that are fitted again at fixed dates: on the past only, and so that earlier history does not move the dates. */

/** Days between two fits. */
const refitDays = 91

/** One stretch of bars that one model serves: rows `[from, to)`, fitted on the `n` returns that end with row `last`; `start` is the row of the first. */
export interface Quarter {
  readonly start: number
  readonly last: number
  readonly from: number
  readonly to: number
}
/**
 * The stretches of a series, the first of which begins at bar `n` (n returns need n + 1 bars). A window ends before its stretch; only the first one ends
 * with the first bar of it, the earliest that has n returns.
 */
export const quartersOf = (date: Int32Array, n: number): ReadonlyArray<Quarter> => {
  const out: Array<Quarter> = []
  const quarterOf = (t: number): number => Math.floor(date[t]! / refitDays)
  for (let from = n; from < date.length;) {
    let to = from + 1
    while (to < date.length && quarterOf(to) === quarterOf(from)) to++
    const last = from === n ? n : from - 1
    out.push({ start: last - n + 1, last, from, to })
    from = to
  }
  return out
}
/** Log returns as long as the closes; the first is 0 and belongs to no window. */
export const returnsOf = (close: Float64Array): Float64Array => {
  const r = new Float64Array(close.length)
  for (let t = 1; t < r.length; t++) r[t] = Math.log(close[t]! / close[t - 1]!)
  return r
}
