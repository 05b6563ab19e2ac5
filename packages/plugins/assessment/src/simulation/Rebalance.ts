/** When a portfolio is brought back to its targets although they did not change. */

export interface Rebalance {
  /** At the first close of each period, or at every n-th bar. */
  readonly every?: "week" | "month" | "quarter" | "year" | number
  /** When a position's share of equity at a close is further from its target than this. */
  readonly band?: number
}

const DAY_MS = 86_400_000

/** Numbers the period that a day is in; weeks begin on Monday. */
const periodOf = (day: number, every: "week" | "month" | "quarter" | "year"): number => {
  // 1970-01-01 was a Thursday.
  if (every === "week") return Math.floor((day + 3) / 7)
  const at = new Date(day * DAY_MS)
  if (every === "year") return at.getUTCFullYear()
  const month = at.getUTCFullYear() * 12 + at.getUTCMonth()
  return every === "month" ? month : Math.floor(month / 3)
}

/** Bars at whose close the schedule asks for a rebalancing: known from that bar and the one before. */
export const scheduledBars = (date: Int32Array, { every }: Rebalance): Uint8Array => {
  const out = new Uint8Array(date.length)
  if (every === undefined) return out
  for (let t = 0; t < date.length; t++) {
    const due =
      typeof every === "number"
        ? t % Math.max(1, Math.trunc(every)) === 0
        : t > 0 && periodOf(date[t]!, every) !== periodOf(date[t - 1]!, every)
    if (due) out[t] = 1
  }
  return out
}
