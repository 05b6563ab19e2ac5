/** How two series move together (trading.md 3.2). Pairs are aligned; both have one length. */
import { mean } from "./returns.ts"

const moments = (x: Float64Array, y: Float64Array) => {
  const mx = mean(x)
  const my = mean(y)
  let xx = 0
  let yy = 0
  let xy = 0
  for (let i = 0; i < x.length; i++) {
    const a = x[i]! - mx
    const b = y[i]! - my
    xx += a * a
    yy += b * b
    xy += a * b
  }
  return { mx, my, xx, yy, xy }
}
/** Sample cov(y, x) / var(x); NaN when x does not vary. */
export const beta = (y: Float64Array, x: Float64Array): number => {
  const { xx, xy } = moments(x, y)
  return xx > 0 ? xy / xx : NaN
}
/** Jensen's alpha a year: (mean(y - rf) - beta mean(x - rf)) A, `rf` per bar. */
export const alpha = (y: Float64Array, x: Float64Array, annual: number, rf = 0): number =>
  (mean(y) - rf - beta(y, x) * (mean(x) - rf)) * annual
/** Pearson's correlation; NaN when one side does not vary. */
export const pearson = (x: Float64Array, y: Float64Array): number => {
  const { xx, yy, xy } = moments(x, y)
  return xx > 0 && yy > 0 ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : NaN
}
/** Ranks from 1; equal values share their average rank. */
export const ranks = (x: Float64Array): Float64Array => {
  const order = Array.from(x.keys()).sort((a, b) => x[a]! - x[b]!)
  const out = new Float64Array(x.length)
  for (let i = 0; i < order.length;) {
    let j = i
    while (j + 1 < order.length && x[order[j + 1]!] === x[order[i]!]) j++
    for (let k = i; k <= j; k++) out[order[k]!] = (i + j) / 2 + 1
    i = j + 1
  }
  return out
}
/** Spearman's rho: Pearson's correlation of average ranks. */
export const spearman = (x: Float64Array, y: Float64Array): number => pearson(ranks(x), ranks(y))

/** Pairs among those that follow each other and are alike: sum of t (t - 1) / 2 over the runs. */
const tiedPairs = (n: number, isAlike: (a: number, b: number) => boolean): number => {
  let pairs = 0
  for (let from = 0; from < n;) {
    let to = from + 1
    while (to < n && isAlike(to - 1, to)) to++
    pairs += ((to - from) * (to - from - 1)) / 2
    from = to
  }
  return pairs
}
/** Inversions of `x`, counted while it is merge-sorted in place. */
const inversions = (x: Float64Array): number => {
  const buffer = new Float64Array(x.length)
  const sort = (from: number, to: number): number => {
    if (to - from < 2) return 0
    const middle = (from + to) >> 1
    let count = sort(from, middle) + sort(middle, to)
    let i = from
    let j = middle
    for (let k = from; k < to; k++) {
      if (j >= to || (i < middle && x[i]! <= x[j]!)) buffer[k] = x[i++]!
      else {
        count += middle - i
        buffer[k] = x[j++]!
      }
    }
    x.set(buffer.subarray(from, to), from)
    return count
  }
  return sort(0, x.length)
}
/** Kendall's tau-b in n log n (Knight 1966); NaN when one side does not vary. */
export const kendall = (x: Float64Array, y: Float64Array): number => {
  const n = x.length
  const order = Int32Array.from(x.keys()).sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!)
  const all = (n * (n - 1)) / 2
  const own = Float64Array.from(order, (i) => x[i]!)
  const other = Float64Array.from(order, (i) => y[i]!)
  const tiedX = tiedPairs(n, (a, b) => own[a] === own[b])
  const tiedBoth = tiedPairs(n, (a, b) => own[a] === own[b] && other[a] === other[b])
  // Counting the inversions sorts `other`.
  const discordant = inversions(other)
  const tiedY = tiedPairs(n, (a, b) => other[a] === other[b])
  const scale = Math.sqrt((all - tiedX) * (all - tiedY))
  return scale > 0 ? (all - tiedX - tiedY + tiedBoth - 2 * discordant) / scale : NaN
}
