/** Computes the wide table of technical indicators, of the real history and of scenarios. */
import { type Batch, batch, defineStage, optional, partial } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { ScenarioDefinitions, ScenarioTimeseries } from "@tetra/plugin-scenarios/types"
import { Schema } from "effect"
import { indicatorPlan } from "../indicators/compute.ts"
import { type Lookup, type Request, resolveAll, UnknownIndicator } from "../indicators/names.ts"
import { byName } from "../indicators/registry.ts"
import { Indicator, type Indicators, TechnicalIndicators } from "../types.ts"
import { historyOf, pacer, scenariosOf, type Series, symbolBlocks, UnknownSeries, workOf } from "./series.ts"
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
/** What the names mean, built-in and contributed; throws every problem at once. */
export const requestsOf = (names: ReadonlyArray<string>, contributed: Contributed): ReadonlyArray<Request> => {
  const lookup: Lookup = (name) => byName.get(name) ?? contributed.get(name)
  const requests = resolveAll(names, lookup, contributed.keys)
  const problems = requests.filter((r) => r instanceof UnknownIndicator)
  if (problems.length > 0) throw new BadIndicators({ problems: problems.map((p) => p.message) })
  return requests as ReadonlyArray<Request>
}
/** One batch of one series: the key columns and every requested output. */
const indicatorBatch = (series: Series, more: Record<string, Float64Array>): Batch<(typeof Indicators)["columns"]> => {
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
export const indicators = defineStage({
  id: "metrics/indicators",
  version: 1,
  summary: "Technical indicators of every symbol, of the real history and of the scenarios.",
  config: Settings,
  inputs: { bars: MarketData, definitions: ScenarioDefinitions, scenarios: optional(partial(ScenarioTimeseries)) },
  outputs: { table: TechnicalIndicators },
  uses: { indicators: Indicator },
  errors: [BadIndicators, ScenarioAbsent, ScenariosMissing, UnknownSeries],
  partitions: {
    key: Schema.String,
    keys: async ({ config, inputs }) => [
      ...(await symbolBlocks(inputs.bars, config.symbols)),
      ...(await scenarioPartitions(config.scenario, inputs))
    ],
    minCoverage: 0.6
  },
  policy: { timeout: "30 minutes", resources: { cpu: 1, memory: "1GB" } },
  async run({ key, config, inputs, uses, out, progress, count, signal }) {
    const requests = requestsOf(config.metrics, uses.indicators)
    const plan = indicatorPlan(requests)
    const work = workOf(key)
    const breathe = pacer(signal)
    const source =
      "symbols" in work
        ? historyOf(inputs.bars, work.symbols)
        : scenariosOf(openScenarios(inputs.scenarios), work.scenarios, { paths: config.max_paths, symbols: config.symbols })
    const total = "symbols" in work ? work.symbols.length : undefined
    let done = 0
    for await (const series of source) {
      await breathe()
      const rows = indicatorBatch(series, plan(series.columns))
      await out.table.append(rows)
      progress(++done, total, "series")
      count("cells", rows.rows * requests.length)
    }
    if (done === 0 && "scenarios" in work) refuseAbsent(work.scenarios, inputs.scenarios)
    return { table: out.table.done() }
  }
})
