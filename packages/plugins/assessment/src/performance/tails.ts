/** The two ends of a distribution in order, without sorting what lies between. */
import type { Moments } from "./moments.ts"

/** Share of the values at each end that is in order: what the 5 % and 95 % quantiles and the mean beyond them read. */
const SHARE = 0.05
/** Values further from the mean than this many standard deviations are sorted: about a sixth of them at each end. */
const CUT = 0.9

/**
 * Fills `out` with the values in ascending order as far as quantiles up to 5 % and from 95 % look; what is between is larger than the one end and
 * not sorted. Values that crowd around the mean are sorted as a whole.
 */
export const orderTails = (values: Float64Array, { mean, std }: Moments, out: Float64Array): Float64Array => {
  const n = values.length
  const reach = Math.ceil(SHARE * n) + 2
  const low = mean - CUT * std
  const high = mean + CUT * std
  let below = 0
  let above = n
  for (let i = 0; i < n; i++) {
    const v = values[i]!
    if (v < low) out[below++] = v
    else if (v > high) out[--above] = v
  }
  if (below < reach || n - above < reach) {
    out.set(values)
    return out.sort()
  }
  out.subarray(0, below).sort()
  out.subarray(above).sort()
  if (below < above) out[below] = Infinity // Ends the lower tail for whoever reads on from its start.
  return out
}
