/** Geometric Brownian motion, of one asset or of many that move together (trading.md 2.2). */
import { logReturns } from "../history.ts"
import type { RandomSource } from "../random.ts"
import { choleskyOf, shrunkCorrelation } from "./covariance.ts"

/** Per bar: `drift` is the mean of the log returns, `volatility` their standard deviation (n - 1). */
export interface GbmFit {
  readonly drift: number
  readonly volatility: number
}
/** Mean and standard deviation of the log returns; needs two returns, else NaN. */
export const fitGbm = (close: Float64Array): GbmFit => {
  const r = logReturns(close)
  const drift = r.reduce((sum, x) => sum + x, 0) / r.length
  const variance = r.reduce((sum, x) => sum + (x - drift) ** 2, 0) / (r.length - 1)
  return { drift, volatility: Math.sqrt(variance) }
}
/**
 * Fills `out` with closes that follow `start`: `S *= exp(drift + volatility z)`. With `drift = m - v^2/2` this is the exact solution of
 * dS = m S dt + v S dW over one bar, so mean(S_T) = start exp(m T).
 */
export const gbmPath = (start: number, { drift, volatility }: GbmFit, random: RandomSource, out: Float64Array): void => {
  let price = start
  for (let i = 0; i < out.length; i++) {
    price *= Math.exp(drift + volatility * random.normal())
    out[i] = price
  }
}
export interface CorrelatedFit {
  readonly assets: ReadonlyArray<GbmFit>
  /** Lower triangle, row by row: `factor[i][j]`, j <= i. */
  readonly factor: ReadonlyArray<Float64Array>
  /** Weight of the identity in the shrunk correlation, 0 to 1. */
  readonly shrinkage: number
}
/** GBM of each asset, joined by the Cholesky factor of the Ledoit-Wolf shrunk correlation of their log returns. */
export const fitCorrelated = (close: ReadonlyArray<Float64Array>): CorrelatedFit => {
  const { correlation, shrinkage } = shrunkCorrelation(close.map(logReturns))
  return { assets: close.map(fitGbm), factor: choleskyOf(correlation), shrinkage }
}
/** Fills `out[asset]` with closes that follow `start[asset]`. */
export const correlatedPath = (
  start: ReadonlyArray<number>,
  fit: CorrelatedFit,
  random: RandomSource,
  out: ReadonlyArray<Float64Array>
): void => {
  const n = out.length
  const z = new Float64Array(n)
  const price = Float64Array.from(start)
  for (let t = 0; t < (out[0]?.length ?? 0); t++) {
    for (let i = 0; i < n; i++) z[i] = random.normal()
    for (let i = 0; i < n; i++) {
      const row = fit.factor[i]!
      let shock = 0
      for (let j = 0; j <= i; j++) shock += row[j]! * z[j]!
      const { drift, volatility } = fit.assets[i]!
      price[i] = price[i]! * Math.exp(drift + volatility * shock)
      out[i]![t] = price[i]!
    }
  }
}
