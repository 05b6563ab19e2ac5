/** `tetra health` without a server: it keeps how a project is wired, and must see every change of it. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder, type TestProject } from "../e2e/support/project.ts"
import { startTelling } from "../e2e/support/telling.ts"

const config = `version: 1
plugins: ["./plugins/main.ts"]
pipelines:
  one:
    max_data_age_hours: \${LIMIT:-24}
`
const plugin = `import { defineAsset, definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { Schema } from "effect"
import { names } from "./names.ts"

const aPipeline = (name: string) => {
  const made = defineAsset(name, defineValue("t/Made@1", Schema.Int))
  const stage = defineStage({ id: \`t/\${name}\`, outputs: { made }, run: () => ({ made: 1 }) })
  return definePipeline({ name, stages: ({ use }) => ({ make: use(stage) }) })
}
export default definePlugin({ name: "t", version: "1.0.0", api: "1", pipelines: names.map(aPipeline) })
`
interface Health {
  readonly pipelines: Readonly<
    Record<string, { readonly detail: { readonly freshness: { readonly max_data_age_hours: number } } }>
  >
}
/** The pipelines with the age from which on their data are stale, and whether the plugin was loaded for it. */
const asked = async (project: TestProject, env: Readonly<Record<string, string>> = {}) => {
  const { loaded, stderr, stdout } = await startTelling(project, ["health", "--json"], env)
  if (stdout === "") return stderr
  const { pipelines } = JSON.parse(stdout) as Health
  const limits = Object.entries(pipelines).map(([name, { detail }]) => `${name} ${detail.freshness.max_data_age_hours}`)
  return [...limits, loaded.some((url) => url.endsWith("/main.ts")) ? "loaded" : "known"]
}

describe("what is known of a project's wiring", () => {
  it("holds until a file, a variable or what is kept of it changes, and never longer", async () => {
    const project = aFolder()
    const names = (...all: ReadonlyArray<string>) =>
      project.write("plugins/names.ts", `export const names: ReadonlyArray<string> = ${JSON.stringify(all)}\n`)
    project.write("tetra.yaml", config)
    project.write("plugins/main.ts", plugin)
    names("one")
    expect(await asked(project)).toEqual(["one 24", "loaded"])
    expect(await asked(project)).toEqual(["one 24", "loaded"]) // Without a data folder nothing is kept.
    project.write(".tetra/cache/wiring.json", "{")
    expect(await asked(project)).toEqual(["one 24", "loaded"])
    expect(await asked(project)).toEqual(["one 24", "known"])
    expect(await asked(project, { LIMIT: "6" })).toEqual(["one 6", "loaded"])
    expect(await asked(project, { LIMIT: "6" })).toEqual(["one 6", "known"])
    names("one", "two")
    project.write("tetra.yaml", `${config}  two: {}\n`)
    expect(await asked(project, { LIMIT: "6" })).toEqual(["one 6", "two 24", "loaded"])
    names("one", "six")
    expect(await asked(project, { LIMIT: "6" })).toContain('"two"')
    names("one", "two")
    project.write(".env", "LIMIT=7\n")
    expect(await asked(project)).toEqual(["one 7", "two 24", "loaded"])
    project.write("tetra.yaml", `${config}  three: {}\n`)
    expect(await asked(project)).toContain("three")
    expect(readFileSync(join(project.dir, ".tetra", "cache", "wiring.json"), "utf8")).not.toContain("LIMIT=7")
  }, 60_000)
})
