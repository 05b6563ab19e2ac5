/**
 * Splits into training and test that do not leak (Lopez de Prado 2018, chapters 7 and 12). Samples are in order of time; sample i is made at `from[i]`
 * and its label is known at `to[i]` (days, or any numbers of one scale, `to >= from`).
 */
export interface Spans {
  readonly from: ArrayLike<number>
  readonly to: ArrayLike<number>
}
export interface Split {
  /** Sample numbers, ascending. */
  readonly train: Int32Array
  readonly test: Int32Array
}
/** A stretch of samples: `[start, end)`. */
type Block = readonly [start: number, end: number]

const range = (start: number, end: number): ReadonlyArray<number> =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)
/** `count` blocks of nearly the same length that make up all samples. */
const blocksOf = (samples: number, count: number): ReadonlyArray<Block> =>
  range(0, count).map((k) => [Math.floor((k * samples) / count), Math.floor(((k + 1) * samples) / count)])

/** Neighbouring blocks as one: nothing is purged between them. */
const joined = (blocks: ReadonlyArray<Block>): ReadonlyArray<Block> => {
  const out: Array<Block> = []
  for (const [start, end] of blocks) {
    const last = out.at(-1)
    if (last !== undefined && last[1] === start) out[out.length - 1] = [last[0], end]
    else out.push([start, end])
  }
  return out
}
/** Samples whose span overlaps that of a test block, and those that begin within `embargo` samples after it, are for no training. */
const splitBy = ({ from, to }: Spans, blocks: ReadonlyArray<Block>, embargo: number): Split => {
  const samples = from.length
  const left = new Uint8Array(samples).fill(1)
  for (const [start, end] of joined(blocks)) {
    const first = from[start]!
    let last = first
    for (let i = start; i < end; i++) {
      left[i] = 0
      last = Math.max(last, to[i]!)
    }
    for (let i = 0; i < samples; i++) if (from[i]! <= last && to[i]! >= first) left[i] = 0
    let after = end
    while (after < samples && from[after]! <= last) after++
    left.fill(0, after, Math.min(samples, after + embargo))
  }
  return {
    train: Int32Array.from(range(0, samples).filter((i) => left[i] === 1)),
    test: Int32Array.from(blocks.flatMap(([start, end]) => range(start, end)))
  }
}
const embargoed = (samples: number, share: number): number => Math.ceil(samples * share)

/** K-fold with purging and embargo (a share of all samples): each block of samples is the test once. Needs 2 <= folds <= samples. */
export const purgedKFold = (
  spans: Spans,
  { embargo = 0.01, folds }: { readonly folds: number; readonly embargo?: number }
): ReadonlyArray<Split> => {
  const samples = spans.from.length
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= samples))
    throw new RangeError(`folds is a whole number from 2 to the ${samples} samples, not ${folds}`)
  return blocksOf(samples, folds).map((block) => splitBy(spans, [block], embargoed(samples, embargo)))
}
const combinations = (n: number, k: number, first = 0): ReadonlyArray<ReadonlyArray<number>> =>
  k === 0 ? [[]] : range(first, n - k + 1).flatMap((i) => combinations(n, k - 1, i + 1).map((rest) => [i, ...rest]))

export interface Combinatorial {
  readonly splits: ReadonlyArray<Split>
  /** Backtest paths: for each one, and each group in order, the split whose test gives that group's predictions. */
  readonly paths: ReadonlyArray<ReadonlyArray<number>>
}
/** Most splits that are made: 12 groups with 6 of them as tests are 924. */
const mostSplits = 10_000
/** Combinatorial purged cross-validation: every choice of `tests` of the `groups` blocks is a test once; C(groups - 1, tests - 1) whole paths result. */
export const combinatorialPurged = (
  spans: Spans,
  { embargo = 0.01, groups, tests }: { readonly groups: number; readonly tests: number; readonly embargo?: number }
): Combinatorial => {
  const samples = spans.from.length
  if (!(Number.isInteger(groups) && groups >= 2 && groups <= samples && Number.isInteger(tests) && tests >= 1 && tests < groups))
    throw new RangeError(
      `groups is from 2 to the ${samples} samples and tests from 1 to below groups, not ${groups} and ${tests}`
    )
  let count = 1
  for (let k = 1; k <= tests; k++) count = (count * (groups - tests + k)) / k
  if (count > mostSplits)
    throw new RangeError(`${groups} groups with ${tests} as tests make ${count} splits, more than ${mostSplits}`)
  const blocks = blocksOf(samples, groups)
  const chosen = combinations(groups, tests)
  const tested = blocks.map((_, group) => chosen.flatMap((groupsOf, split) => (groupsOf.includes(group) ? [split] : [])))
  return {
    splits: chosen.map((groupsOf) =>
      splitBy(
        spans,
        groupsOf.map((group) => blocks[group]!),
        embargoed(samples, embargo)
      )
    ),
    paths: range(0, tested[0]!.length).map((path) => tested.map((splits) => splits[path]!))
  }
}
export interface WalkForward {
  /** Samples of training (the first one, when `anchored`), of each test, and between two tests. */
  readonly train: number
  readonly test: number
  readonly step?: number
  /** Training begins at the first sample and grows, or keeps its length and moves. */
  readonly anchored: boolean
  /** Further samples before the test that are for no training. */
  readonly gap?: number
}
/** Tests after their training, one after the other; a training sample whose label is known only within or after the test is purged. */
export const walkForward = ({ from, to }: Spans, plan: WalkForward): ReadonlyArray<Split> => {
  const { anchored, gap = 0, step = plan.test, test, train } = plan
  const samples = from.length
  if (!(train >= 1 && test >= 1 && step >= 1 && gap >= 0))
    throw new RangeError("train, test and step are at least one sample, gap at least 0")
  const out: Array<Split> = []
  for (let start = train; start + test <= samples; start += step) {
    const kept = range(anchored ? 0 : start - train, start - gap).filter((i) => to[i]! < from[start]!)
    out.push({ train: Int32Array.from(kept), test: Int32Array.from(range(start, start + test)) })
  }
  return out
}
