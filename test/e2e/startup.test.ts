/** What commands that only look may load: each module more is time that people wait. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder, aProject, bundle } from "./support/project.ts"
import { startTelling } from "./support/telling.ts"

/** A word of each part that has no business there, as it stands in the minified bundle. */
const foreign = {
  "the engine": "tetra/Engine",
  "tables and artifacts": "tetra/ArtifactStore",
  schemas: "~effect/Schema",
  Parquet: "PAR1"
}
/** What a command loads today is 430 to 472 thousand characters. */
const mostCharacters = 520_000

/** Neither more than it needs, nor what the system loads slowly. */
const expectRecordAlone = (loaded: ReadonlyArray<string>): void => {
  const files = loaded.filter((url) => url.startsWith("file:")).map((url) => new URL(url))
  const texts = files.map((file) => readFileSync(file, "utf8"))
  for (const [part, word] of Object.entries(foreign))
    expect(
      texts.some((text) => text.includes(word)),
      part
    ).toBe(false)
  expect(texts.reduce((sum, text) => sum + text.length, 0)).toBeLessThan(mostCharacters)
  expect(loaded.filter((url) => ["node:crypto", "node:http", "node:https", "node:net"].includes(url))).toEqual([])
}

describe("a command that only looks", () => {
  it.each(["status", "history", "show latest", "logs", "why latest"])("tetra %s loads the record alone", async (line) => {
    const project = aFolder()
    project.write("tetra.yaml", 'version: 1\nproject: shop\nstate: { url: "${NOWHERE:-embedded}" }\n')
    const { code, loaded, stderr } = await startTelling(project, line.split(" "))
    expect([code, stderr]).toEqual([0, expect.stringContaining("no run yet")])
    expectRecordAlone(loaded)
  })
  it("tetra health loads the record alone, too, where it knows how the project is wired", async () => {
    const project = aProject()
    project.write(".tetra/README", "a data folder")
    const [first, second] = [await startTelling(project, ["health"]), await startTelling(project, ["health"])]
    expect([first.code, second.code, second.stdout]).toEqual([3, 3, expect.stringContaining("lab_pipeline")])
    expect([first, second].map(({ loaded }) => loaded.some((url) => url.endsWith("/lab.ts")))).toEqual([true, false])
    expectRecordAlone(second.loaded)
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
