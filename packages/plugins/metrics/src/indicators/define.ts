/** How the built-in indicators are written down: one entry each, in families. */
import { fromStream } from "../streams/stream.ts"
import type { Bar, IndicatorDef, SeriesColumns, SharedColumns, StreamMemory } from "../types.ts"

export type Column = NonNullable<IndicatorDef["inputs"]>[number]
type P = readonly [number, number, number, number]
/** The bars, and what was already made of them. */
export interface Given extends SeriesColumns {
  readonly shared: SharedColumns
}
interface Entry {
  readonly summary: string
  readonly inputs: ReadonlyArray<Column>
  /** name: [default, min, max]; at most four. */
  readonly parameters?: Readonly<Record<string, readonly [number, number, number]>>
  readonly outputs?: ReadonlyArray<string>
  readonly lookback: (...p: P) => number
  readonly repaints?: boolean
  /** `columns.shared` is what kernels take as their last argument. */
  readonly batch: (
    columns: Given,
    out: readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array],
    ...p: P
  ) => void
}
const LONGEST = 5000
/** A length in bars: default, at least `min` bars. */
export const bars = (n: number, min = 1): readonly [number, number, number] => [n, min, LONGEST]

const unused = new Float64Array(0)
const four = ([a = NaN, b = NaN, c = NaN, d = NaN]: ReadonlyArray<number>): P => [a, b, c, d]

const headOf = (name: string, entry: Omit<Entry, "batch">) => ({
  name,
  summary: entry.summary,
  inputs: entry.inputs,
  parameters: Object.entries(entry.parameters ?? {}).map(([key, [value, min, max]]) => ({ name: key, default: value, min, max })),
  outputs: entry.outputs ?? [""],
  lookback: (p: ReadonlyArray<number>) => entry.lookback(...four(p)),
  ...(entry.repaints === undefined ? {} : { repaints: entry.repaints })
})
/** An indicator by its kernel. Its stream, or how many bars it looks at, stands in `streams/`. */
export const indicator = (name: string, entry: Entry): IndicatorDef => ({
  ...headOf(name, entry),
  batch: ({ close, date, high, low, open, volume }, p, out, shared) => {
    const [a = unused, b = unused, c = unused, d = unused, e = unused] = out
    entry.batch({ date, open, high, low, close, volume, shared }, [a, b, c, d, e], ...four(p))
  }
})

/** What an indicator does with one bar: answers the first output and writes the others to `out`. */
export type Step = (bar: Bar, out: Float64Array) => number
/** Builds the step of a stream from its memory and at most four parameters. */
export type Steps = (memory: StreamMemory, ...p: P) => Step
export const streamFrom = (steps: Steps) => (parameters: ReadonlyArray<number>, memory: StreamMemory) =>
  steps(memory, ...four(parameters))

/** An indicator by its step, which gives both faces. */
export const stepwise = (name: string, entry: Omit<Entry, "batch"> & { readonly step: Steps }): IndicatorDef =>
  fromStream({ ...headOf(name, entry), stream: streamFrom(entry.step) })
