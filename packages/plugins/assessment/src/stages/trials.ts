/** The parameter sets of a run: written by the search, read by everything after it. */
import { batch, type Batch, type Contributions, type DatasetError, type DatasetRef, text } from "@tetra/core"
import { Effect } from "effect"
import { parametersOf } from "../backtest/grid.ts"
import type { ParameterTrials, StrategyDef } from "../types.ts"
import type { Trial } from "./plan.ts"

/** A trial with its number in `parameter_trials`. */
export interface NumberedTrial extends Trial {
  readonly number: number
}

export interface Tried {
  /** Run on everything, by strategy, in order. */
  readonly kept: ReadonlyArray<NumberedTrial>
  /** Parameter sets in all, given up ones included. */
  readonly count: number
}

/** How far a trial came in the search. */
export interface Searched {
  readonly trial: Trial
  readonly rung: number
  readonly kept: boolean
  /** On the bars of its last comparison; NaN where there was none. */
  readonly objective: number
}

export const trialsBatch = (searched: ReadonlyArray<Searched>): Batch<(typeof ParameterTrials)["columns"]> =>
  batch({
    number: Int32Array.from(searched, (_, i) => i),
    strategy: text(searched.map(({ trial }) => trial.strategy.name)),
    parameters: text(searched.map(({ trial }) => trial.text)),
    rung: Int32Array.from(searched, (s) => s.rung),
    kept: Uint8Array.from(searched, (s) => Number(s.kept)),
    objective: Float64Array.from(searched, (s) => s.objective)
  })

export const readTrials = (
  table: DatasetRef<typeof ParameterTrials>,
  strategies: Contributions<StrategyDef>
): Effect.Effect<Tried, DatasetError> =>
  Effect.map(table.read(), ({ rows, columns: { number, strategy, parameters, kept } }) => {
    const trials: Array<NumberedTrial> = []
    for (let i = 0; i < rows; i++) {
      const own = strategies.get(strategy.values[strategy.codes[i]!]!)
      if (kept[i] !== 1 || own === undefined) continue
      const written = parameters.values[parameters.codes[i]!]!
      trials.push({ strategy: own, parameters: parametersOf(own, written), text: written, number: number[i]! })
    }
    return { kept: trials, count: rows }
  })

/** One array per strategy, in order. */
export const byStrategy = <T extends Trial>(trials: ReadonlyArray<T>): ReadonlyArray<ReadonlyArray<T>> => [
  ...Map.groupBy(trials, (trial) => trial.strategy).values()
]
