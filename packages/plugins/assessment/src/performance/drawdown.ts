/** Drawdowns of an equity curve that starts with 1 before its first bar (trading.md 3.2). */

/** `equity / running maximum - 1` per bar, 0 at a new high, never above it. */
export const drawdownOf = (equity: Float64Array): Float64Array => {
  const out = new Float64Array(equity.length)
  let peak = 1
  for (let t = 0; t < equity.length; t++) {
    const e = equity[t]!
    if (e > peak) peak = e
    out[t] = e / peak - 1
  }
  return out
}

export interface Drawdown {
  /** Depth as a negative share. */
  readonly depth: number
  /** Last bar at the old high (-1 = before the first bar), deepest bar, first bar back at the high (-1 = not recovered). */
  readonly peak: number
  readonly trough: number
  readonly recovery: number
  /** Bars from the peak to recovery, or to the last bar. */
  readonly bars: number
}

/** Every drawdown, in time order. */
export const drawdownsOf = (drawdown: Float64Array): ReadonlyArray<Drawdown> => {
  const out: Array<Drawdown> = []
  let start = -1
  let trough = -1
  for (let t = 0; t < drawdown.length; t++) {
    const d = drawdown[t]!
    if (d < 0) {
      if (trough < 0) [start, trough] = [t - 1, t]
      if (d < drawdown[trough]!) trough = t
    } else if (trough >= 0) {
      out.push({ depth: drawdown[trough]!, peak: start, trough, recovery: t, bars: t - start })
      trough = -1
    }
  }
  if (trough >= 0) {
    out.push({ depth: drawdown[trough]!, peak: start, trough, recovery: -1, bars: drawdown.length - 1 - start })
  }
  return out
}

export interface DrawdownSummary {
  /** Deepest, as a negative share; 0 when equity never fell. */
  readonly max: number
  /** Longest time from a high to the next, in bars. */
  readonly longestBars: number
  /** Share of bars below the running maximum. */
  readonly underWater: number
  /** Root mean square of the drawdown in percent (Martin & McCann 1989). */
  readonly ulcer: number
  /** Mean absolute drawdown, a share (pain index). */
  readonly pain: number
  /** Mean depth of the drawdowns, each from one high to the next, as a negative share; 0 when there were none. */
  readonly average: number
  /** Root of the sum of their squared depths (Burke 1994). */
  readonly burke: number
}

export const drawdownSummary = (equity: Float64Array): DrawdownSummary => {
  let peak = 1
  let max = 0
  let below = 0
  let run = 0
  let longestBars = 0
  let squares = 0
  let sum = 0
  let count = 0
  let depth = 0 // of the drawdown that lasts
  let depths = 0
  let squaredDepths = 0
  for (let t = 0; t < equity.length; t++) {
    const e = equity[t]!
    if (e >= peak) {
      peak = e
      if (run > 0) {
        if (run + 1 > longestBars) longestBars = run + 1
        depths += depth
        squaredDepths += depth * depth
        depth = 0
        count++
      }
      run = 0
      continue
    }
    const d = e / peak - 1
    if (d < max) max = d
    if (d < depth) depth = d
    below++
    run++
    squares += d * d
    sum -= d
  }
  const n = equity.length
  if (depth < 0) count++
  return {
    max: n === 0 ? NaN : max,
    longestBars: Math.max(longestBars, run),
    underWater: below / n,
    ulcer: 100 * Math.sqrt(squares / n),
    pain: sum / n,
    average: count === 0 ? 0 : (depths + depth) / count,
    burke: Math.sqrt(squaredDepths + depth * depth)
  }
}

/** Mean over years of `bars` of the deepest fall from a high of the same year, as a negative share; the last year may be short. */
export const yearlyDrawdown = (equity: Float64Array, bars: number): number => {
  const year = Math.max(1, Math.round(bars))
  let sum = 0
  let years = 0
  for (let from = 0; from < equity.length; from += year) {
    const to = Math.min(equity.length, from + year)
    let peak = from === 0 ? 1 : equity[from - 1]!
    let deepest = 1
    for (let t = from; t < to; t++) {
      const e = equity[t]!
      if (e > peak) peak = e
      else if (e < deepest * peak) deepest = e / peak
    }
    sum += deepest - 1
    years++
  }
  return years === 0 ? NaN : sum / years
}
