/** How far a series is from pattern and from chance (trading.md 3.2, the optional set). All are 1 for chance and less with pattern. */

/**
 * Permutation entropy of order 3 (Bandt and Pompe 2002) over ln 6: how evenly the six orders of three neighbours occur; equal values count as rising.
 * NaN below three.
 */
export const permutationEntropy = (x: Float64Array): number => {
  const counts = new Float64Array(8)
  for (let t = 2; t < x.length; t++) {
    const a = x[t - 2]!
    const b = x[t - 1]!
    const c = x[t]!
    counts[(a <= b ? 4 : 0) + (b <= c ? 2 : 0) + (a <= c ? 1 : 0)]!++
  }
  const n = x.length - 2
  if (n < 1) return NaN
  let sum = 0
  for (const count of counts) if (count > 0) sum -= (count / n) * Math.log(count / n)
  return sum / Math.log(6)
}
/**
 * Lempel and Ziv 1976: how many new words the signs above and below the median need, times log2(n) / n, as counted by Kaspar and Schuster 1987. Somewhat
 * above 1 for short chance. NaN below two.
 */
export const lempelZiv = (x: Float64Array): number => {
  const n = x.length
  if (n < 2) return NaN
  const sorted = Float64Array.from(x).sort()
  const middle = (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2
  const bits = Uint8Array.from(x, (v) => (v > middle ? 1 : 0))
  return (countWords(bits) * Math.log2(n)) / n
}
const countWords = (bits: Uint8Array): number => {
  const n = bits.length
  let words = 1
  let start = 1
  let longest = 1
  let length = 1
  let at = 0
  while (start + length <= n) {
    if (bits[at + length - 1] === bits[start + length - 1]) {
      length++
      if (start + length > n) return words + 1
      continue
    }
    longest = Math.max(longest, length)
    at++
    length = 1
    if (at < start) continue
    // No earlier place has this word: it is new.
    words++
    start += longest
    at = 0
    longest = 1
  }
  return words
}
