import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { pathToFileURL } from "node:url"
import { expect, it, onTestFinished } from "vitest"

it("a changed local module is loaded anew with what it imports, an unchanged one is not", () => {
  const root = mkdtempSync(join(tmpdir(), "tetra-fresh-"))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const here = pathToFileURL(join(import.meta.dirname, "../../src/config/freshModules.ts")).href
  // In a process of its own: the module loader of tests is another one.
  const script = `
    import { writeFileSync } from "node:fs"
    import { freshUrl } from ${JSON.stringify(here)}
    const save = (name, text) => writeFileSync(${JSON.stringify(`${root}/`)} + name, text)
    const entry = ${JSON.stringify(join(root, "own.mjs"))}
    const load = async () => (await import(freshUrl(entry, ${JSON.stringify(root)}))).default
    save("own.mjs", 'import { word } from "./word.mjs"\\nexport default { word }')
    save("word.mjs", 'export const word = "one"')
    const first = await load()
    const same = await load()
    save("word.mjs", 'export const word = "two"')
    const second = await load()
    save("word.mjs", 'export const word = "one"')
    console.log(JSON.stringify([first.word, same === first, second.word, first.word, await load() === first]))`
  const out = execFileSync(process.execPath, ["--conditions=tetra:source", "--input-type=module", "-e", script], {
    encoding: "utf8"
  })
  expect(JSON.parse(out)).toEqual(["one", true, "two", "one", true])
})
