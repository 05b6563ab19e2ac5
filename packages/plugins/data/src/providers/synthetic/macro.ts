/** Synthetic economic series: monthly and quarterly values in the vintages in which they were published. */
import { batch, type Batch, text } from "@tetra/core"
import { calendarOf } from "../../calendar/Calendar.ts"
import { dayOf, MicrosPerDay } from "../../calendar/days.ts"
import type { Economic } from "../../types.ts"
import { Draws, hashOf } from "./random.ts"

/** A vintage that has not been replaced is valid until 9999-12-31. */
export const openEnd = dayOf(9999, 12, 31)
const firstYear = 1989

interface SeriesShape {
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly frequency: "monthly" | "quarterly"
  /** Days from the end of the period to each publication of its value: the first print, then revisions. */
  readonly lags: ReadonlyArray<number>
  readonly start: number
  /** Mean growth a period for an index, or `undefined` for a rate that returns to `start`. */
  readonly growth?: number
  readonly sigma: number
  /** Standard deviation of what the first print misses. */
  readonly revision: number
}
const shapes: ReadonlyArray<SeriesShape> = [
  {
    name: "CPI",
    title: "Consumer prices",
    unit: "index",
    frequency: "monthly",
    lags: [13, 44],
    start: 127,
    growth: 0.0022,
    sigma: 0.0018,
    revision: 0.0004
  },
  {
    name: "UNRATE",
    title: "Unemployment",
    unit: "percent",
    frequency: "monthly",
    lags: [5, 36],
    start: 5.2,
    sigma: 0.16,
    revision: 0.05
  },
  {
    name: "PAYROLLS",
    title: "Employment",
    unit: "thousand persons",
    frequency: "monthly",
    lags: [5, 36, 66],
    start: 108000,
    growth: 0.001,
    sigma: 0.0012,
    revision: 0.0004
  },
  {
    name: "FEDFUNDS",
    title: "Policy rate",
    unit: "percent",
    frequency: "monthly",
    lags: [1],
    start: 3.2,
    sigma: 0.14,
    revision: 0
  },
  {
    name: "GDP",
    title: "Output",
    unit: "billion",
    frequency: "quarterly",
    lags: [28, 58, 88],
    start: 5900,
    growth: 0.011,
    sigma: 0.006,
    revision: 0.002
  }
]
/** Names of the series, and what they are called in headlines and events. */
export const macroSeries: ReadonlyArray<string> = shapes.map(({ name }) => name)
export const macroTitle = (series: string): string => shapes.find(({ name }) => name === series)?.title ?? series

/** The first session on or after a day. */
const sessionFrom = (day: number): number => {
  let at = day
  while (!calendarOf("XNYS").isSession(at)) at++
  return at
}
export interface Release {
  readonly series: string
  readonly refDate: number
  /** Day of publication; 0 for the first print, then revisions. */
  readonly day: number
  readonly print: number
  readonly value: number
  /** Day before the next vintage, or `openEnd`. */
  readonly until: number
}
const decimals = (shape: SeriesShape): number => (shape.unit === "percent" ? 10 : shape.unit === "index" ? 1000 : 10)

/** All vintages that were published up to `asOf`, oldest period first. `until` is known only from a vintage that `asOf` knows. */
export const releases = (seed: number, series: string, asOf: number): ReadonlyArray<Release> => {
  const shape = shapes.find(({ name }) => name === series)
  if (shape === undefined) return []
  const step = shape.frequency === "monthly" ? 1 : 3
  const draws = new Draws()
  const stream = hashOf(seed, "macro", series)
  const out: Array<Release> = []
  let level = shape.start
  for (let month = 1; ; month += step) {
    const refDate = dayOf(firstYear, month, 1)
    const end = dayOf(firstYear, month + step, 1)
    if (end > asOf) return out
    const shock = draws.at(stream, refDate).normal() * shape.sigma
    level =
      shape.growth === undefined
        ? Math.max(0.1, level + 0.02 * (shape.start - level) + shock)
        : level * Math.exp(shape.growth + shock)
    const published = shape.lags.map((lag) => sessionFrom(end + lag))
    published.forEach((day, print) => {
      const miss = shape.revision * draws.normal() * ((published.length - 1 - print) / Math.max(1, published.length - 1))
      const value = shape.growth === undefined ? level + miss : level * (1 + miss)
      const next = published[print + 1]
      if (day <= asOf)
        out.push({
          series,
          refDate,
          day,
          print,
          value: Math.round(value * decimals(shape)) / decimals(shape),
          until: next !== undefined && next <= asOf ? next - 1 : openEnd
        })
    })
  }
}
/** When a release of a day can be known: an hour before the New York open. */
export const releaseAt = (day: number): bigint => calendarOf("XNYS").openAt(day) - MicrosPerDay / 24n

/** Vintages whose period lies in [from, to] as a batch of `Economic`. */
export const macroBatch = (
  seed: number,
  series: string,
  range: { readonly from: number; readonly to: number; readonly asOf: number },
  source: string
): Batch<(typeof Economic)["columns"]> => {
  const rows = releases(seed, series, range.asOf).filter(({ refDate }) => refDate >= range.from && refDate <= range.to)
  const shape = shapes.find(({ name }) => name === series)
  const same = (value: string) => text(rows.map(() => value))
  return batch({
    series: same(series),
    ref_date: Int32Array.from(rows, (r) => r.refDate),
    vintage_start: Int32Array.from(rows, (r) => r.day),
    vintage_end: Int32Array.from(rows, (r) => r.until),
    value: Float64Array.from(rows, (r) => r.value),
    unit: same(shape?.unit ?? ""),
    frequency: same(shape?.frequency ?? ""),
    source: same(source),
    available_at: BigInt64Array.from(rows, (r) => releaseAt(r.day))
  })
}
