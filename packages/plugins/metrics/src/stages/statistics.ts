/** Computes the long table of statistics. */
import { type Batch, batch, type DatasetRef, defineStage, optional, partial, text } from "@tetra/core"
import { type Bars, LaterKnowledge, MarketData } from "@tetra/plugin-data/types"
import { ScenarioDefinitions, ScenarioTimeseries } from "@tetra/plugin-scenarios/types"
import { Schema } from "effect"
import { describeSeries, describeWindow } from "../statistics/describe.ts"
import { describeTogether, type Member } from "../statistics/describeTogether.ts"
import { quantile } from "../statistics/returns.ts"
import { describeAgainst } from "../statistics/describeAgainst.ts"
import { shortestSeries, type Statistic, type StatisticOptions } from "../statistics/Statistic.ts"
import { type SeriesColumns, StatisticalMetrics, type Statistics } from "../types.ts"
import {
  base,
  chosen,
  historyOf,
  pacer,
  refuseLater,
  scenariosOf,
  type Series,
  symbolsOf,
  UnknownSeries,
  viewedBlocks,
  viewOf,
  workOf
} from "./series.ts"
import { openScenarios, refuseAbsent, ScenarioAbsent, scenarioPartitions, ScenariosMissing } from "./scenarios.ts"
import { Settings } from "./settings.ts"

interface Described extends Statistic {
  readonly series: Pick<Series, "scenario" | "path" | "symbol">
  readonly window: string
}
/** Bars of which every price is a number above 0. */
const complete = (c: SeriesColumns, from: number): SeriesColumns => {
  const rows: Array<number> = []
  for (let i = from; i < c.close.length; i++)
    if (c.open[i]! > 0 && c.high[i]! > 0 && c.low[i]! > 0 && c.close[i]! > 0 && Number.isFinite(c.high[i])) rows.push(i)
  const pick = (x: Float64Array) => Float64Array.from(rows, (i) => x[i]!)
  return {
    date: Int32Array.from(rows, (i) => c.date[i]!),
    open: pick(c.open),
    high: pick(c.high),
    low: pick(c.low),
    close: pick(c.close),
    volume: pick(c.volume)
  }
}
const tail = (c: SeriesColumns, n: number): SeriesColumns => ({
  date: c.date.slice(-n),
  open: c.open.slice(-n),
  high: c.high.slice(-n),
  low: c.low.slice(-n),
  close: c.close.slice(-n),
  volume: c.volume.slice(-n)
})
const describeLast = (c: SeriesColumns, options: StatisticOptions): ReadonlyArray<Statistic> =>
  c.close.length < shortestSeries ? describeWindow(c, options) : describeSeries(c, options)
export interface Benchmark {
  readonly symbol: string
  readonly columns: SeriesColumns
}
/** Full-sample statistics of a series, and those of its last `windows` bars (n returns need n + 1 bars). */
export const statisticsOf = (
  series: Series,
  options: StatisticOptions & { readonly windows: ReadonlyArray<number>; readonly benchmark: Benchmark | undefined }
): ReadonlyArray<Described> => {
  const columns = complete(series.columns, series.start)
  const { benchmark } = options
  const full = series.scenario === base ? describeSeries(columns, options) : describeWindow(columns, options)
  const against =
    benchmark === undefined || benchmark.symbol === series.symbol ? [] : describeAgainst(columns, benchmark, options)
  const windows = series.scenario === base ? options.windows.filter((n) => n < columns.close.length) : []
  return [
    ...[...full, ...against].map((s) => ({ ...s, series, window: "full" })),
    ...windows.flatMap((n) => describeLast(tail(columns, n + 1), options).map((s) => ({ ...s, series, window: String(n) })))
  ]
}
const batchOf = (rows: ReadonlyArray<Described>): Batch<(typeof Statistics)["columns"]> =>
  batch({
    scenario_id: text(rows.map((r) => r.series.scenario)),
    path: Int32Array.from(rows, (r) => r.series.path),
    symbol: text(rows.map((r) => r.series.symbol)),
    window: text(rows.map((r) => r.window)),
    metric: text(rows.map((r) => r.metric)),
    parameters: text(rows.map((r) => r.parameters)),
    value: Float64Array.from(rows, (r) => r.value)
  })

