/** What the charts view shows: numbers that a run left behind, each in the form that suits it. Pure. */

interface Titled {
  readonly title: string
  readonly unit?: string
  /** What the values belong to, one label each: days. */
  readonly at?: ReadonlyArray<string>
}
export type ChartPane = Titled &
  (
    | {
        readonly kind: "line"
        readonly values: ArrayLike<number>
        readonly other?: ArrayLike<number>
        readonly from?: string
        readonly to?: string
        readonly names?: readonly [string, string]
      }
    | { readonly kind: "equity"; readonly values: ArrayLike<number>; readonly from?: string; readonly to?: string }
    | { readonly kind: "histogram"; readonly values: ArrayLike<number> }
    | {
        readonly kind: "heat"
        readonly columns: ReadonlyArray<string>
        readonly hasTotal?: boolean
        readonly rows: ReadonlyArray<{ readonly label: string; readonly cells: ReadonlyArray<number | undefined> }>
      }
    /** Samples on one scale, each as a box plot. */
    | { readonly kind: "boxes"; readonly rows: ReadonlyArray<{ readonly label: string; readonly values: ArrayLike<number> }> }
    | { readonly kind: "metrics"; readonly rows: ReadonlyArray<Metric> }
  )
/** One number, with the one of the run before where there is one. */
export interface Metric {
  readonly name: string
  readonly value: number
  readonly before?: number
  readonly unit?: string
  /** Whether more is better; absent where neither is. */
  readonly better?: "more" | "less"
}
export interface ChartsView {
  readonly panes: ReadonlyArray<ChartPane>
  /** Place in `panes`. */
  readonly selected: number
  /** Only the selected one, in all the room. */
  readonly single: boolean
  readonly empty: string
}
export interface NamedSeries {
  readonly name: string
  readonly unit: string
  /** Oldest first. */
  readonly points: ReadonlyArray<number>
}
/** A column of a published table. */
export interface ChartColumn {
  readonly asset: string
  readonly column: string
}
const isEquity = ({ name }: NamedSeries): boolean => /equity|portfolio|nav\b/iu.test(name)

/** Changes from point to point in percent; missing where a point is missing or the one before is zero. */
export const changesOf = (points: ReadonlyArray<number>): ReadonlyArray<number> =>
  points.slice(1).map((point, i) => (points[i] === 0 ? NaN : 100 * (point / points[i]! - 1)))

/** A line for every series; equity is drawn over its drawdown and followed by how its changes are spread. */
export const chartsOf = (series: ReadonlyArray<NamedSeries>): ReadonlyArray<ChartPane> =>
  series.flatMap((one): ReadonlyArray<ChartPane> => {
    const titled = { title: one.name, unit: one.unit }
    if (!isEquity(one)) return [{ kind: "line", ...titled, values: one.points }]
    return [
      { kind: "equity", ...titled, values: one.points },
      { kind: "histogram", title: `${one.name}, changes`, unit: "%", values: changesOf(one.points) }
    ]
  })
