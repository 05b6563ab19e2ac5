/** Full holidays and early closes of the New York Stock Exchange, from its rules and a table of exceptions. */
import { dayOf, easterSunday, nthWeekday, parseDay, weekdayOf } from "./days.ts"

const Saturday = 6
const Sunday = 0
const Monday = 1
const Thursday = 4

/**
 * Closures that no rule gives. Complete from 1985 on; before that the rules alone hold, without closures such as the Wednesdays of the
 * paper crisis of 1968. The exchange also traded on Saturdays until May 1952, which this calendar does not know.
 */
const unscheduled: Readonly<Record<string, string>> = {
  "1985-09-27": "Hurricane Gloria",
  "1994-04-27": "Funeral of Richard Nixon",
  "2001-09-11": "Attacks of September 11",
  "2001-09-12": "Attacks of September 11",
  "2001-09-13": "Attacks of September 11",
  "2001-09-14": "Attacks of September 11",
  "2004-06-11": "Funeral of Ronald Reagan",
  "2007-01-02": "Funeral of Gerald Ford",
  "2012-10-29": "Hurricane Sandy",
  "2012-10-30": "Hurricane Sandy",
  "2018-12-05": "Funeral of George H. W. Bush",
  "2025-01-09": "Funeral of Jimmy Carter"
}
const earlyExceptions: Readonly<Record<string, boolean>> = { "2002-07-03": false, "2002-07-05": true, "2003-12-26": true }
const dayNumbers = <A>(table: Readonly<Record<string, A>>): ReadonlyMap<number, A> =>
  new Map(Object.entries(table).map(([iso, value]) => [parseDay(iso)!, value]))
const unscheduledByDay = dayNumbers(unscheduled)
const earlyByDay = dayNumbers(earlyExceptions)

/** Saturday moves to Friday and Sunday to Monday. */
const observed = (day: number): number => (weekdayOf(day) === Saturday ? day - 1 : weekdayOf(day) === Sunday ? day + 1 : day)

/** Holidays of one year by rule. */
const holidaysByRule = (year: number): ReadonlyArray<readonly [number, string]> => {
  const newYear = dayOf(year, 1, 1)
  const all: Array<readonly [number, string]> = []
  // A New Year on a Saturday is not moved into the old year.
  if (weekdayOf(newYear) !== Saturday) all.push([observed(newYear), "New Year's Day"])
  if (year >= 1998) all.push([nthWeekday(year, 1, Monday, 3), "Martin Luther King Day"])
  all.push([year >= 1971 ? nthWeekday(year, 2, Monday, 3) : observed(dayOf(year, 2, 22)), "Washington's Birthday"])
  all.push([easterSunday(year) - 2, "Good Friday"])
  all.push([year >= 1971 ? nthWeekday(year, 5, Monday, -1) : observed(dayOf(year, 5, 30)), "Memorial Day"])
  if (year >= 2022) all.push([observed(dayOf(year, 6, 19)), "Juneteenth"])
  all.push([observed(dayOf(year, 7, 4)), "Independence Day"])
  all.push([nthWeekday(year, 9, Monday, 1), "Labor Day"])
  if (year <= 1980 && (year < 1969 || year % 4 === 0)) all.push([nthWeekday(year, 11, Monday, 1) + 1, "Election Day"])
  all.push([nthWeekday(year, 11, Thursday, 4), "Thanksgiving"])
  all.push([observed(dayOf(year, 12, 25)), "Christmas"])
  return all
}
const byYear = new Map<number, ReadonlyMap<number, string>>()
const holidaysOf = (year: number): ReadonlyMap<number, string> => {
  let known = byYear.get(year)
  if (known === undefined) byYear.set(year, (known = new Map(holidaysByRule(year))))
  return known
}

const yearOf = (day: number): number => new Date(day * 86_400_000).getUTCFullYear()
/** The reason why the exchange is closed on a weekday, or `undefined`. Weekends are not asked here. */
export const nyseHoliday = (day: number): string | undefined => unscheduledByDay.get(day) ?? holidaysOf(yearOf(day)).get(day)
/** Whether there is a full or short session. */
export const isNyseSession = (day: number): boolean => {
  const weekday = weekdayOf(day)
  return weekday !== Saturday && weekday !== Sunday && nyseHoliday(day) === undefined
}
/** Whether a session ends at 13:00: the day after Thanksgiving, December 24 and July 3, from 1993 on, and single exceptions. */
export const isNyseEarlyClose = (day: number): boolean => {
  if (!isNyseSession(day)) return false
  const exception = earlyByDay.get(day)
  if (exception !== undefined) return exception
  const year = yearOf(day)
  if (year < 1993) return false
  return day === nthWeekday(year, 11, Thursday, 4) + 1 || day === dayOf(year, 12, 24) || day === dayOf(year, 7, 3)
}
