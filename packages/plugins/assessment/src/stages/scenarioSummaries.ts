/** Results by scenario, for the best parameter set of each strategy. */
import type { DatasetError, DatasetRef } from "@tetra/core"
import type { ScenarioDefinition } from "@tetra/plugin-scenarios/types"
import { Effect } from "effect"
import { BASE } from "../backtest/Series.ts"
import { quantileOf, sorted } from "../performance/moments.ts"
import { bestOfEach, type RankingRow } from "../report/buildReport.ts"
import { maybe, type ScenarioSummary } from "../report/ReportModel.ts"
import type { Backtests } from "../types.ts"

/** Total returns over paths and symbols, in the order of the definitions; scenarios without results are left out. */
export const scenarioSummaries = (
  results: DatasetRef<typeof Backtests>,
  rows: ReadonlyArray<RankingRow>,
  definitions: ReadonlyArray<typeof ScenarioDefinition.Type>
): Effect.Effect<ReadonlyArray<ScenarioSummary>, DatasetError> => {
  const best = new Map(bestOfEach(rows).map((row) => [row.strategy, row.parameters]))
  const read = results.read({ columns: ["scenario_id", "strategy", "parameters"], more: ["total_return"], maxRows: 20_000_000 })
  return Effect.map(read, ({ rows: n, columns: { scenario_id, strategy, parameters }, more }) => {
    const found = new Map<string, Map<string, Array<number>>>()
    for (let i = 0; i < n; i++) {
      const scenario = scenario_id.values[scenario_id.codes[i]!]!
      const name = strategy.values[strategy.codes[i]!]!
      if (scenario === BASE || best.get(name) !== parameters.values[parameters.codes[i]!]!) continue
      const own = found.get(scenario) ?? new Map<string, Array<number>>()
      found.set(scenario, own)
      own.set(name, [...(own.get(name) ?? []), more!["total_return"]![i]!])
    }
    return definitions.flatMap((d) => {
      const own = found.get(d.id)
      return own === undefined
        ? []
        : [
            {
              id: d.id,
              title: d.title,
              type: d.type,
              returns: Object.fromEntries([...own].map(([name, values]) => [name, rangeOf(values)]))
            }
          ]
    })
  })
}

const rangeOf = (values: ReadonlyArray<number>): ScenarioSummary["returns"][string] => {
  const ascending = sorted(values)
  return {
    worst: maybe(ascending[0]),
    median: maybe(quantileOf(ascending, 0.5)),
    best: maybe(ascending.at(-1)),
    cells: ascending.length
  }
}
