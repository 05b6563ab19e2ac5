/** Price history as the models see it: adjusted bars per symbol, and the dates that all of them share. */
import type { AdjustedSeries } from "@tetra/plugin-data/types"
import type { MarketHistory } from "./types.ts"

export interface SymbolSeries {
  readonly symbol: string
  readonly series: AdjustedSeries
}
/** Bars of a universe on common dates: `[symbol]`, all columns of one length, oldest first. */
export interface AlignedHistory extends MarketHistory {
  readonly bars: ReadonlyArray<AdjustedSeries>
}
const at = (s: AdjustedSeries, rows: Int32Array): AdjustedSeries => {
  const pick = (x: Float64Array) => Float64Array.from(rows, (i) => x[i]!)
  return {
    date: Int32Array.from(rows, (i) => s.date[i]!),
    open: pick(s.open),
    high: pick(s.high),
    low: pick(s.low),
    close: pick(s.close),
    volume: pick(s.volume)
  }
}
const isPrice = (x: number): boolean => x > 0 && x < Infinity

/**
 * The last `longest` dates on which every symbol has a price. A symbol with fewer than `shortest` bars would shorten everybody's history: it is left
 * out and named.
 */
export const align = (
  all: ReadonlyArray<SymbolSeries>,
  options: { readonly shortest: number; readonly longest: number }
): { readonly history: AlignedHistory; readonly leftOut: ReadonlyArray<string> } => {
  const kept = all.filter(({ series }) => series.date.length >= options.shortest)
  const leftOut = all.filter((s) => !kept.includes(s)).map((s) => s.symbol)
  const seen = new Map<number, number>()
  for (const { series } of kept)
    for (let i = 0; i < series.date.length; i++)
      if (isPrice(series.close[i]!)) seen.set(series.date[i]!, (seen.get(series.date[i]!) ?? 0) + 1)
  const dates = [...seen].filter(([, n]) => n === kept.length).map(([date]) => date)
  const common = Int32Array.from(dates).sort().slice(-options.longest)
  const bars = kept.map(({ series }) => {
    const rowOf = new Map(Array.from(series.date, (date, i) => [date, i] as const))
    return at(
      series,
      Int32Array.from(common, (date) => rowOf.get(date)!)
    )
  })
  return { history: { symbols: kept.map((s) => s.symbol), dates: common, close: bars.map((b) => b.close), bars }, leftOut }
}
/** `ln(x[t] / x[t-1])`, one shorter than the input. */
export const logReturns = (close: Float64Array): Float64Array => {
  const out = new Float64Array(Math.max(0, close.length - 1))
  for (let i = 0; i < out.length; i++) out[i] = Math.log(close[i + 1]! / close[i]!)
  return out
}
/** The `n` weekdays after a day number. */
export const weekdaysAfter = (day: number, n: number): Int32Array => {
  const out = new Int32Array(n)
  let d = day
  for (let i = 0; i < n; i++) {
    // 1970-01-01 was a Thursday: (d + 4) % 7 is 0 on Sundays.
    do d++
    while ((d + 4) % 7 === 0 || (d + 4) % 7 === 6)
    out[i] = d
  }
  return out
}
