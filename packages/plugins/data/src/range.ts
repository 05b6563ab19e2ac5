/** Which days to ask for, from the mode, the parameters and what is stored already. Pure. */
import type { ConfigProblem } from "@tetra/core"
import { type Calendar, sessionBack } from "./calendar/Calendar.ts"
import { dayOf, parseDay } from "./calendar/days.ts"

/** Far before any market data: "all there is". */
export const beginning = dayOf(1800, 1, 1)
const backfillStart = dayOf(2020, 1, 1)

export interface RangeSettings {
  readonly mode: "daily" | "backfill"
  /** Day numbers. */
  readonly start?: number
  readonly end?: number
  readonly days?: number
  /** Depth of a first load in days; undefined = all there is. */
  readonly history: number | undefined
  /** Sessions to read again before the last stored one. */
  readonly overlap: number
}
/**
 * Days to ask for, both inclusive; empty when `from > to`. `through` is the last day that may be stored, `watermark` the last stored one.
 * `daily` goes on from the watermark, `backfill` covers `start` to `end`, the last `days`, or everything since 2020; without a watermark both
 * load `history`, unless `start` says otherwise. A range never leaves a hole behind the watermark.
 */
export const rangeFor = (
  settings: RangeSettings,
  at: { readonly through: number; readonly watermark: number | undefined; readonly calendar: Calendar }
): { readonly from: number; readonly to: number } => {
  const to = Math.min(settings.end ?? at.through, at.through)
  const whole = settings.history === undefined ? beginning : to - settings.history + 1
  const { watermark } = at
  if (watermark === undefined) {
    if (settings.start !== undefined) return { from: settings.start, to }
    const asked = settings.mode === "daily" ? to : settings.days === undefined ? backfillStart : to - settings.days + 1
    return { from: Math.min(whole, asked), to }
  }
  const onward = sessionBack(at.calendar, watermark, settings.overlap)
  if (settings.mode === "daily") return { from: onward, to }
  const asked = settings.start ?? (settings.days === undefined ? backfillStart : to - settings.days + 1)
  // Asked to start later than what is stored reaches: the days between would never be loaded.
  return { from: asked > watermark ? Math.min(asked, onward) : asked, to }
}
/** Days of `5y`, `18m`, `90d`; `undefined` for `all`, and "unknown" for anything else. */
export const parseHistory = (text: string): number | undefined | "unknown" => {
  if (text === "all") return undefined
  const match = /^([1-9]\d{0,4})([dmy])$/.exec(text)
  if (match === null) return "unknown"
  const count = Number(match[1])
  return match[2] === "d" ? count : Math.ceil(count * (match[2] === "m" ? 30.44 : 365.25))
}
/** What a plan is asked for, as text: days as `YYYY-MM-DD`, empty or left out for none. */
export interface RangeTexts {
  readonly start_date?: string | undefined
  readonly end_date?: string | undefined
  readonly as_of?: string | undefined
  readonly history: string
}
const dayParameters = ["start_date", "end_date", "as_of"] as const
export const dayIn = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseDay(text))

/** What of it makes no sense. */
export const misread = (texts: RangeTexts): ReadonlyArray<ConfigProblem> => {
  const days = dayParameters.flatMap((name): ReadonlyArray<ConfigProblem> => {
    const text = texts[name] ?? ""
    if (text === "" || parseDay(text) !== undefined) return []
    return [{ path: [name], message: `"${text}" is no date`, hint: "write it as YYYY-MM-DD, for example 2024-01-31" }]
  })
  const { end_date, history, start_date } = texts
  const depths =
    history === "auto" || parseHistory(history) !== "unknown"
      ? []
      : [{ path: ["history"], message: `"${history}" is no depth`, hint: "write 5y, 18m, 90d, all or auto" }]
  const [start = -Infinity, end = Infinity] = [dayIn(start_date), dayIn(end_date)]
  const order =
    start <= end ? [] : [{ path: ["start_date"], message: `${start_date} is after end_date ${end_date}`, hint: "swap them" }]
  return [...days, ...depths, ...order]
}
