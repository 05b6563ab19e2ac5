/** Resamples of a time axis by the stationary bootstrap (Politis & Romano 1994), kept as blocks so that sums over one cost its blocks, not its bars. */
import { RandomSource, stationaryIndices } from "@tetra/plugin-scenarios/kernels"

/** Stretches `[from, to)` of the axis; resample i consists of those at the places `start[i]` to `start[i+1]`. */
export interface Resamples {
  readonly count: number
  readonly bars: number
  readonly start: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
}

/** The same for the same seed. `blockLength` is the mean length of a block in bars. */
export const resamplesOf = (
  bars: number,
  { count, blockLength, seed }: { readonly count: number; readonly blockLength: number; readonly seed: number }
): Resamples => {
  const random = new RandomSource(seed, "stationary bootstrap", bars)
  const rows = new Int32Array(bars)
  const start = new Int32Array(count + 1)
  const from: Array<number> = []
  const to: Array<number> = []
  for (let i = 0; i < count; i++) {
    stationaryIndices(bars, blockLength, random, rows)
    for (let t = 0, begin = 0; t < bars; t++) {
      if (t + 1 < bars && rows[t + 1] === rows[t]! + 1) continue
      from.push(rows[begin]!)
      to.push(rows[t]! + 1)
      begin = t + 1
    }
    start[i + 1] = from.length
  }
  return { count, bars, start, from: Int32Array.from(from), to: Int32Array.from(to) }
}

/** Mean of `x` over each resample, into `out`. */
export const resampledMeans = (x: Float64Array, { count, bars, start, from, to }: Resamples, out: Float64Array): void => {
  const sums = new Float64Array(bars + 1)
  for (let t = 0; t < bars; t++) sums[t + 1] = sums[t]! + x[t]!
  for (let i = 0; i < count; i++) {
    let sum = 0
    for (let k = start[i]!; k < start[i + 1]!; k++) sum += sums[to[k]!]! - sums[from[k]!]!
    out[i] = sum / bars
  }
}

/** The rows of `x` in the order of resample i, into `out`. */
export const resampled = (x: Float64Array, { start, from, to }: Resamples, i: number, out: Float64Array): void => {
  let at = 0
  for (let k = start[i]!; k < start[i + 1]!; k++) {
    for (let t = from[k]!; t < to[k]!; t++) out[at++] = x[t]!
  }
}