/** The partition of what belongs to no single symbol. */
const together = `${base} together`
/** Symbols that are compared pair by pair at the most; of more, those with the most money traded. */
const mostTogether = 100
const membersOf = async (
  bars: DatasetRef<typeof Bars>,
  config: typeof Settings.Type,
  { breathe, leave }: { readonly breathe: () => Promise<void>; readonly leave: (why: string) => void }
): Promise<ReadonlyArray<Member>> => {
  const members: Array<Member> = []
  for (const one of chosen("symbols", config.symbols, await symbolsOf(bars))) {
    try {
      for await (const { columns, symbol } of historyOf(bars, [one], viewOf(config)))
        members.push({ symbol, columns: complete(columns, 0) })
    } catch (error) {
      if (!(error instanceof LaterKnowledge)) throw error
      leave(`${one} is compared with nobody: ${error.message}`)
    }
    await breathe()
  }
  return members
}
const largest = (members: ReadonlyArray<Member>, say: (message: string) => void): ReadonlyArray<Member> => {
  if (members.length <= mostTogether) return members
  say(`${members.length} symbols: correlations are of the ${mostTogether} with the most money traded`)
  const money = ({ columns: { close, volume } }: Member): number =>
    quantile(
      close.map((v, t) => v * volume[t]!),
      0.5
    )
  return members
    .map((member) => [money(member), member] as const)
    .toSorted((a, b) => b[0] - a[0])
    .slice(0, mostTogether)
    .map(([, member]) => member)
}

export const statistics = defineStage({
  id: "metrics/statistics",
  version: 2,
  summary: "Returns, volatilities, drawdowns, value at risk, ratios, memory and dependence of every symbol.",
  config: Settings,
  inputs: { bars: MarketData, definitions: ScenarioDefinitions, scenarios: optional(partial(ScenarioTimeseries)) },
  outputs: { table: StatisticalMetrics },
  errors: [LaterKnowledge, ScenarioAbsent, ScenariosMissing, UnknownSeries],
  partitions: {
    key: Schema.String,
    keys: async ({ config, inputs }) => {
      const blocks = await viewedBlocks(inputs.bars, config.symbols, viewOf(config))
      const known = await symbolsOf(inputs.bars)
      if (config.benchmark !== "" && !known.includes(config.benchmark))
        throw new UnknownSeries({ what: "benchmark", missing: [config.benchmark], known })
      return [...blocks, together, ...(await scenarioPartitions(config.scenario, inputs))]
    },
    minCoverage: 0.6
  },
  policy: { timeout: "30 minutes", resources: { cpu: 1, memory: "1GB" }, retry: { unless: ["LaterKnowledge"] } },
  async run({ key, config, inputs, out, progress, count, log, signal }) {
    const work = workOf(key)
    const view = viewOf(config)
    const breathe = pacer(signal)
    if (key === together) {
      const members = await membersOf(inputs.bars, config, { breathe, leave: log.warn })
      const rows = describeTogether(largest(members, log.info), { windows: config.windows, cointegrated: config.pairs })
      await out.table.append(batchOf(rows.map((row) => ({ ...row, series: { scenario: base, path: 0, symbol: row.symbol } }))))
      count("statistics", rows.length)
      return { table: out.table.done() }
    }
    refuseLater(inputs.bars, work, view)
    const benchmark = config.benchmark || (await symbolsOf(inputs.bars)).find((s) => s === "SPY")
    let market: Benchmark | undefined
    if ("symbols" in work && benchmark !== undefined)
      for await (const { columns } of historyOf(inputs.bars, [benchmark], view))
        market = { symbol: benchmark, columns: complete(columns, 0) }
    const source =
      "symbols" in work
        ? historyOf(inputs.bars, work.symbols, view)
        : scenariosOf(openScenarios(inputs.scenarios), work.scenarios, { paths: config.max_paths, symbols: config.symbols })
    const options = {
      annual: config.annual,
      riskFree: config.risk_free,
      confidences: [0.95, 0.99],
      windows: config.windows,
      benchmark: market
    }
    let done = 0
    for await (const series of source) {
      await breathe()
      const rows = statisticsOf(series, options)
      if (rows.length === 0)
        log.info(`${series.symbol} is too short for statistics`, { scenario: series.scenario, bars: series.columns.close.length })
      else await out.table.append(batchOf(rows))
      progress(++done, "symbols" in work ? work.symbols.length : undefined, "series")
      count("statistics", rows.length)
    }
    if (done === 0 && "scenarios" in work) refuseAbsent(work.scenarios, inputs.scenarios)
    return { table: out.table.done() }
  }
})
