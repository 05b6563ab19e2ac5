/** Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado & Zhu 2015). */

export interface Overfitting {
  /** Share of splits in which the best of the one half is in the lower half of the other. */
  readonly probability: number
  /** Number of splits that had a best. */
  readonly splits: number
  /** Least-squares slope of the out-of-sample Sharpe ratio on the in-sample one of the chosen. */
  readonly degradation: number
  /** Share of splits in which the chosen lost money out of sample. */
  readonly lossProbability: number
  /** `ln(w/(1-w))` of the relative rank w of each split's chosen, ascending. */
  readonly logits: Float64Array
}

/** Halves of `blocks` blocks as bit masks, every one of them. */
const halves = (blocks: number): ReadonlyArray<number> => {
  const out: Array<number> = []
  for (let mask = 0; mask < 1 << blocks; mask++) {
    let bits = 0
    for (let m = mask; m !== 0; m &= m - 1) bits++
    if (bits === blocks / 2) out.push(mask)
  }
  return out
}

/** Sums of r and of r^2 per block and trial: `[block * trials + trial]`. */
const blockSums = (returns: ReadonlyArray<Float64Array>, blocks: number) => {
  const trials = returns.length
  const length = Math.floor((returns[0]?.length ?? 0) / blocks)
  const sums = new Float64Array(blocks * trials)
  const squares = new Float64Array(blocks * trials)
  for (const [j, r] of returns.entries()) {
    for (let t = 0; t < length * blocks; t++) {
      const at = Math.floor(t / length) * trials + j
      sums[at]! += r[t]!
      squares[at]! += r[t]! * r[t]!
    }
  }
  return { sums, squares, length }
}

/** Sharpe ratio of each trial over the blocks in `mask`; -infinity without variation, so that it is never chosen. */
const sharpeOver = (mask: number, { sums, squares, length }: ReturnType<typeof blockSums>, out: Float64Array): void => {
  const trials = out.length
  const sum = new Float64Array(trials)
  const square = new Float64Array(trials)
  let n = 0
  for (let block = 0, m = mask; m !== 0; block++, m >>= 1) {
    if ((m & 1) === 0) continue
    n += length
    for (let j = 0, at = block * trials; j < trials; j++, at++) {
      sum[j]! += sums[at]!
      square[j]! += squares[at]!
    }
  }
  for (let j = 0; j < trials; j++) {
    const mean = sum[j]! / n
    const variance = square[j]! / n - mean * mean
    out[j] = variance > 1e-24 ? mean / Math.sqrt(variance) : -Infinity
  }
}

/**
 * `returns` is one series per trial, all of one length T; they are cut into `blocks` equal blocks of floor(T/blocks) bars (an even number; a rest at
 * the end is left out). With sums per block each split costs O(trials), not O(T trials). Undefined for fewer than two trials or bars per block.
 */
export const backtestOverfitting = (returns: ReadonlyArray<Float64Array>, blocks = 16): Overfitting | undefined => {
  const trials = returns.length
  const table = blockSums(returns, blocks)
  if (trials < 2 || table.length < 2) return undefined
  const all = (1 << blocks) - 1
  const inside = new Float64Array(trials)
  const outside = new Float64Array(trials)
  const logits: Array<number> = []
  const pairs: Array<readonly [number, number]> = []
  for (const mask of halves(blocks)) {
    sharpeOver(mask, table, inside)
    let best = 0
    for (let j = 1; j < trials; j++) if (inside[j]! > inside[best]!) best = j
    if (inside[best] === -Infinity) continue
    sharpeOver(all & ~mask, table, outside)
    let below = 0
    let equal = 0
    for (let j = 0; j < trials; j++) {
      if (outside[j]! < outside[best]!) below++
      else if (outside[j] === outside[best]) equal++
    }
    const rank = (below + (equal + 1) / 2) / (trials + 1)
    logits.push(Math.log(rank / (1 - rank)))
    pairs.push([inside[best]!, Number.isFinite(outside[best]!) ? outside[best]! : 0])
  }
  const splits = logits.length
  if (splits === 0) return undefined
  return {
    probability: logits.filter((l) => l <= 0).length / splits,
    splits,
    degradation: slopeOf(pairs),
    lossProbability: pairs.filter(([, after]) => after < 0).length / splits,
    logits: Float64Array.from(logits).toSorted()
  }
}

const slopeOf = (pairs: ReadonlyArray<readonly [number, number]>): number => {
  const meanX = pairs.reduce((a, [x]) => a + x, 0) / pairs.length
  const meanY = pairs.reduce((a, [, y]) => a + y, 0) / pairs.length
  let product = 0
  let square = 0
  for (const [x, y] of pairs) {
    product += (x - meanX) * (y - meanY)
    square += (x - meanX) ** 2
  }
  return square > 0 ? product / square : NaN
}
