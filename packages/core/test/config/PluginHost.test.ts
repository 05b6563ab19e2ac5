import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { loadProject, resolvePlugins } from "@tetra/core/engine"
import { folderOf } from "./projects.ts"

/** A plugin as plain data, so that a temporary folder needs no packages. */
const source = (name: string) =>
  `export default { _tag: "Plugin", name: ${JSON.stringify(name)}, version: "1.0.0", api: "^1.0", config: undefined, services: undefined, pipelines: {}, extensions: [], contributes: [], points: [] }\n`
const files = {
  "plugins/local.ts": `const unused: number = 1\n${source("local")}`,
  "plugins/plain.js": source("plain"),
  "plugins/none.js": "export const plugin = 1\n",
  "plugins/throws.js": 'throw new Error("no licence")\n',
  "plugins/needy.js": 'import "left-pad-that-is-not-there"\n',
  "node_modules/@acme/modern/package.json":
    '{ "name": "@acme/modern", "type": "module", "exports": { ".": { "types": "./x.d.ts", "import": "./dist/main.js" } } }',
  "node_modules/@acme/modern/dist/main.js": source("@acme/modern"),
  "node_modules/classic/package.json": '{ "name": "classic", "main": "main.mjs" }',
  "node_modules/classic/main.mjs": source("classic"),
  "deep/er/x.txt": ""
}
const named = (...names: ReadonlyArray<string>) => names.map((name, i) => ({ name, where: `tetra.yaml:${i + 1}:1` }))

describe("resolvePlugins", () => {
  it.effect("imports packages by their `import` condition or main, from any folder below, and local .ts and .js modules", () =>
    Effect.gen(function* () {
      const root = yield* folderOf(files)
      const near = yield* resolvePlugins(named("@acme/modern", "classic", "./plugins/local.ts", "./plugins/plain.js"), root)
      assert.deepStrictEqual(near.diagnostics, [])
      assert.deepStrictEqual(
        near.plugins.map(({ name }) => name),
        ["@acme/modern", "classic", "local", "plain"]
      )
      assert.strictEqual(near.names.get("./plugins/local.ts"), "local")
      const below = yield* resolvePlugins(named("@acme/modern"), join(root, "deep/er"))
      assert.deepStrictEqual(
        below.plugins.map(({ name }) => name),
        ["@acme/modern"]
      )
    })
  )
  it.effect("names each plugin that cannot be had, and loads the others", () =>
    Effect.gen(function* () {
      const root = yield* folderOf(files)
      const { diagnostics, plugins } = yield* resolvePlugins(
        named(
          "./plugins/none.js",
          "./plugins/throws.js",
          "./plugins/gone.ts",
          "no-such-plugin-here",
          "./plugins/needy.js",
          "./plugins/plain.js"
        ),
        root
      )
      assert.deepStrictEqual(
        plugins.map(({ name }) => name),
        ["plain"]
      )
      assert.deepStrictEqual(diagnostics.map(({ hint, message, where }) => `${where}: ${message} -> ${hint}`).slice(0, 4), [
        'tetra.yaml:1:1: the module "./plugins/none.js" has no plugin as its default export -> end it with `export default definePlugin({ ... })`',
        'tetra.yaml:2:1: the plugin "./plugins/throws.js" cannot be imported: no licence -> mend the plugin, or take it out of `plugins`',
        "tetra.yaml:3:1: there is no plugin module ./plugins/gone.ts in the project -> a local plugin is a path to a .ts, .tsx or .js file, relative to the project folder",
        'tetra.yaml:4:1: the plugin "no-such-plugin-here" is not installed -> install it in the project: npm install no-such-plugin-here'
      ])
      assert.include(diagnostics[4].message, "left-pad-that-is-not-there")
    })
  )
  it.effect("gives a local plugin its configuration, and refuses what its schema does not know", () =>
    Effect.gen(function* () {
      const module = { default: (yield* Effect.promise(() => import("./localPlugin.ts"))).default }
      const root = yield* folderOf({
        "plugins/local.ts": "",
        "tetra.yaml": "plugins:\n  - { name: ./plugins/local.ts, config: { eurro: 1.1 } }\n"
      })
      const result = yield* Effect.result(loadProject({ cwd: root, env: {}, importModule: () => Promise.resolve(module) }))
      assert.isTrue(Result.isFailure(result))
      if (Result.isFailure(result)) {
        assert.deepStrictEqual(
          result.failure.diagnostics.map(({ hint, message, where }) => `${where}: ${message} -> ${hint}`),
          [
            'tetra.yaml:2:41: configuration of local: euro is missing -> write plugins: [{ name: "local", config: { ... } }]',
            'tetra.yaml:2:43: configuration of local: eurro is not known here -> did you mean "euro"?'
          ]
        )
      }
    })
  )
})
