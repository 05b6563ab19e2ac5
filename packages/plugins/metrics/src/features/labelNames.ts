/** `label_<kind>_<parameters>`: from a name to what it means. */
import type { SeriesColumns } from "../types.ts"
import { type Barriers, forwardReturn, metaLabel, tripleBarrier } from "./labels.ts"
import { averageUniqueness, returnAttribution, timeDecay } from "./sampleWeights.ts"
import { trendScanning } from "./trendScanning.ts"

export interface LabelDef {
  readonly name: string
  readonly summary: string
  readonly columns: ReadonlyArray<string>
  /** Most bars after its own that the answer can depend on: what training data next to it must be rid of. */
  readonly horizon: number
  /** The feature whose sign is the side of a meta label. */
  readonly side?: string
  /** `side` holds the values of that feature. */
  readonly compute: (columns: SeriesColumns, side: Float64Array) => ReadonlyArray<Float64Array>
}
/** Day numbers of rows; NaN for -1. */
const daysOf = (date: Int32Array, rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => date[row] ?? NaN)

const forward = (k: number): LabelDef => ({
  name: `label_return_${k}`,
  summary: `Simple return of the next ${k} bars`,
  columns: [`label_return_${k}`],
  horizon: k,
  compute: ({ close }) => {
    const out = new Float64Array(close.length)
    forwardReturn(close, k, out)
    return [out]
  }
})
const textOf = ({ down, horizon, up }: Omit<Barriers, "vertical">): string => `${up}_${down}_${horizon}`
const spanOf = ({ down, horizon, up }: Omit<Barriers, "vertical">): string =>
  `+${up} or -${down} EWMA volatilities within ${horizon} bars`

const barrier = (barriers: Barriers): LabelDef => {
  const name = `label_barrier_${textOf(barriers)}${barriers.vertical === "sign" ? "_sign" : ""}`
  const atEnd = barriers.vertical === "sign" ? "the sign of the return" : "0"
  return {
    name,
    summary: `First touch of ${spanOf(barriers)}: 1, -1 or ${atEnd}; and the day of it`,
    columns: [name, `${name}_end`],
    horizon: barriers.horizon,
    compute: (columns) => {
      const { label, row } = tripleBarrier(columns, barriers)
      return [label, daysOf(columns.date, row)]
    }
  }
}
const meta = (barriers: Omit<Barriers, "vertical">, side: string): LabelDef => {
  const name = `label_meta_${textOf(barriers)}_${side}`
  return {
    name,
    summary: `Whether a bet on the sign of ${side} pays by ${spanOf(barriers)}: 1 or 0; and the day of the answer`,
    columns: [name, `${name}_end`],
    horizon: barriers.horizon,
    side,
    compute: (columns, values) => {
      const { label, row } = metaLabel(columns, values, barriers)
      return [label, daysOf(columns.date, row)]
    }
  }
}
const trend = (shortest: number, longest: number): LabelDef => {
  const name = `label_trend_${shortest}_${longest}`
  return {
    name,
    summary: `Sign of the most significant trend of the next ${shortest} to ${longest} bars, its t value, and its last day`,
    columns: [name, `${name}_t`, `${name}_end`],
    horizon: longest,
    compute: ({ close, date }) => {
      const { label, row, tValue } = trendScanning(close, shortest, longest)
      return [label, tValue, daysOf(date, row)]
    }
  }
}
/** Weight of the oldest label by time decay. */
const oldestWeight = 0.5
const weight = (barriers: Omit<Barriers, "vertical">): LabelDef => {
  const name = `label_weight_${textOf(barriers)}`
  return {
    name,
    summary: `Sample weights of label_barrier_${textOf(barriers)}: average uniqueness, return attribution, and decay with age to ${oldestWeight}`,
    columns: [`${name}_uniqueness`, `${name}_attribution`, `${name}_decay`],
    horizon: barriers.horizon,
    compute: (columns) => {
      const { row } = tripleBarrier(columns, { ...barriers, vertical: "zero" })
      return [averageUniqueness(row), returnAttribution(row, columns.close), timeDecay(row, oldestWeight)]
    }
  }
}
export const defaultLabels = ["label_return_1", "label_return_5", "label_return_20", "label_barrier_2_2_20"]
/** The forms that names have, for messages. */
export const labelForms =
  "label_return_BARS, label_barrier_UP_DOWN_BARS[_sign], label_weight_UP_DOWN_BARS, label_trend_SHORTEST_LONGEST and label_meta_UP_DOWN_BARS_FEATURE"

const isLength = (n: number | undefined): n is number => n !== undefined && Number.isInteger(n) && n >= 1 && n <= 5000
const isWidth = (n: number | undefined): n is number => n !== undefined && n > 0 && n <= 100
/** A label by name (`labelForms`); undefined for anything else. */
export const labelByName = (name: string): LabelDef | undefined => {
  const [, kind, ...words] = name.split("_")
  const [a, b, c] = words.map((word) => (word === "" ? NaN : Number(word)))
  if (kind === "return" && words.length === 1 && isLength(a)) return forward(a)
  if (kind === "trend" && words.length === 2 && isLength(a) && isLength(b) && a >= 3 && a <= b) return trend(a, b)
  if (!isWidth(a) || !isWidth(b) || !isLength(c)) return undefined
  const barriers = { up: a, down: b, horizon: c }
  const rest = words.slice(3).join("_")
  if (kind === "barrier" && rest === "") return barrier({ ...barriers, vertical: "zero" })
  if (kind === "barrier" && rest === "sign") return barrier({ ...barriers, vertical: "sign" })
  if (kind === "weight" && rest === "") return weight(barriers)
  return kind === "meta" && rest !== "" ? meta(barriers, rest) : undefined
}
