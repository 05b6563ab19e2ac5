/** Indicator series by name for one series of bars, each computed once. */
import { computeIndicator, type Lookup } from "@tetra/plugin-metrics/kernels"
import type { SeriesColumns } from "@tetra/plugin-metrics/types"

export interface IndicatorSource {
  readonly columns: SeriesColumns
  /** Columns that the metrics pipeline stored for these very bars, by name. */
  readonly stored?: ReadonlyMap<string, Float64Array>
  /** Indicators of other plugins. */
  readonly lookup?: Lookup | undefined
}

/** A stored column if there is one, else computed by the same kernels; throws `UnknownIndicator` for a name that means nothing. */
export const indicatorCache = ({ columns, stored, lookup }: IndicatorSource): ((name: string) => Float64Array) => {
  const known = new Map(stored)
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const made = computeIndicator(name, columns, lookup)
    known.set(name, made)
    return made
  }
}
