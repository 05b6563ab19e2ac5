/** Labels: what a model is to predict. They look ahead by design, are prefixed `label_` and must never be used as features. */
import type { SeriesColumns } from "../types.ts"

/** Simple return of the next `k` bars, close to close; NaN for the last `k`. */
export const forwardReturn = (close: Float64Array, k: number, out: Float64Array): void => {
  for (let i = 0; i < out.length; i++) out[i] = i + k < close.length ? close[i + k]! / close[i]! - 1 : NaN
}
/**
 * EWMA volatility of log returns known at the close of each bar: `s^2 = l s^2 + (1 - l) r^2`, l = .94, seeded with the mean of the first 20 squares;
 * first at 20.
 */
export const knownVolatility = (close: Float64Array, out: Float64Array): void => {
  const seeds = 20
  const decay = 0.94
  let square = 0
  out.fill(NaN, 0, Math.min(out.length, seeds))
  for (let i = 1; i < close.length; i++) {
    const r = Math.log(close[i]! / close[i - 1]!)
    square = i <= seeds ? square + (r * r) / seeds : decay * square + (1 - decay) * r * r
    if (i >= seeds) out[i] = Math.sqrt(square)
  }
}
export interface Barriers {
  /** Widths in multiples of the volatility known at t. */
  readonly up: number
  readonly down: number
  /** Bars until the vertical barrier. */
  readonly horizon: number
}
/**
 * Triple barrier (Lopez de Prado 2018, chapter 3): upper p (1 + u s), lower p (1 - l s), vertical after `horizon` bars. `label` is 1, -1 or, at the
 * vertical barrier, 0; `end` is the day of the touch, for purging. One bar that touches both counts as the lower. NaN before the volatility is known, and
 * where the data end before the answer.
 */
export const tripleBarrier = (
  { high, low, close, date }: SeriesColumns,
  { up, down, horizon }: Barriers,
  label: Float64Array,
  end: Float64Array
): void => {
  const volatility = new Float64Array(close.length)
  knownVolatility(close, volatility)
  label.fill(NaN)
  end.fill(NaN)
  for (let t = 0; t < close.length; t++) {
    const s = volatility[t]!
    if (Number.isNaN(s)) continue
    const upper = close[t]! * (1 + up * s)
    const lower = close[t]! * (1 - down * s)
    const last = Math.min(close.length - 1, t + horizon)
    for (let i = t + 1; i <= last; i++) {
      const answer = low[i]! <= lower ? -1 : high[i]! >= upper ? 1 : i === t + horizon ? 0 : undefined
      if (answer === undefined) continue
      label[t] = answer
      end[t] = date[i]!
      break
    }
  }
}
export interface LabelDef {
  readonly name: string
  readonly summary: string
  readonly columns: ReadonlyArray<string>
  readonly compute: (columns: SeriesColumns) => ReadonlyArray<Float64Array>
}
const forward = (k: number): LabelDef => ({
  name: `label_return_${k}`,
  summary: `Simple return of the next ${k} bars`,
  columns: [`label_return_${k}`],
  compute: ({ close }) => {
    const out = new Float64Array(close.length)
    forwardReturn(close, k, out)
    return [out]
  }
})
const barrier = (barriers: Barriers): LabelDef => {
  const name = `label_barrier_${barriers.up}_${barriers.down}_${barriers.horizon}`
  return {
    name,
    summary: `First touch of +${barriers.up} or -${barriers.down} EWMA volatilities within ${barriers.horizon} bars: 1, -1 or 0`,
    columns: [name, `${name}_end`],
    compute: (columns) => {
      const label = new Float64Array(columns.close.length)
      const end = new Float64Array(columns.close.length)
      tripleBarrier(columns, barriers, label, end)
      return [label, end]
    }
  }
}
export const defaultLabels = ["label_return_1", "label_return_5", "label_return_20", "label_barrier_2_2_20"]
/** A label by name: `label_return_K`, or `label_barrier_UP_DOWN_BARS`; undefined for anything else. */
export const labelByName = (name: string): LabelDef | undefined => {
  const words = name.split("_")
  const numbers = words.slice(2).map(Number)
  const isLength = (n: number | undefined): n is number => n !== undefined && Number.isInteger(n) && n >= 1 && n <= 5000
  const isWidth = (n: number | undefined): n is number => n !== undefined && n > 0 && n <= 100
  const [a, b, c] = numbers
  if (name.startsWith("label_return_") && numbers.length === 1 && isLength(a)) return forward(a)
  if (name.startsWith("label_barrier_") && numbers.length === 3 && isWidth(a) && isWidth(b) && isLength(c))
    return barrier({ up: a, down: b, horizon: c })
  return undefined
}
