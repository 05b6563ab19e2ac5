/** Arithmetic on day numbers: days since 1970-01-01, proleptic Gregorian. */

const MsPerDay = 86_400_000
export const MicrosPerDay = 86_400_000_000n

/** Day number of a civil date; `month` is 1 to 12. */
export const dayOf = (year: number, month: number, day: number): number => Math.floor(Date.UTC(year, month - 1, day) / MsPerDay)
/** `YYYY-MM-DD`. */
export const isoDay = (day: number): string => new Date(day * MsPerDay).toISOString().slice(0, 10)
/** Day number of `YYYY-MM-DD`, or `undefined` for anything else, dates that do not exist included. */
export const parseDay = (iso: string): number | undefined => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso)
  if (match === null) return undefined
  const day = dayOf(Number(match[1]), Number(match[2]), Number(match[3]))
  return isoDay(day) === iso ? day : undefined
}
/** Year, month (1 to 12) and day of month. */
export const civilOf = (day: number): { readonly year: number; readonly month: number; readonly day: number } => {
  const date = new Date(day * MsPerDay)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}
/** 0 = Sunday to 6 = Saturday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7
/** The n-th `weekday` of a month, counted from its start, or from its end when `n` is negative. */
export const nthWeekday = (year: number, month: number, weekday: number, n: number): number => {
  if (n > 0) {
    const first = dayOf(year, month, 1)
    return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1)
  }
  const last = dayOf(year, month + 1, 1) - 1
  return last - ((weekdayOf(last) - weekday + 7) % 7) + 7 * (n + 1)
}
/** Easter Sunday of the Western church (anonymous Gregorian algorithm). */
export const easterSunday = (year: number): number => {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return dayOf(year, Math.floor(n / 31), (n % 31) + 1)
}
