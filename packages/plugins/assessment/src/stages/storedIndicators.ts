/** Indicator columns that the metrics pipeline made for the real history. */
import type { DatasetError, DatasetRef, PartitionSet, Unavailable } from "@tetra/core"
import type { Indicators } from "@tetra/plugin-metrics/types"
import { Effect, Result } from "effect"
import { BASE, type Series } from "../backtest/Series.ts"

/** By column name; empty unless the stored rows are for exactly the bars of the series (another version of the data would shift them). */
export const storedIndicators = (
  given: Result.Result<PartitionSet<DatasetRef<typeof Indicators>>, Unavailable>,
  { symbol, columns }: Series
): Effect.Effect<ReadonlyMap<string, Float64Array>, DatasetError> => {
  if (Result.isFailure(given)) return Effect.succeed(new Map())
  return Effect.map(
    given.success.all.read({ columns: ["scenario_id", "symbol", "date"], more: "all", where: { scenario_id: BASE, symbol } }),
    (rows) => {
      const { date } = columns
      const same = rows.rows === date.length && rows.columns.date.every((d, t) => d === date[t])
      return new Map(same ? Object.entries(rows.more ?? {}) : [])
    }
  )
}
