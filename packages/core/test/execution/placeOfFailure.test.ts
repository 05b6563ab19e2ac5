import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, assert, describe, it } from "vitest"
import { placeOfFailure, placeOfStage } from "../../src/execution/placeOfFailure.ts"

const root = realpathSync(mkdtempSync(join(tmpdir(), "tetra-place-")))
const save = (file: string, text: string): string => {
  const path = join(root, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}
afterAll(() => rmSync(root, { recursive: true, force: true }))
save("package.json", '{ "name": "@ada/prices" }')
save("node_modules/effect/package.json", '{ "name": "effect" }')
save("node_modules/@tetra/core/package.json", '{ "name": "@tetra/core" }')
save("node_modules/@tetra/plugin-lab/package.json", '{ "name": "@tetra/plugin-lab" }')
save("node_modules/hyparquet-writer/package.json", '{ "name": "hyparquet-writer" }')
save("node_modules/odd-maths/package.json", '{ "name": "odd-maths" }')
const at = (file: string, place = "7:3") => `    at run (${pathToFileURL(join(root, file)).href}:${place})`
const placeOf = (...frames: ReadonlyArray<string>) => {
  const place = placeOfFailure(["Error: no", ...frames].join("\n"), root)
  return place === undefined ? undefined : `${place.file}:${place.line}:${place.column}`
}

describe("the place of what is executed", () => {
  it("is the stage's whose code it is, also of a plugin that ships with Tetra, and nobody's in the engine and what it is made of", () => {
    const frame = (file: string) => ({ file: join(root, file), line: 1, column: 1 })
    const engine = ["@tetra/core/dist/x.js", "effect/y.js", "hyparquet-writer/z.js"].map((file) => frame(`node_modules/${file}`))
    const of = (file: string) => placeOfStage([...engine, frame(file), ...engine], root)?.file
    assert.strictEqual(placeOfStage(engine, root), undefined)
    for (const file of ["src/vol.ts", "node_modules/@tetra/plugin-lab/a.js", "node_modules/odd-maths/sum.js"])
      assert.strictEqual(of(file), file)
  })
})
describe("the place of a failure", () => {
  it("is found whatever a message looks like that holds another's stack", () => {
    const strange = ["    at far (file:///a/100%zz.ts:1:2)", "    at far (file://[bad:3:4)"]
    for (const line of strange) assert.doesNotThrow(() => placeOf(line, at("src/vol.ts")))
  })
  it("is the innermost one in a file of the author, from the project's folder", () => {
    const ours = [
      at("node_modules/@tetra/core/dist/x.js"),
      at("node_modules/effect/dist/y.js"),
      "    at node:internal/timers:1:2"
    ]
    assert.strictEqual(placeOf(...ours, at("src/vol.ts", "36:32"), at("src/index.ts")), "src/vol.ts:36:32")
    assert.strictEqual(placeOf("    at AsyncResource.runInAsyncScope (node:async_hooks:226:14)", ...ours), undefined)
  })
  it("is where the author called a package that threw, else in a package that the project installed", () => {
    assert.strictEqual(placeOf(at("node_modules/odd-maths/sum.js"), at("src/vol.ts")), "src/vol.ts:7:3")
    assert.strictEqual(placeOf(at("node_modules/odd-maths/sum.js")), "node_modules/odd-maths/sum.js:7:3")
  })
  it("is read from every form of a frame: reloaded, awaited, without a name, outside of the folder, never of an eval", () => {
    assert.strictEqual(placeOf(at("src/vol.ts").replace(".ts:", ".ts?tetra-code=3f9a:")), "src/vol.ts:7:3")
    assert.strictEqual(placeOf(`    at async ${pathToFileURL(join(root, "a b.ts")).href}:1:2`), "a b.ts:1:2")
    assert.strictEqual(placeOf(`    at ${join(root, "src/vol.ts")}:1:2`), "src/vol.ts:1:2")
    assert.strictEqual(placeOf(at("../elsewhere/vol.ts")), "../elsewhere/vol.ts:7:3")
    symlinkSync(root, `${root}-link`)
    assert.strictEqual(placeOfFailure(`Error: no\n${at("src/vol.ts")}`, `${root}-link`)?.file, "src/vol.ts")
    rmSync(`${root}-link`)
    assert.strictEqual(placeOf("    at eval (eval at run (/x/y.ts:1:1), <anonymous>:1:1)", at("src/vol.ts")), "src/vol.ts:7:3")
  })
  it("is in the source of what was compiled", () => {
    // The first character comes from line 3, column 3 of vol.ts.
    const map = JSON.stringify({ version: 3, sources: ["../src/vol.ts"], names: [], mappings: "AAEE" })
    save("dist/vol.js.map", map)
    save("dist/vol.js", "run()\n//# sourceMappingURL=vol.js.map\n")
    save("dist/inline.js", `run()\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}\n`)
    save("dist/lost.js", "run()\n//# sourceMappingURL=gone.js.map\n")
    assert.strictEqual(placeOf(at("dist/vol.js", "1:1")), "src/vol.ts:3:3")
    assert.strictEqual(placeOf(at("dist/inline.js", "1:4")), "src/vol.ts:3:3")
    assert.strictEqual(placeOf(at("dist/lost.js", "1:4")), "dist/lost.js:1:4")
  })
})
