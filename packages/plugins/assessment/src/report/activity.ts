/** How much a strategy was in the market, and how often it traded, month by month. */
import type { DatedTrade } from "../backtest/portfolio.ts"
import type { Axis } from "../backtest/history.ts"
import { type Activity, rounded } from "./ReportModel.ts"

const DAY_MS = 86_400_000
/** Months since the year 0. */
const monthOf = (day: number): number => {
  const date = new Date(day * DAY_MS)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/** A trade is held from the day of its entry to the day before its exit; one that is still open, to the last day. */
export const activityOf = (
  { dates, symbols }: Pick<Axis, "dates" | "symbols">,
  trades: ReadonlyArray<Pick<DatedTrade, "entryDay" | "exitDay" | "open">>
): Activity => {
  const place = new Map(Array.from(dates, (day, t) => [day, t]))
  const change = new Int32Array(dates.length + 1)
  const entries = new Map<number, number>()
  for (const { entryDay, exitDay, open } of trades) {
    const [from, to] = [place.get(entryDay), place.get(exitDay)]
    if (from === undefined || to === undefined) continue
    change[from]!++
    change[open ? to + 1 : to]!--
    entries.set(monthOf(entryDay), (entries.get(monthOf(entryDay)) ?? 0) + 1)
  }
  const months = new Map<number, { days: number; held: number }>()
  for (let t = 0, positions = 0; t < dates.length; t++) {
    positions += change[t]!
    const month = monthOf(dates[t]!)
    const own = months.get(month) ?? { days: 0, held: 0 }
    months.set(month, own)
    own.days++
    own.held += positions / symbols[t]!
  }
  return {
    months: [...months.keys()],
    held: [...months.values()].map(({ days, held }) => rounded(held / days)),
    entries: [...months.keys()].map((month) => entries.get(month) ?? 0)
  }
}
