/** Stage `assessment/report`: the page, its data and its tables. */
import { type DatasetError, type DatasetRef, defineStage, optional, partial, type StandIn } from "@tetra/core"
import { MarketData, Quality } from "@tetra/plugin-data/types"
import { Indicator } from "@tetra/plugin-metrics/types"
import { ScenarioDefinitions } from "@tetra/plugin-scenarios/types"
import { Effect } from "effect"
import type { Axis } from "../backtest/history.ts"
import { StrategyFailed } from "../backtest/decide.ts"
import { buildReport, type RankingRow } from "../report/buildReport.ts"
import { chartsSource, reportFiles } from "../report/files.ts"
import { rulesOf, type Settings, SettingsSchema, UnknownName } from "../settings.ts"
import {
  AssessmentReports,
  BacktestResults,
  PerformanceIntervals,
  type Rankings,
  Strategy,
  StrategyRankings,
  WalkForwardFolds,
  WalkForwardReturns,
  WalkForwardSummary
} from "../types.ts"
import { benchmarkReturns, HOLD } from "./benchmark.ts"
import { calculatedMetrics, gapsOf } from "./calculatedMetrics.ts"
import { Evidence } from "./evidence.ts"
import { Failures, failureTexts, notFetched } from "./failures.ts"
import { historyBenches } from "./history.ts"
import { baseSeriesOf } from "./market.ts"
import { intervalTexts, walkForwardTexts } from "./reportTables.ts"
import { scenarioSummaries } from "./scenarioSummaries.ts"

export const report = defineStage({
  id: "assessment/report",
  version: 5,
  summary: "Writes one page that works offline, and one for each of the best strategies, with data and tables beside them",
  config: SettingsSchema,
  inputs: {
    rankings: StrategyRankings,
    evidence: Evidence,
    intervals: PerformanceIntervals,
    walked: WalkForwardSummary,
    folds: WalkForwardFolds,
    curves: WalkForwardReturns,
    results: partial(BacktestResults),
    bars: partial(MarketData),
    definitions: ScenarioDefinitions,
    failures: Failures,
    quality: optional(Quality),
    ...calculatedMetrics
  },
  outputs: { reports: AssessmentReports },
  uses: { strategies: Strategy, indicators: Indicator },
  errors: [StrategyFailed, UnknownName],
  policy: {
    timeout: "30 minutes",
    resources: { cpu: 1, memory: "1GB" },
    retry: { maxAttempts: 2, unless: ["StrategyFailed", "UnknownName"] }
  },
  showsDegraded: true,
  *run({ config, degraded, inputs, uses, progress, artifact }) {
    const rows = yield* rankingRows(inputs.rankings)
    const strategies = new Map(uses.strategies.all.map(({ key, value }) => [key, value]))
    const building = buildReport({
      rows,
      strategies,
      benches: yield* historyBenches(inputs.bars.all, config, uses.indicators),
      rules: rulesOf(config),
      objective: config.objective,
      evidence: inputs.evidence,
      scenarios: yield* scenarioSummaries(inputs.results.all, rows, inputs.definitions),
      walkForward: yield* walkForwardTexts(inputs),
      intervals: yield* intervalTexts(inputs.intervals),
      provenance: provenanceOf(config, inputs),
      warnings: [
        ...degraded.map(standInText),
        ...failureTexts(inputs.failures),
        ...(yield* notFetched(inputs.quality)),
        ...warningsOf(config, inputs.results.coverage.missing),
        ...gapsOf(inputs)
      ],
      benchmark: yield* benchmarkOf(config, inputs.bars.all)
    })
    const step = Effect.try({ try: () => building.next(), catch: asFailure })
    let now = yield* step
    while (now.done !== true) {
      progress(now.value, undefined, "strategies")
      yield* Effect.yieldNow
      now = yield* step
    }
    const written: Array<{ title: string; name: string; media: string; hash: string; bytes: number }> = []
    for (const { title, name, media, content } of reportFiles(now.value, rows, chartsSource())) {
      const { hash, bytes } = yield* artifact(name, content)
      written.push({ title, name, media, hash, bytes })
    }
    return { reports: written }
  }
})

const asFailure = (error: unknown): StrategyFailed =>
  error instanceof StrategyFailed
    ? error
    : new StrategyFailed({ strategy: "report", parameters: "", scenario: "base", symbol: "all", detail: String(error) })

const rankingRows = (table: DatasetRef<typeof Rankings>): Effect.Effect<ReadonlyArray<RankingRow>, DatasetError> =>
  Effect.map(table.read({ more: "all" }), ({ rows, columns, more }) =>
    Array.from({ length: rows }, (_, i) => ({
      rank: columns.rank[i]!,
      strategy: columns.strategy.values[columns.strategy.codes[i]!]!,
      parameters: columns.parameters.values[columns.parameters.codes[i]!]!,
      score: columns.score[i]!,
      verdict: columns.verdict.values[columns.verdict.codes[i]!]!,
      numbers: Object.fromEntries(Object.entries(more ?? {}).map(([name, values]) => [name, values[i]!]))
    })).toSorted((a, b) => a.rank - b.rank)
  )

/** Only what the bytes depend on: no clock, no run, no machine. */
const provenanceOf = (
  config: Settings,
  inputs: {
    readonly bars: { readonly all: { readonly version: string } }
    readonly results: { readonly all: { readonly version: string } }
    readonly rankings: { readonly version: string }
  }
): ReadonlyArray<readonly [string, string]> => [
  ["Market data", `version ${inputs.bars.all.version}, adjusted for splits and dividends`],
  ["Backtest results", `version ${inputs.results.all.version}`],
  ["Rankings", `version ${inputs.rankings.version}`],
  ...Object.entries(config).map(([name, value]) => [name, textOf(value)] as const)
]

const textOf = (value: Settings[keyof Settings]): string => {
  if (typeof value !== "object") return String(value)
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ")
  return Object.keys(value).length === 0 ? "" : JSON.stringify(value)
}

const hoursOfDays = 48
/** `scenario_timeseries 3 days old (fallback use_previous_scenarios), as of 2026-01-04.` */
const standInText = ({ ageHours, asof, asset, reason }: StandIn): string => {
  const age = ageHours < hoursOfDays ? `${Math.round(ageHours)} h` : `${Math.round(ageHours / 24)} days`
  return `${asset} ${age} old (${reason}), as of ${asof.slice(0, 10)}.`
}
const warningsOf = (
  config: Settings,
  missing: ReadonlyArray<{ readonly partition: string; readonly reason: string }>
): ReadonlyArray<string> => [
  ...(config.fill === "same_close"
    ? ["Orders fill at the close that they are decided on. Nobody can trade that: these results are optimistic."]
    : []),
  ...missing.map((m) => `Left out: ${m.partition} (${m.reason}).`)
]

const benchmarkOf = (
  config: Settings,
  bars: DatasetRef<typeof MarketData.type>
): Effect.Effect<((axis: Axis) => Float64Array) | undefined, DatasetError | UnknownName> =>
  config.benchmark === HOLD
    ? Effect.succeed(undefined)
    : Effect.map(baseSeriesOf(bars, [config.benchmark], { ...config, warmup: 0 }), ([of]) => (axis: Axis) => {
        if (of === undefined) return new Float64Array(axis.dates.length).fill(NaN)
        return benchmarkReturns(of, { date: axis.dates, first: 0 })
      })
