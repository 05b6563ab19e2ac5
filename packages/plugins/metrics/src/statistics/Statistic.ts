/** A statistic as a named number: a row of `statistical_metrics`. */

export interface Statistic {
  readonly metric: string
  /** What it depends on beside the data (`A=252`, `c=0.95`); empty for nothing. */
  readonly parameters: string
  readonly value: number
}
export interface StatisticOptions {
  /** Bars a year. */
  readonly annual: number
  /** Risk-free return a year, simple. */
  readonly riskFree: number
  readonly confidences: ReadonlyArray<number>
}
export type Row = readonly [metric: string, parameters: string, value: number]
/** Fewest bars that a description needs; with fewer there is no row, rather than numbers of nothing. */
export const shortestSeries = 30

export const named = (rows: ReadonlyArray<Row>): ReadonlyArray<Statistic> =>
  rows.map(([metric, parameters, value]) => ({ metric, parameters, value }))
