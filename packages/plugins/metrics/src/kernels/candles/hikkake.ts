/** Hikkake: an inside bar, a false break, and its confirmation within three bars. Definitions: TA-Lib, after Chesler (2003). */
import type { Candles } from "./Candles.ts"

const isInsideBar = (k: Candles, i: number): boolean => k.high[i]! < k.high[i - 1]! && k.low[i]! > k.low[i - 1]!
/** 100 for a lower high and low (a false break down), -100 for a higher high and low, else 0. */
const breakAt = (k: Candles, i: number): number =>
  k.high[i]! < k.high[i - 1]! && k.low[i]! < k.low[i - 1]!
    ? 100
    : k.high[i]! > k.high[i - 1]! && k.low[i]! > k.low[i - 1]!
      ? -100
      : 0
const plain = (k: Candles, i: number): number => (isInsideBar(k, i - 1) ? breakAt(k, i) : 0)
/** Two inside bars, the first of which closes near the end that is broken later. */
const modified = (k: Candles, i: number): number => {
  if (!isInsideBar(k, i - 2) || !isInsideBar(k, i - 1)) return 0
  const found = breakAt(k, i)
  const near = k.than.near[i - 2]!
  const closes = found === 100 ? k.close[i - 2]! <= k.low[i - 2]! + near : k.close[i - 2]! >= k.high[i - 2]! - near
  return closes ? found : 0
}
/** +-100 where it is found, +-200 where it is confirmed: a close beyond the bar before the break. `out` is NaN up to `lookback`. */
const scan = (k: Candles, find: (k: Candles, i: number) => number, lookback: number, out: Float64Array): void => {
  const rows = k.close.length
  out.fill(NaN, 0, Math.min(lookback, rows))
  let last = 0
  let lastAt = -4
  // What was found up to three bars before the first value may be confirmed there.
  for (let i = lookback - 3; i < rows; i++) {
    const found = find(k, i)
    let value = found
    if (found !== 0) {
      last = found
      lastAt = i
    } else if (i <= lastAt + 3 && (last > 0 ? k.close[i]! > k.high[lastAt - 1]! : k.close[i]! < k.low[lastAt - 1]!)) {
      value = 2 * last
      lastAt = -4
    }
    if (i >= lookback) out[i] = value
  }
}
export const hikkakeLookback = 5
export const hikkake = (k: Candles, out: Float64Array): void => scan(k, plain, hikkakeLookback, out)
export const modifiedHikkakeLookback = 10
export const modifiedHikkake = (k: Candles, out: Float64Array): void => scan(k, modified, modifiedHikkakeLookback, out)
