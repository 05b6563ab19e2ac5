/** What is looked up for the dashboard, as JSON and back: maps as lists of pairs, missing numbers as null. */
import type { ChartPane, Desk, RunDetail } from "@tetra/tui"

interface Wire extends Omit<Partial<Desk>, "runs" | "versions"> {
  readonly runs?: ReadonlyArray<Omit<RunDetail, "stages"> & { readonly stages: ReadonlyArray<[string, unknown]> }> | undefined
  readonly versions?: ReadonlyArray<[string, number]>
}
export const wireOf = ({ runs, versions, ...rest }: Partial<Desk>): Wire => ({
  ...rest,
  ...(runs === undefined ? {} : { runs: runs.map(({ row, stages }) => ({ row, stages: [...stages] })) }),
  ...(versions === undefined ? {} : { versions: [...versions] })
})
export const deskOf = ({ runs, versions, ...rest }: Wire): Partial<Desk> => ({
  ...rest,
  ...(runs === undefined
    ? {}
    : { runs: runs.map(({ row, stages }): RunDetail => ({ row, stages: new Map(stages as Iterable<never>) })) }),
  ...(versions === undefined ? {} : { versions: new Map(versions) })
})

const numbers = (values: ArrayLike<number | null>): ReadonlyArray<number> => Array.from(values, (value) => value ?? Number.NaN)
/** JSON has no number for a missing one. */
export const chartsOfWire = (panes: ReadonlyArray<ChartPane>): ReadonlyArray<ChartPane> =>
  panes.map((pane): ChartPane => {
    switch (pane.kind) {
      case "heat":
        return { ...pane, rows: pane.rows.map(({ cells, label }) => ({ label, cells: cells.map((cell) => cell ?? undefined) })) }
      case "boxes":
        return { ...pane, rows: pane.rows.map(({ label, values }) => ({ label, values: numbers(values) })) }
      case "metrics":
        return pane
      default:
        return { ...pane, values: numbers(pane.values) }
    }
  })
