/** `OnCalendar` texts of systemd: cron sets written so, and read back. */
import { type Cron, parseCron } from "@tetra/core/engine"
import { Result } from "effect"
import { bottoms, compact, type FieldName, tops } from "./fields.ts"
import { NotReadBack, type ReadRule } from "./Target.ts"

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const
const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`)

/** `*`, steps to the top, ranges and lists. */
const setText = (values: ReadonlySet<number>, name: FieldName): string => {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === tops[name] - bottoms[name] + 1) return "*"
  const step = (sorted[1] ?? 0) - sorted[0]!
  const isSteady = sorted.every((value, i) => i === 0 || (sorted[i - 1] ?? 0) + step === value)
  if (sorted.length > 2 && step > 1 && isSteady && sorted.at(-1)! + step > tops[name]) return `${two(sorted[0]!)}/${step}`
  return compact(sorted, name, "..").replaceAll(/\d+/gu, (digits) => two(Number(digits)))
}
const weekdayText = (values: Iterable<number>): string =>
  [...values]
    .sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7))
    .map((day) => days[day])
    .join(",")

/** One text, or two where one of two day fields is enough. Weekdays that are also counted within the month have texts of their own. */
export const calendarTexts = ({ dates, either, months, seconds, weekdays }: Cron, zone: string): ReadonlyArray<string> => {
  const part = (of: (second: number) => number, name: FieldName) => setText(new Set(seconds.map(of)), name)
  const clock = [
    part((second) => Math.floor(second / 3600), "hour"),
    part((second) => Math.floor(second / 60) % 60, "minute"),
    part((second) => second % 60, "second")
  ].join(":")
  const month = setText(months, "month")
  const text = (weekday: string, day: string) => `${weekday === "" ? "" : `${weekday} `}*-${month}${day} ${clock} ${zone}`
  const isAnyDate = dates.values.size === 31
  const dateParts = [...(dates.values.size > 0 ? [`-${setText(dates.values, "date")}`] : []), ...(dates.last ? ["~01"] : [])]
  const plain = weekdays.values.size === 7 ? "" : weekdayText(weekdays.values)
  const counted = [
    ...[...weekdays.lastOf].map((day): readonly [string, string] => [days[day]!, "~07/1"]),
    ...[...weekdays.nth].map((one): readonly [string, string] => {
      const which = one % 10
      return [days[Math.floor(one / 10)]!, `-${two(which * 7 - 6)}..${which === 5 ? 31 : two(which * 7)}`]
    })
  ]
  if (either)
    return [
      ...dateParts.map((date) => text("", date)),
      ...(weekdays.values.size > 0 ? [text(plain, "-*")] : []),
      ...counted.map(([weekday, date]) => text(weekday, date))
    ]
  const joined = weekdays.values.size > 0 ? dateParts.map((date) => text(plain, date)) : []
  if (counted.length > 0 && !isAnyDate) throw new NotReadBack("dates and counted weekdays that must both match cannot be said")
  return [...joined, ...counted.map(([weekday, date]) => text(weekday, date))]
}
/** `2027-03-14 07:30:00 UTC`. */
export const instantLine = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`

const fieldOf = (written: string, name: FieldName): string => {
  const plain = written.replaceAll("..", "-").replaceAll(/\b0+(?=\d)/gu, "")
  return plain.replace(/^(\d+)\/(\d+)$/u, `$1-${tops[name]}/$2`)
}
const weekdayField = (written: string, date: string): string => {
  const numbers = written.split(",").map((day) => days.indexOf(day as (typeof days)[number]))
  if (numbers.includes(-1)) throw new NotReadBack(`"${written}" are no weekdays`)
  if (date === "~07/1") return numbers.map((day) => `${day}L`).join(",")
  return numbers.join(",")
}
/** A text that `calendarTexts` or `instantLine` made. */
export const readCalendarText = (text: string): ReadRule | number => {
  const match = /^(?:(\S+) )?(\d{4}|\*)-(\S+?)([-~])(\S+) (\S+):(\S+):(\S+) (\S+)$/u.exec(text)
  if (match === null) throw new NotReadBack(`OnCalendar=${text} cannot be read`)
  const [, weekday, year, month, sign, date, hour, minute, second, zone] = match as unknown as ReadonlyArray<string>
  if (year !== "*") {
    const at = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`)
    if (zone !== "UTC" || Number.isNaN(at)) throw new NotReadBack(`OnCalendar=${text} is no instant`)
    return at
  }
  const isCounted = weekday !== undefined && /^\d+\.\.\d+$/u.test(date!)
  const fields = [
    fieldOf(second!, "second"),
    fieldOf(minute!, "minute"),
    fieldOf(hour!, "hour"),
    sign === "~" ? (date === "01" ? "L" : "*") : isCounted ? "*" : fieldOf(date!, "date"),
    fieldOf(month!, "month"),
    weekday === undefined ? "*" : weekdayField(weekday, `${sign}${date}`)
  ]
  const parsed = parseCron(fields.join(" "))
  if (Result.isFailure(parsed)) throw new NotReadBack(`OnCalendar=${text} cannot be read: ${parsed.failure.message}`)
  const cron = isCounted ? countedWithin(parsed.success, date!) : parsed.success
  return { text, cron: { ...cron, either: false }, zone: zone! }
}
/** Weekdays within a range of dates: both must match. */
const countedWithin = (cron: Cron, date: string): Cron => {
  const [from = 1, to = 31] = date.split("..").map(Number)
  const values = new Set(Array.from({ length: to - from + 1 }, (_, i) => from + i))
  return { ...cron, dates: { ...cron.dates, values } }
}
