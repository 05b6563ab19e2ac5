/** Full holidays and early closes of the New York Stock Exchange, from its rules and a table of exceptions. */
import { dayOf, easterSunday, nthWeekday, parseDay, weekdayOf } from "./days.ts"

const Saturday = 6
const Sunday = 0
const Monday = 1
const Thursday = 4

/** Wednesdays of 1968 on which the exchange caught up with its paperwork. */
const paperworkDays =
  "06-12 06-19 06-26 07-10 07-17 07-24 07-31 08-07 08-14 08-21 08-28 09-11 09-18 09-25 10-02 10-09 10-16 10-23 10-30 11-20 12-04 12-11 12-18".split(
    " "
  )
/** Closures that no rule gives. Complete from 1950 on; the exchange also traded on Saturdays until May 1952, which this calendar does not know. */
const unscheduled: Readonly<Record<string, string>> = {
  "1954-12-24": "Christmas Eve",
  "1956-12-24": "Christmas Eve",
  "1958-12-26": "Day after Christmas",
  "1961-05-29": "Day before Memorial Day",
  "1963-11-25": "Funeral of John F. Kennedy",
  "1968-02-12": "Lincoln's Birthday",
  "1968-04-09": "Mourning for Martin Luther King",
  ...Object.fromEntries(paperworkDays.map((day) => [`1968-${day}`, "Paperwork day"])),
  "1968-07-05": "Day after Independence Day",
  "1968-11-11": "Veterans Day",
  "1969-02-10": "Snow",
  "1969-03-31": "Funeral of Dwight D. Eisenhower",
  "1969-07-21": "Landing on the moon",
  "1972-12-28": "Funeral of Harry S. Truman",
  "1973-01-25": "Funeral of Lyndon B. Johnson",
  "1977-07-14": "Blackout",
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

const fridaysSince = dayOf(1959, 6, 1)
/** Sunday moves to Monday, and since 1959 Saturday to Friday. */
const observed = (day: number): number => {
  if (weekdayOf(day) === Sunday) return day + 1
  return weekdayOf(day) === Saturday && day >= fridaysSince ? day - 1 : day
}

/** Holidays of one year by rule. */
const holidaysByRule = (year: number): ReadonlyArray<readonly [number, string]> => {
  const newYear = dayOf(year, 1, 1)
  const all: Array<readonly [number, string]> = []
  // A New Year on a Saturday is not moved into the old year.
  if (weekdayOf(newYear) !== Saturday) all.push([observed(newYear), "New Year's Day"])
  if (year >= 1998) all.push([nthWeekday(year, 1, Monday, 3), "Martin Luther King Day"])
  all.push([year >= 1971 ? nthWeekday(year, 2, Monday, 3) : observed(dayOf(year, 2, 22)), "Washington's Birthday"])
  all.push([easterSunday(year) - 2, "Good Friday"])
  // In 1970 the exchange was open on the Friday before.
  all.push([
    year >= 1971 ? nthWeekday(year, 5, Monday, -1) : year === 1970 ? dayOf(1970, 5, 30) : observed(dayOf(year, 5, 30)),
    "Memorial Day"
  ])
  if (year >= 2022) all.push([observed(dayOf(year, 6, 19)), "Juneteenth"])
  all.push([observed(dayOf(year, 7, 4)), "Independence Day"])
  all.push([nthWeekday(year, 9, Monday, 1), "Labor Day"])
  if (year <= 1953) {
    all.push([observed(dayOf(year, 2, 12)), "Lincoln's Birthday"])
    all.push([observed(dayOf(year, 10, 12)), "Columbus Day"])
    all.push([observed(dayOf(year, 11, 11)), "Armistice Day"])
  }
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
const sessions = new Map<number, boolean>()
/** Whether there is a full or short session. Memoised: a column of a million bars asks for a few thousand days. */
export const isNyseSession = (day: number): boolean => {
  let known = sessions.get(day)
  if (known === undefined) {
    const weekday = weekdayOf(day)
    known = weekday !== Saturday && weekday !== Sunday && nyseHoliday(day) === undefined
    sessions.set(day, known)
  }
  return known
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
