import { literal } from "../duckdb/quote.ts"

/** Which comes first in dates that do not tell day and month apart; `auto` takes the month, and says so. */
export const dateOrders = ["auto", "month_first", "day_first"] as const
export type DateOrder = (typeof dateOrders)[number]
/** Whether the format has the day before the month. */
export const isDayFirst = (format: string): boolean => format.indexOf("%d") < format.indexOf("%m")

/** One way to write a date: `strptime` format, the shape that a cell must have (anchored RE2), and which of its parts is the day. */
export interface DateFormat {
  readonly format: string
  readonly shape: string
  /** Formats of one group differ in the order of day and month only. */
  readonly group?: string
}
const month = "[A-Za-z]{3}"
const monthLong = "[A-Za-z]{4,9}"
const years = [
  { year: "%Y", shape: "\\d{4}" },
  { year: "%y", shape: "\\d{2}" }
]
/** Month first, then day first, with four and with two digits of the year. */
const numeric = (separator: string): ReadonlyArray<DateFormat> =>
  years.flatMap(({ year, shape }) =>
    [
      ["%m", "%d"],
      ["%d", "%m"]
    ].map((parts) => ({
      format: [...parts, year].join(separator),
      shape: `\\d{1,2}${separator}\\d{1,2}${separator}${shape}`,
      group: `${separator}${year}`
    }))
  )
/** Month before day comes first within a group: what an ambiguous column is read as. */
export const dateFormats: ReadonlyArray<DateFormat> = [
  { format: "%Y-%m-%d", shape: "\\d{4}-\\d{1,2}-\\d{1,2}" },
  { format: "%Y/%m/%d", shape: "\\d{4}/\\d{1,2}/\\d{1,2}" },
  ...numeric("/"),
  { format: "%d.%m.%Y", shape: "\\d{1,2}\\.\\d{1,2}\\.\\d{4}" },
  ...numeric("-"),
  { format: "%b %d %Y", shape: `${month} \\d{1,2} \\d{4}` },
  { format: "%b %d, %Y", shape: `${month} \\d{1,2}, \\d{4}` },
  { format: "%B %d, %Y", shape: `${monthLong} \\d{1,2}, \\d{4}` },
  { format: "%d %b %Y", shape: `\\d{1,2} ${month} \\d{4}` },
  { format: "%d %B %Y", shape: `\\d{1,2} ${monthLong} \\d{4}` },
  { format: "%d-%b-%Y", shape: `\\d{1,2}-${month}-\\d{4}` },
  { format: "%d-%b-%y", shape: `\\d{1,2}-${month}-\\d{2}` },
  { format: "%b %Y", shape: `${month} \\d{4}` },
  { format: "%a, %d %b %Y", shape: `${month}, \\d{1,2} ${month} \\d{4}` }
]
const times = [
  { format: "%H:%M", shape: "\\d{1,2}:\\d{2}" },
  { format: "%H:%M:%S", shape: "\\d{1,2}:\\d{2}:\\d{2}" },
  { format: "%H:%M:%S.%f", shape: "\\d{1,2}:\\d{2}:\\d{2}\\.\\d{1,9}" },
  { format: "%I:%M %p", shape: "\\d{1,2}:\\d{2} [AaPp][Mm]" },
  { format: "%I:%M:%S %p", shape: "\\d{1,2}:\\d{2}:\\d{2} [AaPp][Mm]" }
]
export const datetimeFormats: ReadonlyArray<DateFormat> = dateFormats.flatMap((date) =>
  times.map((time) => ({
    format: `${date.format} ${time.format}`,
    shape: `${date.shape} ${time.shape}`,
    ...(date.group === undefined ? {} : { group: `${date.group} ${time.format}` })
  }))
)

/** ISO 8601 with T, a zone, or both: read by DuckDB's own cast, in UTC. */
export const isoShape =
  "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}(:?\\d{2})?)?|\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}(:?\\d{2})?)"
/** Seconds since 1970-01-01 UTC of an ISO 8601 text. `+0100` becomes `+01:00` first, which is what the cast knows. */
export const isoSeconds = (cell: string): string =>
  `CASE WHEN regexp_full_match(${cell}, ${literal(isoShape)}) THEN epoch(TRY_CAST(regexp_replace(${cell}, '([+-]\\d{2})(\\d{2})$', '\\1:\\2') AS TIMESTAMPTZ)) END`
/** Seconds since 1970-01-01 of a text in `format`; NULL when it is not in it or no such day exists. */
export const seconds = (cell: string, { format, shape }: DateFormat): string =>
  `CASE WHEN regexp_full_match(${cell}, ${literal(shape)}) THEN epoch(try_strptime(${cell}, ${literal(format)})) END`
