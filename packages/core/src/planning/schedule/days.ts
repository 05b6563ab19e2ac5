/** Calendar days as whole numbers: days since 1970-01-01. Local times are written as if they were UTC, in epoch milliseconds. */
export const dayMs = 86_400_000

export const dayOf = (localMs: number): number => Math.floor(localMs / dayMs)
/** 0 is Sunday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7
export const dateText = (day: number): string => {
  const known = dateTexts.get(day) ?? new Date(day * dayMs).toISOString().slice(0, 10)
  if (dateTexts.size > 10_000) dateTexts.clear()
  dateTexts.set(day, known)
  return known
}
/** Years of schedules ask for the same days again and again. */
const dateTexts = new Map<number, string>()
/** `YYYY-MM-DD`; undefined for anything else, and for days that do not exist. */
export const dayOfText = (text: string): number | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return undefined
  const ms = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(ms) || dateText(ms / dayMs) !== text ? undefined : ms / dayMs
}
/** `month` counts from 1. */
export const dayAt = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / dayMs

export interface CivilDate {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly date: number
}
export const civilOf = (day: number): CivilDate => {
  const known = civilDates.get(day)
  if (known !== undefined) return known
  const at = new Date(day * dayMs)
  const civil = { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() }
  if (civilDates.size > 10_000) civilDates.clear()
  civilDates.set(day, civil)
  return civil
}
const civilDates = new Map<number, CivilDate>()
/** `2027-03-14 02:30`, with seconds when there are some. */
export const localText = (localMs: number): string => {
  const day = dayOf(localMs)
  return `${dateText(day)} ${timeText(Math.floor((localMs - day * dayMs) / 1000))}`
}
const timeTexts = new Map<number, string>()
/** Of the seconds of a day. */
const timeText = (seconds: number): string => {
  const known = timeTexts.get(seconds)
  if (known !== undefined) return known
  const two = (n: number) => (n < 10 ? `0${n}` : `${n}`)
  const minutes = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`
  const text = seconds % 60 === 0 ? minutes : `${minutes}:${two(seconds % 60)}`
  timeTexts.set(seconds, text)
  return text
}
