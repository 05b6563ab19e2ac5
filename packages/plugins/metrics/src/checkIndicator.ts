/** What every indicator and feature must keep: the same checks for the built-in ones and for those of third parties. */
import { computeOutputs } from "./indicators/compute.ts"
import { openStream, runStream } from "./streams/stream.ts"
import type { IndicatorDef, SeriesColumns } from "./types.ts"

export interface IndicatorFinding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}
export interface IndicatorCheck {
  /** At least 400 bars without gaps. */
  readonly columns: SeriesColumns
  readonly parameters?: ReadonlyArray<number>
  /**
   * How earlier history may show: not at all (`exact`), only fading out (`fading`, relative 1e-6 after half of the bars), or for good (`level`: running
   * totals, which start at the first bar).
   */
  readonly memory?: "exact" | "fading" | "level"
}
const floats = ["open", "high", "low", "close", "volume"] as const

const mapped = (c: SeriesColumns, change: (x: Float64Array) => Float64Array, date: Int32Array): SeriesColumns => ({
  date,
  open: change(c.open),
  high: change(c.high),
  low: change(c.low),
  close: change(c.close),
  volume: change(c.volume)
})
/** Bars `[from, to)` as copies. */
export const sliceColumns = (c: SeriesColumns, from: number, to: number): SeriesColumns =>
  mapped(c, (x) => x.slice(from, to), c.date.slice(from, to))

