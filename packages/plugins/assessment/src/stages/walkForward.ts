/** Stage `assessment/walk_forward`: parameters chosen on the past and tested on what follows, fold by fold. */
import { batch, type Batch, defineStage, partial, text } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { Indicator } from "@tetra/plugin-metrics/types"
import { StrategyFailed } from "../backtest/decide.ts"
import { equityOf, objectiveOf } from "../backtest/history.ts"
import { resolverOf } from "../backtest/indicators.ts"
import { drawdownSummary } from "../performance/drawdown.ts"
import { momentsOf } from "../performance/moments.ts"
import { probabilisticSharpe } from "../ranking/significance.ts"
import { rulesOf, type Settings, SettingsSchema, UnknownName } from "../settings.ts"
import { SweepTeam } from "../sweep/SweepTeam.ts"
import {
  type Folds,
  type OutOfSample,
  Strategy,
  StrategyReturns,
  TriedParameters,
  type WalkForward,
  WalkForwardFolds,
  WalkForwardReturns,
  WalkForwardSummary
} from "../types.ts"
import { type Fold, foldsOf } from "../walkForward/folds.ts"
import { efficiencyOf, stabilityOf } from "../walkForward/stability.ts"
import { annualOf, type Candidates, walk, type Walked } from "../walkForward/walk.ts"
import { historySeries } from "./history.ts"
import { lookupOf } from "./plan.ts"
import { readReturns } from "./strategyReturns.ts"
import { byStrategy, type NumberedTrial, readTrials } from "./trials.ts"

export const walkForward = defineStage({
  id: "assessment/walk_forward",
  version: 2,
  summary:
    "Chooses parameters on the past, runs them on what follows, and tells how stable the choice is and what is left of the result",
  config: SettingsSchema,
  inputs: { trials: TriedParameters, returns: StrategyReturns, bars: partial(MarketData) },
  outputs: { folds: WalkForwardFolds, curves: WalkForwardReturns, summary: WalkForwardSummary },
  uses: { strategies: Strategy, indicators: Indicator, team: SweepTeam },
  errors: [StrategyFailed, UnknownName],
  policy: {
    timeout: "2 hours",
    resources: { cpu: 1, memory: "1GB" },
    retry: { maxAttempts: 2, unless: ["StrategyFailed", "UnknownName"] }
  },
  *run({ config, inputs, uses, progress, log }) {
    const { kept } = yield* readTrials(inputs.trials, uses.strategies)
    const { dates, of } = yield* readReturns(inputs.returns)
    const folds = plannedFolds(dates.length, config)
    const strategies = byStrategy(kept).map((trials) => ({ trials, returns: trials.map(of) }))
    if (folds.length === 0 && config.walk_forward !== "none" && dates.length > 0) {
      log.warn(`no walk-forward: ${dates.length} days are fewer than train_bars, the gap and half of test_bars; shorten them`)
    }
    const walked = yield* walk(uses.team, {
      series: folds.length === 0 ? [] : yield* historySeries(inputs.bars.all, config),
      dates,
      folds,
      strategies,
      objective: config.objective,
      rules: rulesOf(config),
      resolve: resolverOf(lookupOf(uses.indicators)),
      progress: (done, total) => progress(done, total, "folds")
    })
    const found = walked.filter((own) => own.length > 0)
    return {
      folds: foldsBatch(found, { folds, dates, strategies }),
      curves: curvesBatch(found),
      summary: summaryBatch(found, strategies, config)
    }
  }
})

type Own = ReadonlyArray<Walked<NumberedTrial>>
const nameOf = (own: Own): string => own[0]!.chosen.strategy.name

const plannedFolds = (days: number, config: Settings): ReadonlyArray<Fold> =>
  config.walk_forward === "none"
    ? []
    : foldsOf(days, {
        kind: config.walk_forward,
        train: config.train_bars,
        test: config.test_bars,
        step: config.step_bars === 0 ? config.test_bars : config.step_bars,
        purge: config.purge_bars,
        embargo: config.embargo_bars
      })

interface FoldContext {
  readonly folds: ReadonlyArray<Fold>
  readonly dates: Int32Array
  readonly strategies: ReadonlyArray<Candidates<NumberedTrial>>
}

