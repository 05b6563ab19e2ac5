/**
 * Response surfaces of Dickey-Fuller t statistics: MacKinnon 1994 ("Approximate asymptotic distribution functions for unit-root and cointegration
 * tests"), with the estimates of the 2010 update. One row for each number of variables, 1 to 6.
 */
import { normalCdf } from "./distributions.ts"

/** Whether the regression has a constant (`c`) or none (`n`, for residuals that have mean 0). */
export type Trend = "c" | "n"
interface Surface {
  /** Between the polynomial of the left tail and that of the rest; and beyond which p is 0 or 1. */
  readonly star: number
  readonly min: number
  readonly max: number
  readonly small: ReadonlyArray<number>
  readonly large: ReadonlyArray<number>
}
type Row = readonly [star: number, min: number, max: number, ...seven: ReadonlyArray<number>]
const surface = ([star, min, max, ...c]: Row): Surface => ({
  star,
  min,
  max,
  small: [c[0]!, c[1]!, c[2]! * 1e-2],
  large: [c[3]!, c[4]! * 1e-1, c[5]! * 1e-1, c[6]! * 1e-2]
})
const constant: ReadonlyArray<Row> = [
  [-1.61, -18.83, 2.74, 2.1659, 1.4412, 3.8269, 1.7339, 9.3202, -1.2745, -1.0368],
  [-2.62, -18.86, 0.92, 2.92, 1.5012, 3.9796, 2.1945, 6.4695, -2.9198, -4.2377],
  [-3.13, -23.48, 0.55, 3.4699, 1.4856, 3.164, 2.5893, 4.5168, -3.6529, -5.0074],
  [-3.47, -28.07, 0.61, 3.9673, 1.4777, 2.6315, 3.0387, 4.5452, -3.3666, -4.1921],
  [-3.78, -25.96, 0.79, 4.5509, 1.5338, 2.9545, 3.5049, 5.2098, -2.9158, -3.3468],
  [-3.93, -23.27, 1, 5.1399, 1.6036, 3.4445, 3.9489, 5.8933, -2.5359, -2.721]
]
const none: ReadonlyArray<Row> = [[-1.04, -19.04, Infinity, 0.6344, 1.2378, 3.2496, 0.4797, 9.3557, -0.6999, 3.3066]]
const surfaces: Readonly<Record<Trend, ReadonlyArray<Surface>>> = { c: constant.map(surface), n: none.map(surface) }

const polynomial = (coefficients: ReadonlyArray<number>, x: number): number =>
  coefficients.reduceRight((sum, c) => sum * x + c, 0)

/** Approximate p value of a Dickey-Fuller t value of `variables` series; NaN for more variables than the tables have. */
export const mackinnonP = (statistic: number, variables: number, trend: Trend): number => {
  const found = surfaces[trend][variables - 1]
  if (found === undefined || Number.isNaN(statistic)) return NaN
  if (statistic > found.max) return 1
  if (statistic < found.min) return 0
  return normalCdf(polynomial(statistic <= found.star ? found.small : found.large, statistic))
}
