/** Weights of labels that overlap (Lopez de Prado 2018, chapter 4). A label of row t spans the rows from t to `end[t]`; -1 is no label. They look ahead. */

/** How many labels span each row. */
export const concurrency = (end: Int32Array): Float64Array => {
  const steps = new Float64Array(end.length + 1)
  for (let t = 0; t < end.length; t++) {
    if (end[t]! < 0) continue
    steps[t]!++
    steps[end[t]! + 1]!--
  }
  const out = new Float64Array(end.length)
  let open = 0
  for (let t = 0; t < out.length; t++) out[t] = open += steps[t]!
  return out
}
/** For each label the mean of `of(row)` times 1 / concurrency over its span, or the sum; NaN without a label. */
const overSpans = (end: Int32Array, of: (row: number) => number): Float64Array => {
  const open = concurrency(end)
  const running = new Float64Array(end.length + 1)
  for (let t = 0; t < end.length; t++) running[t + 1] = running[t]! + (open[t]! > 0 ? of(t) / open[t]! : 0)
  return Float64Array.from(end, (last, t) => (last < 0 ? NaN : running[last + 1]! - running[t]!))
}
/** Average uniqueness: mean of 1 / concurrency over the span, from near 0 to 1. */
export const averageUniqueness = (end: Int32Array): Float64Array =>
  overSpans(end, () => 1).map((sum, t) => sum / (end[t]! - t + 1))

/** Size of the returns that a label may claim: abs(sum of log return / concurrency) after its row, scaled to a mean of 1. */
export const returnAttribution = (end: Int32Array, close: Float64Array): Float64Array => {
  const open = concurrency(end)
  const running = new Float64Array(end.length + 1)
  for (let t = 1; t < end.length; t++)
    running[t + 1] = running[t]! + (open[t]! > 0 ? Math.log(close[t]! / close[t - 1]!) / open[t]! : 0)
  const raw = Float64Array.from(end, (last, t) => (last < 0 ? NaN : Math.abs(running[last + 1]! - running[t + 1]!)))
  let sum = 0
  let count = 0
  for (const w of raw)
    if (!Number.isNaN(w)) {
      sum += w
      count++
    }
  return sum > 0 ? raw.map((w) => (w * count) / sum) : raw
}
/**
 * Decay with age, linear in the uniqueness gathered since: 1 for the newest label and `oldest` (0 to 1) for the first. NaN without a label.
 */
export const timeDecay = (end: Int32Array, oldest: number): Float64Array => {
  const unique = averageUniqueness(end)
  let total = 0
  const gathered = unique.map((u) => (Number.isNaN(u) ? NaN : (total += u)))
  return gathered.map((g) => oldest + ((1 - oldest) * g) / total)
}
