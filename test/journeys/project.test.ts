import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder, aProject, aShop } from "../e2e/support/project.ts"

describe("looking at what ran", { timeout: 90_000 }, () => {
  it("lists runs, pipelines, assets, logs, reports and the data itself", async () => {
    const { dir, tetra } = aProject()
    for (const words of [
      ["status"],
      ["history"],
      ["show"],
      ["logs"],
      ["why", "latest"],
      ["report"],
      ["trends"],
      ["cache", "ls"]
    ]) {
      const fresh = await tetra(...words)
      expect([fresh.code, fresh.stdout, fresh.stderr], words.join(" ")).toEqual([
        0,
        "",
        expect.stringMatching(/no run yet|nothing is cached/u)
      ])
    }
    const nothing = await tetra("run", "--resume", "latest")
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("no run yet")])
    await tetra("run", "--names", "a,b")
    expect((await tetra("history")).stdout).toMatch(/✔ completed .*lab_pipeline/u)
    expect((await tetra("status")).stdout).toMatch(/lab_pipeline +idle +✔ completed +just now/u)
    expect((await tetra("show")).stdout).toMatch(/lab_pipeline\.measure +✔ completed .*6 rows · 2 partitions/u)
    expect((await tetra("assets", "list")).stdout).toMatch(/lab_samples +[0-9a-f]{12} +6 /u)
    expect((await tetra("assets", "show", "lab_samples")).stdout).toContain("lab/Samples@1")
    expect(existsSync((await tetra("assets", "path", "lab_samples")).stdout.trim())).toBe(true)
    expect((await tetra("assets", "export", "lab_samples")).stdout).toBe("name,n\na,1\na,2\na,3\nb,1\nb,2\nb,3\n")
    expect((await tetra("assets", "export", "lab_total", "--to", "out/total.json")).code).toBe(0)
    expect(JSON.parse(readFileSync(join(dir, "out", "total.json"), "utf8"))).toEqual({ rows: 6, coverage: 1 })
    const wrong = await tetra("assets", "show", "lab_sample")
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("Did you mean lab_samples?")])
    expect((await tetra("logs", "--grep", "MEASURING", "--tail", "1")).stdout).toMatch(
      /lab_pipeline\.measure\[[ab]\] .*measuring +name=[ab]/u
    )
    expect((await tetra("report", "lab_total")).stdout).toMatch(/report\.html/u)
    expect((await tetra("trends")).stdout).toMatch(/lab_pipeline +1 +0 %/u)
    const stages = (await tetra("trends", "--stages")).stdout
    expect(stages).toMatch(/lab_pipeline\.measure +1 .* \d+ B +\d+ B\n/u)
    expect(await tetra("compare", "latest", "latest")).toMatchObject({ code: 2, stderr: expect.stringContaining("the same run") })
    expect(JSON.parse((await tetra("status", "--json")).stdout)).toMatchObject({
      pipelines: [{ pipeline: "lab_pipeline", lastStatus: "completed" }],
      running: []
    })
  })

  it("renders a page of an asset that no stage wrote a report of, once, into the data folder", async () => {
    const { dir, tetra } = aShop()
    await tetra("run", "--pipeline", "sales_pipeline", "--end-date", "2026-01-05")
    const rendered = await tetra("report", "shop_sales")
    const file = rendered.stdout.trim()
    expect([rendered.code, file, rendered.stderr]).toEqual([
      0,
      expect.stringMatching(/reports\/[^/]+\/assets\/shop_sales-[0-9a-f]{12}\.html$/u),
      expect.stringContaining("no stage wrote a report")
    ])
    const page = readFileSync(join(dir, file), "utf8")
    for (const part of ["shop/Sales@1", "2026-01-01", "2026-01-05", "sales_pipeline.load"]) expect(page).toContain(part)
    writeFileSync(join(dir, file), "kept")
    expect((await tetra("report")).stdout.trim()).toBe(file)
    expect(readFileSync(join(dir, file), "utf8")).toBe("kept")
  })

  it("follows a log as lines arrive", async () => {
    const { start } = aProject()
    const run = start("run", "--names", "slow", "--output", "json")
    await run.seen('"Progress"')
    const logs = start("logs", "--follow", "--json")
    await logs.seen('"measuring"')
    logs.child.kill("SIGINT")
    run.child.kill("SIGINT")
    await Promise.all([logs.done, run.done])
  })
})

