/** Runs one parameter set of a strategy on a series: weights by the fast engine, orders by the event engine. */
import { runUniverseEvents } from "../events/runEvents.ts"
import type { FillLog } from "../simulation/FillLog.ts"
import type { SimulationTotals } from "../simulation/simulate.ts"
import type { EventStrategy, StrategyDef } from "../types.ts"
import { universeOf } from "../simulation/Universe.ts"
import { accountOf, eventMarketOf } from "./accountOf.ts"
import type { Bench, Rules } from "./backtest.ts"
import { decide, failedWith, randomFor } from "./decide.ts"
import { simulateWeights } from "./simulateWeights.ts"
import { playUniverse, tradesUniverse, universeBenchOf } from "./universe.ts"

export interface Run {
  readonly strategy: StrategyDef
  readonly parameters: ReadonlyArray<number>
  readonly rules: Rules
}

/**
 * Leaves the curve in `bench.equity`, from 1 before the first evaluated bar, and the fills, when they are asked for, in `fills`. A strategy for all
 * symbols trades this one as a universe of its own.
 */
export const play = (bench: Bench, run: Run, fills?: FillLog): SimulationTotals => {
  const { strategy, parameters, rules } = run
  if (strategy.allocate !== undefined || tradesUniverse(strategy)) return playAlone(bench, run, fills)
  if (strategy.onBar !== undefined) return playOrders(bench, { ...run, strategy }, fills)
  decide({ strategy, parameters }, bench, { weight: bench.weight, seed: rules.seed })
  return simulateWeights(bench, rules.execution, { strategy, fills })
}

const playAlone = (bench: Bench, run: Run, fills?: FillLog): SimulationTotals => {
  const universe = universeBenchOf([bench], run.rules)
  const totals = playUniverse(universe, run, fills && [fills])
  bench.equity.set(universe.equity)
  return totals
}

const playOrders = (bench: Bench, run: Run & { readonly strategy: EventStrategy }, fills?: FillLog): SimulationTotals => {
  const { strategy, parameters, rules } = run
  const { series, equity, indicator } = bench
  try {
    return runUniverseEvents({
      market: bench.market ? eventMarketOf(bench.market) : { universe: universeOf([series]) },
      onBar: strategy.onBar(parameters, { indicator, random: randomFor({ strategy, parameters }, series, rules.seed) }),
      rules: accountOf(rules.execution, strategy),
      first: series.first,
      equity,
      ...(fills && { fills: [fills] })
    })
  } catch (error) {
    throw failedWith({ strategy, parameters }, series, error instanceof Error ? error.message : String(error))
  }
}
