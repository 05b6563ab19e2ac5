/** Computes the wide table of technical indicators, of the real history and of scenarios. */
import { type Batch, batch, defineStage, earlier, optional, partial } from "@tetra/core"
import { LaterKnowledge, MarketData } from "@tetra/plugin-data/types"
import { ScenarioDefinitions, ScenarioTimeseries } from "@tetra/plugin-scenarios/types"
import { Schema } from "effect"
import { indicatorPlan } from "../indicators/compute.ts"
import { type Lookup, problemAt, type Request, resolveAll, UnknownIndicator } from "../indicators/names.ts"
import { byName } from "../indicators/registry.ts"
import { Indicator, type Indicators, SavedIndicators, TechnicalIndicators } from "../types.ts"
import { extend, keptOf, stateColumns } from "./extension.ts"
import {
  base,
  historyOf,
  pacer,
  scenariosOf,
  refuseLater,
  type Series,
  UnknownSeries,
  viewedBlocks,
  viewOf,
  workOf
} from "./series.ts"
import { openScenarios, refuseAbsent, ScenarioAbsent, scenarioPartitions, ScenariosMissing } from "./scenarios.ts"
import { Settings } from "./settings.ts"

export class BadIndicators extends Schema.TaggedError<BadIndicators>()("BadIndicators", {
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return `metrics: ${this.problems.join("; ")}`
  }
}
interface Contributed {
  readonly keys: ReadonlyArray<string>
  get(key: string): ReturnType<Lookup>
}
const meaningOf = (names: ReadonlyArray<string>, contributed: Contributed) => {
  const lookup: Lookup = (name) => byName.get(name) ?? contributed.get(name)
  return resolveAll(names, lookup, contributed.keys)
}
/** What the names mean, built-in and contributed; throws every problem at once. */
export const requestsOf = (names: ReadonlyArray<string>, contributed: Contributed): ReadonlyArray<Request> => {
  const requests = meaningOf(names, contributed)
  const problems = requests.filter((r) => r instanceof UnknownIndicator)
  if (problems.length > 0) throw new BadIndicators({ problems: problems.map((p) => p.message) })
  return requests as ReadonlyArray<Request>
}
/** One batch of one series: the key columns and every requested output. */
const indicatorBatch = (series: Series, more: Readonly<Record<string, Float64Array>>): Batch<(typeof Indicators)["columns"]> => {
  const rows = series.columns.close.length
  return batch(
    {
      scenario_id: { codes: new Int32Array(rows), values: [series.scenario] },
      path: new Int32Array(rows).fill(series.path),
      symbol: { codes: new Int32Array(rows), values: [series.symbol] },
      date: series.columns.date
    },
    more
  )
}
const version = 2
/** Why rows of a day change when later bars come: what is paid and split later is taken out of earlier prices. */
export const adjustedBack =
  "prices and volumes are adjusted back for splits and dividends that come later, so their scale follows from all of the history; at their own scale, values of a day use bars up to it only"
export const indicators = defineStage({
  id: "metrics/indicators",
  version,
  summary: "Technical indicators of every symbol, of the real history and of the scenarios.",
  config: Settings,
  inputs: {
    bars: MarketData,
    definitions: ScenarioDefinitions,
    scenarios: optional(partial(ScenarioTimeseries)),
    values: earlier(partial(TechnicalIndicators)),
    states: earlier(partial(SavedIndicators))
  },
  outputs: { table: TechnicalIndicators, states: SavedIndicators },
  looksAhead: { table: adjustedBack },
  uses: { indicators: Indicator },
  check: ({ config: { metrics }, uses }) =>
    metrics.flatMap((name, i) =>
      meaningOf([name], uses.indicators).flatMap((one) =>
        one instanceof UnknownIndicator ? [problemAt(["metrics", i], one)] : []
      )
    ),
  errors: [BadIndicators, LaterKnowledge, ScenarioAbsent, ScenariosMissing, UnknownSeries],
  partitions: {
    key: Schema.String,
    keys: async ({ config, inputs }) => [
      ...(await viewedBlocks(inputs.bars, config.symbols, viewOf(config))),
      ...(await scenarioPartitions(config.scenario, inputs))
    ],
    minCoverage: 0.6
  },
  policy: { timeout: "30 minutes", resources: { cpu: 1, memory: "1GB" }, retry: { unless: ["LaterKnowledge"] } },
  async run({ key, config, inputs, uses, out, progress, count, log, signal }) {
    const requests = requestsOf(config.metrics, uses.indicators)
    const plan = indicatorPlan(requests)
    const goOn = extend(requests, version, plan)
    const outcome = { computed: 0, kept: 0 }
    const work = workOf(key)
    refuseLater(inputs.bars, work, viewOf(config))
    const breathe = pacer(signal)
    const source =
      "symbols" in work
        ? historyOf(inputs.bars, work.symbols, viewOf(config))
        : scenariosOf(openScenarios(inputs.scenarios), work.scenarios, { paths: config.max_paths, symbols: config.symbols })
    const total = "symbols" in work ? work.symbols.length : undefined
    let done = 0
    for await (const series of source) {
      await breathe()
      const bars = series.columns.close.length
      if (series.scenario !== base) {
        await out.table.append(indicatorBatch(series, plan(series.columns)))
        outcome.computed += bars
      } else {
        const kept = await keptOf(inputs, series.symbol, series.columns, version, requests)
        if (kept === "restated")
          log.info(`${series.symbol}: bars that were used have changed: all ${bars} rows are computed anew`)
        const made = goOn(series.columns, typeof kept === "string" ? undefined : kept)
        await out.table.append(indicatorBatch(series, made.columns))
        await out.states.append(batch(stateColumns(series.symbol, series.columns, made.states)))
        const before = typeof kept === "string" ? 0 : kept.rows
        if (made.whole.length > 0) log.info(`${series.symbol}: computed from the first bar: ${made.whole.join(", ")}`)
        outcome.kept += made.whole.length === requests.length ? 0 : before
        outcome.computed += made.whole.length > 0 ? bars : bars - before
      }
      progress(++done, total, "series")
      count("cells", bars * requests.length)
    }
    if (done === 0 && "scenarios" in work) refuseAbsent(work.scenarios, inputs.scenarios)
    count("rows_computed", outcome.computed)
    count("rows_kept", outcome.kept)
    log.info(`${outcome.computed} rows computed, ${outcome.kept} kept from before`)
    return { table: out.table.done(), states: out.states.done() }
  }
})
