/** Indicator series by name for one series of bars, each computed once. */
import {
  columnName,
  computeOutputs,
  Intermediates,
  type Lookup,
  type Request,
  resolveIndicator,
  UnknownIndicator
} from "@tetra/plugin-metrics/kernels"
import type { SeriesColumns } from "@tetra/plugin-metrics/types"

/** What an indicator's name means; throws `UnknownIndicator` for one that means nothing. */
export type Resolve = (name: string) => Request

/** Remembers every name that it has seen: a sweep asks for the same names on every series. `lookup` finds indicators of other plugins. */
export const resolverOf = (lookup?: Lookup): Resolve => {
  const known = new Map<string, Request>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const request = resolveIndicator(name, lookup)
    if (request instanceof UnknownIndicator) throw request
    if (request.def.repaints === true)
      throw new UnknownIndicator({ name, detail: "it repaints, later bars change it: no strategy may trade on it" })
    known.set(name, request)
    return request
  }
}

export interface IndicatorSource {
  readonly columns: SeriesColumns
  /** Columns that the metrics pipeline stored for these very bars, by name. */
  readonly stored?: ReadonlyMap<string, Float64Array>
  readonly resolve?: Resolve | undefined
}

/** Columns are cut from blocks of this many values: thousands of small arrays of their own would cost more to make and to collect than to fill. */
const BLOCK = 131_072

/** Gives out empty columns of `rows` values. */
const columnsOf = (rows: number): (() => Float64Array) => {
  const most = Math.max(1, Math.floor(BLOCK / Math.max(1, rows)))
  let block = new ArrayBuffer(0)
  let given = most
  return () => {
    if (given === most) [block, given] = [new ArrayBuffer(most * rows * 8), 0]
    return new Float64Array(block, given++ * rows * 8, rows)
  }
}

/** A stored column if there is one, else computed by the same kernels, all outputs of an indicator at once. */
export const indicatorCache = ({
  columns,
  stored,
  resolve = resolverOf()
}: IndicatorSource): ((name: string) => Float64Array) => {
  const known = new Map(stored)
  const shared = new Intermediates()
  const column = columnsOf(columns.close.length)
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const { def, parameters, output } = resolve(name)
    const made = computeOutputs(def, parameters, columns, def.outputs.map(column), shared)
    for (const [i, suffix] of def.outputs.entries()) {
      const column = columnName(def, parameters, suffix)
      if (!known.has(column)) known.set(column, made[i]!)
    }
    const own = made[output ?? 0]!
    known.set(name, own)
    return own
  }
}
