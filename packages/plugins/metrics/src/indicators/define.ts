/** How the built-in indicators are written down: one entry each, in families. */
import type { IndicatorDef, SeriesColumns } from "../types.ts"

export type Column = NonNullable<IndicatorDef["inputs"]>[number]
type P = readonly [number, number, number, number]
interface Entry {
  readonly summary: string
  readonly inputs: ReadonlyArray<Column>
  /** name: [default, min, max]; at most four. */
  readonly parameters?: Readonly<Record<string, readonly [number, number, number]>>
  readonly outputs?: ReadonlyArray<string>
  readonly lookback: (...p: P) => number
  readonly batch: (
    columns: SeriesColumns,
    out: readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array],
    ...p: P
  ) => void
}
const LONGEST = 5000
/** A length in bars: default, at least `min` bars. */
export const bars = (n: number, min = 1): readonly [number, number, number] => [n, min, LONGEST]

const unused = new Float64Array(0)
const four = ([a = NaN, b = NaN, c = NaN, d = NaN]: ReadonlyArray<number>): P => [a, b, c, d]

export const indicator = (name: string, entry: Entry): IndicatorDef => ({
  name,
  summary: entry.summary,
  inputs: entry.inputs,
  parameters: Object.entries(entry.parameters ?? {}).map(([key, [value, min, max]]) => ({ name: key, default: value, min, max })),
  outputs: entry.outputs ?? [""],
  lookback: (p) => entry.lookback(...four(p)),
  batch: (columns, p, out) => {
    const [a = unused, b = unused, c = unused, d = unused, e = unused] = out
    entry.batch(columns, [a, b, c, d, e], ...four(p))
  }
})
