/** Every command in the README and in docs/ is typed here, in a project as `tetra init` makes it. */
import { readFileSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { aFolder } from "../e2e/support/project.ts"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`)
]

/** Lines of `sh` blocks and code spans that call tetra, without comments. */
const commandsIn = (page: string): ReadonlyArray<string> => {
  const text = readFileSync(join(root, page), "utf8")
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((m) => m[1]!.split("\n"))
  const spans = [...text.matchAll(/`(tetra [^`]+)`/g)].map((m) => m[1]!)
  return [...blocks, ...spans]
    .map((line) =>
      line
        .replace(/\s+#.*$/, "")
        .replace(/^npm run tetra -- /, "tetra ")
        .trim()
    )
    .filter((line) => line.startsWith("tetra "))
    .flatMap((line) => line.split(" && "))
    .filter((line) => line.startsWith("tetra "))
}
/** Needs a person, a placeholder, or is tried elsewhere. */
const elsewhere = /--open|\b(?:FILE|COLUMN|RUN|NAME|TEXT|N|S|E)\b|^tetra init|--resume|^tetra (?:ui|start|stop)/
/** There is no run under way to act on, or no server to attach to, and it says so. */
const isRefusal = (line: string, code: number | null): boolean =>
  /^tetra (?:(?:cancel|pause|resume) latest|run --attach)/u.test(line) && code === 4

const smallProject = `version: 1
project: docs
timezone: America/New_York
plugins: ["@tetra/plugin-data", "@tetra/plugin-scenarios", "@tetra/plugin-metrics", "@tetra/plugin-assessment"]
pipelines:
  data_pipeline:
    plugin: "@tetra/plugin-data"
    config: { provider: synthetic, symbols: [SPY, QQQ], history: 18m }
  scenarios_pipeline: { plugin: "@tetra/plugin-scenarios", config: { paths: 2, horizon: 20, warmup: 60 } }
  metrics_pipeline: { plugin: "@tetra/plugin-metrics", config: { metrics: [sma_20], max_paths: 1 } }
  assessment_pipeline: { plugin: "@tetra/plugin-assessment", config: { strategies: [buy_and_hold, sma_cross], grid: false, max_paths: 1 } }
pipeline_dependencies:
  data_pipeline: { schedule: "0 19 * * *" }
  scenarios_pipeline: { schedule: "0 20 * * 0" }
`
const words = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/"([^"]*)"|(\S+?)="([^"]*)"|(\S+)/g)].map((m) => m[1] ?? (m[2] === undefined ? m[4]! : `${m[2]}=${m[3]}`))

describe("the documentation", { timeout: 300_000 }, () => {
  it("shows only commands that work", async () => {
    const project = aFolder()
    project.write("tetra.yaml", smallProject)
    project.write(
      "sales.csv",
      [
        "date,region,revenue",
        ...Array.from({ length: 60 }, (_, i) => `2026-01-${1 + (i % 28)},${"NSEW"[i % 4]},${100 + ((i * 37) % 91)}`)
      ].join("\n")
    )
    const first = await project.tetra("run", "--mode", "full", "--quiet")
    expect(first.code, first.stderr).toBe(0)
    const commands = [...new Set(pages.flatMap(commandsIn))].filter((line) => !elsewhere.test(line))
    expect(commands.length).toBeGreaterThan(25)
    const failed: Array<string> = []
    for (const line of commands) {
      const ran = await project.tetra(...words(line).slice(1))
      // A partial run is an answer too: sixty rows are few for an analysis. So is a health that something is the matter with.
      const isAnswer = ran.code === 0 || (/^tetra (?:analyze|health)/u.test(line) && ran.code === 3) || isRefusal(line, ran.code)
      if (!isAnswer) failed.push(`${line}: exit ${ran.code}\n${ran.stderr.slice(0, 600)}`)
    }
    expect(failed).toEqual([])
  })
  it("shows a first stage that runs as it is printed", async () => {
    const readme = readFileSync(join(root, "README.md"), "utf8")
    const part = readme.slice(readme.indexOf("## Write a stage"))
    const block = (kind: string): string => new RegExp("```" + kind + "\\n([\\s\\S]*?)```").exec(part)?.[1] ?? ""
    const project = aFolder()
    project.write("hello.ts", block("ts"))
    project.write("tetra.yaml", block("yaml"))
    const lines = block("text").trim().split("\n")
    expect(lines).toHaveLength(3)
    let last = ""
    for (const line of lines) {
      const ran = await project.tetra(...words(line).slice(1))
      expect(ran.code, `${line}\n${ran.stderr}`).toBe(0)
      last = ran.stdout
    }
    expect(last).toContain("Hello, Bob")
  })
  it("makes a project with `tetra init` that runs", async () => {
    const project = aFolder()
    expect((await project.tetra("init", "demo")).code).toBe(0)
    const ran = await project.tetra("run", "--config", "demo/config/orchestration.yaml", "--mode", "daily")
    expect(ran.code, ran.stderr).toBe(0)
  })
})
