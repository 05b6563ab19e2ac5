/** Closed days and early closes of the New York exchanges, as rules. Source: the published holidays of NYSE and Nasdaq. */
import { civilOf, dayAt, dayOfText, weekdayOf } from "./days.ts"

export interface Closure {
  readonly reason: string
  /** Day on which it became known, days since 1970-01-01; without it, always. */
  readonly knownAt?: number
}
export const firstYear = 1998
export const lastYear = 2099

/** The n-th `weekday` (0 is Sunday) of a month; -1 is the last one. */
const nth = (year: number, month: number, weekday: number, n: number): number => {
  if (n > 0) {
    const first = dayAt(year, month, 1)
    return first + ((weekday - weekdayOf(first) + 7) % 7) + (n - 1) * 7
  }
  const last = dayAt(year, month + 1, 1) - 1
  return last - ((weekdayOf(last) - weekday + 7) % 7)
}
/** Easter Sunday of the Gregorian calendar (Gauss, as given by Meeus). */
const easter = (year: number): number => {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114
  return dayAt(year, Math.floor(f / 31), (f % 31) + 1)
}
/** Saturday: the Friday before; Sunday: the Monday after. */
const observed = (day: number): number => day + (weekdayOf(day) === 6 ? -1 : weekdayOf(day) === 0 ? 1 : 0)

const unscheduled: ReadonlyArray<readonly [date: string, reason: string, knownAt: string]> = [
  ["2001-09-11", "attacks of September 11", "2001-09-11"],
  ["2001-09-12", "attacks of September 11", "2001-09-11"],
  ["2001-09-13", "attacks of September 11", "2001-09-12"],
  ["2001-09-14", "attacks of September 11", "2001-09-13"],
  ["2004-06-11", "mourning for President Reagan", "2004-06-06"],
  ["2007-01-02", "mourning for President Ford", "2006-12-28"],
  ["2012-10-29", "hurricane Sandy", "2012-10-28"],
  ["2012-10-30", "hurricane Sandy", "2012-10-29"],
  ["2018-12-05", "mourning for President Bush", "2018-12-01"],
  ["2025-01-09", "mourning for President Carter", "2024-12-30"]
]
const closuresIn = (year: number): ReadonlyMap<number, Closure> => {
  const newYear = dayAt(year, 1, 1)
  const rows: Array<readonly [number, string]> = [
    [weekdayOf(newYear) === 0 ? newYear + 1 : newYear, "New Year's Day"],
    [nth(year, 1, 1, 3), "Martin Luther King Jr. Day"],
    [nth(year, 2, 1, 3), "Presidents' Day"],
    [easter(year) - 2, "Good Friday"],
    [nth(year, 5, 1, -1), "Memorial Day"],
    [observed(dayAt(year, 7, 4)), "Independence Day"],
    [nth(year, 9, 1, 1), "Labor Day"],
    [nth(year, 11, 4, 4), "Thanksgiving"],
    [observed(dayAt(year, 12, 25)), "Christmas"]
  ]
  if (year >= 2022) rows.push([observed(dayAt(year, 6, 19)), "Juneteenth"])
  const closed = new Map<number, Closure>(rows.map(([day, reason]) => [day, { reason }]))
  for (const [date, reason, knownAt] of unscheduled)
    if (date.startsWith(`${year}`)) closed.set(dayOfText(date)!, { reason, knownAt: dayOfText(knownAt)! })
  return closed
}
const byYear = new Map<number, ReadonlyMap<number, Closure>>()
/** Why the exchanges are closed on a weekday that would be a session. */
export const newYorkClosure = (day: number): Closure | undefined => {
  const { year } = civilOf(day)
  const closures = byYear.get(year) ?? closuresIn(year)
  byYear.set(year, closures)
  return closures.get(day)
}

const alsoEarly = new Set(["2002-07-05", "2003-12-26"].map((date) => dayOfText(date)!))
/** Whether a session of that day ends at 13:00. */
export const isNewYorkEarly = (day: number): boolean => {
  const { date, month, year } = civilOf(day)
  if (alsoEarly.has(day)) return true
  if (day === dayOfText("2002-07-03")) return false
  return day === nth(year, 11, 4, 4) + 1 || (month === 12 && date === 24) || (month === 7 && date === 3)
}
