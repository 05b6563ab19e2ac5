/** What each tried parameter set came to, for a map over any two parameters. */
import type { StrategyDef } from "../types.ts"
import type { RankingRow } from "./buildReport.ts"
import { type Grid, maybe } from "./ReportModel.ts"
import { thinned } from "./sampling.ts"

const MOST_SETS = 2000

/** Undefined for a strategy of which no parameter was varied. The values are the objective on the history. */
export const gridOf = (strategy: StrategyDef, rows: ReadonlyArray<RankingRow>): Grid | undefined => {
  const sets = rows.map((row) => ({
    set: JSON.parse(row.parameters) as Readonly<Record<string, number>>,
    value: maybe(row.numbers["objective_history"])
  }))
  const names = Object.keys(sets[0]?.set ?? {}).filter((name) => new Set(sets.map(({ set }) => set[name])).size > 1)
  if (names.length === 0 || sets.every(({ value }) => value === null)) return undefined
  const kept = thinned(sets, MOST_SETS)
  return {
    title: strategy.title,
    names,
    sets: kept.map(({ set }) => names.map((name) => set[name]!)),
    values: kept.map(({ value }) => value),
    tried: sets.length
  }
}
