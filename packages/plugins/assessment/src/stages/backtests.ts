/** Stage `assessment/backtests`: every strategy and parameter set on the history and on every scenario. */
import { type DatasetError, type DatasetRef, defineStage, partial, type PartitionSet } from "@tetra/core"
import { knowledgeRule, LaterKnowledge, laterScenario, MarketData } from "@tetra/plugin-data/types"
import { Indicator } from "@tetra/plugin-metrics/types"
import { ScenarioDefinitions, ScenarioTimeseries } from "@tetra/plugin-scenarios/types"
import { Effect, Option, Schema } from "effect"
import { StrategyFailed } from "../backtest/decide.ts"
import { resolverOf } from "../backtest/indicators.ts"
import { BASE, type Series } from "../backtest/Series.ts"
import { PORTFOLIO, tradesUniverse } from "../backtest/universe.ts"
import { chosen, rulesOf, type Settings, SettingsSchema, UnknownName } from "../settings.ts"
import { axisOfSubjects, type Subject, type Sweep, trialsAtOnce, workOf } from "../sweep/Sweep.ts"
import { SweepTeam } from "../sweep/SweepTeam.ts"
import { BacktestResults, Strategy, TriedParameters } from "../types.ts"
import { benchmarkReturns, HOLD } from "./benchmark.ts"
import { calculatedMetrics, gapsOf } from "./calculatedMetrics.ts"
import { asUnknownName } from "./history.ts"
import { quotedIn, withScenarioRates } from "./holdings.ts"
import { baseSeries, baseSeriesOf, isLongEnough, quotesOf, refusedOf, scenarioSeries, symbolsOf } from "./market.ts"
import { lookupOf, wantedMetrics } from "./plan.ts"
import { ResultColumns } from "./ResultColumns.ts"
import { ReturnSums, sumsBatch } from "./returnSums.ts"
import { storedIndicators } from "./storedIndicators.ts"
import { accountOf, daysOf, type Lot, lotsOf } from "./subjects.ts"
import { readTrials } from "./trials.ts"

/** The history is cut into partitions of this many symbols, and one for strategies that trade them all together; a scenario is one partition. */
const SYMBOLS_PER_PARTITION = 25
/** Results are made durable after this many subjects. */
const SUBJECTS_PER_CHECKPOINT = 10
/** Raised when the same bars, trials and rules would give other results. */
const VERSION = 6

const partitionName = (block: number): string => (block === 0 ? BASE : `${BASE}:${block + 1}`)
const blockOf = (key: string): number => (key === BASE ? 0 : Number(key.slice(BASE.length + 1)) - 1)
const WHOLE = `${BASE}:${PORTFOLIO}`
/** The partition of a symbol that is refused: it fails with what is wrong with it. */
const REFUSED = "refused:"
/** The partition of a scenario that the scenarios pipeline left out: it fails with the reason given there, so that the coverage tells. */
const MISSING = "missing:"

