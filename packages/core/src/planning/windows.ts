/** Days of a backfill, `YYYY-MM-DD`, both inclusive. */
export interface Window {
  readonly start: string
  readonly end: string
}
/** Calendar days, weeks from Monday, or months; a number is that many days, counted from the first one. */
export type WindowSize = "day" | "week" | "month" | number

const dayMs = 86_400_000
/** The number of a day since 1970-01-01. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs
const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
/** 1970-01-01 was a Thursday: day 4 was a Monday. */
const mondayAfter = (day: number): number => day + 7 - ((((day - 4) % 7) + 7) % 7)
const monthAfter = (day: number): number => {
  const date = new Date(day * dayMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / dayMs
}
const nextOf = (size: WindowSize, day: number): number => {
  if (size === "week") return mondayAfter(day)
  if (size === "month") return monthAfter(day)
  return day + (size === "day" ? 1 : size)
}

/**
 * Cuts a range into windows, oldest first. Weeks and months are those of the calendar, so that a longer range later has the same windows; the
 * first and the last one may be short.
 */
export const windowsOf = (range: Window, size: WindowSize): ReadonlyArray<Window> => {
  const windows: Array<Window> = []
  const last = dayOf(range.end)
  for (let day = dayOf(range.start); day <= last;) {
    const next = nextOf(size, day)
    windows.push({ start: dateOf(day), end: dateOf(Math.min(next - 1, last)) })
    day = next
  }
  return windows
}
export const windowName = ({ end, start }: Window): string => (start === end ? start : `${start}..${end}`)

/** The day (UTC) before an instant in epoch milliseconds. */
export const yesterdayOf = (at: number): string => dateOf(Math.floor(at / dayMs) - 1)
