import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { loadProject, originsOf } from "@tetra/core/engine"
import { folderOf, fromTable } from "./projects.ts"

const yaml = `plugins: ["@tetra/plugin-data"]
timezone: UTC
pipelines:
  data_pipeline:
    config:
      symbols: [SPY, "\${MORE}"]
      api_key: sk-very-secret
environments:
  production:
    timezone: America/New_York
`
const originsIn = (environment?: string) =>
  Effect.gen(function* () {
    const cwd = yield* folderOf({ "tetra.yaml": yaml })
    const project = yield* loadProject({
      cwd,
      env: { MORE: "QQQ" },
      importModule: fromTable,
      ...(environment === undefined ? {} : { environment })
    })
    return new Map(originsOf(project).map((setting) => [setting.path, setting] as const))
  })

describe("the origin of a setting", () => {
  it.effect("is the line that it is written in, with the variables that it reads; a list is one setting", () =>
    Effect.gen(function* () {
      const origins = yield* originsIn()
      const symbols = origins.get("pipelines.data_pipeline.config.symbols")
      assert.deepStrictEqual(symbols?.value, ["SPY", "QQQ"])
      assert.deepStrictEqual(symbols?.origin, {
        _tag: "Written",
        where: "tetra.yaml:6:16",
        variables: ["MORE"],
        environment: undefined
      })
    })
  )
  it.effect("is the overlay of the environment where it says something else", () =>
    Effect.gen(function* () {
      const plain = (yield* originsIn()).get("timezone")
      const overlaid = (yield* originsIn("production")).get("timezone")
      assert.deepStrictEqual([plain?.value, plain?.origin._tag === "Written" && plain.origin.where], ["UTC", "tetra.yaml:2:11"])
      assert.deepStrictEqual(overlaid?.value, "America/New_York")
      assert.deepStrictEqual(overlaid?.origin, {
        _tag: "Written",
        where: "tetra.yaml:10:15",
        variables: [],
        environment: "production"
      })
    })
  )
  it.effect("is the plugin for a parameter that nobody wrote; secrets stay hidden", () =>
    Effect.gen(function* () {
      const origins = yield* originsIn()
      assert.deepStrictEqual(origins.get("pipelines.data_pipeline.config.days"), {
        path: "pipelines.data_pipeline.config.days",
        value: 5,
        origin: { _tag: "PluginDefault", plugin: "@tetra/plugin-data" }
      })
      assert.notInclude(JSON.stringify([...origins.values()]), "sk-very-secret")
    })
  )
})
