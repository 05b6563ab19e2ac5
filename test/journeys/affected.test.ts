import { execFileSync, spawnSync } from "node:child_process"
import { copyFileSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { aShop, type TestProject } from "../e2e/support/project.ts"

const here = dirname(fileURLToPath(import.meta.url))
const git = (project: TestProject, ...words: ReadonlyArray<string>): string =>
  execFileSync("git", ["-C", project.dir, "-c", "user.name=t", "-c", "user.email=t@example.com", ...words], { encoding: "utf8" })
const config = `version: 1
project: two
plugins: ["./plugins/shop.ts", "./plugins/lab.ts"]
pipelines:
  sales_pipeline: { config: { start_date: "2026-01-01" } }
  totals_pipeline: {}
  lab_pipeline: { config: { names: [a] } }
`
const aRepository = (): TestProject => {
  const project = aShop()
  project.write("tetra.yaml", config)
  project.write(".gitignore", ".tetra\n")
  copyFileSync(join(here, "..", "e2e", "support", "lab.ts"), join(project.dir, "plugins", "lab.ts"))
  git(project, "init", "-q", "-b", "main")
  git(project, "add", "-A")
  git(project, "commit", "-qm", "one")
  return project
}
const affected = (stderr: string): ReadonlyArray<string> => [...stderr.matchAll(/^ {2}(\w+_pipeline): /gmu)].map((m) => m[1]!)

describe.skipIf(spawnSync("git", ["--version"]).status !== 0)("tetra run --affected", { timeout: 90_000 }, () => {
  it("runs what a change touches and what reads from it, with what they need and is not there; and nothing without a change", async () => {
    const project = aRepository()
    const none = await project.tetra("run", "--affected", "main")
    expect([none.code, none.stderr]).toEqual([0, expect.stringContaining("nothing to run since main")])

    git(project, "checkout", "-qb", "work")
    project.write("tetra.yaml", config.replace("totals_pipeline: {}", "totals_pipeline: { config: {} }"))
    const first = await project.tetra("run", "--affected", "main", "--junit", "out/tetra.xml")
    expect(affected(first.stderr)).toEqual(["sales_pipeline", "totals_pipeline"])
    expect(first.stderr).toContain("sales_pipeline has never completed here")
    expect(readFileSync(join(project.dir, "out/tetra.xml"), "utf8")).toMatch(
      /<testsuites [^>]*failures="0".*name="totals_pipeline"/u
    )

    git(project, "commit", "-qam", "two")
    const lab = readFileSync(join(project.dir, "plugins/lab.ts"), "utf8")
    project.write("plugins/lab.ts", `${lab}\n// changed\n`)
    const both = await project.tetra("run", "--affected", "main", "--dry-run")
    expect(affected(both.stderr)).toEqual(["totals_pipeline", "lab_pipeline"])
    expect(both.stderr).toContain("lab_pipeline: plugins/lab.ts changed")
    const last = await project.tetra("run", "--affected", "HEAD", "--dry-run")
    expect(affected(last.stderr)).toEqual(["lab_pipeline"])
  })
  it("says what is wrong with a commit that is not there", async () => {
    const project = aRepository()
    const refused = await project.tetra("run", "--affected", "nowhere")
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/no such commit[\s\S]*fetch-depth: 0/u)])
  })
})
