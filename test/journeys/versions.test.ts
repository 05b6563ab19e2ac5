import { copyFileSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder, type TestProject } from "../e2e/support/project.ts"

const config = `version: 1
plugins: ["./plugins/brew.ts"]
pipelines:
  beans_pipeline: { plugin: ./plugins/brew.ts }
  brew_pipeline:
    versions: { blue: { plugin: ./plugins/blue.ts }, green: { plugin: ./plugins/green.ts } }
    active: blue
    shadow: green
  menu_pipeline: { plugin: ./plugins/brew.ts }
retry: { max_retries: 1 }
environments:
  production: { guard: { deny: [pipeline rollback], confirm: true } }
`
const version = (name: string, strength: number) => `import { definePlugin } from "@tetra/core"
import { brewPipeline } from "./brew.ts"
const brew = brewPipeline(${strength})
export default definePlugin({ name: "brew-${name}", version: "1.0.0", api: "^1.0", pipelines: { brew } })
`
const aCafe = (): TestProject => {
  const project = aFolder()
  mkdirSync(join(project.dir, "plugins"))
  copyFileSync(join(import.meta.dirname, "..", "e2e", "support", "brew.ts"), join(project.dir, "plugins", "brew.ts"))
  project.write("tetra.yaml", config)
  project.write("plugins/blue.ts", version("blue", 2))
  project.write("plugins/green.ts", version("green", 2.5))
  return project
}

describe("two versions of a pipeline", () => {
  it("are compared, promoted and taken back from the command line, each shown before it is done", async () => {
    const { tetra } = aCafe()
    expect((await tetra("run", "-q", "--output", "plain")).code).toBe(0)
    const shadow = await tetra("pipeline", "shadow", "brew", "-q")
    expect([shadow.code, shadow.stdout]).toEqual([
      1,
      expect.stringContaining("strength: 2 cells, up to 5.00 apart (0.200 as a ratio)")
    ])
    const preview = await tetra("run", "--pipeline", "brew", "--promote", "green", "--force")
    expect([preview.code, preview.stdout]).toEqual([0, expect.stringContaining("brew_pipeline: blue -> green")])
    expect(preview.stderr).toContain("nothing was changed yet")
    const unasked = await tetra("pipeline", "promote", "brew", "green", "--force", "--yes", "--reason", "stronger")
    expect([unasked.code, unasked.stdout]).toEqual([0, expect.stringContaining("green of brew_pipeline is in force")])
    const denied = await tetra("pipeline", "rollback", "brew", "--yes", "--env", "production")
    expect([denied.code, denied.stderr]).toEqual([2, expect.stringContaining("denied in production")])
    expect((await tetra("pipeline", "rollback", "brew", "--yes")).code).toBe(0)
    const versions = JSON.parse((await tetra("pipeline", "versions", "--json")).stdout) as ReadonlyArray<unknown>
    expect(versions).toMatchObject([
      { active: "blue", shadow: "green", promotions: [{ kind: "rollback" }, { kind: "promote", reason: "stronger" }] }
    ])
    expect((await tetra("state", "verify")).code).toBe(0)
  }, 60_000)
})
