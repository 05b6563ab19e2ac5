/** docs/plugin-examples.md: each of its two plugins, outside of the repository, as it is printed: typed, tested, checked, run and certified. */
import { readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { installIn, node } from "../e2e/support/installed.ts"
import { aFolder, type TestProject } from "../e2e/support/project.ts"

const page = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "..", "..", "docs", "plugin-examples.md"), "utf8")
const files = [...page.matchAll(/```(?:ts|yaml)\n(?:\/\/|#) file: (\w+)\/(\S+)\n([\s\S]*?)```/gu)]

const ok = async (project: TestProject, ...args: ReadonlyArray<string>): Promise<string> => {
  const ran = await project.tetra(...args)
  expect(ran.code, `tetra ${args.join(" ")}\n${ran.stdout}\n${ran.stderr}`).toBe(0)
  return ran.stdout
}
const written = async (which: string, name: string): Promise<TestProject> => {
  const folder = aFolder()
  await ok(folder, "plugins", "new", name, "--dir", ".")
  for (const part of ["src", "test"]) rmSync(join(folder.dir, part), { recursive: true })
  const mine = files.filter(([, of]) => of === which)
  expect(mine.length).toBeGreaterThan(5)
  for (const [, , file = "", source = ""] of mine) folder.write(file, source)
  installIn(folder.dir)
  node(folder.dir, "node_modules/typescript/bin/tsc")
  node(folder.dir, "node_modules/vitest/vitest.mjs", "run")
  await ok(folder, "plugins", "check")
  return folder
}
describe("a plugin that is written from the documentation", { timeout: 180_000 }, () => {
  it("gives a trading desk two stages, an indicator, a strategy and a provider", async () => {
    const project = await written("edge", "@quant/tetra-edge")
    await ok(project, "run", "--quiet")
    expect(JSON.parse(await ok(project, "assets", "export", "edge_hit_rate", "--format", "json"))).toHaveLength(3)
    expect(await ok(project, "assets", "export", "technical_indicators", "--format", "csv")).toContain("bounce_20")
    expect(await ok(project, "assets", "export", "strategy_rankings", "--format", "csv")).toContain("bouncing")
    expect(await ok(project, "plugins", "certify")).toMatch(/certified: 2 stages, 12 checks/u)
  })
  it("gives a data team a cleaning step, a rule, an analysis, a chart, a format and a channel", async () => {
    const project = await written("sales", "@shop/tetra-sales")
    const cell = (i: number) => (i % 17 === 0 ? "" : i === 50 ? -5 : 100 + ((i * 37) % 91))
    const rows = Array.from({ length: 200 }, (_, i) => `2026-0${1 + (i % 6)}-1${i % 9},${["North", "South"][i % 2]},${cell(i)}`)
    project.write("sales.csv", ["date,region,revenue", ...rows].join("\n"))
    await ok(project, "run", "--quiet")
    expect(await ok(project, "assets", "export", "analytics_report", "--format", "markdown")).toMatch(/^# Report/u)
    const { files: reports } = JSON.parse(await ok(project, "report", "--json")) as { readonly files: ReadonlyArray<string> }
    const texts = reports.map((path) => readFileSync(path, "utf8")).join("\n")
    for (const part of ["shop/negative-revenue", "South sells most.", "shop-by-region"]) expect(texts).toContain(part)
    expect(await ok(project, "plugins", "certify")).toMatch(/certified: 1 stage/u)
    await ok(project, "alerts", "test", "board")
    expect(readFileSync(join(project.dir, "alerts.txt"), "utf8")).not.toBe("")
  })
})