/** An earlier pipeline could not provide it. */
export class NotProvided extends Schema.TaggedError<NotProvided>()("NotProvided", {
  name: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.name} was left out before: ${this.reason}. Mend it there and run again; what is missing is done then.`
  }
}

const isBase = (key: string): boolean => key === BASE || key.startsWith(`${BASE}:`)
/** All of the history, or one block. */
const symbolsOfPartition = (key: string, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  isBase(key) && key !== WHOLE
    ? symbols.slice(blockOf(key) * SYMBOLS_PER_PARTITION, (blockOf(key) + 1) * SYMBOLS_PER_PARTITION)
    : symbols

export const backtests = defineStage({
  id: "assessment/backtests",
  version: VERSION,
  summary: "Runs every strategy and parameter set on the history and on every scenario",
  config: SettingsSchema,
  inputs: {
    trials: TriedParameters,
    bars: partial(MarketData),
    definitions: ScenarioDefinitions,
    scenarios: partial(ScenarioTimeseries),
    ...calculatedMetrics
  },
  outputs: { results: BacktestResults, sums: ReturnSums },
  uses: { strategies: Strategy, indicators: Indicator, team: SweepTeam },
  checkpoint: Schema.Struct({ next: Schema.Int }),
  errors: [StrategyFailed, UnknownName, LaterKnowledge, NotProvided],
  partitions: {
    key: Schema.String,
    keys: ({ config, inputs }) =>
      Effect.gen(function* () {
        const known = yield* symbolsOf(inputs.bars.all)
        const missing = missingIn(config, inputs.scenarios)
        const scenarios = [...new Set([...inputs.definitions.map((d) => d.id), ...missing])]
        const all = yield* Effect.try({ try: () => partitionsOf(config, known, scenarios), catch: asUnknownName })
        const parts = all.filter((key) => !missing.includes(key))
        const refused = yield* refusedOf(inputs.bars.all, chosen("symbols", config.symbols, known), config)
        return [...parts, ...refused.map((symbol) => `${REFUSED}${symbol}`), ...missing.map((name) => `${MISSING}${name}`)]
      }),
    minCoverage: 0.5
  },
  policy: {
    timeout: "2 hours",
    resources: { cpu: 1, memory: "1GB" },
    retry: { maxAttempts: 2, unless: ["StrategyFailed", "UnknownName", "LaterKnowledge", "NotProvided"] }
  },
  *run({ key, config, inputs, uses, out, checkpoint, progress, count, log }) {
    if (key.startsWith(MISSING)) {
      const name = key.slice(MISSING.length)
      const found = inputs.scenarios.coverage.missing.find(({ partition }) => partition === name)
      return yield* new NotProvided({ name, reason: found?.reason ?? "no reason was given" })
    }
    if (key.startsWith(REFUSED)) {
      yield* baseSeries(inputs.bars.all, key.slice(REFUSED.length), config)
      return { results: out.results.done(), sums: out.sums.done() }
    }
    const later = isBase(key) ? undefined : laterScenario(inputs.bars.all, key, knowledgeRule(config))
    if (later !== undefined) return yield* later
    for (const gap of gapsOf(inputs)) log.warn(gap)
    const rules = rulesOf(config)
    // Of the history the returns are wanted as well: luck and overfitting are tested on them.
    const wanted = isBase(key) ? "both" : "measures"
    const metrics = wantedMetrics(config)
    const { kept } = yield* readTrials(inputs.trials, uses.strategies)
    const trials = kept.filter(({ strategy }) => !isBase(key) || tradesUniverse(strategy) === (key === WHOLE))
    const read = trials.length === 0 ? { own: [], all: [] } : yield* seriesOf(key, config, inputs)
    if (trials.length > 0 && read.own.length === 0) log.warn("no bars to test on", { partition: key })
    const lots = lotsOf(read.own, trials)
    const parts = lots.flatMap((lot) => partsOf(lot, uses.team.worth))
    const total = lots.reduce((sum, { subjects, trials }) => sum + subjects.length * trials.length, 0)
    const start = Option.match(checkpoint.resumed, { onNone: () => 0, onSome: (mark) => mark.next })
    const resolve = resolverOf(lookupOf(uses.indicators))
    let done = 0
    for (const [i, { together, subjects, trials: own }] of parts.entries()) {
      const before = done
      done += subjects.length * own.length
      if (i < start) continue
      const benchmarks = subjects.map((subject) => benchmarkOf(config, subject, read.all))
      const sweep: Sweep = { wanted, together, subjects, trials: own, rules, benchmarks, metrics }
      const stored =
        isBase(key) && config.dividends === "reinvested" && !uses.team.isForThreads(sweep)
          ? yield* Effect.forEach(subjects.flat(), (one) => storedIndicators(inputs.technical_indicators, one))
          : []
      const answer = yield* uses.team.run(sweep, {
        resolve,
        // A subject of one series each, or the only one with them all.
        stored: (subject, series) => stored[subject + series],
        progress: (items, of) => progress(before + Math.floor(((done - before) * items) / of), total, "backtests")
      })
      const rows = new ResultColumns(subjects.length * own.length, { made: madeBy(config), metrics })
      let at = 0
      for (const account of subjects.map((subject) => accountOf(subject, together))) {
        for (const trial of own) {
          rows.add(account, trial, answer.measures, at)
          at += metrics.length
        }
        yield* Effect.yieldNow
      }
      count("backtests", done - before)
      yield* out.results.append(rows.batch())
      if (wanted === "both") yield* out.sums.append(sumsBatch(`${key} ${i}`, own, answer))
      yield* checkpoint.save({ next: i + 1 })
    }
    progress(done, total, "backtests")
    return { results: out.results.done(), sums: out.sums.done() }
  }
})

type Provided = Pick<PartitionSet<unknown>, "coverage">

/** Scenarios that this run would have used and the scenarios pipeline left out. */
const missingIn = ({ scenario }: Settings, { coverage }: Provided): ReadonlyArray<string> => {
  const asked = typeof scenario === "string" ? scenario.split(",").map((name) => name.trim()) : scenario
  const names = coverage.missing.map(({ partition }) => partition)
  return asked.includes("all") ? names : names.filter((name) => asked.includes(name))
}

/** What results depend on beside bars and trials: part of the fingerprint of each. */
const madeBy = (config: Settings): string =>
  JSON.stringify([VERSION, rulesOf(config), config.benchmark, ...(config.metrics === "all" ? [] : [config.metrics])])

interface Inputs {
  readonly bars: { readonly all: DatasetRef<typeof MarketData.type> }
  readonly scenarios: { readonly all: DatasetRef<typeof ScenarioTimeseries.type> }
}

/** The series of a partition: those to test on, and the benchmark's beside them. */
const seriesOf = (
  key: string,
  config: Settings,
  { bars, scenarios }: Inputs
): Effect.Effect<
  { readonly own: ReadonlyArray<Series>; readonly all: ReadonlyArray<Series> },
  DatasetError | UnknownName | LaterKnowledge
> =>
  Effect.gen(function* () {
    const { benchmark, max_paths: maxPaths } = config
    const known = yield* symbolsOf(bars.all)
    const symbols = yield* Effect.try({ try: () => chosen("symbols", config.symbols, known), catch: asUnknownName })
    const own = symbolsOfPartition(key, symbols)
    if (benchmark !== HOLD && !known.includes(benchmark)) {
      return yield* new UnknownName({ parameter: "benchmark", name: benchmark, known: [HOLD, ...known] })
    }
    const wanted = benchmark === HOLD ? own : [...new Set([...own, benchmark])]
    const quoted = yield* Effect.try({ try: () => quotedIn(config, known), catch: asUnknownName })
    const all = isBase(key)
      ? yield* baseSeriesOf(
          bars.all,
          wanted.filter((s) => known.includes(s)),
          config
        )
      : withScenarioRates(
          yield* scenarioSeries(scenarios.all, key, { symbols: [...new Set([...wanted, ...quoted])], maxPaths }),
          config,
          yield* quotesOf(bars.all, quoted, config)
        )
    return { own: all.filter((s) => own.includes(s.symbol) && isLongEnough(s)), all }
  })

/**
 * A lot in parts that are made durable one after the other: ten subjects, or as many as are worth starting threads for, and as many trials as can have
 * their returns in memory.
 */
const partsOf = ({ together, subjects, trials }: Lot, worth: number): ReadonlyArray<Lot> => {
  const work = workOf({ subjects, trials })
  const length =
    work < worth ? SUBJECTS_PER_CHECKPOINT : Math.max(SUBJECTS_PER_CHECKPOINT, Math.ceil((worth * subjects.length) / work))
  const most = trialsAtOnce(axisOfSubjects(subjects).dates.length)
  return slices(subjects, length).flatMap((some) =>
    slices(trials, most).map((own) => ({ together, subjects: some, trials: own }))
  )
}

const slices = <T>(all: ReadonlyArray<T>, length: number): ReadonlyArray<ReadonlyArray<T>> =>
  Array.from({ length: Math.ceil(all.length / length) }, (_, i) => all.slice(i * length, (i + 1) * length))

/** Blocks of the history and the whole of it, then scenarios. Throws `UnknownName`. */
const partitionsOf = (
  config: Settings,
  known: ReadonlyArray<string>,
  scenarios: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const symbols = chosen("symbols", config.symbols, known)
  quotedIn(config, known)
  const blocks = Array.from({ length: Math.ceil(symbols.length / SYMBOLS_PER_PARTITION) }, (_, i) => partitionName(i))
  return [...blocks, ...(blocks.length === 0 ? [] : [WHOLE]), ...chosen("scenario", config.scenario, scenarios)]
}

/** Undefined when the benchmark is holding the subject itself. A benchmark that has no bars here gives NaN, and so do the metrics against it. */
const benchmarkOf = ({ benchmark }: Settings, subject: Subject, all: ReadonlyArray<Series>): Float64Array | undefined => {
  if (benchmark === HOLD) return undefined
  const days = daysOf(subject)
  const own = all.find((s) => s.symbol === benchmark && s.path === subject[0].path)
  return own === undefined ? new Float64Array(days.date.length - days.first).fill(NaN) : benchmarkReturns(own, days)
}
