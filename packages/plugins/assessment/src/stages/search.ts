/** Stage `assessment/search`: which parameter sets are run. */
import { type Contributions, defineStage, partial } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { Indicator, type IndicatorDef } from "@tetra/plugin-metrics/types"
import { Effect } from "effect"
import { StrategyFailed } from "../backtest/decide.ts"
import { objectiveOf } from "../backtest/history.ts"
import { resolverOf } from "../backtest/indicators.ts"
import type { Series } from "../backtest/Series.ts"
import { rulesOf, type Settings, SettingsSchema, UnknownName, unknownStrategies } from "../settings.ts"
import { type Rung, rungsOf, survivors } from "../sweep/halving.ts"
import { historyReturns } from "../sweep/historyReturns.ts"
import { cut } from "../sweep/Sweep.ts"
import { SweepTeam } from "../sweep/SweepTeam.ts"
import { Strategy, TriedParameters } from "../types.ts"
import { asUnknownName, historySeries } from "./history.ts"
import { failureOf, Failures, isForeign } from "./failures.ts"
import { lookupOf, type Trial, trialsOf, wantedMetrics } from "./plan.ts"
import { type Searched, trialsBatch } from "./trials.ts"

export const search = defineStage({
  id: "assessment/search",
  version: 3,
  summary: "Chooses the parameter sets: a grid, samples of its ranges, or samples that do well on a part of the history",
  config: SettingsSchema,
  inputs: { bars: partial(MarketData) },
  outputs: { trials: TriedParameters, failures: Failures },
  uses: { strategies: Strategy, indicators: Indicator, team: SweepTeam },
  check: ({ config, uses }) => unknownStrategies(config.strategies, uses.strategies.keys.toSorted()),
  errors: [StrategyFailed, UnknownName],
  policy: {
    timeout: "2 hours",
    resources: { cpu: 1, memory: "1GB" },
    retry: { maxAttempts: 2, unless: ["StrategyFailed", "UnknownName"] }
  },
  *run({ config, inputs, uses, progress, log }) {
    const whole = yield* Effect.try({ try: () => trialsOf(config, uses.strategies), catch: asUnknownName })
    const failed = new Map<ReadonlyArray<Trial>, StrategyFailed>()
    const foreign = whole.filter(isForeign)
    const series = foreign.length === 0 ? [] : yield* historySeries(inputs.bars.all, config)
    const resolve = resolverOf(lookupOf(uses.indicators))
    for (const trials of foreign) {
      const why = yield* failureOf(trials, {
        team: uses.team,
        series,
        rules: rulesOf(config),
        metrics: wantedMetrics(config),
        resolve
      })
      if (why === undefined) continue
      failed.set(trials, why)
      log.warn(`the strategy ${why.strategy} failed on the history and is left out`, { because: why.message })
    }
    const [first] = failed.values()
    if (first !== undefined && failed.size === whole.length) return yield* first
    const plan = whole.filter((trials) => !failed.has(trials))
    const searched: ReadonlyArray<Searched> =
      config.grid && config.search === "halving"
        ? yield* halved(plan, {
            config,
            team: uses.team,
            series: yield* historySeries(inputs.bars.all, config),
            indicators: uses.indicators,
            progress
          })
        : plan.flat().map((trial) => ({ trial, rung: 0, kept: true, objective: NaN }))
    const out = [...failed.keys()].flat().map((trial) => ({ trial, rung: 0, kept: false, objective: NaN }))
    const kept = searched.filter((s) => s.kept).length
    if (kept < searched.length) log.info(`${kept} of ${searched.length} parameter sets go on to the backtests`)
    const failures = Array.from(failed.values(), (why) => ({ strategy: why.strategy, reason: why.message }))
    return { trials: trialsBatch([...searched, ...out]), failures }
  }
})

interface Halving {
  readonly config: Settings
  readonly team: SweepTeam["Service"]
  readonly series: ReadonlyArray<Series>
  readonly indicators: Contributions<IndicatorDef>
  readonly progress: (done: number, total?: number, of?: string) => void
}

/** The defaults of a strategy always go on; everything else has to be among the best of its rung. */
const DEFAULTS = [0]

const halved = (
  plan: ReadonlyArray<ReadonlyArray<Trial>>,
  { config, team, series, indicators, progress }: Halving
): Effect.Effect<ReadonlyArray<Searched>, StrategyFailed> =>
  Effect.gen(function* () {
    const bars = Math.max(0, ...series.map(({ columns, first }) => columns.close.length - first))
    const rungs = plan.map((trials) => rungsOf(trials.length, bars))
    const most = Math.max(0, ...rungs.map((own) => own.length))
    // Strategies with fewer candidates join later, at the same share of the history as the others.
    const rungAt = (strategy: number, level: number): Rung | undefined => rungs[strategy]![level - most + rungs[strategy]!.length]
    let found: ReadonlyArray<ReadonlyArray<Searched>> = plan.map((trials) =>
      trials.map((trial) => ({ trial, rung: 0, kept: true, objective: NaN }))
    )
    const rules = rulesOf(config)
    const resolve = resolverOf(lookupOf(indicators))
    for (let level = 0; level < most; level++) {
      const taking = found.flatMap((own, s) => (rungAt(s, level) === undefined ? [] : own.filter((one) => one.kept)))
      const share = found.map((_, s) => rungAt(s, level)).find((rung) => rung !== undefined)!.share
      const { returns } = yield* historyReturns(team, {
        series: series.map((one) => cut(one, one.first, barsUpTo(one, share))),
        trials: taking.map(({ trial }) => trial),
        rules,
        resolve,
        progress: (done, total) => progress(done, total, `trials of comparison ${level + 1} of ${most}`)
      })
      const objective = new Map(taking.map(({ trial }, i) => [trial, objectiveOf(returns[i]!, config.objective, rules)] as const))
      found = found.map((own, s) => compared(own, rungAt(s, level), objective))
    }
    return found.flat()
  })

/** The oldest part: the newest bars, which matter most to whoever trades next, are kept for those that remain. */
const barsUpTo = ({ columns, first }: Series, share: number): number => first + Math.ceil((columns.close.length - first) * share)

const compared = (
  own: ReadonlyArray<Searched>,
  rung: Rung | undefined,
  objective: ReadonlyMap<Trial, number>
): ReadonlyArray<Searched> => {
  if (rung === undefined) return own
  const places = own.flatMap((one, i) => (one.kept ? [i] : []))
  const values = places.map((i) => objective.get(own[i]!.trial) ?? NaN)
  const ahead = new Set(survivors(values, rung.keep, DEFAULTS).map((k) => places[k]!))
  return own.map((one, i) => {
    if (!one.kept) return one
    const kept = ahead.has(i)
    return { ...one, kept, rung: one.rung + (kept ? 1 : 0), objective: objective.get(one.trial) ?? NaN }
  })
}
