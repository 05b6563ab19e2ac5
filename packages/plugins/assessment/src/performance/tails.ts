/** The two ends of a distribution in order, without sorting what lies between. */
import type { Moments } from "./moments.ts"

/** Share of the values at each end that is in order: what the 5 % and 95 % quantiles and the mean beyond them read. */
const SHARE = 0.05
const BUCKETS = 256
/** The buckets reach this many standard deviations to both sides of the mean; the outer ones hold what is beyond. */
const REACH = 4

/** Working space for values of one length. */
export interface Buckets {
  readonly of: Uint8Array
  readonly counts: Int32Array
}
export const bucketsFor = (length: number): Buckets => ({ of: new Uint8Array(length), counts: new Int32Array(BUCKETS) })

/**
 * Fills `out` with the values in ascending order as far as quantiles up to 5 % and from 95 % look; what is between is larger than the one end and
 * not sorted. Values are counted in buckets of equal width, and only the buckets that the ends reach into are sorted.
 */
export const orderTails = (
  values: Float64Array,
  moments: Moments,
  out: Float64Array,
  buckets: Buckets = bucketsFor(values.length)
): Float64Array => {
  fillBuckets(values, moments, buckets)
  const { of, counts } = buckets
  const n = values.length
  const reach = Math.min(n, Math.ceil(SHARE * n) + 2)
  const [low, below] = bucketAt(counts, reach, 1)
  const [high, above] = bucketAt(counts, reach, -1)
  let lowest = 0
  let lower = below
  let higher = n - above
  let highest = n
  for (let i = 0; i < n; i++) {
    const bucket = of[i]!
    if (bucket > low && bucket < high) continue
    const value = values[i]!
    if (bucket < low) out[lowest++] = value
    else if (bucket === low) out[lower++] = value
    else if (bucket === high) out[--higher] = value
    else out[--highest] = value
  }
  sortStretch(out, 0, below)
  sortStretch(out, below, lower)
  if (low === high) sortStretch(out, lower, n)
  else {
    sortStretch(out, higher, n - above)
    sortStretch(out, n - above, n)
    if (lower < higher) out[lower] = Infinity // Ends the lower tail for whoever reads on from its start.
  }
  return out
}

const fillBuckets = (values: Float64Array, { mean, std }: Moments, { of, counts }: Buckets): void => {
  const from = mean - REACH * std
  const width = (2 * REACH * std) / BUCKETS
  const perUnit = width > 0 ? 1 / width : 0
  counts.fill(0)
  for (let i = 0; i < values.length; i++) {
    const place = (values[i]! - from) * perUnit
    const bucket = place >= BUCKETS ? BUCKETS - 1 : place > 0 ? place | 0 : 0
    of[i] = bucket
    counts[bucket]!++
  }
}

/** The bucket that holds the value number `reach` from the one end, and how many values lie before that bucket. */
const bucketAt = (counts: Int32Array, reach: number, step: 1 | -1): readonly [bucket: number, before: number] => {
  let bucket = step === 1 ? 0 : BUCKETS - 1
  let before = 0
  while (before + counts[bucket]! < reach) {
    before += counts[bucket]!
    bucket += step
  }
  return [bucket, before]
}

/** Many values of one bucket are often all alike: the bars on which an account was flat. */
const sortStretch = (values: Float64Array, from: number, to: number): void => {
  let i = from + 1
  while (i < to && values[i]! >= values[i - 1]!) i++
  if (i < to) values.subarray(from, to).sort()
}
