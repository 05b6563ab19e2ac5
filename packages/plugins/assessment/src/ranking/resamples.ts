/** Resamples of a time axis by the stationary bootstrap (Politis & Romano 1994), kept as blocks so that sums over one cost its blocks, not its bars. */
import { RandomSource, stationaryIndices } from "@tetra/plugin-scenarios/kernels"
import { type Draws, drawnSums, drawsOf, drawSpaceOf, LANES } from "./drawTables.ts"

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

/** Mean length in bars below which blocks are short: there counting the draws is faster. */
const SHORT = 3

/**
 * Mean of each series over each resample: `[series][resample]`. Stops between some milliseconds of work. Four series at a time: each block is looked up once
 * for all of them, and no sum waits for another.
 */
export function* resampledMeansInSteps(
  series: ReadonlyArray<Float64Array>,
  resamples: Resamples
): Generator<void, ReadonlyArray<Float64Array>> {
  const out = series.map(() => new Float64Array(resamples.count))
  if (resamples.from.length * SHORT > resamples.count * resamples.bars) {
    yield* countedMeans(series, drawsOf(resamples), out)
    return out
  }
  const sums = new Float64Array((resamples.bars + 1) * LANES)
  const spare = new Float64Array(resamples.count)
  for (let k = 0; k < series.length; k += LANES) {
    runningSums(series.slice(k, k + LANES), resamples.bars, sums)
    fourMeans(sums, resamples, [out[k]!, out[k + 1] ?? spare, out[k + 2] ?? spare, out[k + 3] ?? spare])
    yield
  }
  return out
}

function* countedMeans(
  series: ReadonlyArray<Float64Array>,
  draws: Draws,
  out: ReadonlyArray<Float64Array>
): Generator<void, void> {
  const space = drawSpaceOf(draws)
  for (let k = 0; k < series.length; k += LANES) {
    drawnSums(series.slice(k, k + LANES), draws, space)
    for (let lane = 0; lane < LANES && k + lane < series.length; lane++) {
      const means = out[k + lane]!
      for (let i = 0; i < means.length; i++) means[i] = space.sums[i * LANES + lane]! / draws.bars
    }
    yield
  }
}

/** Sums over bars `< t`, of all lanes side by side. */
const runningSums = (lanes: ReadonlyArray<Float64Array>, bars: number, sums: Float64Array): void => {
  for (const [lane, x] of lanes.entries()) {
    let sum = 0
    for (let t = 0; t < bars; t++) {
      sum += x[t]!
      sums[(t + 1) * LANES + lane] = sum
    }
  }
}

const fourMeans = (
  sums: Float64Array,
  { count, bars, start, from, to }: Resamples,
  [first, second, third, fourth]: readonly [Float64Array, Float64Array, Float64Array, Float64Array]
): void => {
  for (let i = 0; i < count; i++) {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    const end = start[i + 1]!
    for (let k = start[i]!; k < end; k++) {
      const high = to[k]! * LANES
      const low = from[k]! * LANES
      a += sums[high]! - sums[low]!
      b += sums[high + 1]! - sums[low + 1]!
      c += sums[high + 2]! - sums[low + 2]!
      d += sums[high + 3]! - sums[low + 3]!
    }
    first[i] = a / bars
    second[i] = b / bars
    third[i] = c / bars
    fourth[i] = d / bars
  }
}

/** The rows of `x` in the order of resample i, into `out`. */
export const resampled = (x: Float64Array, { start, from, to }: Resamples, i: number, out: Float64Array): void => {
  let at = 0
  for (let k = start[i]!; k < start[i + 1]!; k++) {
    for (let t = from[k]!; t < to[k]!; t++) out[at++] = x[t]!
  }
}
