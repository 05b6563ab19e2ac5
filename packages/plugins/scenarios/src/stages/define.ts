/** Which scenarios this run has. */
import { defineStage } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { Schema } from "effect"
import { catalogueOf } from "../catalogue.ts"
import { generatorName } from "../random.ts"
import { Generator, ScenarioDefinitions } from "../types.ts"
import { historicalWindows } from "../windows.ts"
import { readHistory, UnknownSymbols } from "./readHistory.ts"
import { Settings } from "./settings.ts"

export class NoScenario extends Schema.TaggedError<NoScenario>()("NoScenario", { type: Schema.String, detail: Schema.String }) {
  override get message() {
    return `no scenario of type "${this.type}": ${this.detail}`
  }
}
export class UnknownWindows extends Schema.TaggedError<UnknownWindows>()("UnknownWindows", {
  windows: Schema.Array(Schema.String)
}) {
  override get message() {
    return `windows: ${this.windows.join(", ")} ${this.windows.length === 1 ? "is" : "are"} not known. There are ${historicalWindows.map((w) => w.id).join(", ")}.`
  }
}
export const define = defineStage({
  id: "scenarios/define",
  version: 1,
  summary: "Choose the universe, fit the models and list the scenarios that the data allow.",
  config: Settings,
  inputs: { bars: MarketData },
  outputs: { definitions: ScenarioDefinitions },
  uses: { generators: Generator },
  errors: [NoScenario, UnknownSymbols, UnknownWindows],
  policy: { timeout: "5 minutes", resources: { cpu: 1, memory: "512MB" } },
  async run({ config, inputs, uses, log, gauge }) {
    const unknown = config.windows.filter((id) => !historicalWindows.some((w) => w.id === id))
    if (unknown.length > 0) throw new UnknownWindows({ windows: unknown })
    const { all, history, leftOut: short, beyond } = await readHistory(inputs.bars, config)
    if (beyond > 0) log.info(`${beyond} symbols are beyond max_symbols`, { max_symbols: config.max_symbols })
    for (const symbol of short) log.warn(`${symbol} has too few bars for the models`, { symbol })
    const contributed = uses.generators.all.map((g) => g.value)
    const { definitions, leftOut } = catalogueOf({ settings: config, parent: inputs.bars.version, all, history, contributed })
    for (const { id, reason } of leftOut) log.info(`${id} is left out: ${reason}`, { scenario: id })
    if (definitions.length === 0)
      throw new NoScenario({
        type: config.type,
        detail: leftOut[0]?.reason ?? "no generator of this type is installed. Contribute one, or choose another type."
      })
    log.info(`${definitions.length} scenarios of ${history.symbols.length} symbols`, {
      generator: generatorName,
      seed: config.seed
    })
    gauge("scenarios", definitions.length)
    return { definitions }
  }
})
