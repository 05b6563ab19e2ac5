/** Which way a column writes its dates, decided on the whole column. */
import type { DuckDBConnection } from "@duckdb/node-api"

interface DateFormat {
  readonly name: string
  /** An SQL expression of type TIMESTAMP for the text in `cell`; NULL where it does not fit. */
  readonly sql: (cell: string) => string
}
const pattern = (name: string, ...formats: ReadonlyArray<string>): DateFormat => ({
  name,
  sql: (cell) => `try_strptime(${cell}, [${formats.map((f) => `'${f}'`).join(", ")}])`
})
const epoch = (name: string, digits: string, micros: string): DateFormat => ({
  name,
  sql: (cell) =>
    `CASE WHEN regexp_full_match(${cell}, '-?[0-9]{${digits}}') THEN make_timestamp(try_cast(${cell} AS BIGINT) ${micros}) END`
})
/** ISO dates and timestamps: the usual case, tried first. Years of fewer than four digits are something else. */
export const iso: DateFormat = {
  name: "ISO 8601",
  sql: (cell) => `CASE WHEN ${cell}[5] IN ('-', '/') THEN try_cast(${cell} AS TIMESTAMP) END`
}
const times = (date: string) => [date, `${date} %H:%M:%S`, `${date} %H:%M`, `${date} %I:%M:%S %p`]
const formats: ReadonlyArray<DateFormat> = [
  iso,
  {
    name: "YYYYMMDD",
    sql: (cell) =>
      `CASE WHEN regexp_matches(${cell}, '^(1[5-9]|2[0-9])[0-9]{6}([ T].*)?$') THEN try_strptime(${cell}, ['%Y%m%d', '%Y%m%d %H:%M:%S', '%Y%m%d %H:%M', '%Y%m%dT%H%M%S']) END`
  },
  pattern("M/D/YYYY", ...times("%m/%d/%Y")),
  pattern("D/M/YYYY", ...times("%d/%m/%Y")),
  pattern("D.M.YYYY", ...times("%d.%m.%Y")),
  pattern("M-D-YYYY", ...times("%m-%d-%Y")),
  pattern("D-M-YYYY", ...times("%d-%m-%Y")),
  pattern("D-Mon-YYYY", "%d-%b-%Y", "%d %b %Y", "%d-%b-%y"),
  pattern("Mon D, YYYY", "%b %d, %Y", "%B %d, %Y"),
  epoch("epoch seconds", "8,10", "* 1000000"),
  epoch("epoch milliseconds", "11,13", "* 1000"),
  epoch("epoch microseconds", "14,16", "")
]
/**
 * The format that fits most cells of `cell` in `from`. Two that fit equally (1/2/2020) are told apart by the days of the week: bars hardly
 * fall on weekends; if that does not help, the month comes first.
 */
export const detectFormat = async (connection: DuckDBConnection, from: string, cell: string): Promise<DateFormat> => {
  const counts = formats.flatMap((f) => [`count(${f.sql(cell)})`, `count(*) FILTER (WHERE isodow(${f.sql(cell)}) > 5)`])
  const [row] = (await connection.runAndReadAll(`SELECT ${counts.join(", ")} FROM ${from}`)).getRows()
  const scored = formats.map((format, i) => ({
    format,
    fits: Number(row?.[2 * i] ?? 0),
    weekends: Number(row?.[2 * i + 1] ?? 0)
  }))
  return scored.reduce((best, one) =>
    one.fits > best.fits || (one.fits === best.fits && one.weekends < best.weekends) ? one : best
  ).format
}
