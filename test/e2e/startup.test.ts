/** What commands that only look may load: each module more is time that people wait. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder, bundle, start } from "./support/project.ts"

/** Writes down every module that is loaded, for the file `loaded.json` of the working folder. */
const telling = `
import { registerHooks } from "node:module"
import { writeFileSync } from "node:fs"
const loaded = []
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
process.on("exit", () => writeFileSync("loaded.json", JSON.stringify(loaded)))
`

/** A word of each part that has no business there, as it stands in the minified bundle. */
const foreign = {
  "the engine": "tetra/Engine",
  "tables and artifacts": "tetra/ArtifactStore",
  schemas: "~effect/Schema",
  Parquet: "PAR1"
}
/** What a command loads today is 430 to 472 thousand characters. */
const mostCharacters = 520_000

describe("a command that only looks", () => {
  it.each(["status", "history", "show latest", "logs", "why latest"])("tetra %s loads the record alone", async (line) => {
    const project = aFolder()
    project.write("tetra.yaml", 'version: 1\nproject: shop\nstate: { url: "${NOWHERE:-embedded}" }\n')
    project.write("telling.mjs", telling)
    const { code, stderr } = await start(project.dir, line.split(" "), { NODE_OPTIONS: "--import=./telling.mjs" }).done
    expect([code, stderr]).toEqual([0, expect.stringContaining("no run yet")])
    const loaded = JSON.parse(readFileSync(join(project.dir, "loaded.json"), "utf8")) as ReadonlyArray<string>
    const files = loaded.filter((url) => url.startsWith("file:")).map((url) => new URL(url))
    const texts = files.map((file) => readFileSync(file, "utf8"))
    for (const [part, word] of Object.entries(foreign))
      expect(
        texts.some((text) => text.includes(word)),
        part
      ).toBe(false)
    expect(texts.reduce((sum, text) => sum + text.length, 0)).toBeLessThan(mostCharacters)
    expect(loaded.filter((url) => url === "node:crypto" || url === "node:http")).toEqual([])
  })
  it("would be told of each of these parts: their words are in the bundle", () => {
    const chunks = join(dirname(bundle), "chunks")
    const all = readdirSync(chunks).map((name) => readFileSync(join(chunks, name), "utf8"))
    for (const [part, word] of Object.entries(foreign))
      expect(
        all.some((text) => text.includes(word)),
        part
      ).toBe(true)
  })
})
