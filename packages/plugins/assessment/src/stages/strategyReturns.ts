/** Stage `assessment/returns`: the returns of every trial on the history, as a matrix of days and trials. */
import { batch, type DatasetError, type DatasetRef, defineStage, partial } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { Indicator } from "@tetra/plugin-metrics/types"
import { Effect } from "effect"
import { StrategyFailed } from "../backtest/decide.ts"
import { resolverOf } from "../backtest/indicators.ts"
import { rulesOf, SettingsSchema, UnknownName } from "../settings.ts"
import { buyAndHold } from "../strategies/baselines.ts"
import { historyReturns } from "../sweep/historyReturns.ts"
import { SweepTeam } from "../sweep/SweepTeam.ts"
import { type Returns, Strategy, StrategyReturns, TriedParameters } from "../types.ts"
import { historySeries } from "./history.ts"
import { lookupOf } from "./plan.ts"
import { meansOf, nameOf, ReturnSums } from "./returnSums.ts"
import { type NumberedTrial, readTrials } from "./trials.ts"

export const strategyReturns = defineStage({
  id: "assessment/returns",
  version: 2,
  summary: "Returns of every parameter set on the history, equal weights over symbols: what luck and overfitting are tested on",
  config: SettingsSchema,
  inputs: { trials: TriedParameters, bars: partial(MarketData), sums: partial(ReturnSums) },
  outputs: { returns: StrategyReturns },
  uses: { strategies: Strategy, indicators: Indicator, team: SweepTeam },
  errors: [StrategyFailed, UnknownName],
  policy: {
    timeout: "2 hours",
    resources: { cpu: 1, memory: "1GB" },
    retry: { maxAttempts: 2, unless: ["StrategyFailed", "UnknownName"] }
  },
  *run({ config, inputs, uses, progress, log }) {
    for (const m of inputs.sums.coverage.missing)
      log.warn("left out of the returns", { partition: m.partition, because: m.reason })
    const { kept } = yield* readTrials(inputs.trials, uses.strategies)
    const { dates, returns } = yield* historyReturns(uses.team, {
      series: yield* historySeries(inputs.bars.all, config),
      trials: [{ strategy: buyAndHold, parameters: [] }],
      rules: rulesOf(config),
      resolve: resolverOf(lookupOf(uses.indicators)),
      progress: (done, total) => progress(done, total, "trials")
    })
    const means = yield* meansOf(inputs.sums.all, kept, dates)
    const columns = kept.map((trial, i) => [nameOf(trial), means[i]!] as const)
    return { returns: batch({ date: dates }, { [HELD]: returns[0]!, ...Object.fromEntries(columns) }) }
  }
})

/** Holding all symbols, with the same fills and costs as everybody. */
const HELD = "held"

export interface ReturnsMatrix {
  readonly dates: Int32Array
  readonly held: Float64Array
  readonly of: (trial: NumberedTrial) => Float64Array
}

export const readReturns = (table: DatasetRef<typeof Returns>): Effect.Effect<ReturnsMatrix, DatasetError> =>
  Effect.map(table.read({ more: "all" }), ({ columns: { date }, more }) => {
    const none = new Float64Array(date.length)
    return { dates: date, held: more?.[HELD] ?? none, of: (trial) => more?.[nameOf(trial)] ?? none }
  })
