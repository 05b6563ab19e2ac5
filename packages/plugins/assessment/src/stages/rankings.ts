/** Stage `assessment/rankings`: strategies and parameter sets in order, with the guards against luck. */
import { batch, type Batch, type DatasetError, type DatasetRef, defineStage, partial, text } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { Indicator } from "@tetra/plugin-metrics/types"
import { Effect } from "effect"
import { objectiveOf } from "../backtest/history.ts"
import { StrategyFailed } from "../backtest/decide.ts"
import { resolverOf } from "../backtest/indicators.ts"
import { BASE } from "../backtest/Series.ts"
import { type Candidate, rankInSteps, type Ranked } from "../ranking/rank.ts"
import { type ScoreWeights, scoreWeights } from "../ranking/score.ts"
import { idleRate, rulesOf, SettingsSchema, UnknownName } from "../settings.ts"
import {
  type Backtests,
  BacktestResults,
  PerformanceIntervals,
  type Rankings,
  Strategy,
  StrategyRankings,
  StrategyReturns,
  TriedParameters,
  type WalkForward,
  WalkForwardSummary
} from "../types.ts"
import { Evidence, evidenceOf } from "./evidence.ts"
import { historySeries } from "./history.ts"
import { intervalRows, intervalsBatch } from "./intervals.ts"
import { lookupOf } from "./plan.ts"
import { readReturns } from "./strategyReturns.ts"
import { type NumberedTrial, readTrials } from "./trials.ts"

export const rankings = defineStage({
  id: "assessment/rankings",
  version: 5,
  summary: "Ranks strategies over scenarios and symbols, discounting drawdown, luck and overfitting",
  config: SettingsSchema,
  inputs: {
    results: partial(BacktestResults),
    trials: TriedParameters,
    returns: StrategyReturns,
    walked: WalkForwardSummary,
    bars: partial(MarketData)
  },
  outputs: { rankings: StrategyRankings, intervals: PerformanceIntervals, evidence: Evidence },
  uses: { strategies: Strategy, indicators: Indicator },
  errors: [StrategyFailed, UnknownName],
  policy: {
    timeout: "1 hour",
    resources: { cpu: 1, memory: "1GB" },
    retry: { maxAttempts: 2, unless: ["StrategyFailed", "UnknownName"] }
  },
  *run({ config, inputs, uses, progress, log }) {
    for (const m of inputs.results.coverage.missing)
      log.warn("left out of the ranking", { partition: m.partition, because: m.reason })
    const cells = yield* cellsOf(inputs.results.all, config.objective)
    const { kept, count } = yield* readTrials(inputs.trials, uses.strategies)
    const returns = yield* readReturns(inputs.returns)
    const outOfSample = yield* outOfSampleOf(inputs.walked)
    const rules = rulesOf(config)
    const candidates: Array<Candidate> = []
    const ranked = new Map<string, NumberedTrial>()
    for (const [i, trial] of kept.entries()) {
      const key = keyOf(trial.strategy.name, trial.text)
      const found = cells.get(key)
      if (found === undefined) continue
      const history = returns.of(trial)
      const { objective, drawdown, trades, exposure, histories } = found
      ranked.set(key, trial)
      candidates.push({
        strategy: trial.strategy.name,
        role: trial.strategy.role,
        parameters: trial.text,
        objective,
        drawdown,
        history,
        historyObjective: objectiveOf(history, config.objective, rules),
        outOfSample: outOfSample.get(trial.strategy.name),
        trades,
        exposure: histories === 0 ? 0 : exposure / histories
      })
      progress(i + 1, kept.length, "trials")
      yield* Effect.yieldNow
    }
    const bootstrap = { resamples: config.resamples, seed: config.seed }
    const ranking = rankInSteps(candidates, returns.held, {
      riskFree: idleRate(config) / rules.annualisation,
      tried: count,
      bootstrap
    })
    let step = ranking.next()
    while (step.done !== true) {
      yield* Effect.yieldNow
      step = ranking.next()
    }
    const { rows } = step.value
    const best = [...Map.groupBy(rows, (row) => row.strategy).values()].map(([row]) =>
      ranked.get(keyOf(row!.strategy, row!.parameters))!
    )
    const intervals = yield* intervalRows(best, {
      series: config.resamples === 0 ? [] : yield* historySeries(inputs.bars.all, config),
      returns,
      rules,
      resamples: config.resamples,
      resolve: resolverOf(lookupOf(uses.indicators)),
      progress: (done, total) => progress(done, total, "intervals")
    })
    return { rankings: batchOf(rows, scoreWeights), intervals: intervalsBatch(intervals), evidence: evidenceOf(step.value) }
  }
})