const foldsBatch = (walked: ReadonlyArray<Own>, { folds, dates, strategies }: FoldContext): Batch<(typeof Folds)["columns"]> => {
  const rows = walked.flat()
  const day = (of: (fold: Fold) => number): Int32Array => Int32Array.from(rows, ({ fold }) => dates[of(folds[fold]!)]!)
  const column = (of: (row: Walked<NumberedTrial>) => number): Float64Array => Float64Array.from(rows, of)
  return batch({
    strategy: text(rows.map(({ chosen }) => chosen.strategy.name)),
    fold: Int32Array.from(rows, (r) => r.fold + 1),
    train_first: day((f) => f.trainFrom),
    train_last: day((f) => f.trainTo - 1),
    test_first: day((f) => f.testFrom),
    test_last: day((f) => f.testTo - 1),
    parameters: text(rows.map(({ chosen }) => chosen.text)),
    candidates: Int32Array.from(walked.flatMap((own, s) => own.map(() => strategies[s]!.trials.length))),
    objective_train: column((r) => r.objectiveTrain),
    objective_test: column((r) => r.objectiveTest),
    annual_train: column((r) => r.annualTrain),
    annual_test: column((r) => r.annualTest)
  })
}

/** Overlapping tests (a step shorter than a test) count once: a day belongs to the first fold that tests it. */
const stitched = (own: Own): { readonly dates: Int32Array; readonly returns: Float64Array; readonly folds: Int32Array } => {
  const dates: Array<number> = []
  const returns: Array<number> = []
  const folds: Array<number> = []
  for (const walked of own) {
    for (const [t, day] of walked.dates.entries()) {
      if (day <= (dates.at(-1) ?? -Infinity)) continue
      dates.push(day)
      returns.push(walked.returns[t]!)
      folds.push(walked.fold + 1)
    }
  }
  return { dates: Int32Array.from(dates), returns: Float64Array.from(returns), folds: Int32Array.from(folds) }
}

const curvesBatch = (walked: ReadonlyArray<Own>): Batch<(typeof OutOfSample)["columns"]> => {
  const curves = walked.map((own) => ({ strategy: nameOf(own), ...stitched(own) }))
  const joined = (of: (curve: (typeof curves)[number]) => Iterable<number>): ReadonlyArray<number> =>
    curves.flatMap((curve) => [...of(curve)])
  return batch({
    strategy: text(curves.flatMap(({ strategy, dates }) => Array.from(dates, () => strategy))),
    date: Int32Array.from(joined((c) => c.dates)),
    fold: Int32Array.from(joined((c) => c.folds)),
    return: Float64Array.from(joined((c) => c.returns)),
    equity: Float64Array.from(joined((c) => equityOf(c.returns)))
  })
}

const summaryBatch = (
  walked: ReadonlyArray<Own>,
  strategies: ReadonlyArray<Candidates<NumberedTrial>>,
  config: Settings
): Batch<(typeof WalkForward)["columns"]> => {
  const rules = rulesOf(config)
  const rows = walked.map((own, s) => {
    const { returns } = stitched(own)
    const annual = annualOf(returns, rules)
    const choices = own.map((w) => ({ ...w, parameters: w.chosen.parameters }))
    return {
      own,
      bars: returns.length,
      objective: objectiveOf(returns, config.objective, rules),
      annual,
      drawdown: drawdownSummary(equityOf(returns)).max,
      psr: probabilisticSharpe(momentsOf(returns)),
      efficiency: efficiencyOf(annual, choices),
      ...stabilityOf(choices, rangesOf(strategies[s]!.trials))
    }
  })
  const column = (of: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, of)
  return batch({
    strategy: text(rows.map(({ own }) => nameOf(own))),
    folds: Int32Array.from(rows, ({ own }) => own.length),
    bars: Int32Array.from(rows, (r) => r.bars),
    objective: column((r) => r.objective),
    annual_return: column((r) => r.annual),
    max_drawdown: column((r) => r.drawdown),
    psr: column((r) => r.psr),
    efficiency: column((r) => r.efficiency),
    unchanged: column((r) => r.unchanged),
    mode: column((r) => r.mode),
    distance: column((r) => r.distance)
  })
}

const rangesOf = (trials: ReadonlyArray<NumberedTrial>): ReadonlyArray<number> =>
  (trials[0]?.parameters ?? []).map((_, k) => {
    const values = trials.map(({ parameters }) => parameters[k]!)
    return Math.max(...values) - Math.min(...values)
  })
