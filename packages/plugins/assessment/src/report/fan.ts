/** Where equity could have ended with the same returns in another order: the stationary bootstrap of a strategy's own history. */
import { politisWhite } from "@tetra/plugin-scenarios/kernels"
import { quantileOf } from "../performance/moments.ts"
import { resampled, resamplesOf } from "../ranking/resamples.ts"
import { type Fan, rounded } from "./ReportModel.ts"
import { samplesOf } from "./sampling.ts"

const PATHS = 400
const POINTS = 120
const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const
/** Fewer bars than this are too few to resample. */
const FEWEST_BARS = 60

/**
 * Quantiles of equity from 1 over resampled histories of the same length, at about `POINTS` bars; blocks as long as Politis & White (2004) advise, so
 * that what returns remember is kept. The same for the same seed. Undefined for a short history, or one that never varies.
 */
export const fanOf = (dates: Int32Array, returns: Float64Array, seed: number): Fan | undefined => {
  const bars = returns.length
  if (bars < FEWEST_BARS || returns.every((r) => r === returns[0])) return undefined
  const blockLength = politisWhite(returns)
  const resamples = resamplesOf(bars, { count: PATHS, blockLength, seed })
  const points = samplesOf(bars, POINTS)
  const at = points.map(() => new Float64Array(PATHS))
  const path = new Float64Array(bars)
  let losing = 0
  for (let i = 0; i < PATHS; i++) {
    resampled(returns, resamples, i, path)
    let equity = 1
    for (let t = 0, next = 0; t < bars; t++) {
      equity *= 1 + path[t]!
      if (t === points[next]) at[next++]![i] = equity
    }
    if (equity < 1) losing++
  }
  for (const values of at) values.sort()
  return {
    days: points.map((t) => dates[t]!),
    levels: LEVELS,
    quantiles: LEVELS.map((level) => at.map((values) => rounded(quantileOf(values, level)))),
    paths: PATHS,
    blockLength: rounded(blockLength),
    losing: losing / PATHS
  }
}
