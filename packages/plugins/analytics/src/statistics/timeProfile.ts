import { identifier, literal } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { ColumnSchema, TimeProfile } from "../types.ts"

const maxPeriods = 400
const seconds = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30.4375 * 86_400, year: 365.25 * 86_400 }
type Unit = keyof typeof seconds

/** The finest unit that leaves at most 400 periods. A column of days never goes below a day. */
const unitFor = (span: number, dated: boolean): Unit =>
  (Object.keys(seconds) as Array<Unit>).find((unit) => !(dated && unit === "hour") && span / seconds[unit] <= maxPeriods) ??
  "year"

/** Rows and means of number columns per period of the time column, over all rows that have a time. Periods without rows are left out. */
export const profileTime = async (
  session: Session,
  columns: ReadonlyArray<ColumnSchema>,
  measures: ReadonlyArray<string>
): Promise<TimeProfile | null> => {
  const time = columns.find((c) => c.role === "time" && (c.physical === "date" || c.physical === "datetime"))
  if (time === undefined) return null
  const instant = time.physical === "date" ? `${identifier(time.name)} * 86400` : identifier(time.name)
  const [range] = await session.rows<{ low: number | null; high: number }>(
    `SELECT min(${instant}) AS low, max(${instant}) AS high FROM rows`
  )
  if (range === undefined || range.low === null || range.low === range.high) return null
  const unit = unitFor(range.high - range.low, time.physical === "date")
  const rows = await session.rows<Record<string, string | number | null>>(
    `SELECT strftime(date_trunc(${literal(unit)}, make_timestamp((${instant} * 1000000)::BIGINT)), ${literal(unit === "hour" ? "%Y-%m-%dT%H:00" : "%Y-%m-%d")}) AS period, count(*) AS n
     ${measures.map((m, i) => `, favg(${identifier(m)}) AS m${i}`).join("")} FROM rows WHERE ${identifier(time.name)} IS NOT NULL GROUP BY 1 ORDER BY 1`
  )
  const counts = rows.map((r) => Number(r["n"]))
  return {
    time: time.name,
    unit,
    periods: rows.map((r) => String(r["period"])),
    counts,
    basis: "all",
    n: counts.reduce((s, n) => s + n, 0),
    means: measures.map((column, i) => ({ column, values: rows.map((r) => (r[`m${i}`] ?? null) as number | null) }))
  }
}