const keyOf = (strategy: string, parameters: string): string => `${strategy}\u0000${parameters}`

/** The objective out of sample by strategy; empty without walk-forward. */
const outOfSampleOf = (table: DatasetRef<typeof WalkForward>): Effect.Effect<ReadonlyMap<string, number>, DatasetError> =>
  Effect.map(
    table.read({ columns: ["strategy", "objective"] }),
    ({ rows, columns: { strategy, objective } }) =>
      new Map(Array.from({ length: rows }, (_, i) => [strategy.values[strategy.codes[i]!]!, objective[i]!]))
  )

interface Cells {
  readonly objective: Array<number>
  readonly drawdown: Array<number>
  /** Over the real history only. */
  trades: number
  exposure: number
  histories: number
}

/** The results by strategy and parameters. */
const cellsOf = (
  results: DatasetRef<typeof Backtests>,
  objective: string
): Effect.Effect<ReadonlyMap<string, Cells>, DatasetError> =>
  Effect.map(
    results.read({
      columns: ["scenario_id", "strategy", "parameters"],
      more: [objective, "max_drawdown", "trades", "exposure"],
      maxRows: 20_000_000
    }),
    ({ rows, columns: { scenario_id, strategy, parameters }, more }) => {
      const out = new Map<string, Cells>()
      for (let i = 0; i < rows; i++) {
        const key = keyOf(strategy.values[strategy.codes[i]!]!, parameters.values[parameters.codes[i]!]!)
        let cells = out.get(key)
        if (cells === undefined) out.set(key, (cells = { objective: [], drawdown: [], trades: 0, exposure: 0, histories: 0 }))
        cells.objective.push(more![objective]![i]!)
        cells.drawdown.push(more!["max_drawdown"]![i]!)
        if (scenario_id.values[scenario_id.codes[i]!] !== BASE) continue
        cells.trades += more!["trades"]![i]!
        cells.exposure += more!["exposure"]![i]!
        cells.histories++
      }
      return out
    }
  )

/** The parts of the score as columns, and the weights that it was made with in every row. */
const batchOf = (rows: ReadonlyArray<Ranked>, weights: ScoreWeights): Batch<(typeof Rankings)["columns"]> => {
  const column = (of: (row: Ranked) => number): Float64Array => Float64Array.from(rows, of)
  return batch(
    {
      rank: Int32Array.from(rows, (r) => r.rank),
      strategy: text(rows.map((r) => r.strategy)),
      parameters: text(rows.map((r) => r.parameters)),
      score: column((r) => r.score),
      verdict: text(rows.map((r) => r.verdict))
    },
    {
      score_objective: column((r) => r.parts.objective),
      score_tail: column((r) => r.parts.tail),
      score_drawdown: column((r) => r.parts.drawdown),
      score_luck: column((r) => r.parts.luck),
      score_selection: column((r) => r.parts.selection),
      objective_history: column((r) => r.history),
      objective_out_of_sample: column((r) => r.outOfSample),
      objective_median: column((r) => r.median),
      objective_quantile_10: column((r) => r.quantile10),
      objective_best: column((r) => r.best),
      objective_worst: column((r) => r.worst),
      cells: column((r) => r.cells),
      drawdown_median: column((r) => r.medianDrawdown),
      psr: column((r) => r.psr),
      dsr: column((r) => r.dsr),
      dsr_effective: column((r) => r.dsrEffective),
      p_holm: column((r) => r.holm),
      p_false_discovery: column((r) => r.falseDiscovery),
      superior: column((r) => Number(r.superior)),
      pbo: column((r) => r.pbo),
      bars: column((r) => r.bars),
      minimum_bars: column((r) => r.minimumBars),
      weight_history: column(() => weights.history),
      weight_out_of_sample: column(() => weights.outOfSample),
      weight_tail: column(() => weights.tail),
      weight_drawdown: column(() => weights.drawdown),
      weight_dsr: column(() => weights.dsr),
      weight_pbo: column(() => weights.pbo)
    }
  )
}
