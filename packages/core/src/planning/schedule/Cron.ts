import { civilOf, dayAt, weekdayOf } from "./days.ts"

/** A cron text, taken apart. */
export interface Cron {
  /** Seconds of the day at which it is due, ascending. */
  readonly seconds: ReadonlyArray<number>
  readonly months: ReadonlySet<number>
  readonly dates: DayField
  readonly weekdays: DayField
  /** Days of which one field matches are enough; without it both must. */
  readonly either: boolean
  /** The minute or the hour begins with `*`: it follows the clock on the wall, through skipped and doubled hours. */
  readonly interval: boolean
}
export interface DayField {
  readonly values: ReadonlySet<number>
  /** `L` among the dates: the last day of the month. */
  readonly last: boolean
  /** `5L`: weekdays of which the last one of a month is meant. */
  readonly lastOf: ReadonlySet<number>
  /** `5#2`: weekday and which one of a month, as `weekday * 10 + which`. */
  readonly nth: ReadonlySet<number>
}

const lastDateOf = (year: number, month: number): number => dayAt(year, month + 1, 1) - dayAt(year, month, 1)

/** Whether it is due on a local day (days since 1970-01-01) at all. */
export const isCronDay = (cron: Cron, day: number): boolean => {
  const { date, month, year } = civilOf(day)
  if (!cron.months.has(month)) return false
  const { dates, either, weekdays } = cron
  const byDate = dates.values.has(date) || (dates.last && date === lastDateOf(year, month))
  const weekday = weekdayOf(day)
  const byWeekday =
    weekdays.values.has(weekday) ||
    (weekdays.lastOf.has(weekday) && date + 7 > lastDateOf(year, month)) ||
    weekdays.nth.has(weekday * 10 + Math.ceil(date / 7))
  return either ? byDate || byWeekday : byDate && byWeekday
}
