/** Stage `assessment/backtests`: every strategy and parameter set on the history and on every scenario. */
import { defineStage, partial } from "@tetra/core"
import { LaterKnowledge, MarketData } from "@tetra/plugin-data/types"
import { Indicator } from "@tetra/plugin-metrics/types"
import { ScenarioDefinitions, ScenarioTimeseries } from "@tetra/plugin-scenarios/types"
import { Effect, Option, Schema } from "effect"
import { type Account, backtest, type Bench, benchOf, type Rules } from "../backtest/backtest.ts"
import { failedWith, StrategyFailed } from "../backtest/decide.ts"
import { resolverOf } from "../backtest/indicators.ts"
import { BASE, type Series } from "../backtest/Series.ts"
import { backtestUniverse, PORTFOLIO, tradesUniverse, universeBenchOf } from "../backtest/universe.ts"
import { chosen, rulesOf, type Settings, SettingsSchema, UnknownName } from "../settings.ts"
import { BacktestResults, Strategy } from "../types.ts"
import { calculatedMetrics, gapsOf } from "./calculatedMetrics.ts"
import { benchmarkReturns, HOLD } from "./benchmark.ts"
import { asUnknownName } from "./history.ts"
import { baseSeries, baseSeriesOf, isLongEnough, laterScenario, refusedOf, scenarioSeries, symbolsOf } from "./market.ts"
import { lookupOf, type Trial, trialsOf } from "./plan.ts"
import { ResultColumns } from "./ResultColumns.ts"
import { storedIndicators } from "./storedIndicators.ts"

/** The history is cut into partitions of this many symbols, and one for strategies that trade them all together; a scenario is one partition. */
const SYMBOLS_PER_PARTITION = 25
/** Results are made durable after this many series. */
const SERIES_PER_CHECKPOINT = 10
/** Bars times backtests between two chances for an interruption: a few milliseconds. */
const WORK_PER_STEP = 100_000

