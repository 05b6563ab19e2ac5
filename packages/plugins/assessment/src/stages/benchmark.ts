/** Returns of a benchmark symbol on the bars of another one. */
import type { Series } from "../backtest/Series.ts"

/** What `benchmark` is when it is no symbol: holding the traded symbol itself, with the same fills and costs. */
export const HOLD = "buy_and_hold"

/**
 * Close-to-close returns of `of` on the days from place `first` on, in money of the account and with its dividends, matched by date; NaN where it has
 * no bar or none before.
 */
export const benchmarkReturns = (
  of: Series,
  { date, first }: { readonly date: Int32Array; readonly first: number }
): Float64Array => {
  const { columns, dividend, rate } = of
  const places = new Map(Array.from(columns.date, (day, t) => [day, t]))
  const worth = (t: number): number => columns.close[t]! * (rate?.[t] ?? 1)
  const paid = (t: number): number => (dividend?.[t] ?? 0) * (rate?.[t] ?? 1)
  return Float64Array.from({ length: date.length - first }, (_, i) => {
    const t = i + first
    const before = t === 0 ? undefined : places.get(date[t - 1]!)
    const now = places.get(date[t]!)
    return now === undefined || before === undefined ? NaN : (worth(now) + paid(now)) / worth(before) - 1
  })
}
