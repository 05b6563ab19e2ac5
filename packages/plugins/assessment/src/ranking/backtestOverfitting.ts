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
  /**
   * Whether the distribution of the chosen ones' Sharpe ratio out of sample lies to the right of that of the mean over all trials: everywhere
   * (first order), or at least its running area does (second order). Without it, choosing the best in sample was no better than choosing any.
   */
  readonly dominance: { readonly first: boolean; readonly second: boolean }
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

/** Sums of r and of r^2 per trial. */
interface Sums {
  readonly sum: Float64Array
  readonly square: Float64Array
}
const sumsFor = (trials: number): Sums => ({ sum: new Float64Array(trials), square: new Float64Array(trials) })

/** `into` = `before` plus one block. */
const addBlock = (before: Sums, block: number, { sums, squares }: ReturnType<typeof blockSums>, into: Sums): void => {
  const { sum, square } = into
  const { sum: sumBefore, square: squareBefore } = before
  const trials = sum.length
  for (let j = 0, at = block * trials; j < trials; j++, at++) {
    sum[j] = sumBefore[j]! + sums[at]!
    square[j] = squareBefore[j]! + squares[at]!
  }
}

/**
 * Sums over the blocks of a mask, from the highest block down. In ascending order neighbouring masks share their high blocks, so the partial sums of
 * the last mask are kept and only what differs is added: about two blocks instead of eight.
 */
const halfSums = (table: ReturnType<typeof blockSums>, trials: number, blocks: number): ((mask: number) => Sums) => {
  const partial = Array.from({ length: blocks + 1 }, () => sumsFor(trials))
  let last = 0
  return (mask) => {
    const same = 32 - Math.clz32(mask ^ last) // Blocks from here up are alike in both.
    let depth = 0
    for (let block = blocks - 1; block >= 0; block--) {
      if (((mask >> block) & 1) === 0) continue
      if (block < same) addBlock(partial[depth]!, block, table, partial[depth + 1]!)
      depth++
    }
    last = mask
    return partial[depth]!
  }
}

/** Per bar, from sums over n bars; -infinity without variation, so that it is never chosen. */
const sharpeFrom = (sum: number, square: number, n: number): number => {
  const mean = sum / n
  const variance = square / n - mean * mean
  return variance > 1e-24 ? mean / Math.sqrt(variance) : -Infinity
}

/** Splits between two chances for the caller to do something else: some milliseconds. */
const SPLITS_PER_STEP = 256

/**
 * `returns` is one series per trial, all of one length T; they are cut into `blocks` equal blocks of floor(T/blocks) bars (an even number; a rest at
 * the end is left out). With sums per block each split costs O(trials), not O(T trials). Undefined for fewer than two trials or bars per block.
 */
export const backtestOverfitting = (returns: ReadonlyArray<Float64Array>, blocks = 16): Overfitting | undefined => {
  const steps = overfittingInSteps(returns, blocks)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/** The same, stopping now and then, so that a long one can be interrupted. */
export function* overfittingInSteps(returns: ReadonlyArray<Float64Array>, blocks = 16): Generator<void, Overfitting | undefined> {
  const trials = returns.length
  const table = blockSums(returns, blocks)
  if (trials < 2 || table.length < 2) return undefined
  const total = sumsFor(trials)
  for (let block = 0; block < blocks; block++) addBlock(total, block, table, total)
  const sumsOf = halfSums(table, trials, blocks)
  const bars = (table.length * blocks) / 2
  const outside = new Float64Array(trials)
  const logits: Array<number> = []
  const pairs: Array<readonly [number, number]> = []
  const anyone: Array<number> = []
  for (const [i, mask] of halves(blocks).entries()) {
    if (i % SPLITS_PER_STEP === SPLITS_PER_STEP - 1) yield
    const inside = sumsOf(mask)
    let best = 0
    let highest = -Infinity
    for (let j = 0; j < trials; j++) {
      const own = sharpeFrom(inside.sum[j]!, inside.square[j]!, bars)
      outside[j] = sharpeFrom(total.sum[j]! - inside.sum[j]!, total.square[j]! - inside.square[j]!, bars)
      if (own > highest) [best, highest] = [j, own]
    }
    if (highest === -Infinity) continue
    const rank = relativeRank(outside, best)
    logits.push(Math.log(rank / (1 - rank)))
    pairs.push([highest, Number.isFinite(outside[best]!) ? outside[best]! : 0])
    anyone.push(meanOfFinite(outside))
  }
  const splits = logits.length
  if (splits === 0) return undefined
  return {
    probability: logits.filter((l) => l <= 0).length / splits,
    splits,
    degradation: slopeOf(pairs),
    lossProbability: pairs.filter(([, after]) => after < 0).length / splits,
    dominance: dominanceOf(Float64Array.from(pairs, ([, after]) => after).sort(), Float64Array.from(anyone).sort()),
    logits: Float64Array.from(logits).toSorted()
  }
}

/** Place of one among all from the lowest, over their number + 1; equal ones share the middle. */
const relativeRank = (values: Float64Array, of: number): number => {
  let below = 0
  let equal = 0
  for (const value of values) {
    if (value < values[of]!) below++
    else if (value === values[of]) equal++
  }
  return (below + (equal + 1) / 2) / (values.length + 1)
}

const meanOfFinite = (values: Float64Array): number => {
  let sum = 0
  let count = 0
  for (const v of values) {
    if (v === -Infinity) continue
    sum += v
    count++
  }
  return count === 0 ? 0 : sum / count
}

/** Of ascending samples of one size: quantile by quantile, and the running sums of quantiles. */
const dominanceOf = (chosen: Float64Array, anyone: Float64Array): Overfitting["dominance"] => {
  let ahead = 0
  let first = true
  let second = true
  for (let i = 0; i < chosen.length; i++) {
    const lead = chosen[i]! - anyone[i]!
    ahead += lead
    if (lead < 0) first = false
    if (ahead < 0) second = false
  }
  return { first, second }
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
