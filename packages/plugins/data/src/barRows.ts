/** Bars of one symbol in growable columns: what providers fill and rules read. */
import type { Batch } from "@tetra/core"
import type { Calendar } from "./calendar/Calendar.ts"
import type { Bars } from "./types.ts"

/** Columns of one symbol's bars; the first `rows` cells of each are used. */
export interface BarRows {
  rows: number
  date: Int32Array
  ts: BigInt64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  volume: Float64Array
  split_factor: Float64Array
  div_cash: Float64Array
  available_at: BigInt64Array
  quality: Int32Array
  /** Code of the source in a list of names that the owner keeps. */
  source: Int32Array
}
export const barRows = (capacity: number): BarRows => ({
  rows: 0,
  date: new Int32Array(capacity),
  ts: new BigInt64Array(capacity),
  open: new Float64Array(capacity),
  high: new Float64Array(capacity),
  low: new Float64Array(capacity),
  close: new Float64Array(capacity),
  volume: new Float64Array(capacity),
  split_factor: new Float64Array(capacity).fill(1),
  div_cash: new Float64Array(capacity),
  available_at: new BigInt64Array(capacity),
  quality: new Int32Array(capacity),
  source: new Int32Array(capacity)
})
/** Copies row `i` of `from` to the end of `to`. */
export const copyBar = (from: BarRows, i: number, to: BarRows): void => {
  const k = to.rows++
  to.date[k] = from.date[i]!
  to.ts[k] = from.ts[i]!
  to.open[k] = from.open[i]!
  to.high[k] = from.high[i]!
  to.low[k] = from.low[i]!
  to.close[k] = from.close[i]!
  to.volume[k] = from.volume[i]!
  to.split_factor[k] = from.split_factor[i]!
  to.div_cash[k] = from.div_cash[i]!
  to.available_at[k] = from.available_at[i]!
  to.quality[k] = from.quality[i]!
  to.source[k] = from.source[i]!
}
/** Sets `ts` and `available_at` of a daily bar: the open and the close of its session. */
export const stampDaily = (bars: BarRows, i: number, calendar: Calendar): void => {
  bars.ts[i] = calendar.openAt(bars.date[i]!)
  bars.available_at[i] = calendar.closeAt(bars.date[i]!)
}
const constant = (value: string, rows: number) => ({ codes: new Int32Array(rows), values: rows === 0 ? [] : [value] })
/** A batch of `Bars` on the same memory; `sources` are the names behind the codes. */
export const barBatch = (
  bars: BarRows,
  of: { readonly symbol: string; readonly interval: string; readonly sources: ReadonlyArray<string> }
): Batch<(typeof Bars)["columns"]> => {
  const n = bars.rows
  return {
    rows: n,
    columns: {
      symbol: constant(of.symbol, n),
      interval: constant(of.interval, n),
      date: bars.date.subarray(0, n),
      ts: bars.ts.subarray(0, n),
      open: bars.open.subarray(0, n),
      high: bars.high.subarray(0, n),
      low: bars.low.subarray(0, n),
      close: bars.close.subarray(0, n),
      volume: bars.volume.subarray(0, n),
      split_factor: bars.split_factor.subarray(0, n),
      div_cash: bars.div_cash.subarray(0, n),
      source: { codes: bars.source.subarray(0, n), values: of.sources },
      available_at: bars.available_at.subarray(0, n),
      quality: bars.quality.subarray(0, n)
    }
  }
}

const columnNames = [
  "date",
  "ts",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "split_factor",
  "div_cash",
  "available_at",
  "quality"
] as const
/** Rows `from` to `to` (exclusive) of a batch behind those of `bars`, with room made for them; source codes are set to `sourceOf` of each row. */
export const appendBatch = (
  bars: BarRows,
  batch: Batch<(typeof Bars)["columns"]>,
  from: number,
  to: number,
  sourceOf: (row: number) => number
): BarRows => {
  const n = bars.rows
  const rows = to - from
  const out = n + rows <= bars.date.length ? bars : barRows(Math.max(2 * bars.date.length, n + rows))
  for (const name of columnNames) {
    if (out !== bars) out[name].set(bars[name].subarray(0, n) as never)
    out[name].set(batch.columns[name].subarray(from, to) as never, n)
  }
  if (out !== bars) out.source.set(bars.source.subarray(0, n))
  for (let i = 0; i < rows; i++) out.source[n + i] = sourceOf(from + i)
  out.rows = n + rows
  return out
}