describe("a project", { timeout: 90_000 }, () => {
  it("tells every problem of its configuration at once, with file, line and column, and ends with 2", async () => {
    const { tetra } = aProject(
      `version: 1\nprojct: lab\nplugins: ["./plugins/lab.ts", "./plugins/missing.ts"]\ntimezone: Mars/Olympus\n`
    )
    for (const words of [["run"], ["config", "validate"]]) {
      const { code, stdout, stderr } = await tetra(...words)
      expect(code).toBe(2)
      expect(stdout + stderr).toMatch(/tetra\.yaml:2:\d+/u)
      expect(stdout + stderr).toContain("project")
      expect(stdout + stderr).not.toMatch(/\n\s+at .*\.[jt]s/u)
    }
  })
  it("is shown without secrets, as a graph, with its plugins and their options", async () => {
    const { tetra } = aProject()
    expect((await tetra("config", "validate")).stdout).toContain("the configuration is valid")
    expect((await tetra("config", "show", "--json")).stdout).toContain('"project": "lab"')
    expect(JSON.parse((await tetra("config", "schema")).stdout)).toHaveProperty("$schema")
    expect((await tetra("graph")).stdout).toContain("lab_pipeline")
    expect((await tetra("graph", "--format", "mermaid")).stdout).toMatch(/^(?:flowchart|graph) /u)
    expect((await tetra("plugins", "list")).stdout).toMatch(/--pause <number> +How long a slow one takes/u)
  })
  it("that is none is refused with what to do", async () => {
    const { tetra } = aFolder()
    const { code, stderr } = await tetra("run")
    expect([code, stderr]).toEqual([2, expect.stringContaining("tetra init")])
  })
  it("with a plugin that throws while it loads is refused without a stack trace", async () => {
    const { tetra, write } = aProject()
    write("plugins/lab.ts", 'throw new Error("no licence found")')
    const { code, stderr } = await tetra("run")
    expect([code, stderr]).toEqual([2, expect.stringContaining("no licence found")])
    expect(stderr).not.toMatch(/\n\s+at /u)
  })
})

describe("a third-party plugin in a project of its own", { timeout: 90_000 }, () => {
  it("shares Effect and core with the command line, though neither is installed there", async () => {
    const { tetra, write } = aFolder()
    write("tetra.yaml", `version: 1\nproject: outside\nplugins: ["@acme/tetra-extra"]\n`)
    write(
      "node_modules/@acme/tetra-extra/package.json",
      JSON.stringify({ name: "@acme/tetra-extra", version: "2.0.0", type: "module", exports: { ".": { import: "./index.js" } } })
    )
    write(
      "node_modules/@acme/tetra-extra/index.js",
      `import { defineAsset, definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { Effect, Schema } from "effect"
import * as EffectModule from "effect/Effect"
import * as Headers from "effect/http/Headers"
import { MarketData } from "@tetra/plugin-data/types"
const Answer = defineAsset("answer", defineValue("acme/Answer@1", Schema.Struct({ one: Schema.Boolean, deep: Schema.String, asset: Schema.String })))
const ask = defineStage({ id: "acme/ask", outputs: { answer: Answer }, *run() {
  yield* EffectModule.yieldNow
  return { answer: { one: EffectModule.succeed === Effect.succeed, deep: typeof Headers.fromInput, asset: MarketData.name } }
} })
const acme = definePipeline({ name: "acme_pipeline", stages: ({ use }) => ({ ask: use(ask) }) })
export default definePlugin({ name: "@acme/tetra-extra", version: "2.0.0", api: "^1.0", pipelines: { acme } })
`
    )
    const run = await tetra("run")
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining("acme_pipeline.ask")])
    expect(JSON.parse((await tetra("assets", "export", "answer")).stdout)).toEqual({
      one: true,
      deep: "function",
      asset: "market_data"
    })
  })
})

describe("set-up help", { timeout: 90_000 }, () => {
  it("checks the machine and says how to mend each finding", async () => {
    const { tetra } = aProject()
    const { code, stdout } = await tetra("doctor")
    expect(code).toBe(0)
    for (const check of ["node", "permissions", "disk", "clock", "store", "configuration", "plugins", "terminal"])
      expect(stdout).toMatch(new RegExp(`${check} +\\S`, "u"))
    expect((await tetra("doctor", "--config", "nowhere.yaml")).code).toBe(2)
  })
  it("analyses one file without a project and says where the dashboard is, also when everything is reused", async () => {
    const { tetra, dir, write } = aFolder()
    write(
      "sales.csv",
      `day,units,revenue\n${Array.from({ length: 60 }, (_, i) => `2025-01-${String(1 + (i % 28)).padStart(2, "0")},${i % 9},${(i % 9) * 9.5}`).join("\n")}\n`
    )
    for (const _ of ["computed", "reused"]) {
      const { code, stdout } = await tetra("analyze", "sales.csv", "--target", "revenue", "--time", "day")
      expect(code).toBe(0)
      const page = /^dashboard: (.+\.html)$/mu.exec(stdout)?.[1] ?? ""
      expect(readFileSync(join(dir, page), "utf8")).toContain("<html")
    }
    expect((await tetra("analyze", "missing.csv")).code).toBe(2)
    expect((await tetra("analyze", "sales.csv", "--targt", "x")).stderr).toContain("Did you mean --target?")
  })
  it("makes a project with init that is valid and runs, and never overwrites one", async () => {
    const { tetra, dir } = aFolder()
    expect((await tetra("init", "demo")).code).toBe(0)
    const config = join(dir, "demo", "config", "orchestration.yaml")
    expect((await tetra("config", "validate", "--config", config)).stdout).toContain("the configuration is valid")
    const run = await tetra("run", "--mode", "daily", "--config", config)
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining("data_pipeline")])
    const again = await tetra("init", "demo")
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("--force")])
  })
})
