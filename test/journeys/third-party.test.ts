/** examples/10-full-package, built by its own script and installed in a project outside of the workspace. */
import { cpSync, existsSync, mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { installIn, node } from "../e2e/support/installed.ts"
import { aFolder, type TestProject } from "../e2e/support/project.ts"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")

/** Compiles the example in a folder of its own, as `npm run build` does there. */
const buildInto = (folder: TestProject): string => {
  const source = join(folder.dir, "package")
  cpSync(join(root, "examples", "10-full-package"), source, { recursive: true })
  installIn(source)
  node(source, "node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json")
  return source
}

const config = `version: 1
project: outside
plugins: ["@tetra/plugin-data", "@tetra/plugin-scenarios", "@tetra/plugin-metrics", "@acme/tetra-breadth"]
pipelines:
  data_pipeline:
    plugin: "@tetra/plugin-data"
    config: { provider: synthetic, symbols: [SPY, QQQ], history: 1y }
  metrics_pipeline:
    plugin: "@tetra/plugin-metrics"
    config: { metrics: [sma_20, acme_momentum_20] }
`

describe("the example package", { timeout: 180_000 }, () => {
  it("builds by itself, is loaded by name, and its stage and its indicator run", async () => {
    const project = aFolder()
    const built = buildInto(project)
    expect(existsSync(join(built, "dist", "index.d.ts"))).toBe(true)
    const installed = join(project.dir, "node_modules", "@acme", "tetra-breadth")
    mkdirSync(installed, { recursive: true })
    for (const part of ["package.json", "dist"]) cpSync(join(built, part), join(installed, part), { recursive: true })
    project.write("tetra.yaml", config)
    const ran = await project.tetra(
      "run",
      "--pipeline",
      "data",
      "--pipeline",
      "scenarios",
      "--pipeline",
      "metrics",
      "--pipeline",
      "breadth"
    )
    expect(ran.code, ran.stderr).toBe(0)
    const breadth = JSON.parse(
      (await project.tetra("assets", "export", "market_breadth", "--format", "json")).stdout
    ) as ReadonlyArray<{
      readonly day: number
      readonly rising: number
      readonly falling: number
    }>
    expect(breadth.length).toBeGreaterThan(200)
    expect(breadth.every((d) => d.rising + d.falling <= 2)).toBe(true)
    expect(breadth.some((d) => d.rising === 2) && breadth.some((d) => d.falling === 2)).toBe(true)
    const indicators = (await project.tetra("assets", "export", "technical_indicators", "--format", "csv")).stdout.split("\n")
    const column = indicators[0]?.split(",").indexOf("acme_momentum_20") ?? -1
    expect(column).toBeGreaterThan(0)
    // Missing for the first 20 bars of a series, there from then on.
    expect(indicators.slice(1, 21).every((row) => row.split(",")[column] === "")).toBe(true)
    expect(indicators[21]?.split(",")[column]).toMatch(/^-?\d/)
  })
})
