import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import type { LoadOptions } from "@tetra/core/engine"
import { planRun } from "@tetra/core/engine"
import { fromTable, load, plugins } from "./projects.ts"

/** The same package under an alias, one major version on. */
const next = { ...plugins["@tetra/plugin-metrics"], version: "2.0.0" }
const importModule: LoadOptions["importModule"] = (name, root) =>
  name === "metrics-next" ? Promise.resolve({ default: next }) : fromTable(name, root)
const yaml = (more: string) => `plugins: ["@tetra/plugin-data", "@tetra/plugin-scenarios", "@tetra/plugin-metrics"]
pipelines:
  data_pipeline: {}
  scenarios_pipeline: {}
  metrics_pipeline:
    config: { days: 7 }
    versions:
      blue: { plugin: "@tetra/plugin-metrics" }
      green: { plugin: metrics-next, config: { days: 8, symbols: [SPY] } }
${more}`
/** The parameters of the pipeline, with their defaults. */
const given = (params: Readonly<Record<string, unknown>>) => ({
  mode: "daily",
  provider: "synthetic",
  symbols: [],
  type: "all",
  scenario: "all",
  strategies: "all",
  api_key: "<redacted>",
  ...params
})
const told = (more: string) =>
  Effect.map(Effect.result(load(yaml(more), { importModule })), (result) =>
    (Result.isFailure(result) ? result.failure.diagnostics : result.success.warnings)
      .filter(({ path }) => path?.startsWith("pipelines.metrics_pipeline.") === true)
      .map(({ hint, level, message, where }) => `${level} ${where}: ${message} -> ${hint}`)
  )

describe("a pipeline with several versions", () => {
  it.effect("has the plugin and the parameters of the one in force: as the file says, or as it was promoted", () =>
    Effect.gen(function* () {
      const blue = yield* load(yaml(""), { importModule })
      const green = yield* blue.inVersions!({ metrics_pipeline: "green" })
      const seen = yield* Effect.forEach([blue, green], (project) =>
        Effect.map(
          planRun(project, { pipelines: ["metrics_pipeline"], params: {} }),
          ({
            plan: {
              pipelines: [one],
              stages
            }
          }) => [project.declared, one?.version, one?.pluginVersion, one?.params, stages[0]?.version]
        )
      )
      assert.deepStrictEqual(seen, [
        [{ metrics_pipeline: "blue" }, "blue", "1.0.0", given({ days: 7 }), "blue"],
        [{ metrics_pipeline: "blue" }, "green", "2.0.0", given({ days: 8, symbols: ["SPY"] }), "green"]
      ])
      assert.notStrictEqual(blue.configVersion, green.configVersion)
      // Who promoted a version that is taken out of the file later is back with what the file says.
      const gone = yield* blue.inVersions!({ metrics_pipeline: "violet" })
      assert.strictEqual(gone.config.pipelines?.["metrics_pipeline"]?.active, "blue")
    })
  )
  it.effect("is refused when it names versions that it does not have, with the nearest", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* told("    active: bleu\n    shadow: grene\n"), [
        'error tetra.yaml:10:13: "metrics_pipeline" has no version "bleu" -> did you mean "blue"?',
        'error tetra.yaml:11:13: "metrics_pipeline" has no version "grene" -> did you mean "green"?'
      ])
      assert.deepStrictEqual(yield* told("    shadow: blue\n"), [
        'warning tetra.yaml:10:13: "blue" is the active version: it has no shadow of its own -> name another version, or take the line out'
      ])
    })
  )
  it.effect("goes on when a version that is not in force cannot be used, and says so", () =>
    Effect.gen(function* () {
      const found = yield* told("      red: { plugin: nowhere }\n      odd: { config: { dayz: 1 } }\n")
      assert.deepStrictEqual(found, [
        'warning tetra.yaml:10:12: the version "red" cannot be used: the plugin "nowhere" is not installed -> install it in the project: npm install nowhere',
        'warning tetra.yaml:11:12: the version "odd" cannot be used: metrics_pipeline has no parameter "dayz" -> did you mean "days"? options of metrics_pipeline: --mode, --days, --provider, --symbols, --type, --scenario, --strategies, --api-key'
      ])
    })
  )
})
