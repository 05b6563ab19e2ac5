import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aProject } from "../e2e/support/project.ts"

describe("tetra state", () => {
  it("checks, backs up and restores what was recorded", async () => {
    const { dir, tetra } = aProject()
    const fresh = await tetra("state", "verify")
    expect([fresh.code, fresh.stderr]).toEqual([0, expect.stringMatching(/no run yet[^]*tetra run/u)])
    expect((await tetra("run", "--names", "a,b")).code).toBe(0)
    expect((await tetra("state", "verify")).stdout).toMatch(/every table is what the log says: 1 run,/u)
    expect((await tetra("state", "export", "backup.jsonl")).code).toBe(0)
    const backup = join(dir, "backup.jsonl")
    expect(statSync(backup).mode & 0o077).toBe(0)
    const again = await tetra("state", "export", "backup.jsonl")
    expect([again.code, again.stderr.includes("never overwritten")]).toEqual([2, true])
    const refused = await tetra("state", "import", "backup.jsonl")
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/^tetra: [^:]*tetra\.db holds 1 runs already/u)])
    const other = aProject()
    const wrong = await other.tetra("state", "import", "tetra.yaml")
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/^tetra: tetra\.yaml:1: this line is no JSON object/u)])
    expect((await other.tetra("state", "import", backup)).code).toBe(0)
    // Who imported it is on record there, and nothing else is different.
    const lines = (text: string) => text.split("\n").filter((line) => !/^\{"(?:end"|kept":\{"collection":"audit")/u.test(line))
    expect(lines((await other.tetra("state", "export", "-")).stdout)).toEqual(lines(readFileSync(backup, "utf8")))
  })
  it("resets a pipeline only when it is told --yes, and names the one that was meant", async () => {
    const { dir, tetra } = aProject()
    await tetra("run", "--names", "a")
    expect((await tetra("state", "reset", "lab_pipelin")).stderr).toMatch(
      /no pipeline "lab_pipelin" has run here[^]*did you mean lab_pipeline/u
    )
    const asked = await tetra("state", "reset", "lab_pipeline")
    expect([asked.code, asked.stderr.includes("--yes")]).toEqual([0, true])
    expect((await tetra("run", "--names", "a")).stdout).toMatch(/reused/u)
    expect((await tetra("state", "reset", "lab_pipeline", "--yes")).code).toBe(0)
    expect((await tetra("run", "--names", "a")).stdout).not.toMatch(/reused/u)
    expect((await tetra("state", "verify", "--json")).stdout).toMatch(/"differences": \[\]/u)
    expect(existsSync(join(dir, ".tetra", "artifacts"))).toBe(true)
  })
  it("does not show the address of a store that it cannot use", async () => {
    const { tetra } = aProject()
    await tetra("run", "--names", "a")
    const { code, stderr, stdout } = await tetra("state", "migrate", "--to", "postgres://u:s3cret-w0rd@127.0.0.1:1/x")
    expect(code).toBe(1)
    expect(stderr).toMatch(/127\.0\.0\.1:1\/x.*Check that the server runs/u)
    expect(stdout + stderr).not.toContain("s3cret-w0rd")
    expect((await tetra("state", "migrate", "--to", "mysql://u:s3cret-w0rd@h/x")).stderr).not.toContain("s3cret-w0rd")
  })
})
