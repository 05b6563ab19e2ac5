import { definePipeline, definePlugin, option } from "@tetra/core"
import { Schema } from "effect"
import { define } from "./stages/define.ts"
import { examine } from "./stages/examine.ts"
import { generate } from "./stages/generate.ts"
import { Settings } from "./stages/settings.ts"
import { Generator } from "./types.ts"

const { fields } = Settings

export const scenarios = definePipeline({
  name: "scenarios_pipeline",
  summary: "What markets have done and could do: historical windows, Monte Carlo, bootstrap and shocks.",
  parameters: Schema.Struct({
    type: option(fields.type, { help: "Kind of scenario to make", default: "all" }),
    paths: option(fields.paths, { help: "Paths of each random scenario", default: 20 }),
    horizon: option(fields.horizon, { help: "Steps of generated scenarios", unit: "sessions", default: 126 }),
    seed: option(fields.seed, { help: "Seed of every random scenario", default: 1 }),
    universe: option(fields.universe, { help: "Symbols; none means those of the market data", default: [] }),
    max_symbols: option(fields.max_symbols, { help: "Largest universe taken from the market data", default: 12 }),
    warmup: option(fields.warmup, { help: "Bars before each scenario, for indicators", unit: "sessions", default: 250 }),
    windows: option(fields.windows, { help: "Historical windows; none means all that the data cover", default: [] }),
    unlisted: option(fields.unlisted, {
      help: "Symbols not listed in a window: drop them, or use beta times a proxy",
      default: "drop"
    }),
    crash_sizes: option(fields.crash_sizes, { help: "Falls of the market, in percent", default: [10, 20, 30, 40] })
  }),
  stages: ({ use, params }) => {
    const definitions = use(define, { config: params })
    const bars = use(generate, { config: params, inputs: { definitions: definitions.definitions } })
    const facts = use(examine, { config: params, inputs: { definitions: definitions.definitions, table: bars.table } })
    return { define: definitions, generate: bars, examine: facts }
  }
})

export default definePlugin({
  name: "@tetra/plugin-scenarios",
  version: "0.1.0",
  api: "^1.0",
  points: [Generator],
  pipelines: { scenarios }
})
