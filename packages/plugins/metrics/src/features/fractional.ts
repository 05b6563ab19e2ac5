/** Fractionally differenced prices as features. */
import { bars, indicator } from "../indicators/define.ts"
import { differencingWeights, minimalOrder, shortestDifferenced } from "../statistics/fractional.ts"
import type { IndicatorDef } from "../types.ts"

/** Fills `out[t]` with sum w[k] x[t - k], NaN before the window is full. Term by term, so that later values cannot touch earlier sums by a bit. */
const difference = (x: Float64Array, weights: Float64Array, out: Float64Array): void => {
  const width = weights.length
  out.fill(NaN, 0, Math.min(out.length, width - 1))
  for (let t = width - 1; t < x.length; t++) {
    let sum = 0
    for (let k = 0; k < width; k++) sum += weights[k]! * x[t - k]!
    out[t] = sum
  }
}
export const fractional: ReadonlyArray<IndicatorDef> = [
  indicator("fracdiff", {
    summary: "Log close, fractionally differenced of order d with a window of fixed width",
    inputs: ["close"],
    parameters: { d: [0.4, 0.05, 1] },
    lookback: (d) => differencingWeights(d).length - 1,
    batch: (c, [out], d) => difference(c.close.map(Math.log), differencingWeights(d), out)
  }),
  indicator("fracdiff_fit", {
    summary: "Log close, differenced by the least order that made its first n bars stationary",
    inputs: ["close"],
    parameters: { n: bars(756, 2 * shortestDifferenced) },
    // From bar n on, so that no value is older than the choice of its order. The window of a small order may be longer than n: it is cut there.
    lookback: (n) => n,
    batch: (c, [out], n) => {
      const log = c.close.map(Math.log)
      const order = minimalOrder(log.subarray(0, n))?.d ?? 1
      difference(log, differencingWeights(order).subarray(0, n), out)
      out.fill(NaN, 0, n)
    }
  })
]
