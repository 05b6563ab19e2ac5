/** Returns by calendar month and year. */

const DAY_MS = 86_400_000

export interface PeriodReturn {
  readonly year: number
  /** 1 to 12; 0 for a whole year. */
  readonly month: number
  /** Compounded. */
  value: number
}

const compound = (dates: Int32Array, returns: Float64Array, monthOf: (date: Date) => number): ReadonlyArray<PeriodReturn> => {
  const out: Array<PeriodReturn> = []
  for (let t = 0; t < dates.length; t++) {
    const date = new Date(dates[t]! * DAY_MS)
    const [year, month] = [date.getUTCFullYear(), monthOf(date)]
    const last = out.at(-1)
    if (last?.year === year && last.month === month) last.value = (1 + last.value) * (1 + returns[t]!) - 1
    else out.push({ year, month, value: returns[t]! })
  }
  return out
}

/** Of each month, or year, that has a bar, in time order. */
export const monthlyReturns = (dates: Int32Array, returns: Float64Array): ReadonlyArray<PeriodReturn> =>
  compound(dates, returns, (date) => date.getUTCMonth() + 1)
export const yearlyReturns = (dates: Int32Array, returns: Float64Array): ReadonlyArray<PeriodReturn> =>
  compound(dates, returns, () => 0)
