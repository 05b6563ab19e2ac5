/** Stage `assessment/backtests`: every strategy and parameter set on the history and on every scenario. */
import { defineStage, partial } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { Indicator } from "@tetra/plugin-metrics/types"
import { ScenarioDefinitions, ScenarioTimeseries } from "@tetra/plugin-scenarios/types"
import { Effect, Option, Schema } from "effect"
import { backtest, type Bench, benchOf, type Rules } from "../backtest/backtest.ts"
import { StrategyFailed } from "../backtest/decide.ts"
import { resolverOf } from "../backtest/indicators.ts"
import { BASE, type Series } from "../backtest/Series.ts"
import { chosen, rulesOf, type Settings, SettingsSchema, UnknownName } from "../settings.ts"
import { BacktestResults, Strategy } from "../types.ts"
import { calculatedMetrics, gapsOf } from "./calculatedMetrics.ts"
import { benchmarkReturns, HOLD } from "./benchmark.ts"
import { asUnknownName } from "./history.ts"
import { baseSeries, isLongEnough, scenarioSeries, symbolsOf } from "./market.ts"
import { lookupOf, type Trial, trialsOf } from "./plan.ts"
import { ResultColumns } from "./ResultColumns.ts"
import { storedIndicators } from "./storedIndicators.ts"

/** The history is cut into partitions of this many symbols; a scenario is one partition. */
const SYMBOLS_PER_PARTITION = 25
/** Results are made durable after this many series. */
const SERIES_PER_CHECKPOINT = 10
/** Bars times backtests between two chances for an interruption: a few milliseconds. */
const WORK_PER_STEP = 100_000

const partitionName = (block: number): string => (block === 0 ? BASE : `${BASE}:${block + 1}`)
const blockOf = (key: string): number => (key === BASE ? 0 : Number(key.slice(BASE.length + 1)) - 1)
const isBase = (key: string): boolean => key === BASE || key.startsWith(`${BASE}:`)

