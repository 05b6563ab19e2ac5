/** The stream face of an indicator: one bar in, its outputs out; and the batch face of one that is written as a stream. */
import type { Bar, IndicatorDef, SeriesColumns } from "../types.ts"
import { Intermediates } from "../kernels/Intermediates.ts"
import { Memory } from "./Memory.ts"

const every = ["open", "high", "low", "close", "volume"] as const

export interface IndicatorStream {
  /** The outputs at this bar, NaN before the lookback. A bar with a missing input gives NaN, and the stream starts afresh after it. The array is reused. */
  next(bar: Bar): Float64Array
  /** Everything that it remembers, as text; `openStream` goes on from it with the same bits. */
  save(): string
}
/** An indicator without a `stream` that looks at a fixed number of bars: they are kept, and `batch` runs over them. */
const replayed = (def: IndicatorDef, parameters: ReadonlyArray<number>, memory: Memory, bars: number) => {
  const at = memory.take(1 + 6 * bars)
  const columns = {
    date: new Int32Array(bars),
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars)
  }
  const window: SeriesColumns = { ...columns, close: new Float64Array(bars), volume: new Float64Array(bars) }
  const fields = ["date", ...every] as const
  const made = def.outputs.map(() => new Float64Array(bars))
  const shared = new Intermediates()
  return (bar: Bar, out: Float64Array): number => {
    const { cells } = memory
    for (const [f, name] of fields.entries()) {
      const from = at + 1 + f * bars
      cells.copyWithin(from, from + 1, from + bars)
      cells[from + bars - 1] = bar[name]
      window[name].set(cells.subarray(from, from + bars))
    }
    if (++cells[at]! < bars) return NaN
    shared.clear() // the columns are the same, what is in them is not
    def.batch(window, parameters, made, shared)
    for (const [o, values] of made.entries()) out[o] = values[bars - 1]!
    return out[0]!
  }
}
/** Raised for an indicator that has only a `batch` and does not say how many bars it looks at. */
export class NoStream extends Error {
  override readonly name = "NoStream"
}
const stepOf = (def: IndicatorDef, parameters: ReadonlyArray<number>, memory: Memory) => {
  if (def.stream !== undefined) return def.stream(parameters, memory)
  if (def.window === undefined)
    throw new NoStream(`${def.name} has no stream: give it \`stream\`, or \`window\` if it looks at a fixed number of bars`)
  return replayed(def, parameters, memory, def.window(parameters))
}
/** A stream of an indicator, from the start or from a saved state; `series` when all of it will run through, from the start. Throws `NoStream`, and `RangeError` for a state of something else. */
export const openStream = (
  def: IndicatorDef,
  parameters: ReadonlyArray<number>,
  saved?: string,
  series?: Memory["series"]
): IndicatorStream => {
  const memory = new Memory(series)
  const seen = memory.take(1)
  const step = stepOf(def, parameters, memory)
  const lookback = def.lookback(parameters)
  const inputs = def.inputs ?? every
  const out = new Float64Array(def.outputs.length)
  if (saved !== undefined) memory.load(saved)
  return {
    next: (bar) => {
      for (const name of inputs)
        if (!Number.isFinite(bar[name])) {
          memory.clear()
          return out.fill(NaN)
        }
      out[0] = step(bar, out)
      const before = memory.cells[seen]!
      if (before >= lookback) return out
      memory.cells[seen] = before + 1
      return out.fill(NaN)
    },
    save: () => memory.save()
  }
}
/** Runs a stream over the bars `[from, to)` of a series, into columns of the same length. */
export const runStream = (
  stream: IndicatorStream,
  columns: SeriesColumns,
  out: ReadonlyArray<Float64Array>,
  from = 0,
  to = columns.close.length
): void => {
  const bar = { date: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 }
  for (let i = from; i < to; i++) {
    bar.date = columns.date[i]!
    bar.open = columns.open[i]!
    bar.high = columns.high[i]!
    bar.low = columns.low[i]!
    bar.close = columns.close[i]!
    bar.volume = columns.volume[i]!
    const values = stream.next(bar)
    for (let o = 0; o < values.length; o++) out[o]![i] = values[o]!
  }
}
/** An indicator written once, as a stream: its batch face runs the stream over the columns. */
export const fromStream = (def: Omit<IndicatorDef, "batch"> & Required<Pick<IndicatorDef, "stream">>): IndicatorDef => {
  const whole: IndicatorDef = {
    ...def,
    batch: (columns, parameters, out, shared) =>
      runStream(openStream(whole, parameters, undefined, { close: columns.close, shared }), columns, out)
  }
  return whole
}
