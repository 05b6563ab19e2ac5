/** Parametric shocks (trading.md 2.3): a multiplier over time, applied to a base path. */
export const shapes = ["instant", "linear", "v", "u", "l", "w"] as const
export type Shape = (typeof shapes)[number]

const ramp = (from: number, to: number, length: number, at: number): number =>
  length <= 0 ? to : from + ((to - from) * Math.min(at, length)) / length

/**
 * The level of the market relative to its start, `steps` long: 1 before the shock, `1 - depth` at the bottom. The shock starts at step 1 and its parts
 * are shares of the horizon:
 * instant: one bar down, stays. linear: falls over the whole horizon. v: falls over a quarter, recovers fully over a half.
 * u: falls over a quarter, floor of a quarter, recovers over a half. l: falls over a tenth, stays. w: two v of half the length, the first
 * recovering half of the fall.
 */
export const shockLevels = (shape: Shape, depth: number, steps: number): Float64Array => {
  const floor = 1 - depth
  const part = (share: number) => Math.max(1, Math.round(share * steps))
  return Float64Array.from({ length: steps }, (_, step) => {
    switch (shape) {
      case "instant":
        return step === 0 ? 1 : floor
      case "linear":
        return ramp(1, floor, steps - 1, step)
      case "l":
        return ramp(1, floor, part(0.1), step)
      case "v":
        return step <= part(0.25) ? ramp(1, floor, part(0.25), step) : ramp(floor, 1, part(0.5), step - part(0.25))
      case "u": {
        if (step <= part(0.25)) return ramp(1, floor, part(0.25), step)
        return step <= 2 * part(0.25) ? floor : ramp(floor, 1, steps - 1 - 2 * part(0.25), step - 2 * part(0.25))
      }
      case "w": {
        const quarter = part(0.25)
        const half = 1 - depth / 2
        if (step <= quarter) return ramp(1, floor, quarter, step)
        if (step <= 2 * quarter) return ramp(floor, half, quarter, step - quarter)
        if (step <= 3 * quarter) return ramp(half, floor, quarter, step - 2 * quarter)
        return ramp(floor, 1, steps - 1 - 3 * quarter, step - 3 * quarter)
      }
      default:
        return shape satisfies never
    }
  })
}
/** Sensitivity of each asset to the mean return of all: cov / var of log returns; 1 when the market does not vary. `returns[asset][t]`. */
export const marketBetas = (returns: ReadonlyArray<Float64Array>): ReadonlyArray<number> => {
  const n = returns[0]?.length ?? 0
  const market = Float64Array.from({ length: n }, (_, t) => returns.reduce((sum, r) => sum + r[t]!, 0) / returns.length)
  return returns.map((r) => betaOf(r, market) ?? 1)
}
/** cov(y, x) / var(x); undefined when x does not vary. */
export const betaOf = (y: Float64Array, x: Float64Array): number | undefined => {
  const mean = (v: Float64Array) => v.reduce((a, b) => a + b, 0) / v.length
  const my = mean(y)
  const mx = mean(x)
  let covariance = 0
  let variance = 0
  for (let t = 0; t < x.length; t++) {
    covariance += (y[t]! - my) * (x[t]! - mx)
    variance += (x[t]! - mx) ** 2
  }
  return variance > 0 ? covariance / variance : undefined
}
