/** What a strategy is run on: the bars of one symbol in one scenario and path. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import type { Holding } from "../simulation/Market.ts"

export interface Series extends Holding {
  /** `base` is the real history. */
  readonly scenario: string
  readonly path: number
  readonly symbol: string
  readonly columns: SeriesColumns
  /** The bar from which the account runs; the bars before it only warm indicators up. */
  readonly first: number
}

export const BASE = "base"
/** Fewer evaluated bars than this say nothing, and are left out of the results. */
export const SHORTEST = 2
