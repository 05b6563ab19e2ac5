/** Cron fields for programs that know fewer of them than we do. */
import { cronFieldsOf } from "@tetra/core/engine"

/** Numbers, `*`, ranges, lists and steps only; Sunday is 0. `second` is "0" for most. */
export interface CronFields {
  readonly second: string
  readonly minute: string
  readonly hour: string
  readonly date: string
  readonly month: string
  readonly weekday: string
}
export const tops = { second: 59, minute: 59, hour: 23, date: 31, month: 12, weekday: 6 } as const
export type FieldName = keyof typeof tops
export const bottoms = { second: 0, minute: 0, hour: 0, date: 1, month: 1, weekday: 0 } as const

/** `1,2,3,7` as `1-3,7`; everything there is as `*`. */
export const compact = (values: Iterable<number>, name: FieldName, dash = "-"): string => {
  const sorted = [...new Set(values)].sort((a, b) => a - b)
  if (sorted.length === tops[name] - bottoms[name] + 1) return "*"
  const runs: Array<[number, number]> = []
  for (const value of sorted) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] === value - 1) run[1] = value
    else runs.push([value, value])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : to - from > 1 ? `${from}${dash}${to}` : `${from},${to}`)).join(",")
}
/** `5/15` means "from 5 to the top" here, and nothing elsewhere. */
const withTop = (field: string, name: FieldName): string =>
  field
    .replaceAll("?", "*")
    .split(",")
    .map((item) => item.replace(/^(\d+)\/(\d+)$/u, `$1-${tops[name]}/$2`))
    .join(",")

/** `5L`, `5#2`: only programs that know them are given them. */
const hasPlaces = (weekday: string): boolean => weekday.split(",").some((item) => /#|.L$/iu.test(item))

/** The fields of a valid cron text as they are written, where every program reads them so. `months` and `weekdays` are what they mean. */
export const plainFields = (
  text: string,
  { months, weekdays }: { readonly months: Iterable<number>; readonly weekdays: Iterable<number> }
): CronFields => {
  const written = cronFieldsOf(text)
  const [second, minute, hour, date, month, weekday] = (written.length === 6 ? written : ["0", ...written]) as [
    string,
    string,
    string,
    string,
    string,
    string
  ]
  const isPlain = (field: string) => /^[\d*,/-]+$/u.test(field)
  return {
    second: withTop(second, "second"),
    minute: withTop(minute, "minute"),
    hour: withTop(hour, "hour"),
    date: withTop(date, "date"),
    month: isPlain(month) ? withTop(month, "month") : compact(months, "month"),
    weekday:
      hasPlaces(weekday) || (isPlain(weekday) && !weekday.includes("7"))
        ? withTop(weekday, "weekday")
        : compact(weekdays, "weekday")
  }
}
/** Five fields, as `crontab` has them. */
export const fiveOf = ({ date, hour, minute, month, weekday }: CronFields): string =>
  [minute, hour, date, month, weekday].join(" ")
