/** Volatility of the next bar by a model of how it clusters, fitted on the past only. */
import { bars, indicator } from "../indicators/define.ts"
import { fitGarch, type GarchFit, persistence, shortestGarch } from "../statistics/garch.ts"
import type { IndicatorDef } from "../types.ts"
import { quartersOf, returnsOf } from "./quarters.ts"

/** Fills `out[t]` with the variance of bar t + 1 for the rows of a stretch, by the filter begun where the fit was. */
const forecasts = (
  fit: GarchFit,
  r: Float64Array,
  { from, last, start, to }: ReturnType<typeof quartersOf>[number],
  out: Float64Array
): void => {
  const { alpha, beta, gamma, mean, omega } = fit
  let square = 0
  for (let t = start; t <= last; t++) square += (r[t]! - mean) ** 2
  let h = omega + (persistence(fit) * square) / (last - start + 1)
  for (let t = start; t < to; t++) {
    const e = r[t]! - mean
    h = omega + (e < 0 ? alpha + gamma : alpha) * e * e + beta * h
    if (t >= from) out[t] = h
  }
}
export const clustering: ReadonlyArray<IndicatorDef> = [
  indicator("garch_vol", {
    summary: "Annual volatility of the next bar by GJR-GARCH, fitted on the n returns before each quarter; 0 when nothing varies",
    inputs: ["close"],
    parameters: { n: bars(504, shortestGarch), annual: [252, 1, 1_000_000] },
    lookback: (n) => n,
    batch: (c, [out], n, annual) => {
      const r = returnsOf(c.close)
      out.fill(NaN, 0, Math.min(out.length, n))
      for (const quarter of quartersOf(c.date, n)) {
        const fit = fitGarch(r.subarray(quarter.start, quarter.last + 1), { leverage: true })
        if (fit === undefined) out.fill(0, quarter.from, quarter.to)
        else forecasts(fit, r, quarter, out)
      }
      for (let t = n; t < out.length; t++) out[t] = Math.sqrt(annual * out[t]!)
    }
  })
]
