/** Calendar days as whole numbers: days since 1970-01-01. Local times are written as if they were UTC, in epoch milliseconds. */
export const dayMs = 86_400_000

export const dayOf = (localMs: number): number => Math.floor(localMs / dayMs)
/** 0 is Sunday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7
export const dateText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
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
  const at = new Date(day * dayMs)
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() }
}
/** `2027-03-14 02:30`, with seconds when there are some. */
export const localText = (localMs: number): string => {
  const text = new Date(localMs).toISOString().slice(0, 19).replace("T", " ")
  return text.endsWith(":00") ? text.slice(0, 16) : text
}
