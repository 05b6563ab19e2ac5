import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { loadPlugins, resolvePlugins } from "@tetra/core/engine"
import { definePipeline, definePlugin, type Plugin } from "../../src/index.ts"
import { loadForeign } from "../../src/planning/loadForeign.ts"
import { folderOf } from "./projects.ts"

/** A plugin as plain data, so that a temporary folder needs no packages. */
const plugin = (name: string, before = "") =>
  `${before}\nexport default { _tag: "Plugin", name: "${name}", version: "1.0.0", api: "^1.0", config: undefined, services: undefined, pipelines: {}, extensions: [], contributes: [], points: [] }\n`

/** What a module does when it is imported, and what is told; the plugin "good" beside it is loaded all the same. */
const modules: ReadonlyArray<readonly [does: string, source: string, told: RegExp | undefined]> = [
  ["throws", plugin("bad", 'throw new Error("no licence")'), /cannot be imported: no licence$/u],
  ["throws what is no error", plugin("bad", "throw null"), /cannot be imported: null$/u],
  ["throws a megabyte", plugin("bad", 'throw new Error("x".repeat(1e6))'), /cannot be imported: x{500}\.\.\.$/u],
  ["exits", plugin("bad", "process.exit(3)"), /it called process\.exit\(3\) while it was loaded$/u],
  ["exits later", plugin("bad", "await new Promise((r) => setTimeout(r, 1)); process.exit(0)"), /process\.exit\(0\)/u],
  [
    "pollutes prototypes",
    plugin("bad", "Object.prototype.extra = 1; Array.prototype.map = () => []"),
    /changed Object\.prototype\.extra, Array\.prototype\.map of the whole program/u
  ],
  ["patches the console", plugin("bad", "console.log = () => {}"), /changed console\.log of the whole program/u],
  ["patches timers", plugin("bad", "globalThis.setTimeout = () => 0"), /changed globalThis\.setTimeout/u],
  ["is no JavaScript", "export default {", /cannot be imported: /u],
  ["has no default export", "export const plugin = 1", /no plugin as its default export/u],
  ["is a function", "export default () => {}", /no plugin as its default export/u]
]
const reasons = (diagnostics: ReadonlyArray<{ readonly message: string }>) => diagnostics.map(({ message }) => message)

