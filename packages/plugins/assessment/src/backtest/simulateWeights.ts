/** The target weights of one series, by the fastest engine that knows the costs of the run. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import type { Execution } from "../simulation/Execution.ts"
import type { FillLog } from "../simulation/FillLog.ts"
import { simulate, type SimulationTotals } from "../simulation/simulate.ts"
import { type Market, marketOf } from "../simulation/Market.ts"
import { simulatePortfolio } from "../simulation/simulatePortfolio.ts"
import { universeOf } from "../simulation/Universe.ts"

export interface Weighted {
  readonly columns: SeriesColumns
  readonly first: number
  readonly tradable: Uint8Array
  /** The series alone, where there are further costs. */
  readonly market: Market | undefined
  readonly weight: Float64Array
  readonly equity: Float64Array
}

export const furtherMarket = (columns: SeriesColumns, execution: Execution): Market | undefined =>
  execution.further === undefined ? undefined : marketOf(universeOf([{ symbol: "", columns }]), execution)

export const simulateWeights = (of: Weighted, execution: Execution, fills?: FillLog): SimulationTotals => {
  const { columns, first, tradable, market, weight, equity } = of
  return market === undefined
    ? simulate(columns, weight, execution, equity, { first, tradable, ...(fills && { fills }) })
    : simulatePortfolio(market, [weight], equity, { first, ...(fills && { fills: [fills] }) })
}
