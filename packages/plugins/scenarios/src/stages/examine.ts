/** Compares the random scenarios with history, and keeps the comparison. */
import { setImmediate as nextTurn } from "node:timers/promises"
import { defineStage, type Json } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { type Fact, type FactReport, stylisedFacts } from "../stylisedFacts.ts"
import { ScenarioBars, ScenarioDefinitions } from "../types.ts"
import { readHistory, UnknownSymbols } from "./readHistory.ts"
import { Settings } from "./settings.ts"

/** Paths of a scenario that are compared: enough for the bands, and it bounds the memory. */
const mostPaths = 200
const asJson = (facts: ReadonlyArray<Fact>): Json => facts.map((f) => ({ ...f, band: [...f.band] }))

export const examine = defineStage({
  id: "scenarios/examine",
  version: 1,
  summary: "Stylised facts of the random scenarios against history: pass or warn.",
  config: Settings,
  inputs: { bars: MarketData, definitions: ScenarioDefinitions, table: ScenarioBars },
  errors: [UnknownSymbols],
  policy: { timeout: "10 minutes", onFailure: "degrade", resources: { cpu: 1, memory: "512MB" } },
  async run({ config, inputs, artifact, log, progress, signal }) {
    const { history } = await readHistory(inputs.bars, config)
    const random = inputs.definitions.filter((d) => d.n_paths > 1)
    const reports: Array<FactReport> = []
    for (const definition of random) {
      const closes = new Map<string, Array<number>>()
      const where = { scenario_id: definition.id, path: { max: mostPaths - 1 }, step: { min: -1 } }
      for await (const { rows, columns } of inputs.table.scan({
        columns: ["scenario_id", "path", "symbol", "step", "close"],
        where
      })) {
        for (let i = 0; i < rows; i++) {
          const key = `${columns.path[i]} ${columns.symbol.values[columns.symbol.codes[i]!]}`
          const path = closes.get(key)
          if (path === undefined) closes.set(key, [columns.close[i]!])
          else path.push(columns.close[i]!)
        }
        await nextTurn() // lets an interruption in
        signal.throwIfAborted()
      }
      const paths = Array.from({ length: Math.min(mostPaths, definition.n_paths) }, (_, path) =>
        history.symbols.map((symbol) => Float64Array.from(closes.get(`${path} ${symbol}`) ?? []))
      )
      // Too short a path has no lags to look at.
      if (definition.horizon < 20 || paths.some((p) => p.some((c) => c.length < 20))) continue
      const report = stylisedFacts(definition.id, paths, history.close)
      reports.push(report)
      for (const f of report.facts.filter((x) => x.status === "warn"))
        log.info(`${definition.id}: ${f.fact} is ${f.generated.toPrecision(3)}, history has ${f.history.toPrecision(3)}`, {
          scenario: definition.id
        })
      progress(reports.length, random.length, "scenarios")
    }
    await artifact(
      "stylised_facts.json",
      reports.map(({ scenario, status, facts }) => ({ scenario, status, facts: asJson(facts) }))
    )
  }
})