describe("a plugin module that", () => {
  it.effect.each(modules)("%s is named, and harms nobody", ([, source, told]) =>
    Effect.gen(function* () {
      const root = yield* folderOf({ "bad.mjs": source, "good.mjs": plugin("good") })
      const before = {
        folder: process.cwd(),
        log: console.log,
        timer: setTimeout,
        map: Array.prototype.map,
        exit: Reflect.get(process, "exit") as unknown
      }
      const named = ["./bad.mjs", "./good.mjs"].map((name, i) => ({ name, where: `tetra.yaml:${i + 1}:1` }))
      const { diagnostics, plugins } = yield* resolvePlugins(named, root)
      assert.include(
        plugins.map(({ name }) => name),
        "good"
      )
      assert.strictEqual(diagnostics.length, 1, reasons(diagnostics).join("\n"))
      assert.strictEqual(diagnostics[0]?.where, "tetra.yaml:1:1")
      assert.match(diagnostics[0]?.message ?? "", told ?? /^$/u)
      assert.include(diagnostics[0]?.message, "./bad.mjs")
      assert.notProperty({}, "extra")
      assert.deepStrictEqual(
        {
          folder: process.cwd(),
          log: console.log,
          timer: setTimeout,
          map: Array.prototype.map,
          exit: Reflect.get(process, "exit") as unknown
        },
        before
      )
    })
  )
  it.live("waits for ever is given up", () =>
    Effect.gen(function* () {
      const { loaded } = yield* Effect.promise(() => loadForeign(() => new Promise(() => {}), 20))
      assert.match("error" in loaded ? String(loaded.error) : "", /has not finished loading after 0\.02 s/u)
    })
  )
  it.effect("says in its manifest that it is for another API is not even imported", () =>
    Effect.gen(function* () {
      const manifest = { name: "old", type: "module", exports: "./index.js", tetra: { api: "^2.0" } }
      const root = yield* folderOf({
        "node_modules/old/package.json": JSON.stringify(manifest),
        "node_modules/old/index.js": 'throw new Error("imported")'
      })
      const { diagnostics } = yield* resolvePlugins([{ name: "old", where: "tetra.yaml:1:1" }], root)
      assert.deepStrictEqual(reasons(diagnostics), ['the plugin "old" was built for plugin API ^2.0; this Tetra speaks 1.0'])
    })
  )
  it.effect("brings an effect of its own, or was built for another core, is told so, and loaded", () =>
    Effect.gen(function* () {
      const manifest = {
        name: "fat",
        type: "module",
        exports: "./index.js",
        dependencies: { effect: "3.0.0" },
        peerDependencies: { "@tetra/core": "^9.0.0" }
      }
      const root = yield* folderOf({
        "node_modules/fat/package.json": JSON.stringify(manifest),
        "node_modules/fat/index.js": plugin("fat"),
        "node_modules/fat/node_modules/effect/package.json": '{ "name": "effect", "version": "3.0.0" }',
        "node_modules/effect/package.json": '{ "name": "effect", "version": "4.1.0" }',
        "node_modules/@tetra/core/package.json": '{ "name": "@tetra/core", "version": "0.1.0" }'
      })
      const { diagnostics, plugins } = yield* resolvePlugins([{ name: "fat", where: "tetra.yaml:1:1" }], root)
      assert.strictEqual(plugins.length, 1)
      assert.deepStrictEqual(
        diagnostics.map(({ level, message }) => `${level}: ${message}`),
        [
          `warning: the plugin "fat" brings a second copy of effect (3.0.0) beside Tetra's (4.1.0): what they make does not fit together`,
          'warning: the plugin "fat" was built for @tetra/core ^9.0.0, and 0.1.0 is here'
        ]
      )
    })
  )
})

const parts: ReadonlyArray<readonly [does: string, parts: Partial<Plugin>, told: RegExp]> = [
  [
    "exits while a lazy part is imported",
    { pipelines: { p: () => Promise.resolve().then(() => process.exit(1)) } },
    /a pipeline of it cannot be imported: it called process\.exit\(1\)/u
  ],
  [
    "exits while its pipeline is built",
    { pipelines: { p: definePipeline({ name: "bad_pipeline", stages: () => process.exit(1) }) } },
    /cannot be built with its default parameters: it called process\.exit\(1\)/u
  ],
  [
    "throws an ocean while its pipeline is built",
    {
      pipelines: {
        p: definePipeline({
          name: "bad_pipeline",
          stages: () => {
            throw new Error("y".repeat(1e6))
          }
        })
      }
    },
    /default parameters: y{500}\.\.\.$/u
  ],
  [
    "pollutes prototypes while its pipeline is built",
    {
      pipelines: {
        p: definePipeline({
          name: "bad_pipeline",
          stages: () => {
            Object.assign(Object.prototype, { extra: 1 })
            return {}
          }
        })
      }
    },
    /changed Object\.prototype\.extra of the whole program/u
  ]
]
describe("a plugin that", () => {
  it.effect.each(parts)("%s is named", ([, hostile, told]) =>
    Effect.gen(function* () {
      const bad = { ...definePlugin({ name: "bad", version: "1.0.0", api: "^1.0" }), ...hostile }
      const { diagnostics } = yield* loadPlugins([bad])
      assert.deepStrictEqual(
        diagnostics.map(({ where }) => where),
        ["bad"]
      )
      assert.match(diagnostics[0]?.message ?? "", told)
      assert.notProperty({}, "extra")
    })
  )
})
