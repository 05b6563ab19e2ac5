/** From closes to bars, and from bars to shocked bars. */
import type { AdjustedSeries } from "@tetra/plugin-data/types"
import type { RandomSource } from "../random.ts"

/** Generated bars of one symbol: every column `steps` long. */
export interface PathBars {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}
export const emptyBars = (steps: number): PathBars => ({
  open: new Float64Array(steps),
  high: new Float64Array(steps),
  low: new Float64Array(steps),
  close: new Float64Array(steps),
  volume: new Float64Array(steps)
})
/**
 * Bars around closes: the open is the close before; high and low are drawn from the exact law of the extremes of a Brownian bridge from open to close,
 * `ln M = (x + sqrt(x^2 - 2 v^2 ln U)) / 2` with x = ln(c/o) and v the volatility of a bar; the volume is that of a random day of history.
 */
export const barsAround = (
  close: Float64Array,
  from: { readonly start: number; readonly volatility: number; readonly volumes: Float64Array },
  random: RandomSource
): PathBars => {
  const out = emptyBars(close.length)
  const variance = from.volatility ** 2
  let before = from.start
  for (let i = 0; i < close.length; i++) {
    const x = Math.log(close[i]! / before)
    const up = (x + Math.sqrt(x * x - 2 * variance * Math.log(random.uniform()))) / 2
    const down = (x - Math.sqrt(x * x - 2 * variance * Math.log(random.uniform()))) / 2
    out.open[i] = before
    out.close[i] = close[i]!
    out.high[i] = Math.max(before * Math.exp(up), before, close[i]!)
    out.low[i] = Math.min(before * Math.exp(down), before, close[i]!)
    out.volume[i] = from.volumes[random.index(from.volumes.length)] ?? 0
    before = close[i]!
  }
  return out
}
/** Bars of history `rows` (each at least 1) strung together: every bar keeps its shape relative to the close before it. */
export const replay = (history: AdjustedSeries, rows: Int32Array, start: number): PathBars => {
  const out = emptyBars(rows.length)
  let before = start
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    const scale = before / history.close[row - 1]!
    out.open[i] = history.open[row]! * scale
    out.high[i] = history.high[row]! * scale
    out.low[i] = history.low[row]! * scale
    out.close[i] = history.close[row]! * scale
    out.volume[i] = history.volume[row]!
    before = out.close[i]!
  }
  return out
}
/**
 * `r' = mean * keep + factor (r - mean)` for the log change of every price against the close before: `factor` scales the volatility, `keep` the
 * drift. The map is monotone, so high stays high and low stays low.
 */
export const rescaled = (
  bars: PathBars,
  start: number,
  { factor, keep }: { readonly factor: number; readonly keep: number }
): PathBars => {
  const steps = bars.close.length
  const mean = steps > 0 ? Math.log(bars.close[steps - 1]! / start) / steps : 0
  const out = emptyBars(steps)
  let before = start
  let now = start
  for (let i = 0; i < steps; i++) {
    const base = before
    const level = now
    const at = (price: number) => level * Math.exp(mean * keep + factor * (Math.log(price / base) - mean))
    out.open[i] = at(bars.open[i]!)
    out.high[i] = at(bars.high[i]!)
    out.low[i] = at(bars.low[i]!)
    out.close[i] = at(bars.close[i]!)
    out.volume[i] = bars.volume[i]!
    before = bars.close[i]!
    now = out.close[i]!
  }
  return out
}
/** Bars times `level[t] ^ beta`. `gap`: the change of level is in the open already; else it happens during the bar. */
export const shocked = (
  bars: PathBars,
  level: Float64Array,
  { beta, gap }: { readonly beta: number; readonly gap: boolean }
): PathBars => {
  const steps = bars.close.length
  const out = emptyBars(steps)
  let before = 1
  for (let i = 0; i < steps; i++) {
    const now = level[i]! ** beta
    out.open[i] = bars.open[i]! * (gap ? now : before)
    out.close[i] = bars.close[i]! * now
    out.high[i] = Math.max(bars.high[i]! * now, out.open[i]!, out.close[i]!)
    out.low[i] = Math.min(bars.low[i]! * now, out.open[i]!, out.close[i]!)
    out.volume[i] = bars.volume[i]!
    before = now
  }
  return out
}
