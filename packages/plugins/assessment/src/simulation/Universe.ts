/** The bars of several symbols on one axis: every day on which at least one of them has a bar. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"

/** Several symbols over the same days. */
export interface Universe {
  readonly symbols: ReadonlyArray<string>
  /** Ascending, in days since 1970-01-01. */
  readonly date: Int32Array
  /** Per symbol, as long as `date`: NaN on days without a bar (a holiday of its exchange, not yet or no longer listed). */
  readonly columns: ReadonlyArray<SeriesColumns>
  /** Per symbol, the last close so far; NaN before the first. */
  readonly closes: ReadonlyArray<Float64Array>
}

interface Member {
  readonly symbol: string
  readonly columns: SeriesColumns
}

/** The union of the sessions of all members, in the order given. */
export const universeOf = (members: ReadonlyArray<Member>): Universe => {
  const date = unionOf(members.map((m) => m.columns.date))
  const columns = members.map((m) => onAxis(m.columns, date))
  return { symbols: members.map((m) => m.symbol), date, columns, closes: columns.map((c) => carried(c.close)) }
}

const unionOf = (dates: ReadonlyArray<Int32Array>): Int32Array => {
  const [only] = dates
  if (only !== undefined && dates.every((d) => d.length === only.length && d.every((day, t) => day === only[t]))) return only
  return Int32Array.from(new Set(dates.flatMap((d) => [...d]))).toSorted()
}

/** The place on the axis of each of a series' own days, which are all on it. */
export const placesOn = (own: Int32Array, axis: Int32Array): Int32Array => {
  let place = 0
  return own.map((day) => {
    while (axis[place]! < day) place++
    return place
  })
}

const onAxis = (columns: SeriesColumns, date: Int32Array): SeriesColumns => {
  if (columns.date === date) return columns
  const places = placesOn(columns.date, date)
  const spread = (values: Float64Array): Float64Array => scatter(values, places, date.length)
  const { open, high, low, close, volume } = columns
  return { date, open: spread(open), high: spread(high), low: spread(low), close: spread(close), volume: spread(volume) }
}

export const scatter = (values: Float64Array, places: Int32Array, length: number): Float64Array => {
  const out = new Float64Array(length).fill(NaN)
  for (let i = 0; i < values.length; i++) out[places[i]!] = values[i]!
  return out
}

/** Each missing value replaced by the last one before it. */
export const carried = (values: Float64Array): Float64Array => {
  let last = NaN
  return values.map((v) => (v === v ? (last = v) : last))
}
