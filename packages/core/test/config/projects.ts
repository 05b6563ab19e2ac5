import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Effect, Redacted, Schema } from "effect"
import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option, type Plugin } from "@tetra/core"
import { type ImportModule, loadProject, type LoadOptions } from "@tetra/core/engine"

const Anything = Schema.Struct({})
const asset = (name: string) => defineAsset(name, defineValue(`test/${name}@1`, Anything))
/** A pipeline of one stage that provides and requires assets of these names, with one parameter of each kind. */
const pipeline = (name: string, provides: ReadonlyArray<string>, requires: ReadonlyArray<string>) => {
  const stage = defineStage({
    id: `${name}/all`,
    inputs: Object.fromEntries(requires.map((n) => [n, asset(n)])),
    outputs: Object.fromEntries(provides.map((n) => [n, asset(n)])),
    run: () => Object.fromEntries(provides.map((n) => [n, {}]))
  })
  return definePipeline({
    name,
    parameters: Schema.Struct({
      mode: option(Schema.Literals(["daily", "backfill"]), { help: "How to load", default: "daily" }),
      days: option(Schema.Int, { help: "Days", default: 5 }),
      provider: option(Schema.String, { help: "Provider", default: "synthetic" }),
      symbols: option(Schema.Array(Schema.String), { help: "Symbols", default: [] }),
      type: option(Schema.String, { help: "Type", default: "all" }),
      scenario: option(Schema.String, { help: "Scenario", default: "all" }),
      strategies: option(Schema.String, { help: "Strategies", default: "all" }),
      api_key: option(Schema.Redacted(Schema.String), { help: "Key", default: Redacted.make("") })
    }),
    stages: ({ use }) => ({ all: use(stage) })
  })
}
const plugin = (name: string, one: ReturnType<typeof pipeline>) =>
  definePlugin({ name, version: "1.0.0", api: "^1.0", pipelines: { one } })
const market = ["market_data", "economic_data", "events", "news"]
const calculated = ["technical_indicators", "statistical_metrics", "ml_features"]
export const plugins: Readonly<Record<string, Plugin>> = {
  "@tetra/plugin-data": plugin("@tetra/plugin-data", pipeline("data_pipeline", market, [])),
  "@tetra/plugin-scenarios": plugin(
    "@tetra/plugin-scenarios",
    pipeline("scenarios_pipeline", ["scenario_definitions", "scenario_timeseries"], ["market_data"])
  ),
  "@tetra/plugin-metrics": plugin(
    "@tetra/plugin-metrics",
    pipeline("metrics_pipeline", calculated, ["scenario_definitions", "market_data"])
  ),
  "@tetra/plugin-assessment": plugin(
    "@tetra/plugin-assessment",
    pipeline("assessment_pipeline", ["backtest_results", "strategy_rankings", "reports"], ["scenario_definitions", ...calculated])
  )
}
export const fromTable: ImportModule = (specifier) =>
  specifier in plugins
    ? Promise.resolve({ default: plugins[specifier] })
    : Promise.reject(Object.assign(new Error(`Cannot find package '${specifier}'`), { code: "ERR_MODULE_NOT_FOUND" }))

/** A folder with these files, for one test. */
export const folderOf = (files: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const root = mkdtempSync(join(tmpdir(), "tetra-config-"))
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, name)), { recursive: true })
        writeFileSync(join(root, name), text)
      }
      return root
    }),
    (root) => Effect.sync(() => rmSync(root, { recursive: true, force: true }))
  )
export const load = (yaml: string, options: Partial<LoadOptions> = {}, files: Readonly<Record<string, string>> = {}) =>
  Effect.flatMap(folderOf({ "tetra.yaml": yaml, ...files }), (cwd) =>
    loadProject({ cwd, env: {}, importModule: fromTable, ...options })
  )
