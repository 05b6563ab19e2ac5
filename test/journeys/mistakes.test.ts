/** An author who makes mistakes: what each command says, and where. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder } from "../e2e/support/project.ts"

const types = `import { Col, defineAsset, defineTable } from "@tetra/core"
export const Vol = defineTable("vol/Vol@1", { symbol: Col.text, vol: Col.float }, { key: ["symbol"] })
export const VolAsset = defineAsset("vol", Vol)
`
const vol = `import { batch, defineStage, text } from "@tetra/core"
import { VolAsset } from "./types.ts"
const symbol = text(["SPY"])
export const vol = defineStage({
  id: "vol/vol",
  outputs: { made: VolAsset },
  async run() {
    return { made: batch({ symbol, vol: Float64Array.of(1) }) }
  }
})
`
const calm = `import { batch, defineStage, text } from "@tetra/core"
import { Vol } from "./types.ts"
import { vol } from "./vol.ts"
export const calm = defineStage({
  id: "vol/calm",
  inputs: { vol: Vol },
  outputs: { calm: Vol },
  run: ({ inputs }) => ({ calm: inputs.vol.scan() })
})
export { vol }
`
const index = `import { definePipeline, definePlugin } from "@tetra/core"
import { calm, vol } from "./calm.ts"
const pipeline = definePipeline({
  name: "vol_pipeline",
  stages: ({ use }) => {
    const made = use(vol)
    return { vol: made, calm: use(calm, { inputs: { vol: made.made } }) }
  }
})
export default definePlugin({ name: "vol", version: "1.0.0", api: "^1.0", pipelines: { pipeline } })
`
const configuration = 'version: 1\nproject: vol\nplugins: ["./src/index.ts"]\nmodes: { all: { vol_pipeline: {} } }\n'
const aPlugin = () => {
  const project = aFolder()
  const texts = { types, vol, calm, index }
  for (const [name, text] of Object.entries(texts)) project.write(`src/${name}.ts`, text)
  project.write("tetra.yaml", configuration)
  const mistaken = (name: keyof typeof texts, right: string, wrong: string): void => {
    expect(texts[name]).toContain(right)
    project.write(`src/${name}.ts`, texts[name].replace(right, wrong))
  }
  return { ...project, mistaken }
}
const wrong: ReadonlyArray<readonly [what: string, file: "calm" | "index" | "vol", right: string, wrong: string, said: string]> =
  [
    ["a misspelt import", "vol", "{ VolAsset } from", "{ VolAset } from", "src/vol.ts:2:10"],
    ["a syntax error", "calm", "const calm = ", "const calm = = ", "src/calm.ts:4:"],
    ["a misspelt output", "index", "made.made", "made.mad", 'vol/vol has no output "mad": did you mean "made"?']
  ]
describe("a mistake in a plugin", { timeout: 90_000 }, () => {
  for (const [what, file, right, mistake, said] of wrong)
    it(`that is ${what} is told at its line, with the lines around it, by every command`, async () => {
      const { mistaken, start, tetra } = aPlugin()
      mistaken(file, right, mistake)
      const run = await tetra("run", "--mode", "all")
      const check = await tetra("plugins", "check")
      const dev = start("dev")
      await dev.seen("waiting for a save")
      dev.child.kill("SIGTERM")
      const { stderr, stdout } = await dev.done
      for (const told of [run.stderr, check.stdout, stderr + stdout]) {
        expect(told).toContain(said)
        expect(told).toMatch(new RegExp(`src/${file}\\.ts:\\d+:\\d+: `, "u"))
        expect(told).toMatch(/^ +> \d+ \| .*\n +\| +\^$/mu)
        expect(told).not.toContain("no plugin offers")
      }
      expect([run.code, check.code]).toEqual([2, 2])
    })
  it("that throws is tried once, and told with its place by run, why and certify, in JUnit and in GitHub", async () => {
    const { dir, mistaken, tetra } = aPlugin()
    mistaken("vol", "    return {", "    const nothing = undefined as any\n    nothing.map(String)\n    return {")
    const place = "TypeError: Cannot read properties of undefined (reading 'map') (src/vol.ts:9:13)"
    const run = await tetra("run", "--mode", "all", "--junit", "report.xml")
    expect([run.code, run.stderr.match(/try \d/u)]).toEqual([1, null])
    expect(run.stderr + run.stdout).toContain(`vol_pipeline.vol: ${place}`)
    expect(readFileSync(join(dir, "report.xml"), "utf8")).toContain(place)
    const why = (await tetra("why", "vol_pipeline.vol")).stdout
    expect(why).toContain(`try 1 failed: ${place}`)
    expect(why).toContain("no further try: it is a mistake in the code, which would come again")
    expect((await tetra("plugins", "certify")).stdout.replaceAll(/\s+/gu, " ")).toContain(place)
    expect(existsSync(join(dir, ".tetra"))).toBe(true)
  })
  it("that is no mistake of the language is tried again, and every such line says when, and how to try once", async () => {
    const { mistaken, start, tetra } = aPlugin()
    mistaken("vol", "    return {", '    throw new Error("busy\\nfor long")\n    return {')
    const patient = start("run", "--mode", "all")
    await patient.seen("try 2/3 in")
    patient.child.kill("SIGTERM")
    expect((await patient.done).stderr).toMatch(
      /try 2\/3 in \d+ s \(--param max_retries=1 tries once\): Error: busy \(src\/vol\.ts:8:11\)\n +for long\n/u
    )
    const once = await tetra("run", "--mode", "all", "--param", "max_retries=1")
    expect([once.code, once.stderr.includes("try 2/")]).toEqual([1, false])
  })
})