export const backtests = defineStage({
  id: "assessment/backtests",
  version: 1,
  summary: "Runs every strategy and parameter set on the history and on every scenario",
  config: SettingsSchema,
  inputs: {
    bars: partial(MarketData),
    definitions: ScenarioDefinitions,
    scenarios: partial(ScenarioTimeseries),
    ...calculatedMetrics
  },
  outputs: { results: BacktestResults },
  uses: { strategies: Strategy, indicators: Indicator },
  checkpoint: Schema.Struct({ next: Schema.Int }),
  errors: [StrategyFailed, UnknownName],
  partitions: {
    key: Schema.String,
    keys: ({ config, inputs }) =>
      Effect.flatMap(symbolsOf(inputs.bars.all), (known) =>
        Effect.try({
          try: () =>
            partitionsOf(
              config,
              known,
              inputs.definitions.map((d) => d.id)
            ),
          catch: asUnknownName
        })
      ),
    minCoverage: 0.5
  },
  policy: {
    timeout: "2 hours",
    resources: { cpu: 1, memory: "1GB" },
    retry: { maxAttempts: 2, unless: ["StrategyFailed", "UnknownName"] }
  },
  *run({ key, config, inputs, uses, out, checkpoint, progress, count, log }) {
    for (const gap of gapsOf(inputs)) log.warn(gap)
    const rules = rulesOf(config)
    const plan = yield* Effect.try({ try: () => trialsOf(config, uses.strategies), catch: asUnknownName })
    const resolve = resolverOf(lookupOf(uses.indicators))
    const known = yield* symbolsOf(inputs.bars.all)
    const symbols = yield* Effect.try({ try: () => chosen("symbols", config.symbols, known), catch: asUnknownName })
    const own = isBase(key)
      ? symbols.slice(blockOf(key) * SYMBOLS_PER_PARTITION, (blockOf(key) + 1) * SYMBOLS_PER_PARTITION)
      : symbols
    if (config.benchmark !== HOLD && !known.includes(config.benchmark)) {
      return yield* new UnknownName({ parameter: "benchmark", name: config.benchmark, known: [HOLD, ...known] })
    }
    const wanted = config.benchmark === HOLD ? own : [...new Set([...own, config.benchmark])]
    const all = isBase(key)
      ? yield* Effect.forEach(
          wanted.filter((s) => known.includes(s)),
          (symbol) => baseSeries(inputs.bars.all, symbol, config.warmup)
        )
      : yield* scenarioSeries(inputs.scenarios.all, key, { symbols: wanted, maxPaths: config.max_paths })
    const series = all.filter((s) => own.includes(s.symbol) && isLongEnough(s))
    if (series.length === 0) log.warn("no bars to test on", { partition: key })
    const perSeries = plan.reduce((n, trials) => n + trials.length, 0)
    const total = perSeries * series.length
    const start = Option.match(checkpoint.resumed, { onNone: () => 0, onSome: (mark) => mark.next })
    let done = start * perSeries
    let work = 0
    let rows = new ResultColumns(perSeries * SERIES_PER_CHECKPOINT)
    for (const [i, one] of series.entries()) {
      if (i < start) continue
      const stored = isBase(key) ? yield* storedIndicators(inputs.technical_indicators, one) : undefined
      const benchmark = benchmarkOf(config, one, all)
      const bench = benchOf(one, rules, { resolve, ...(stored && { stored }), ...(benchmark && { benchmark }) })
      for (const trials of plan) {
        yield* runTrials(trials, bench, { rules, into: rows })
        done += trials.length
        work += trials.length * one.columns.close.length
        if (work < WORK_PER_STEP) continue
        work = 0
        progress(done, total, "backtests")
        yield* Effect.yieldNow
      }
      count("backtests", perSeries)
      progress(done, total, "backtests")
      if ((i + 1) % SERIES_PER_CHECKPOINT === 0 || i + 1 === series.length) {
        yield* out.results.append(rows.batch())
        yield* checkpoint.save({ next: i + 1 })
        rows = new ResultColumns(perSeries * SERIES_PER_CHECKPOINT)
      }
    }
    return { results: out.results.done() }
  }
})

/** Blocks of the history, then scenarios. Throws `UnknownName`. */
const partitionsOf = (
  config: Settings,
  known: ReadonlyArray<string>,
  scenarios: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const symbols = chosen("symbols", config.symbols, known)
  const blocks = Array.from({ length: Math.ceil(symbols.length / SYMBOLS_PER_PARTITION) }, (_, i) => partitionName(i))
  return [...blocks, ...chosen("scenario", config.scenario, scenarios)]
}

/** Every parameter set of one strategy on one series. */
const runTrials = (
  trials: ReadonlyArray<Trial>,
  bench: Bench,
  { rules, into }: { readonly rules: Rules; readonly into: ResultColumns }
): Effect.Effect<void, StrategyFailed> =>
  Effect.try({
    try: () => {
      for (const trial of trials) {
        into.add(bench.series, trial, backtest(bench, trial.strategy, trial.parameters, rules).measures)
      }
    },
    catch: (error) =>
      error instanceof StrategyFailed
        ? error
        : new StrategyFailed({
            strategy: trials[0]!.strategy.name,
            parameters: "",
            scenario: bench.series.scenario,
            symbol: bench.series.symbol,
            detail: String(error)
          })
  })

/** Undefined when the benchmark is holding the symbol itself. A benchmark that has no bars here gives NaN, and so do the metrics against it. */
const benchmarkOf = ({ benchmark }: Settings, series: Series, all: ReadonlyArray<Series>): Float64Array | undefined => {
  if (benchmark === HOLD) return undefined
  const own = all.find((s) => s.symbol === benchmark && s.path === series.path)
  return own === undefined
    ? new Float64Array(series.columns.close.length - series.first).fill(NaN)
    : benchmarkReturns(own, series)
}
