import { type Batch, batch, text } from "@tetra/core"
import { type CalendarName, calendarOf, sessionsBetween } from "./calendar/Calendar.ts"
import type { Bars } from "./types.ts"

/** Daily bars of one symbol as a source has them: oldest first, all columns of one length, NaN where it has no value. */
export interface DailyBars {
  readonly symbol: string
  /** Who says so: the name of the provider. */
  readonly source: string
  /** Session dates, days since 1970-01-01. */
  readonly date: ArrayLike<number>
  readonly open: ArrayLike<number>
  readonly high: ArrayLike<number>
  readonly low: ArrayLike<number>
  readonly close: ArrayLike<number>
  readonly volume: ArrayLike<number>
  /** New shares per old that take effect on the bar. Default: 1, no split. */
  readonly split_factor?: ArrayLike<number>
  /** Cash per share whose ex-date the bar is. Default: 0. */
  readonly div_cash?: ArrayLike<number>
  /** Says when sessions open and close: a bar begins with the one, and can be known at the other. Default: XNYS. */
  readonly calendar?: CalendarName
}
/** What a provider of daily bars yields: `yield dailyBars({ symbol, source: "mine", date, open, high, low, close, volume })`. */
export const dailyBars = (bars: DailyBars): Batch<(typeof Bars)["columns"]> => {
  const calendar = calendarOf(bars.calendar ?? "XNYS")
  const date = Int32Array.from(bars.date)
  const rows = date.length
  const same = (cell: string) => text(Array<string>(rows).fill(cell))
  const floats = (cells: ArrayLike<number> | undefined, otherwise: number) =>
    cells === undefined ? new Float64Array(rows).fill(otherwise) : Float64Array.from(cells)
  return batch({
    symbol: same(bars.symbol),
    interval: same("1d"),
    date,
    ts: BigInt64Array.from(date, (day) => calendar.openAt(day)),
    open: floats(bars.open, NaN),
    high: floats(bars.high, NaN),
    low: floats(bars.low, NaN),
    close: floats(bars.close, NaN),
    volume: floats(bars.volume, NaN),
    split_factor: floats(bars.split_factor, 1),
    div_cash: floats(bars.div_cash, 0),
    source: same(bars.source),
    available_at: BigInt64Array.from(date, (day) => calendar.closeAt(day)),
    quality: new Int32Array(rows)
  })
}
/** Days with a session from `from` to `to`, both inclusive and days since 1970-01-01, in order. */
export const sessionDays = (from: number, to: number, calendar: CalendarName = "XNYS"): Int32Array =>
  sessionsBetween(calendarOf(calendar), from, to)
