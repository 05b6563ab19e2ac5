/** Strategies of other plugins that fail on the history: each costs itself, and is named in the report. */
import { type DatasetError, type DatasetRef, defineValue, type Unavailable } from "@tetra/core"
import type { Quality } from "@tetra/plugin-data/types"
import { Effect, Result, Schema } from "effect"
import type { StrategyFailed } from "../backtest/decide.ts"
import { tradesUniverse } from "../backtest/universe.ts"
import type { Series } from "../backtest/Series.ts"
import { shipped } from "../strategies/index.ts"
import { axisOfSubjects, type Subject, type Sweep, trialsAtOnce } from "../sweep/Sweep.ts"
import type { SweepOptions, SweepTeam } from "../sweep/SweepTeam.ts"
import type { Rules } from "../backtest/backtest.ts"
import type { MetricName } from "../performance/metrics.ts"
import type { Trial } from "./plan.ts"

export const Failures = defineValue(
  "tetra/StrategyFailures@1",
  Schema.Array(Schema.Struct({ strategy: Schema.String, reason: Schema.String }))
)
export type Failures = (typeof Failures.schema)["Type"]

interface History {
  readonly team: SweepTeam["Service"]
  readonly series: ReadonlyArray<Series>
  readonly rules: Rules
  readonly metrics: ReadonlyArray<MetricName>
  readonly resolve?: SweepOptions["resolve"]
}
/** Whether any parameter set of a plan has to be tried: the shipped strategies are known to be sound. */
export const isForeign = (trials: ReadonlyArray<Trial>): boolean => trials.some(({ strategy }) => !shipped.has(strategy))

/**
 * Runs all parameter sets of a strategy on the history; answers why that cannot be done. What they come to is remembered for the backtests of the same
 * run, where these are against holding the symbol.
 */
export const failureOf = (
  trials: ReadonlyArray<Trial>,
  { metrics, resolve, rules, series, team }: History
): Effect.Effect<StrategyFailed | undefined> => {
  const [first, ...others] = series
  const together = trials.some(({ strategy }) => tradesUniverse(strategy))
  const alone = series.map((one): Subject => [one])
  const subjects: ReadonlyArray<Subject> = !together ? alone : first === undefined ? [] : [[first, ...others]]
  const most = trialsAtOnce(axisOfSubjects(subjects).dates.length)
  const sweeps = Array.from({ length: Math.ceil(trials.length / most) }, (_, i): Sweep => {
    const some = trials.slice(i * most, (i + 1) * most)
    return { wanted: "both", together, subjects, trials: some, rules, metrics }
  })
  const ran = Effect.forEach(sweeps, (sweep) => team.run(sweep, { resolve, ahead: true }), { discard: true })
  return Effect.map(Effect.result(ran), (result) => (Result.isFailure(result) ? result.failure : undefined))
}

/** One sentence for each symbol whose data could not be fetched. */
export const notFetched = (
  quality: Result.Result<DatasetRef<typeof Quality.type>, Unavailable>
): Effect.Effect<ReadonlyArray<string>, DatasetError> =>
  Result.isFailure(quality)
    ? Effect.succeed([])
    : Effect.map(
        quality.success.read({ columns: ["symbol", "sample"], where: { rule: "not_fetched" } }),
        ({ columns: { sample, symbol }, rows }) =>
          Array.from({ length: rows }, (_, i) => {
            const reason = sample.values[sample.codes[i]!] ?? ""
            return `${symbol.values[symbol.codes[i]!]} was not fetched (${reason}); only what was stored of it before is here.`
          })
      )
export const failureTexts = (failures: Failures): ReadonlyArray<string> =>
  failures.map(({ reason, strategy }) => `The strategy ${strategy} failed on the history and was left out: ${reason}`)
