/** Scaling features to comparable size: fitted on the training samples of a fold, and applied to all of it. Never fit on what is tested. */
import { quantileOfSorted } from "../statistics/returns.ts"

/** `(x - centre) / spread`; a spread of 0 scales to 0. */
export interface Scaler {
  readonly centre: number
  readonly spread: number
}
/** From the samples `rows` of one feature, NaN left out: mean and sample deviation, or median and interquartile range (`robust`). */
export const fitScaler = (x: Float64Array, rows: Int32Array, kind: "standard" | "robust" = "standard"): Scaler => {
  const kept = Float64Array.from(rows, (row) => x[row]!).filter((v) => !Number.isNaN(v))
  if (kind === "robust") {
    const sorted = kept.sort()
    return { centre: quantileOfSorted(sorted, 0.5), spread: quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25) }
  }
  const centre = kept.reduce((a, b) => a + b, 0) / kept.length
  return { centre, spread: Math.sqrt(kept.reduce((a, b) => a + (b - centre) ** 2, 0) / (kept.length - 1)) }
}
export const applyScaler = (x: Float64Array, { centre, spread }: Scaler): Float64Array =>
  x.map((v) => (Number.isNaN(v) || spread > 0 ? (v - centre) / spread : 0))
