/** Steps of whole bars that several indicators share. */
import type { Bar, StreamMemory as Memory } from "../types.ts"
import { delay } from "./averages.ts"

/** TR = max(h, c[-1]) - min(l, c[-1]); NaN at the first bar. */
export const trueRange = (m: Memory): ((bar: Bar) => number) => {
  const closeBefore = delay(m, 1)
  return ({ close, high, low }) => {
    const before = closeBefore(close)
    if (Number.isNaN(before)) return NaN
    return (high > before ? high : before) - (low < before ? low : before)
  }
}
/** (h + l + c) / 3. */
export const typical = ({ close, high, low }: Bar): number => (high + low + close) / 3
