import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { resolvePlugins } from "@tetra/core/engine"
import { localCode } from "../../src/config/localCode.ts"
import { folderOf } from "./projects.ts"

const files = {
  "plugins/x.ts": `import { a } from "./lib/a.ts"\nimport "left-pad"\nexport { b } from '../shared/b'\nconst c = await import("./c.js")\nnew URL("./model.bin", import.meta.url)\n`,
  "plugins/lib/a.ts": `import type { X } from "../x.ts"\n`,
  "shared/b.ts": "export const b = 1\n",
  "plugins/c.js": "",
  "plugins/model.bin": "weights",
  "plugins/other.ts": "",
  "node_modules/left-pad/index.js": ""
}
describe("the code of a local plugin", () => {
  it.effect("is its module and all that it reaches through relative imports, however they are written", () =>
    Effect.gen(function* () {
      const root = yield* folderOf(files)
      const { files: found } = localCode(join(root, "plugins/x.ts"), root)
      assert.deepStrictEqual(Object.keys(found), [
        "./plugins/c.js",
        "./plugins/lib/a.ts",
        "./plugins/model.bin",
        "./plugins/x.ts",
        "./shared/b.ts"
      ])
    })
  )
  it.effect("changes with any of these files, and with no other", () =>
    Effect.gen(function* () {
      const root = yield* folderOf(files)
      const hash = () => localCode(join(root, "plugins/x.ts"), root).hash
      const before = hash()
      writeFileSync(join(root, "plugins/other.ts"), "changed")
      writeFileSync(join(root, "node_modules/left-pad/index.js"), "changed")
      assert.strictEqual(hash(), before)
      writeFileSync(join(root, "shared/b.ts"), "export const b = 2\n")
      assert.notStrictEqual(hash(), before)
    })
  )
  it.effect("is told of a plugin that a path names, not of one of a package", () =>
    Effect.gen(function* () {
      const plugin = (name: string) => `export default { _tag: "Plugin", name: "${name}", version: "1.0.0", api: "1" }\n`
      const root = yield* folderOf({
        "x.ts": plugin("local"),
        "node_modules/y/package.json": '{ "name": "y", "main": "y.mjs" }',
        "node_modules/y/y.mjs": plugin("y")
      })
      const named = ["./x.ts", "y"].map((name) => ({ name, where: "" }))
      const { plugins } = yield* resolvePlugins(named, root)
      assert.deepStrictEqual(
        plugins.map(({ code, name }) => [name, Object.keys(code?.files ?? {})]),
        [
          ["local", ["./x.ts"]],
          ["y", []]
        ]
      )
    })
  )
})
