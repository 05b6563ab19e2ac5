/** Trading calendars: which days have a session, and when it opens and closes. */
import { MicrosPerDay, weekdayOf } from "./days.ts"
import { isNyseEarlyClose, isNyseSession } from "./nyse.ts"

export const calendarNames = ["XNYS", "24x7", "24x5"] as const
/** A market calendar: when sessions open and close. */
export type CalendarName = (typeof calendarNames)[number]
export interface Calendar {
  readonly name: CalendarName
  /** Exchange time zone (IANA). */
  readonly zone: string
  isSession(day: number): boolean
  /** Start and end of the session of `day`, epoch microseconds UTC. */
  openAt(day: number): bigint
  closeAt(day: number): bigint
}

const MicrosPerMinute = 60_000_000n
const zoneFormat = new Map<string, Intl.DateTimeFormat>()
/** Minutes that a zone is ahead of UTC at an instant (epoch milliseconds). */
const zoneOffsetMinutes = (zone: string, at: number): number => {
  let format = zoneFormat.get(zone)
  if (format === undefined) {
    const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const
    zoneFormat.set(zone, (format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...fields })))
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const local = Date.UTC(part["year"]!, part["month"]! - 1, part["day"], part["hour"], part["minute"])
  return Math.round((local - Math.floor(at / 60_000) * 60_000) / 60_000)
}
/** The local date of an instant (epoch milliseconds). */
export const localDay = (zone: string, at: number): number => Math.floor((at / 60_000 + zoneOffsetMinutes(zone, at)) / 1440)

/** Memoised by day: a column of a million bars asks for a few thousand days. */
const newYork = (minuteOfDay: (day: number) => number): ((day: number) => bigint) => {
  const known = new Map<number, bigint>()
  return (day) => {
    let at = known.get(day)
    if (at === undefined) {
      // Offsets change at night, so that of noon holds at every open and close.
      const offset = zoneOffsetMinutes("America/New_York", (day * 1440 + 17 * 60) * 60_000)
      known.set(day, (at = BigInt(day) * MicrosPerDay + BigInt(minuteOfDay(day) - offset) * MicrosPerMinute))
    }
    return at
  }
}
const nyse: Calendar = {
  name: "XNYS",
  zone: "America/New_York",
  isSession: isNyseSession,
  openAt: newYork(() => 9 * 60 + 30),
  closeAt: newYork((day) => (isNyseEarlyClose(day) ? 13 : 16) * 60)
}
/** Crypto: a session is a UTC day. */
const always: Calendar = {
  name: "24x7",
  zone: "UTC",
  isSession: () => true,
  openAt: (day) => BigInt(day) * MicrosPerDay,
  closeAt: (day) => BigInt(day + 1) * MicrosPerDay
}
/** Currencies: Monday to Friday, each from 17:00 New York of the day before to 17:00; what trades on Sunday evening belongs to Monday. */
const weekdays: Calendar = {
  name: "24x5",
  zone: "America/New_York",
  isSession: (day) => weekdayOf(day) >= 1 && weekdayOf(day) <= 5,
  openAt: newYork(() => -7 * 60),
  closeAt: newYork(() => 17 * 60)
}
export const calendarOf = (name: CalendarName): Calendar => (name === "XNYS" ? nyse : name === "24x7" ? always : weekdays)

/** Sessions from `from` to `to`, both inclusive, in order. */
export const sessionsBetween = (calendar: Calendar, from: number, to: number): Int32Array => {
  const out: Array<number> = []
  for (let day = from; day <= to; day++) if (calendar.isSession(day)) out.push(day)
  return Int32Array.from(out)
}
/** The session that is `n` sessions before the last one on or before `day`. */
export const sessionBack = (calendar: Calendar, day: number, n: number): number => {
  let at = day
  while (!calendar.isSession(at)) at--
  for (let left = n; left > 0; left--)
    do at--
    while (!calendar.isSession(at))
  return at
}
/** The last session whose close lies at least `settleMinutes` before `now` (epoch milliseconds). */
export const lastClosedSession = (calendar: Calendar, now: number, settleMinutes: number): number => {
  const settled = BigInt(Math.floor(now)) * 1000n - BigInt(Math.round(settleMinutes)) * MicrosPerMinute
  let day = localDay(calendar.zone, now)
  while (!calendar.isSession(day) || calendar.closeAt(day) > settled) day--
  return day
}
