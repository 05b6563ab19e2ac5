import { execFileSync } from "node:child_process"
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { pathToFileURL } from "node:url"
import { expect, it } from "vitest"

const at = (name: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, "../../src/config", name)).href)
/**
 * Plays scripts in one process, which may make modules from text, each in a folder of its own: `save`, `load`, `failed` and `gc` are there, and `say` answers.
 */
const played = (scripts: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "tetra-forget-")))
  const parts = Object.entries(scripts).map(
    ([name, script]) => `
    said.${name} = await (async (root) => {
      const save = (name, text) => { mkdirSync(dirname(join(root, name)), { recursive: true }); writeFileSync(join(root, name), text) }
      const load = async (name = "own.ts") => await importForgettable(join(root, name), root)
      const failed = async (name = "own.ts") => {
        const files = new Set(Object.keys(localCode(join(root, name), root).files).map((file) => join(root, file)))
        const error = await load(name).then(() => undefined, (error) => error)
        const place = placeInCode(error, files)
        return [error?.message, place && relative(root, place.file) + ":" + place.line + ":" + place.column]
      }
      let answer
      const say = (value) => { answer = value }
      ${script}
      return answer
    })(${JSON.stringify(join(base, name))})`
  )
  const text = `
    import { mkdirSync, writeFileSync } from "node:fs"
    import { dirname, join, relative } from "node:path"
    import { setImmediate as turn } from "node:timers/promises"
    import { importForgettable } from ${at("forgettableModules.ts")}
    import { placeInCode } from ${at("codePlace.ts")}
    import { localCode } from ${at("localCode.ts")}
    const said = {}
    ${parts.join("\n")}
    console.log(JSON.stringify(said))`
  const flags = ["--expose-gc", "--experimental-vm-modules", "--no-compilation-cache", "--disable-warning=ExperimentalWarning"]
  const words = [...flags, "--conditions=tetra:source", "--input-type=module", "-e", text]
  try {
    return JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" })) as Readonly<Record<string, unknown>>
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}
const scripts = {
  changed: `
    save("own.ts", 'import { word } from "./word.ts"\\nimport { same } from "./same.mjs"\\nexport { word, same }\\nexport const later = () => import("./later.ts")')
    save("word.ts", 'export const word: string = "one"')
    save("same.mjs", 'export const same = { count: (globalThis.count = (globalThis.count ?? 0) + 1), url: import.meta.url.split("/").at(-1) }')
    save("later.ts", 'import { word } from "./word.ts"\\nexport const said = word')
    const first = await load()
    const again = await load()
    save("word.ts", 'export const word: string = "two"')
    const second = await load()
    say([first.word, again === first, second.word, second.same === first.same, second.same, (await second.later()).said])`,
  all: `
    save("own.ts", 'import { b } from "./b.ts"\\nimport data from "./data.json" with { type: "json" }\\nimport old from "./old.cjs"\\nimport { join } from "node:path"\\nexport const a = () => "a"\\nexport const all = [b(), data.x, old.y, join("p", "q"), (await import("./part.ts")).part]\\nexport { self } from "./part.ts"')
    save("b.ts", 'import { a } from "./own.ts"\\nexport const b = () => "b" + a()')
    save("data.json", '{ "x": 1 }')
    save("old.cjs", 'module.exports = { y: 2 }')
    save("part.ts", 'export const part = "part", self = () => import("./own.ts")')
    const own = await load()
    say([...own.all, (await own.self()) === own])`,
  wrong: `
    const bad = async (text) => { save("own.ts", text); return await failed() }
    save("helper.ts", "export const one = 1\\nexport const two: = 2")
    const all = [
      await bad("export const a: number = 1\\nconst b = = 3"),
      await bad("export const a: number =\\n"),
      await bad("export const a = 1\\nconst a = 2"),
      await bad('import { one } from "./helper.ts"'),
      await bad('import { x } from "./gone.ts"'),
      await bad('import x from "no-such-package"'),
      await bad('import { join, nope } from "node:path"'),
      await bad('export const a = 1\\n\\nthrow new Error("boom")')
    ]
    save("own.ts", "export const mended = true")
    say([...all.map(([message, place]) => [message.replaceAll(root, "").replaceAll("\\\\", "/"), place]), (await load()).mended])`,
  gone: `
    let live = 0
    const gone = new FinalizationRegistry(() => live--)
    const one = async (i) => {
      save("own.ts", "import { x } from './x.ts'\\nexport default { i: " + i + ", x, pad: '" + "y".repeat(50_000) + "' }")
      save("x.ts", "export const x = () => " + i)
      const { default: made } = await load()
      live++
      gone.register(made)
    }
    const rest = async () => { for (let i = 0; i < 5; i++) { await turn(); gc() } }
    for (let i = 0; i < 20; i++) await one(i)
    await rest()
    const before = process.memoryUsage().heapUsed
    for (let i = 20; i < 70; i++) await one(i)
    await rest()
    say([live, process.memoryUsage().heapUsed - before])`
}
let answers: Readonly<Record<string, unknown>> | undefined
/** All are played at once, when the first is asked for. */
const said = (): Readonly<Record<string, unknown>> => (answers ??= played(scripts))

it("loads a changed module anew with all that reaches it, and what did not change is the same for everybody", () => {
  expect(said()["changed"]).toEqual(["one", true, "two", true, { count: 1, url: "same.mjs" }, "two"])
})
it("takes what Node takes: cycles, packages, JSON, modules of the older kind, and itself in the middle of itself", () => {
  expect(said()["all"]).toEqual(["ba", 1, 2, "p/q", "part", true])
})
it("tells the place of what is wrong, and takes the mended text", () => {
  expect(said()["wrong"]).toEqual([
    ["Expression expected", "own.ts:2:11"],
    ["Expression expected", "own.ts:1:25"],
    ["Identifier 'a' has already been declared", "own.ts:2:7"],
    [expect.any(String), "helper.ts:2:19"],
    ["Cannot find module '/gone.ts' imported from /own.ts", "own.ts:1:20"],
    [expect.stringMatching(/^Cannot find package 'no-such-package' imported from/u), "own.ts:1:16"],
    ["The requested module 'node:path' does not provide an export named 'nope'", "own.ts:1:16"],
    ["boom", "own.ts:3:7"],
    true
  ])
})
it("forgets the versions that nobody uses", () => {
  const [live, growth] = said()["gone"] as readonly [number, number]
  expect(live).toBeLessThanOrEqual(2)
  // Fifty kept versions are 5 MB, of their texts alone; what V8 makes of its own code meanwhile is less than half of one.
  expect(growth).toBeLessThan(1_000_000)
})
