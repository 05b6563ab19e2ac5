/** Makes the bars of every scenario, a family of scenarios at a time. */
import { setImmediate as nextTurn } from "node:timers/promises"
import { defineStage } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { Schema } from "effect"
import { BadPaths, generatedSeries, historicalSeries, type ScenarioSeries } from "../paths.ts"
import { type Definition, Generator, ScenarioDefinitions, ScenarioTimeseries } from "../types.ts"
import { readHistory, UnknownSymbols } from "./readHistory.ts"
import { rowsOf } from "./rows.ts"
import { Settings } from "./settings.ts"

export class BadGenerator extends Schema.TaggedError<BadGenerator>()("BadGenerator", { detail: Schema.String }) {
  override get message() {
    return this.detail
  }
}
/** Rows that wait in memory before they are written. */
const batchRows = 50_000
/** Small scenarios share a partition with their family; one with paths has its own. */
export const familyOf = (definition: Definition): string => (definition.n_paths > 1 ? definition.id : definition.type)

export const generate = defineStage({
  id: "scenarios/generate",
  version: 1,
  summary: "Generate or cut out the bars of every scenario, warm-up included.",
  config: Settings,
  inputs: { bars: MarketData, definitions: ScenarioDefinitions },
  outputs: { table: ScenarioTimeseries },
  looksAhead: {
    table: "generated paths are calibrated on all of the history, and their dates are those of a path, not of what is known"
  },
  uses: { generators: Generator },
  errors: [BadGenerator, UnknownSymbols],
  partitions: {
    key: Schema.String,
    keys: ({ inputs }) => [...new Set(inputs.definitions.map(familyOf))],
    minCoverage: 0.5
  },
  policy: { timeout: "15 minutes", resources: { cpu: 1, memory: "512MB" } },
  async run({ key, config, inputs, uses, out, progress, count, signal }) {
    const { all, history } = await readHistory(inputs.bars, config)
    const mine = inputs.definitions.filter((d) => familyOf(d) === key)
    const total = mine.reduce((n, d) => n + d.n_paths, 0)
    let done = 0
    for (const definition of mine) {
      const source =
        definition.type === "historical"
          ? historicalSeries(definition, all)
          : generatedSeries(definition, history, uses.generators.get(definition.id))
      const waiting: Array<ScenarioSeries> = []
      let rows = 0
      const flush = async () => {
        if (rows > 0) await out.table.append(rowsOf(definition.id, waiting))
        count("bars", rows)
        waiting.length = 0
        rows = 0
      }
      try {
        for (const series of source) {
          waiting.push(series)
          rows += series.step.length
          if (rows >= batchRows) await flush()
          if (waiting.length % 16 === 0) {
            await nextTurn() // lets an interruption in
            signal.throwIfAborted()
          }
          progress(done + series.path, total, "paths")
        }
      } catch (error) {
        throw error instanceof BadPaths ? new BadGenerator({ detail: error.message }) : error
      }
      await flush()
      done += definition.n_paths
      progress(done, total, "paths")
    }
    return { table: out.table.done() }
  }
})
