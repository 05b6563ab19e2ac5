/** Stage `assessment/rankings`: strategies and parameter sets in order, with the guards against luck. */
import { batch, type Batch, type DatasetError, type DatasetRef, defineStage, partial, text } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { Indicator } from "@tetra/plugin-metrics/types"
import { Effect } from "effect"
import { axisOf, objectiveOf, portfolioReturns } from "../backtest/history.ts"
import { StrategyFailed } from "../backtest/decide.ts"
import { heldReturns } from "../backtest/portfolio.ts"
import { BASE } from "../backtest/Series.ts"
import { type Candidate, rankInSteps, type Ranked } from "../ranking/rank.ts"
import { type ScoreWeights, scoreWeights } from "../ranking/score.ts"
import { rulesOf, SettingsSchema, UnknownName } from "../settings.ts"
import { type Backtests, BacktestResults, type Rankings, Strategy, StrategyRankings } from "../types.ts"
import { Evidence, evidenceOf } from "./evidence.ts"
import { asUnknownName, historyBenches } from "./history.ts"
import { trialsOf } from "./plan.ts"

export const rankings = defineStage({
  id: "assessment/rankings",
  version: 2,
  summary: "Ranks strategies over scenarios and symbols, discounting drawdown, luck and overfitting",
  config: SettingsSchema,
  inputs: { results: partial(BacktestResults), bars: partial(MarketData) },
  outputs: { rankings: StrategyRankings, evidence: Evidence },
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
    const trials = (yield* Effect.try({ try: () => trialsOf(config, uses.strategies), catch: asUnknownName })).flat()
    const benches = yield* historyBenches(inputs.bars.all, config, uses.indicators)
    const axis = axisOf(benches)
    const rules = rulesOf(config)
    const candidates: Array<Candidate> = []
    for (const [i, trial] of trials.entries()) {
      const found = cells.get(keyOf(trial.strategy.name, trial.text))
      if (found === undefined) continue
      const history = yield* Effect.try({
        try: () => portfolioReturns(benches, axis, { ...trial, rules }),
        catch: (error) => (error instanceof StrategyFailed ? error : asFailure(trial.strategy.name, error))
      })
      const { objective, drawdown, trades, exposure, histories } = found
      candidates.push({
        strategy: trial.strategy.name,
        role: trial.strategy.role,
        parameters: trial.text,
        objective,
        drawdown,
        history,
        historyObjective: objectiveOf(history, config.objective, rules),
        trades,
        exposure: histories === 0 ? 0 : exposure / histories
      })
      progress(i + 1, trials.length, "trials")
      yield* Effect.yieldNow
    }
    const ranking = rankInSteps(candidates, heldReturns(benches, axis, rules))
    let step = ranking.next()
    while (step.done !== true) {
      yield* Effect.yieldNow
      step = ranking.next()
    }
    return { rankings: batchOf(step.value.rows, scoreWeights), evidence: evidenceOf(step.value) }
  }
})

const keyOf = (strategy: string, parameters: string): string => `${strategy}\u0000${parameters}`
const asFailure = (strategy: string, error: unknown): StrategyFailed =>
  new StrategyFailed({ strategy, parameters: "", scenario: BASE, symbol: "all", detail: String(error) })

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
      objective_median: column((r) => r.median),
      objective_quantile_10: column((r) => r.quantile10),
      objective_best: column((r) => r.best),
      objective_worst: column((r) => r.worst),
      cells: column((r) => r.cells),
      drawdown_median: column((r) => r.medianDrawdown),
      psr: column((r) => r.psr),
      dsr: column((r) => r.dsr),
      pbo: column((r) => r.pbo),
      bars: column((r) => r.bars),
      minimum_bars: column((r) => r.minimumBars),
      weight_history: column(() => weights.history),
      weight_tail: column(() => weights.tail),
      weight_drawdown: column(() => weights.drawdown),
      weight_dsr: column(() => weights.dsr),
      weight_pbo: column(() => weights.pbo)
    }
  )
}
