/** Numbers for people. */

/** Milliseconds: `0 ms`, `340 ms`, `2.1 s`, `48 s`, `3 min 05 s`, `2 h 07 min`. */
export const duration = (ms: number): string => {
  const whole = Math.max(0, ms)
  if (whole < 999.5) return `${Math.round(whole)} ms`
  const seconds = whole / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds) % 60).padStart(2, "0")} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`
}

/** A running clock: `00:07`, `12:40`, `1:02:03`. */
export const stopwatch = (ms: number): string => {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  const two = (n: number) => String(n).padStart(2, "0")
  const hours = Math.floor(seconds / 3600)
  return `${hours > 0 ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** `1,234,567`. Without `Intl`, which is slow, and slowest when it is first asked. */
export const count = (n: number): string => String(Math.round(n)).replaceAll(/\B(?=(?:\d{3})+$)/gu, ",")

/** `3 rows`, `1 row`. */
export const many = (n: number, one: string, more = `${one}s`): string => `${count(n)} ${n === 1 ? one : more}`

/** Short for a tight line: `950`, `12.3k`, `4.56M`. */
export const short = (n: number): string => {
  if (n < 1000) return n < 10 && !Number.isInteger(n) ? n.toFixed(1) : String(Math.round(n))
  if (n < 999_500) return `${(n / 1000).toPrecision(3)}k`
  return `${(n / 1_000_000).toPrecision(3)}M`
}

/** Bytes in powers of 1024: `512 B`, `1.5 KB`, `10 GB`. */
export const bytes = (n: number): string => {
  const units = ["B", "KB", "MB", "GB", "TB"]
  let value = n
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1).replace(/\.0$/u, "")} ${units[unit]}`
}

/** How long ago: `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export const ago = (at: number, now: number): string => {
  const seconds = Math.max(0, now - at) / 1000
  if (seconds < 45) return "just now"
  if (seconds < 90 * 60) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`
  return many(Math.round(seconds / 86_400), "day") + " ago"
}

const two = (n: number): string => String(n).padStart(2, "0")
/** Local wall clock, always eight cells: `19:04:31`. */
export const clockTime = (at: number): string => {
  const d = new Date(at)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}
/** Local date and time to the minute: `2026-01-31 19:04`. */
export const dateTime = (at: number): string => {
  const d = new Date(at)
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`
}
