/** Returns of a benchmark symbol on the bars of another one. */
import type { Series } from "../backtest/Series.ts"

/** What `benchmark` is when it is no symbol: holding the traded symbol itself, with the same fills and costs. */
export const HOLD = "buy_and_hold"

/** Close-to-close returns of `of` on the days from place `first` on, matched by date; NaN where it has no bar or none before. */
export const benchmarkReturns = (
  of: Series,
  { date, first }: { readonly date: Int32Array; readonly first: number }
): Float64Array => {
  const closes = new Map<number, number>()
  for (const [t, date] of of.columns.date.entries()) closes.set(date, of.columns.close[t]!)
  return Float64Array.from({ length: date.length - first }, (_, i) => {
    const t = i + first
    const before = t === 0 ? undefined : closes.get(date[t - 1]!)
    const now = closes.get(date[t]!)
    return now === undefined || before === undefined ? NaN : now / before - 1
  })
}
