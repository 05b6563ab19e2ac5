import { describe, expect, it } from "vitest"
import { aProject } from "../e2e/support/project.ts"

describe("tetra state collect", () => {
  it("says what would go, and lets it go; in numbers with --json", async () => {
    const { tetra } = aProject()
    const fresh = await tetra("state", "collect")
    expect([fresh.code, fresh.stderr]).toEqual([0, expect.stringContaining("no run yet")])
    await tetra("run", "--names", "a,b")
    expect((await tetra("state", "collect", "--dry-run")).stdout).toMatch(/nothing is old enough to go/u)
    const found = await tetra("state", "collect", "--json")
    expect([found.code, JSON.parse(found.stdout)]).toMatchObject([0, { runs: 0, versions: 0, cached: 0 }])
  })
})
describe("tetra cache", () => {
  it("lists what can be reused, and throws it away only with --yes", async () => {
    const { tetra } = aProject()
    await tetra("run", "--names", "a,b")
    expect((await tetra("cache", "ls")).stdout).toMatch(/lab_pipeline\.[^]*results?,/u)
    expect((await tetra("cache", "ls", "--pipeline", "lab_pipelin")).stderr).toMatch(/did you mean lab_pipeline/u)
    const asked = await tetra("cache", "clear")
    expect([asked.code, asked.stdout, asked.stderr]).toEqual([
      0,
      expect.stringMatching(/^would go: \d+ cached results?,[^]* of these results stay on disk/u),
      expect.stringContaining("--yes")
    ])
    expect((await tetra("run", "--names", "a,b")).stdout).toMatch(/reused/u)
    expect((await tetra("cache", "clear", "--yes")).stdout).toMatch(/gone: \d+ cached/u)
    expect((await tetra("cache", "ls")).stderr).toBe("nothing is cached\n")
    expect((await tetra("run", "--names", "a,b")).stdout).not.toMatch(/reused/u)
  })
})
