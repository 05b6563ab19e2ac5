/** Where a symbol stands among all, date by date. */

import { ranks } from "../statistics/dependence.ts"

/** The values of one symbol, one for each date. */
export interface Standing {
  readonly date: Int32Array
  /** When the value could be known, epoch microseconds. */
  readonly availableAt: Float64Array
  readonly values: Float64Array
}
export interface CrossSectionRule {
  readonly how: "rank" | "z"
  /** Fewest symbols with a value; with fewer there is none. */
  readonly least: number
}
/** Beyond this many deviations a value counts as this many. */
const mostDeviations = 3

type Place = (value: number) => number
/** Average ranks of values among all over their number and 1: in (0, 1). */
const rankAmong = (all: ReadonlyArray<number>): Place => {
  const values = Float64Array.from(all)
  const rank = ranks(values)
  const of = new Map(all.map((value, i) => [value, rank[i]! / (all.length + 1)]))
  return (value) => of.get(value)!
}
const deviationsAmong = (all: ReadonlyArray<number>): Place => {
  const mean = all.reduce((a, b) => a + b, 0) / all.length
  const spread = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / (all.length - 1))
  if (!(spread > 1e-14 * Math.abs(mean))) return () => 0
  return (value) => Math.max(-mostDeviations, Math.min(mostDeviations, (value - mean) / spread))
}
/** One value of a date: whose, where it goes, and when it was known. */
interface Entry {
  readonly symbol: number
  readonly row: number
  readonly value: number
  readonly at: number
}
/**
 * For each symbol and date the standing of its value among the symbols that have one on the date and whose value was known no later than its own: what
 * becomes known later is not in the universe. NaN without a value of its own or with fewer than `least` symbols.
 */
export const crossSection = (symbols: ReadonlyArray<Standing>, { how, least }: CrossSectionRule): ReadonlyArray<Float64Array> => {
  const dates = new Map<number, Array<Entry>>()
  for (const [symbol, { availableAt, date, values }] of symbols.entries())
    for (let row = 0; row < date.length; row++) {
      const value = values[row]!
      if (Number.isNaN(value)) continue
      const entry = { symbol, row, value, at: availableAt[row]! }
      const entries = dates.get(date[row]!)
      if (entries === undefined) dates.set(date[row]!, [entry])
      else entries.push(entry)
    }
  const out = symbols.map(({ date }) => new Float64Array(date.length).fill(NaN))
  const placesAmong = how === "rank" ? rankAmong : deviationsAmong
  for (const entries of dates.values()) {
    entries.sort((a, b) => a.at - b.at)
    for (let from = 0; from < entries.length;) {
      let to = from + 1
      while (to < entries.length && entries[to]!.at === entries[from]!.at) to++
      // Those that were known at one instant see each other and everything before.
      if (to >= least) {
        const place = placesAmong(entries.slice(0, to).map((e) => e.value))
        for (const { row, symbol, value } of entries.slice(from, to)) out[symbol]![row] = place(value)
      }
      from = to
    }
  }
  return out
}
