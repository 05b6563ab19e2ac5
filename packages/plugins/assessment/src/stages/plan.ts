/** Which strategies with which parameters a run evaluates. */
import type { Contributions } from "@tetra/core"
import type { Lookup } from "@tetra/plugin-metrics/kernels"
import { builtIn } from "@tetra/plugin-metrics/kernels"
import type { IndicatorDef } from "@tetra/plugin-metrics/types"
import { parameterSets, parametersText } from "../backtest/grid.ts"
import { SCREENED } from "../backtest/screen.ts"
import { type MetricName, metricNames } from "../performance/metrics.ts"
import { sampledSets } from "../sweep/sampling.ts"
import { chosen, type Settings } from "../settings.ts"
import type { StrategyDef } from "../types.ts"

export interface Trial {
  readonly strategy: StrategyDef
  readonly parameters: ReadonlyArray<number>
  readonly text: string
}

/** Strategies in order of name, each with its parameter sets. */
export const trialsOf = (settings: Settings, strategies: Contributions<StrategyDef>): ReadonlyArray<ReadonlyArray<Trial>> =>
  chosen("strategies", settings.strategies, strategies.keys.toSorted()).map((name) => {
    const strategy = strategies.get(name)!
    return setsOf(strategy, settings).map((parameters) => ({
      strategy,
      parameters,
      text: parametersText(strategy, parameters)
    }))
  })

/** The grid, or samples of its ranges; the defaults alone when no grid is wanted. */
const setsOf = (strategy: StrategyDef, settings: Settings): ReadonlyArray<ReadonlyArray<number>> => {
  const { grid, search, samples, sides, seed } = settings
  return !grid || search === "grid"
    ? parameterSets(strategy, settings)
    : sampledSets(strategy, { method: search === "random" ? "random" : "latin_hypercube", samples, sides, seed })
}

const shipped = new Map(builtIn.map((def) => [def.name, def]))
/** Indicators of other plugins beside the built-in ones. */
export const lookupOf =
  (indicators: Contributions<IndicatorDef>): Lookup =>
  (name) =>
    shipped.get(name) ?? indicators.get(name)

/** What is stored of each backtest. */
export const wantedMetrics = ({ metrics, objective }: Settings): ReadonlyArray<MetricName> =>
  metrics === "all" ? metricNames : [...new Set<MetricName>([...SCREENED, objective])]
