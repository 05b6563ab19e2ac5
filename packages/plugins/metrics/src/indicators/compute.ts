/** Runs an indicator over the columns of one series. */
import { Intermediates } from "../kernels/Intermediates.ts"
import type { IndicatorDef, SeriesColumns, SharedColumns } from "../types.ts"
import { columnName, type Lookup, type Request, resolveIndicator, UnknownIndicator } from "./names.ts"

const every = ["open", "high", "low", "close", "volume"] as const

/** A sum is finite when every term is (or, harmlessly, it overflows and the bars are looked at one by one). */
const isGapFree = (x: Float64Array): boolean => {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = 0
  for (const end = x.length - 3; i < end; i += 4) {
    a += x[i]!
    b += x[i + 1]!
    c += x[i + 2]!
    d += x[i + 3]!
  }
  for (; i < x.length; i++) a += x[i]!
  return Number.isFinite(a + b + c + d)
}
/** Maximal runs of bars where every column is a finite number: `[start, end)`. */
const stretches = (columns: ReadonlyArray<Float64Array>, rows: number): ReadonlyArray<readonly [number, number]> => {
  const found: Array<readonly [number, number]> = []
  let start = 0
  for (let i = 0; i <= rows; i++) {
    if (i < rows && columns.every((x) => Number.isFinite(x[i]))) continue
    if (i > start) found.push([start, i])
    start = i + 1
  }
  return found
}
const cut = (c: SeriesColumns, start: number, end: number): SeriesColumns => ({
  date: c.date.subarray(start, end),
  open: c.open.subarray(start, end),
  high: c.high.subarray(start, end),
  low: c.low.subarray(start, end),
  close: c.close.subarray(start, end),
  volume: c.volume.subarray(start, end)
})
const runOn = (
  def: IndicatorDef,
  columns: SeriesColumns,
  parameters: ReadonlyArray<number>,
  out: ReadonlyArray<Float64Array>,
  shared: SharedColumns
): void => {
  const lookback = def.lookback(parameters)
  if (columns.close.length <= lookback) for (const o of out) o.fill(NaN)
  else def.batch(columns, parameters, out, shared)
}
/** The gap-free stretches of the columns that an indicator reads, each cut once for all that read the same. */
const stretchesOf = (shared: SharedColumns, columns: SeriesColumns, inputs: ReadonlyArray<Float64Array>) =>
  shared.once("stretches", inputs, () =>
    stretches(inputs, columns.close.length).map(
      ([start, end]) => [start, end, shared.once(`cut ${start} ${end}`, [columns.close], () => cut(columns, start, end))] as const
    )
  )
/**
 * Every output of an indicator, each as long as the input; NaN for the first `lookback` bars. A missing input (NaN or infinite) gives NaN there, and
 * the indicator starts afresh after it: windows are NaN until they are free of it, recursive averages seed again. With `shared`, what other
 * indicators made of these very columns is used again; the outputs must then not be changed.
 */
export const computeOutputs = (
  def: IndicatorDef,
  parameters: ReadonlyArray<number>,
  columns: SeriesColumns,
  out: ReadonlyArray<Float64Array> = def.outputs.map(() => new Float64Array(columns.close.length)),
  shared: SharedColumns = new Intermediates()
): ReadonlyArray<Float64Array> => {
  const inputs = (def.inputs ?? every).map((name) => columns[name])
  if (inputs.every((x) => shared.once("gap-free", [x], () => isGapFree(x)))) runOn(def, columns, parameters, out, shared)
  else {
    for (const o of out) o.fill(NaN)
    for (const [start, end, part] of stretchesOf(shared, columns, inputs))
      runOn(
        def,
        part,
        parameters,
        out.map((o) => o.subarray(start, end)),
        shared
      )
  }
  return out
}
/**
 * One plan for many indicators: each series is looked through for gaps once, and what several indicators need of it (averages of equal length, true
 * range, typical price, extremes, returns) is made once. Columns by their names, with the bits that `computeOutputs` gives for each alone.
 */
export const indicatorPlan = (requests: ReadonlyArray<Request>): ((columns: SeriesColumns) => Record<string, Float64Array>) => {
  const shared = new Intermediates()
  const named = requests.map((request) => ({
    ...request,
    names: request.def.outputs.map((o) => columnName(request.def, request.parameters, o))
  }))
  return (columns) => {
    const table: Record<string, Float64Array> = {}
    for (const { def, names, output, parameters } of named)
      for (const [i, values] of computeOutputs(def, parameters, columns, undefined, shared).entries())
        if (output === undefined || output === i) table[names[i]!] = values
    shared.clear()
    return table
  }
}
/**
 * One series by its name (`sma_20`, `macd_12_26_9_signal`, `bbands` for its defaults and first output).
 * Throws `UnknownIndicator`, which says what is wrong with the name.
 */
export const computeIndicator = (name: string, columns: SeriesColumns, lookup?: Lookup): Float64Array => {
  const request = resolveIndicator(name, lookup)
  if (request instanceof UnknownIndicator) throw request
  return computeOutputs(request.def, request.parameters, columns)[request.output ?? 0]!
}
