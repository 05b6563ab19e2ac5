/** Falls below the highest value so far (trading.md 3.2). */

export interface Drawdown {
  /** Depth as a negative share: -0.2 is a fall of 20 %. */
  readonly depth: number
  /** Bar numbers; -1 is the start before the first return. `recovery` is undefined while under water. */
  readonly peak: number
  readonly trough: number
  readonly recovery: number | undefined
}
/** `E / max(E so far) - 1` with a starting equity of 1; as long as the returns, each at most 0. */
export const drawdowns = (r: Float64Array): Float64Array => {
  const out = new Float64Array(r.length)
  let equity = 1
  let peak = 1
  for (let i = 0; i < r.length; i++) {
    equity *= 1 + r[i]!
    if (equity > peak) peak = equity
    out[i] = equity / peak - 1
  }
  return out
}
/** The deepest of them, at most 0; 0 for nothing. */
export const deepest = (r: Float64Array): number => {
  let equity = 1
  let peak = 1
  let worst = 0
  for (let i = 0; i < r.length; i++) {
    equity *= 1 + r[i]!
    if (equity > peak) peak = equity
    else if (equity / peak - 1 < worst) worst = equity / peak - 1
  }
  return worst
}
/** Every separate fall, the deepest first; `limit` of them. */
export const drawdownTable = (r: Float64Array, limit = 10): ReadonlyArray<Drawdown> => {
  const depth = drawdowns(r)
  const found: Array<Drawdown> = []
  for (let i = 0; i < depth.length; i++) {
    if (depth[i]! >= 0) continue
    const start = i
    let trough = i
    for (; i < depth.length && depth[i]! < 0; i++) if (depth[i]! < depth[trough]!) trough = i
    found.push({ depth: depth[trough]!, peak: start - 1, trough, recovery: i < depth.length ? i : undefined })
  }
  return found.sort((a, b) => a.depth - b.depth || a.peak - b.peak).slice(0, limit)
}
export interface DrawdownSummary {
  /** The deepest, at most 0. */
  readonly max: number
  /** Mean depth of the separate falls, at most 0. */
  readonly average: number
  /** Longest stay below a peak, in bars. */
  readonly longest: number
  /** Share of bars below a peak. */
  readonly underWater: number
  /** sqrt(mean((100 dd)^2)), Martin and McCann 1989. */
  readonly ulcer: number
  /** Mean of the worst 5 % of `drawdowns` (Chekhlov, Uryasev and Zabarankin 2005), at most 0. */
  readonly conditional: number
}
export const summarise = (r: Float64Array): DrawdownSummary => {
  const depth = drawdowns(r)
  const n = depth.length
  const all = drawdownTable(r, n)
  const sorted = Float64Array.from(depth).sort()
  const worst = Math.max(1, Math.ceil(n * 0.05))
  let tail = 0
  for (let i = 0; i < Math.min(worst, n); i++) tail += sorted[i]!
  let square = 0
  let under = 0
  for (const d of depth) {
    square += (100 * d) ** 2
    if (d < 0) under++
  }
  return {
    max: sorted[0] ?? NaN,
    average: all.length > 0 ? all.reduce((sum, d) => sum + d.depth, 0) / all.length : n > 0 ? 0 : NaN,
    longest: all.reduce((most, d) => Math.max(most, (d.recovery ?? n) - d.peak - (d.recovery === undefined ? 1 : 0)), 0),
    underWater: under / n,
    ulcer: Math.sqrt(square / n),
    conditional: tail / worst
  }
}
