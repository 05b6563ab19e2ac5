/** Times in a given zone, so that the same view paints the same everywhere. Pure. */

const formats = new Map<string, Intl.DateTimeFormat>()
const parts = (at: number, zone: string): Readonly<Record<string, string>> => {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23"
    })
    formats.set(zone, format)
  }
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
}
/** `2026-01-31 19:04` in the zone (IANA name). */
export const timeIn = (at: number, zone: string): string => {
  const { day, hour, minute, month, year } = parts(at, zone)
  return `${year}-${month}-${day} ${hour}:${minute}`
}
/** `Sat 31 19:04`. */
export const shortTimeIn = (at: number, zone: string): string => {
  const { day, hour, minute, weekday } = parts(at, zone)
  return `${weekday} ${day} ${hour}:${minute}`
}

/** Until a time: `now`, `in 12 min`, `in 5 h 41 min`, `in 3 days`. */
export const until = (at: number, now: number): string => {
  const minutes = Math.round((at - now) / 60_000)
  if (minutes < 1) return "now"
  if (minutes < 60) return `in ${minutes} min`
  if (minutes < 36 * 60) return `in ${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`
  return `in ${Math.round(minutes / 1440)} days`
}