/** First index in `[from, to)` where the two differ by a bit. */
const differsAt = (a: Float64Array, b: Float64Array, from: number, to: number): number | undefined => {
  for (let i = from; i < to; i++) if (!Object.is(a[i], b[i])) return i
  return undefined
}
type Outputs = ReadonlyArray<Float64Array>
const firstDifference = (a: Outputs, b: Outputs, to: number): string => {
  for (const [o, values] of a.entries()) {
    const at = differsAt(values, b[o]!, 0, to)
    if (at !== undefined) return `output ${o}, bar ${at}: ${values[at]} and ${b[o]![at]}`
  }
  return ""
}
/** Length, lookback, stream, truncation, poisoning of the future, earlier history, a gap, and short series. */
export const checkIndicator = (def: IndicatorDef, given: IndicatorCheck): ReadonlyArray<IndicatorFinding> => {
  const { columns } = given
  const parameters = given.parameters ?? def.parameters.map((p) => p.default)
  const rows = columns.close.length
  const lookback = def.lookback(parameters)
  const run = (c: SeriesColumns): Outputs => computeOutputs(def, parameters, c)
  const whole = run(columns)
  const found: Array<IndicatorFinding> = []
  const say = (check: string, problem: string) => found.push({ check, ok: problem === "", detail: problem || "as it must be" })

  const early = whole.findIndex((o) => o.subarray(0, lookback).some((v) => !Number.isNaN(v)))
  const late = whole.findIndex((o) => Number.isNaN(o[lookback]))
  say("one value a bar", whole.every((o) => o.length === rows) ? "" : "an output is not as long as the input")
  say("nothing before its lookback", early < 0 ? "" : `output ${early} has a value before bar ${lookback}`)
  say("a value at its lookback", late < 0 || rows <= lookback ? "" : `output ${late} has no value at bar ${lookback}`)

  const cuts = [lookback, lookback + 1, lookback + 2, Math.floor(rows / 3), Math.floor(rows / 2), rows - 3].filter(
    (t) => t >= 0 && t < rows
  )
  say(
    "truncation: later bars do not matter",
    cuts.map((t) => firstDifference(whole, run(sliceColumns(columns, 0, t + 1)), t + 1)).find((p) => p !== "") ?? ""
  )
  const poisoned = cuts.flatMap((t) =>
    [NaN, 1e6, -1].map((poison) => {
      const changed = mapped(
        columns,
        (x) => x.map((v, i) => (i > t ? (Number.isNaN(poison) ? NaN : v * poison + i) : v)),
        columns.date
      )
      return firstDifference(whole, run(changed), t + 1)
    })
  )
  say("poisoning: a changed future leaves the past as it was", poisoned.find((p) => p !== "") ?? "")
  say("earlier history", historyProblem(run, columns, whole, { memory: given.memory ?? "fading", lookback }))
  say("a gap: afresh after it", gapProblem(def, run, columns, whole))
  say("stream: the same as the batch, also from a saved state", streamProblem(def, parameters, columns, whole))
  const short = [0, 1, 2, lookback]
    .filter((n) => n <= lookback && n <= rows)
    .find((n) => run(sliceColumns(columns, 0, n)).some((o) => o.some((v) => !Number.isNaN(v))))
  say("short series give NaN", short === undefined ? "" : `${short} bars give a value, ${lookback + 1} are needed`)
  return found
}
/** To 1e-12 of the largest value, stopped and taken up again in the middle. An indicator without a stream has nothing to keep. */
const streamProblem = (def: IndicatorDef, parameters: ReadonlyArray<number>, columns: SeriesColumns, whole: Outputs): string => {
  if (def.stream === undefined && def.window === undefined) return ""
  const rows = columns.close.length
  const half = Math.floor(rows / 2)
  const out = def.outputs.map(() => new Float64Array(rows))
  const first = openStream(def, parameters)
  runStream(first, columns, out, 0, half)
  runStream(openStream(def, parameters, first.save()), columns, out, half)
  for (const [o, values] of whole.entries()) {
    const size = values.reduce((most, v) => (Number.isNaN(v) ? most : Math.max(most, Math.abs(v))), 1e-300)
    const at = values.findIndex(
      (v, i) => !(Number.isNaN(v) ? Number.isNaN(out[o]![i]) : Math.abs(v - out[o]![i]!) <= 1e-12 * size)
    )
    if (at >= 0) return `output ${o}, bar ${at}: ${values[at]} by batch and ${out[o]![at]} by stream`
  }
  return ""
}
/** What is left out at the start must not show at the end. */
const historyProblem = (
  run: (c: SeriesColumns) => Outputs,
  columns: SeriesColumns,
  whole: Outputs,
  { memory, lookback }: { readonly memory: "exact" | "fading" | "level"; readonly lookback: number }
): string => {
  if (memory === "level") return ""
  const rows = columns.close.length
  const start = Math.min(Math.floor(rows / 4), Math.max(0, rows - lookback - 1))
  const late = run(sliceColumns(columns, start, rows))
  const from = memory === "exact" ? start + lookback : Math.max(start + lookback, Math.floor((rows * 3) / 4))
  for (const [o, values] of whole.entries()) {
    const size = values.subarray(from).reduce((most, v) => Math.max(most, Math.abs(v)), 0)
    for (let i = from; i < rows; i++) {
      const gap = Math.abs(values[i]! - late[o]![i - start]!)
      if (!(gap <= (memory === "exact" ? 1e-9 : 1e-6) * Math.max(size, 1e-12)))
        return `output ${o}, bar ${i}: ${values[i]} with and ${late[o]![i - start]} without earlier bars`
    }
  }
  return ""
}
/** NaN at a gap in any column that it reads; before it as without it, after it as if the series began there. */
const gapProblem = (def: IndicatorDef, run: (c: SeriesColumns) => Outputs, columns: SeriesColumns, whole: Outputs): string => {
  const rows = columns.close.length
  const at = Math.floor(rows / 2)
  const after = run(sliceColumns(columns, at + 1, rows))
  for (const name of def.inputs ?? floats) {
    const broken = run({ ...columns, [name]: columns[name].map((v, i) => (i === at ? NaN : v)) })
    const before = firstDifference(whole, broken, at)
    if (before !== "") return `a gap in ${name} changes what was before it: ${before}`
    for (const [o, values] of broken.entries()) {
      if (!Number.isNaN(values[at])) return `a gap in ${name} is filled by output ${o}`
      const differs = differsAt(values.subarray(at + 1), after[o]!, 0, rows - at - 1)
      if (differs !== undefined) return `after a gap in ${name} output ${o} does not start afresh at bar ${at + 1 + differs}`
    }
  }
  return ""
}
