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
}

export const drawdownSummary = (equity: Float64Array): DrawdownSummary => {
  let peak = 1
  let max = 0
  let below = 0
  let run = 0
  let longestBars = 0
  let squares = 0
  let sum = 0
  for (let t = 0; t < equity.length; t++) {
    const e = equity[t]!
    if (e >= peak) {
      peak = e
      if (run > 0 && run + 1 > longestBars) longestBars = run + 1
      run = 0
      continue
    }
    const d = e / peak - 1
    if (d < max) max = d
    below++
    run++
    squares += d * d
    sum -= d
  }
  const n = equity.length
  return {
    max: n === 0 ? NaN : max,
    longestBars: Math.max(longestBars, run),
    underWater: below / n,
    ulcer: 100 * Math.sqrt(squares / n),
    pain: sum / n
  }
}