const partitionName = (block: number): string => (block === 0 ? BASE : `${BASE}:${block + 1}`)
const blockOf = (key: string): number => (key === BASE ? 0 : Number(key.slice(BASE.length + 1)) - 1)
const WHOLE = `${BASE}:${PORTFOLIO}`
/** The partition of a symbol that is refused: it fails with what is wrong with it. */
const REFUSED = "refused:"
const isBase = (key: string): boolean => key === BASE || key.startsWith(`${BASE}:`)
/** All of the history, or one block. */
const symbolsOfPartition = (key: string, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  isBase(key) && key !== WHOLE
    ? symbols.slice(blockOf(key) * SYMBOLS_PER_PARTITION, (blockOf(key) + 1) * SYMBOLS_PER_PARTITION)
    : symbols

export const backtests = defineStage({
  id: "assessment/backtests",
  version: 2,
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
  errors: [StrategyFailed, UnknownName, LaterKnowledge],
  partitions: {
    key: Schema.String,
    keys: ({ config, inputs }) =>
      Effect.gen(function* () {
        const known = yield* symbolsOf(inputs.bars.all)
        const scenarios = inputs.definitions.map((d) => d.id)
        const parts = yield* Effect.try({ try: () => partitionsOf(config, known, scenarios), catch: asUnknownName })
        const refused = yield* refusedOf(inputs.bars.all, chosen("symbols", config.symbols, known), config)
        return [...parts, ...refused.map((symbol) => `${REFUSED}${symbol}`)]
      }),
    minCoverage: 0.5
  },
  policy: {
    timeout: "2 hours",
    resources: { cpu: 1, memory: "1GB" },
    retry: { maxAttempts: 2, unless: ["StrategyFailed", "UnknownName", "LaterKnowledge"] }
  },
  *run({ key, config, inputs, uses, out, checkpoint, progress, count, log }) {
    if (key.startsWith(REFUSED)) {
      yield* baseSeries(inputs.bars.all, key.slice(REFUSED.length), config)
      return { results: out.results.done() }
    }
    const later = isBase(key) ? undefined : laterScenario(inputs.bars.all, key, config)
    if (later !== undefined) return yield* later
    for (const gap of gapsOf(inputs)) log.warn(gap)
    const rules = rulesOf(config)
    const all = (yield* Effect.try({ try: () => trialsOf(config, uses.strategies), catch: asUnknownName })).flat()
    const bySymbol = key === WHOLE ? [] : all.filter((trial) => !tradesUniverse(trial.strategy))
    const together = isBase(key) && key !== WHOLE ? [] : all.filter((trial) => tradesUniverse(trial.strategy))
    const resolve = resolverOf(lookupOf(uses.indicators))
    const known = yield* symbolsOf(inputs.bars.all)
    const symbols = yield* Effect.try({ try: () => chosen("symbols", config.symbols, known), catch: asUnknownName })
    const own = bySymbol.length + together.length === 0 ? [] : symbolsOfPartition(key, symbols)
    if (config.benchmark !== HOLD && !known.includes(config.benchmark)) {
      return yield* new UnknownName({ parameter: "benchmark", name: config.benchmark, known: [HOLD, ...known] })
    }
    const wanted = config.benchmark === HOLD ? own : [...new Set([...own, config.benchmark])]
    const read = isBase(key)
      ? yield* baseSeriesOf(
          inputs.bars.all,
          wanted.filter((s) => known.includes(s)),
          config
        )
      : yield* scenarioSeries(inputs.scenarios.all, key, { symbols: wanted, maxPaths: config.max_paths })
    const series = read.filter((s) => own.includes(s.symbol) && isLongEnough(s))
    if (own.length > 0 && series.length === 0) log.warn("no bars to test on", { partition: key })
    const subjects = [
      ...(bySymbol.length === 0 ? [] : series.map((one) => [one])),
      ...(together.length === 0 ? [] : pathsOf(series))
    ]
    const planOf = (subject: number) => (bySymbol.length > 0 && subject < series.length ? bySymbol : together)
    const perSubject = subjects.map((_, i) => planOf(i).length)
    const total = perSubject.reduce((sum, n) => sum + n, 0)
    const start = Option.match(checkpoint.resumed, { onNone: () => 0, onSome: (mark) => mark.next })
    const room = Math.max(0, ...perSubject) * SERIES_PER_CHECKPOINT
    let done = perSubject.slice(0, start).reduce((sum, n) => sum + n, 0)
    let work = 0
    let rows = new ResultColumns(room)
    for (const [i, subject] of subjects.entries()) {
      if (i < start) continue
      const benches: Array<Bench> = []
      for (const one of subject) {
        const stored = isBase(key) ? yield* storedIndicators(inputs.technical_indicators, one) : undefined
        const benchmark = benchmarkOf(config, one, read)
        benches.push(benchOf(one, rules, { resolve, ...(stored && { stored }), ...(benchmark && { benchmark }) }))
      }
      const accounts =
        planOf(i) === together
          ? accountsTogether(benches, rules, (days) => benchmarkOf(config, days, read))
          : accountsOf(benches[0]!, rules)
      for (const trial of planOf(i)) {
        yield* runTrial(trial, accounts, rows)
        done++
        work += accounts.series.columns.close.length * subject.length
        if (work < WORK_PER_STEP) continue
        work = 0
        progress(done, total, "backtests")
        yield* Effect.yieldNow
      }
      count("backtests", perSubject[i])
      progress(done, total, "backtests")
      if ((i + 1) % SERIES_PER_CHECKPOINT === 0 || i + 1 === subjects.length) {
        yield* out.results.append(rows.batch())
        yield* checkpoint.save({ next: i + 1 })
        rows = new ResultColumns(room)
      }
    }
    return { results: out.results.done() }
  }
})

/** The symbols of each path of a scenario, in order of path. */
const pathsOf = (series: ReadonlyArray<Series>): ReadonlyArray<ReadonlyArray<Series>> => [
  ...Map.groupBy(series, ({ path }) => path).values()
]

/** Blocks of the history and the whole of it, then scenarios. Throws `UnknownName`. */
const partitionsOf = (
  config: Settings,
  known: ReadonlyArray<string>,
  scenarios: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const symbols = chosen("symbols", config.symbols, known)
  const blocks = Array.from({ length: Math.ceil(symbols.length / SYMBOLS_PER_PARTITION) }, (_, i) => partitionName(i))
  return [...blocks, ...(blocks.length === 0 ? [] : [WHOLE]), ...chosen("scenario", config.scenario, scenarios)]
}

/** Something that trials are run on: a series, or all symbols of one path. */
interface Accounts {
  readonly series: Series
  readonly of: (trial: Trial) => Account
}

const accountsOf = (bench: Bench, rules: Rules): Accounts => ({
  series: bench.series,
  of: ({ strategy, parameters }) => backtest(bench, strategy, parameters, rules)
})

const accountsTogether = (
  benches: ReadonlyArray<Bench>,
  rules: Rules,
  benchmark: (series: Series) => Float64Array | undefined
): Accounts => {
  const bench = universeBenchOf(benches, rules, benchmark)
  return { series: bench.series, of: ({ strategy, parameters }) => backtestUniverse(bench, { strategy, parameters, rules }) }
}

const runTrial = (trial: Trial, accounts: Accounts, into: ResultColumns): Effect.Effect<void, StrategyFailed> =>
  Effect.try({
    try: () => into.add(accounts.series, trial, accounts.of(trial).measures),
    catch: (error) => (error instanceof StrategyFailed ? error : failedWith(trial, accounts.series, String(error)))
  })

/** Undefined when the benchmark is holding the symbol itself. A benchmark that has no bars here gives NaN, and so do the metrics against it. */
const benchmarkOf = ({ benchmark }: Settings, series: Series, all: ReadonlyArray<Series>): Float64Array | undefined => {
  if (benchmark === HOLD) return undefined
  const own = all.find((s) => s.symbol === benchmark && s.path === series.path)
  return own === undefined
    ? new Float64Array(series.columns.close.length - series.first).fill(NaN)
    : benchmarkReturns(own, series)
}
