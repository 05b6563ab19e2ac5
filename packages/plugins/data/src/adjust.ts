/** Views of raw bars: grouped by symbol, and adjusted for splits and dividends. Pure and cheap; other plugins import it through `/types`. */
import type { Batch, Col, TextVector } from "@tetra/core"
import { isQuarantined } from "./quality/bits.ts"

/** `raw` as traded, `split` adjusted for splits, `total` for splits and dividends (the price of a holder who reinvests). */
export type AdjustMode = "raw" | "split" | "total"
/** Bars of one symbol, oldest first, without quarantined rows: one `Float64Array` per field, all as long as `date` (days since 1970-01-01). */
export interface AdjustedSeries {
  readonly date: Int32Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}
interface AdjustColumns {
  readonly [name: string]: (typeof Col)[keyof typeof Col]
  readonly date: typeof Col.day
  readonly open: typeof Col.float
  readonly high: typeof Col.float
  readonly low: typeof Col.float
  readonly close: typeof Col.float
  readonly volume: typeof Col.float
  readonly split_factor: typeof Col.float
  readonly div_cash: typeof Col.float
  readonly quality: typeof Col.int
}
/** What `adjustedSeries` reads: a batch of `Bars`, or one that was read with at least these columns. */
export type AdjustableBars = Batch<AdjustColumns>
/** The columns to ask for when a batch is read for `adjustedSeries` only. */
export const adjustColumns = [
  "symbol",
  "date",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "split_factor",
  "div_cash",
  "quality"
] as const

/** The rows of a view: not quarantined, and known on `asOf`. */
const rowsInView = (bars: AdjustableBars, asOf: number): Int32Array => {
  const { date, quality } = bars.columns
  const rows = new Int32Array(bars.rows)
  let n = 0
  for (let i = 0; i < bars.rows; i++) if (date[i]! <= asOf && !isQuarantined(quality[i]!)) rows[n++] = i
  return rows.subarray(0, n)
}

/**
 * Bars of ONE symbol, sorted by date, as a view. For date t, `S(t) = prod(1/ratio)` over splits with ex-date after t and
 * `D(t) = prod(1 - dividend / raw close before the ex-date)` over dividends with ex-date after t (CRSP back-adjustment);
 * price = raw * S * D (`split`: raw * S), volume = raw / S. With `asOf` (a day number) later bars and later actions do not exist, so a view
 * as of a date stays the same when new data arrive. Actions of quarantined bars count; a dividend that is not below the price before it
 * is ignored. NaN stays NaN.
 */
export const adjustedSeries = (
  bars: AdjustableBars,
  mode: AdjustMode,
  options: { readonly asOf?: number } = {}
): AdjustedSeries => {
  const asOf = options.asOf ?? Number.POSITIVE_INFINITY
  const { columns } = bars
  const rows = rowsInView(bars, asOf)
  const n = rows.length
  const date = new Int32Array(n)
  const [open, high, low, close, volume] = [0, 1, 2, 3, 4].map(() => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array
  ]
  let split = 1
  let dividend = 1
  let action = bars.rows - 1
  for (let k = n - 1; k >= 0; k--) {
    const i = rows[k]!
    // Actions of the bars after this one, quarantined ones too, scale everything up to here.
    for (; action > i; action--) {
      if (columns.date[action]! > asOf || mode === "raw") continue
      const ratio = columns.split_factor[action]!
      if (ratio > 0 && ratio !== 1) split /= ratio
      const share = columns.div_cash[action]! / columns.close[i]!
      if (mode === "total" && share > 0 && share < 1) dividend *= 1 - share
    }
    const factor = split * dividend
    date[k] = columns.date[i]!
    open[k] = columns.open[i]! * factor
    high[k] = columns.high[i]! * factor
    low[k] = columns.low[i]! * factor
    close[k] = columns.close[i]! * factor
    volume[k] = columns.volume[i]! / split
  }
  return { date, open, high, low, close, volume }
}

type Sliceable = Float64Array | Int32Array | BigInt64Array | Uint8Array
const isText = (vector: unknown): vector is TextVector => typeof vector === "object" && vector !== null && "codes" in vector
const take = (vector: unknown, from: number, to: number, rows: Int32Array | undefined): unknown => {
  if (isText(vector)) return { codes: take(vector.codes, from, to, rows), values: vector.values }
  const cells = vector as Sliceable
  if (rows === undefined) return cells.subarray(from, to)
  const out = new (cells.constructor as new (length: number) => Sliceable)(rows.length)
  for (let k = 0; k < rows.length; k++) out[k] = cells[rows[k]!]!
  return out
}
const takeRows = <C extends { readonly symbol: typeof Col.text }>(
  whole: Batch<C>,
  from: number,
  to: number,
  rows?: Int32Array
): Batch<C> => ({
  rows: rows?.length ?? to - from,
  columns: Object.fromEntries(
    Object.entries(whole.columns).map(([name, v]) => [name, take(v, from, to, rows)])
  ) as Batch<C>["columns"]
})

/**
 * A batch cut by its `symbol` column, in order of first appearance; the order of rows within a symbol is kept. Rows that lie together
 * (a batch sorted by symbol) are views on the same memory, others are copied. Rows without a symbol are left out.
 */
export const groupBySymbol = <C extends { readonly symbol: typeof Col.text }>(
  whole: Batch<C>
): ReadonlyArray<{ readonly symbol: string; readonly bars: Batch<C> }> => {
  const { codes, values } = whole.columns.symbol
  const runs: Array<{ code: number; from: number; to: number }> = []
  for (let from = 0; from < whole.rows;) {
    let to = from + 1
    while (to < whole.rows && codes[to] === codes[from]) to++
    if (codes[from]! >= 0) runs.push({ code: codes[from]!, from, to })
    from = to
  }
  const bySymbol = new Map<string, Array<{ from: number; to: number }>>()
  for (const { code, from, to } of runs) {
    const symbol = values[code]!
    const mine = bySymbol.get(symbol)
    if (mine === undefined) bySymbol.set(symbol, [{ from, to }])
    else mine.push({ from, to })
  }
  return Array.from(bySymbol, ([symbol, mine]) => {
    if (mine.length === 1) return { symbol, bars: takeRows(whole, mine[0]!.from, mine[0]!.to) }
    const rows = Int32Array.from(mine.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, k) => from + k)))
    return { symbol, bars: takeRows(whole, 0, 0, rows) }
  })
}
