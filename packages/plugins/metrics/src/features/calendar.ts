/** Features of the date alone: known before the bar. */
import { indicator } from "../indicators/define.ts"
import type { IndicatorDef } from "../types.ts"

/** A value of the bar's own date: known before the bar. `period` names the sine and cosine pair. */
const calendar = (name: string, summary: string, phase: (date: Date) => number): IndicatorDef =>
  indicator(name, {
    summary,
    inputs: [],
    outputs: ["sin", "cos"],
    lookback: () => 0,
    batch: (c, [sin, cos]) => {
      for (let i = 0; i < sin.length; i++) {
        const angle = 2 * Math.PI * phase(new Date(c.date[i]! * 86_400_000))
        sin[i] = Math.sin(angle)
        cos[i] = Math.cos(angle)
      }
    }
  })
const monthLength = (date: Date): number => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()

/** The third Friday of a month, as a day number: when listed options on shares and indices expire. A holiday moves it to the day before, which is not told. */
const expiryOf = (year: number, month: number): number => {
  const first = Date.UTC(year, month, 1) / 86_400_000
  // Day 0 was a Thursday.
  const weekday = (first + 4) % 7
  return first + ((5 - weekday + 7) % 7) + 14
}
const daysToExpiry = (date: number): number => {
  const day = new Date(date * 86_400_000)
  const own = expiryOf(day.getUTCFullYear(), day.getUTCMonth())
  return own >= date ? own - date : expiryOf(day.getUTCFullYear(), day.getUTCMonth() + 1) - date
}
export const dates: ReadonlyArray<IndicatorDef> = [
  calendar("weekday", "Day of the week", (date) => date.getUTCDay() / 7),
  calendar("month", "Month of the year", (date) => date.getUTCMonth() / 12),
  calendar(
    "month_day",
    "Day of the month: the turn of the month is where the cosine is near 1",
    (date) => (date.getUTCDate() - 1) / monthLength(date)
  ),
  indicator("days_to_expiry", {
    summary: "Calendar days to the next third Friday, when options expire; 0 on the day",
    inputs: [],
    lookback: () => 0,
    batch: (c, [out]) => {
      for (let i = 0; i < out.length; i++) out[i] = daysToExpiry(c.date[i]!)
    }
  })
]
