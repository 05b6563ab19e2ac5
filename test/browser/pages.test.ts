/** The pages that people open, in a real browser: what the scripts drew, and a silent console. */
import { globSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder } from "../e2e/support/project.ts"
import { openPage } from "./openPage.ts"

const charts = (dom: string): number => dom.match(/<(canvas|svg)\b/g)?.length ?? 0

describe("pages in Chromium", { timeout: 300_000 }, () => {
  it("the assessment report draws its charts and logs nothing", async () => {
    const project = aFolder()
    expect((await project.tetra("init", ".")).code).toBe(0)
    const ran = await project.tetra("run", "--mode", "full", "--quiet")
    expect(ran.code, ran.stderr).toBe(0)
    const [file] = globSync(join(project.dir, ".tetra/reports/*/*/assessment.html"))
    expect(file).toBeDefined()
    const page = await openPage(file!)
    expect(page.console).toEqual([])
    expect(charts(page.dom)).toBeGreaterThan(4)
    expect(page.dom).toContain("Ranking")
  })
  it("the analytics dashboard draws its charts and logs nothing, whatever the cells say", async () => {
    const project = aFolder()
    const rows = Array.from(
      { length: 200 },
      (_, i) => `${i % 7},${i % 3 === 0 ? "yes" : "no"},"</script><script>console.error('cell ${i % 5}')</script>"`
    )
    project.write("hostile.csv", ["size,bought,note", ...rows].join("\n"))
    const ran = await project.tetra("analyze", "hostile.csv", "--target", "bought")
    expect([0, 3]).toContain(ran.code)
    const [file] = globSync(join(project.dir, ".tetra/reports/*/*/dashboard.html"))
    expect(file, ran.stdout).toBeDefined()
    const page = await openPage(file!)
    expect(page.console).toEqual([])
    expect(page.dom).toContain("bought")
    expect(charts(page.dom)).toBeGreaterThan(0)
  })
})
