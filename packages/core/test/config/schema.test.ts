import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { configJsonSchema } from "@tetra/core/engine"
import { fromTable, plugins } from "./projects.ts"
import { loadProject } from "@tetra/core/engine"

const root = join(import.meta.dirname, "../../../..")

/** Keys that no description says anything of. */
const silentKeys = (schema: unknown, path: string): ReadonlyArray<string> => {
  if (typeof schema !== "object" || schema === null) return []
  return Object.entries(schema).flatMap(([word, inner]: readonly [string, unknown]) =>
    word === "properties"
      ? Object.entries(inner as Readonly<Record<string, object>>).flatMap(([key, one]) => [
          ...("description" in one || "$ref" in one ? [] : [`${path}.${key}`]),
          ...silentKeys(one, `${path}.${key}`)
        ])
      : silentKeys(inner, path)
  )
}

describe("config/tetra.schema.json", () => {
  it("is what the schema gives: else run `tetra config schema > config/tetra.schema.json` and format it", () => {
    assert.deepStrictEqual(
      JSON.parse(readFileSync(join(root, "config/tetra.schema.json"), "utf8")),
      JSON.parse(JSON.stringify(configJsonSchema()))
    )
  })
  it("refuses unknown keys everywhere and says what a section is for", () => {
    const schema = configJsonSchema() as {
      readonly additionalProperties: boolean
      readonly properties: Readonly<Record<string, { readonly description?: string }>>
    }
    assert.isFalse(schema.additionalProperties)
    assert.strictEqual(schema.properties["retry"]?.description, "How often and how fast a failed stage is tried again")
    assert.deepStrictEqual(silentKeys(schema, ""), [])
  })
})

describe("config/orchestration.yaml", () => {
  it.effect("is the repository's own project: four pipelines on 8 synthetic symbols, without a warning", () =>
    Effect.gen(function* () {
      const project = yield* loadProject({ cwd: root, env: {}, importModule: fromTable, home: "/nowhere" }).pipe(
        // The stand-in plugins of these tests do not have every parameter of the real ones.
        Effect.catchTag("ProjectInvalid", (invalid) => Effect.succeed(invalid))
      )
      const said = "diagnostics" in project ? project.diagnostics : project.warnings
      assert.deepStrictEqual(
        said.filter(({ path }) => path !== "pipelines.data_pipeline.config.history"),
        []
      )
      assert.strictEqual(Object.keys(plugins).length, 4)
    })
  )
})
