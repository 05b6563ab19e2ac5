/** What an author of plugins does, with the real command line: outside of the repository, from the first command to the certificate. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Certificate } from "@tetra/core/testing"
import { describe, expect, it } from "vitest"
import { builtWith } from "../../packages/cli/src/plugins/template/packageFiles.ts"
import { installIn, node } from "../e2e/support/installed.ts"
import { aFolder, type TestProject } from "../e2e/support/project.ts"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const ok = async (project: TestProject, ...args: ReadonlyArray<string>): Promise<string> => {
  const ran = await project.tetra(...args)
  expect(ran.code, `tetra ${args.join(" ")}\n${ran.stdout}\n${ran.stderr}`).toBe(0)
  return ran.stdout
}

describe("a new plugin package", { timeout: 180_000 }, () => {
  it("builds, type-checks and passes its own test; its project runs, fits and is certified", async () => {
    const folder = aFolder()
    await ok(folder, "plugins", "new", "@acme/tetra-prices", "--dir", ".")
    installIn(folder.dir)
    node(folder.dir, "node_modules/typescript/bin/tsc")
    node(folder.dir, "node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json")
    expect(node(folder.dir, "node_modules/vitest/vitest.mjs", "run")).toMatch(/3 passed/u)
    await ok(folder, "run", "--count", "4")
    expect(JSON.parse(await ok(folder, "assets", "export", "prices_squares", "--format", "json"))).toHaveLength(4)
    await ok(folder, "plugins", "check")
    expect(await ok(folder, "plugins", "certify")).toMatch(/certified: 1 stage, 5 checks/u)
    const [info] = JSON.parse(await ok(folder, "plugins", "info", "--json"))
    expect(info).toMatchObject({ name: "@acme/tetra-prices", stages: [{ id: "prices/squares", isolation: "fiber" }] })
    expect((await folder.tetra("plugins", "new", "@acme/tetra-prices", "--dir", ".")).code).toBe(2)
  })
  it("is built with what Tetra is built with", () => {
    const catalog = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")
    for (const [name, range] of Object.entries(builtWith))
      expect(new RegExp(`^ +"?${name}"?: \\^?([\\d.]+)$`, "mu").exec(catalog)?.[1], name).toBe(range.slice(1))
  })
})

const shipped = `version: 1
project: shipped
timezone: America/New_York
plugins: ["@tetra/plugin-data", "@tetra/plugin-scenarios", "@tetra/plugin-metrics", "@tetra/plugin-assessment", "@tetra/plugin-analytics"]
pipelines:
  data_pipeline: { plugin: "@tetra/plugin-data", config: { provider: synthetic, symbols: [SPY, QQQ], history: 3y } }
  scenarios_pipeline: { plugin: "@tetra/plugin-scenarios", config: { paths: 2, horizon: 20, warmup: 60 } }
  metrics_pipeline: { plugin: "@tetra/plugin-metrics", config: { max_paths: 1 } }
  assessment_pipeline: { plugin: "@tetra/plugin-assessment", config: { strategies: [buy_and_hold, sma_cross], max_paths: 1 } }
  analytics_pipeline: { plugin: "@tetra/plugin-analytics", config: { data_source: sales.csv } }
`
const sales = Array.from({ length: 200 }, (_, i) => `2026-0${1 + (i % 6)}-1${i % 9},${"NSEW"[i % 4]},${100 + ((i * 37) % 91)}`)
describe("the plugins that ship with Tetra", { timeout: 300_000 }, () => {
  const certified = async (plugin: string) => {
    const project = aFolder()
    project.write("tetra.yaml", shipped)
    project.write("sales.csv", ["date,region,revenue", ...sales].join("\n"))
    const { certificates } = JSON.parse(await ok(project, "plugins", "certify", `@tetra/plugin-${plugin}`, "--json")) as {
      readonly certificates: ReadonlyArray<Certificate>
    }
    return certificates[0]!.stages.map(
      ({ findings, id }) => [id, findings.find(({ check }) => check === "no look-ahead")] as const
    )
  }
  it("are certified; what looks ahead by its nature is declared, with the reason", async () => {
    const metrics = new Map(await certified("metrics"))
    expect(metrics.get("metrics/features")?.declared).toMatch(/labels .* tell what comes after a bar/u)
    expect(metrics.get("metrics/indicators")?.declared).toMatch(/adjusted back for splits and dividends/u)
    expect(metrics.get("metrics/cross-section")).not.toHaveProperty("declared")
    expect(new Map(await certified("scenarios")).get("scenarios/generate")?.declared).toMatch(/calibrated on all of the history/u)
    const project = aFolder()
    project.write("tetra.yaml", shipped)
    expect(await ok(project, "plugins", "info", "@tetra/plugin-metrics")).toMatch(
      /looks ahead: metrics_pipeline.features: table: labels/u
    )
  })
  it.for(["data", "assessment", "analytics"])("are certified: %s", async (plugin) => void (await certified(plugin)))
})

const points = `import { definePlugin, Exporters, HealthChecks, defineStage, definePipeline, defineTable, defineAsset, batch, Col } from "@tetra/core"
const Rows = defineTable("few/Rows@1", { n: Col.int }, { key: ["n"] })
const few = defineStage({ id: "few/few", outputs: { rows: defineAsset("few_rows", Rows) }, run: () => ({ rows: batch({ n: Int32Array.of(1, 2) }) }) })
export default definePlugin({
  name: "points", version: "1.0.0", api: "^1.0",
  pipelines: { p: definePipeline({ name: "few_pipeline", stages: ({ use }) => ({ few: use(few) }) }) },
  contributes: [
    HealthChecks.contribute({ name: "licence", check: async () => ({ status: "warn", detail: "3 days left" }) }),
    HealthChecks.contribute({ name: "vendor", check: () => new Promise(() => {}) }),
    Exporters.contribute({ name: "lines", extension: ".txt", async table(data, put) { for await (const part of data.scan()) for (const n of part.columns.n) await put("n is " + n + "\\n") } }),
    Exporters.contribute({ name: "broken", extension: ".bad", table: async () => { throw new Error("no ink") } })
  ]
})
`
describe("a local plugin", { timeout: 180_000 }, () => {
  it("is made as one file and named in the configuration, which keeps its comments", async () => {
    const project = aFolder()
    project.write("tetra.yaml", "# mine\nversion: 1\nproject: own # name\nplugins: [] # none yet\n")
    await ok(project, "plugins", "new", "greeting", "--local")
    const config = readFileSync(join(project.dir, "tetra.yaml"), "utf8")
    expect(config).toMatch(/# mine[\s\S]*own # name[\s\S]*\.\/plugins\/greeting\.ts/u)
    await ok(project, "run", "--name", "Bob")
    expect(await ok(project, "assets", "export", "greeting_greeting")).toContain("Hello, Bob")
    expect((await project.tetra("plugins", "new", "greeting", "--local")).stderr).toContain("already")
    expect((await project.tetra("plugins", "new", "Über", "--local")).code).toBe(2)
  })
  it("may end in .tsx, in all of its modules; JSX is told to be compiled first", async () => {
    const project = aFolder()
    const plugin =
      'import { definePlugin } from "@tetra/core"\nexport default definePlugin({ name: id(name), version: "1.0.0", api: "^1.0" })\n'
    project.write("tetra.yaml", 'version: 1\nproject: tsx\nplugins: ["./own.tsx"]\n')
    project.write("own.tsx", `import { name } from "./name.tsx"\nconst id = <T,>(x: T): T => x\n${plugin}`)
    project.write("name.tsx", 'export const name: string = "from-tsx"\n')
    expect(await ok(project, "plugins", "list")).toContain("from-tsx 1.0.0")
    project.write("name.tsx", "export const name = <p>no</p>\n")
    const refused = await project.tetra("plugins", "check")
    expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining("JSX has to be compiled before")])
    expect(refused.stderr).toBe("")
  })
  it.each(['{ "type": "commonjs" }', "{}", '{ "type": "module" }'])(
    "is a module in a package that says %s of itself",
    async (manifest) => {
      const project = aFolder()
      project.write("package.json", manifest)
      project.write("tetra.yaml", 'version: 1\nproject: own\nplugins: ["./own.ts"]\n')
      project.write(
        "own.ts",
        'import { definePlugin } from "@tetra/core"\nimport { name } from "./name.ts"\nexport default definePlugin({ name, version: "1.0.0", api: "^1.0" })\n'
      )
      project.write("name.ts", 'export const name: string = "own"\n')
      const listed = await project.tetra("plugins", "list")
      expect([listed.code, listed.stdout, listed.stderr]).toEqual([0, expect.stringContaining("own 1.0.0"), ""])
    }
  )
  it("adds file formats and health checks; one that breaks is named", async () => {
    const project = aFolder()
    project.write("tetra.yaml", 'version: 1\nproject: points\nplugins: ["./points.ts"]\n')
    project.write("points.ts", points)
    await ok(project, "run")
    expect(await ok(project, "assets", "export", "few_rows", "--format", "lines")).toBe("n is 1\nn is 2\n")
    await ok(project, "assets", "export", "few_rows", "--to", "out.txt")
    expect(readFileSync(join(project.dir, "out.txt"), "utf8")).toBe("n is 1\nn is 2\n")
    const broken = await project.tetra("assets", "export", "few_rows", "--format", "broken")
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('the format "broken" failed: no ink')])
    const unknown = await project.tetra("assets", "export", "few_rows", "--format", "line")
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean "lines"?')])
    const health = await project.tetra("health", "--json")
    expect(health.code).toBe(3)
    const { reasons, system } = JSON.parse(health.stdout) as { reasons: ReadonlyArray<string>; system: { checks: unknown } }
    expect(system.checks).toMatchObject({
      "points/licence": { status: "warn", detail: "3 days left" },
      "points/vendor": { status: "fail", detail: expect.stringContaining("no answer within 3 s") }
    })
    expect(reasons).toContain("points/licence: 3 days left")
  })
  it("that loops for ever or exits is ended, and the stage and the check are named", async () => {
    const project = aFolder()
    project.write("tetra.yaml", 'version: 1\nproject: bad\nplugins: ["./bad.ts"]\n')
    project.write(
      "bad.ts",
      `import { definePipeline, definePlugin, defineStage } from "@tetra/core"
let times = 0
const loops = defineStage({ id: "bad/loops", run: () => { if (times++ > 0) for (;;); } })
export default definePlugin({ name: "bad", version: "1.0.0", api: "^1.0", pipelines: { p: definePipeline({ name: "bad_pipeline", stages: ({ use }) => ({ loops: use(loops) }) }) } })
`
    )
    const ran = await project.tetra("plugins", "certify", "bad", "--timeout", "5")
    expect(ran.code).toBe(1)
    expect(ran.stdout).toMatch(/bad_pipeline\.loops while "runs" was checked: it said nothing for 5 s and was ended/u)
  })
})
