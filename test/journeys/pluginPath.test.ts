/** `tetra plugins check PATH`: a plugin that is named by where it lies. */
import { copyFileSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder, aProject, type TestProject } from "../e2e/support/project.ts"

const lab = join(import.meta.dirname, "../e2e/support/lab.ts")
const checked = async (project: TestProject, path: string) => {
  const { code, stderr, stdout } = await project.tetra("plugins", "check", path)
  return { code, told: stdout + stderr }
}
const fits = { code: 0, told: expect.stringContaining("lab fits") as string }

describe("a plugin that is named by a path", { timeout: 60_000 }, () => {
  it("is checked within its project, whether the configuration names it or not, and without one", async () => {
    const named = aProject()
    expect(await checked(named, join(named.dir, "plugins", "lab.ts"))).toMatchObject(fits)
    const unnamed = aFolder()
    unnamed.write("tetra.yaml", "version: 1\nproject: x # mine\n")
    copyFileSync(lab, join(unnamed.dir, "lab.ts"))
    expect(await checked(unnamed, "lab.ts")).toMatchObject(fits)
    expect(readFileSync(join(unnamed.dir, "tetra.yaml"), "utf8")).toBe("version: 1\nproject: x # mine\n")
    const alone = aFolder()
    copyFileSync(lab, join(alone.dir, "lab.ts"))
    expect(await checked(alone, "./lab.ts")).toMatchObject(fits)
    alone.write("no.ts", "export default 3\n")
    expect(await checked(alone, "./no.ts")).toMatchObject({ code: 2, told: expect.stringContaining("has no plugin") as string })
  })
  it("may be a package by its folder, once it is built", async () => {
    const project = aFolder()
    const prices = join(project.dir, "prices")
    mkdirSync(prices)
    expect(await checked(project, "./prices")).toMatchObject({
      code: 2,
      told: expect.stringContaining("is no package") as string
    })
    const exports = { ".": { types: "./no.d.ts", import: "./dist.ts" } }
    project.write("prices/package.json", JSON.stringify({ name: "prices", exports }))
    expect(await checked(project, "./prices")).toMatchObject({ told: expect.stringContaining("build the package") as string })
    copyFileSync(lab, join(prices, "dist.ts"))
    expect(await checked(project, "./prices")).toMatchObject(fits)
  })
})
