/** Every command in the README and in docs/ is typed here, in a project as `tetra init` makes it. */
import { execFileSync, spawnSync } from "node:child_process"
import { readFileSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { aFolder } from "../e2e/support/project.ts"

const hasGit = spawnSync("git", ["--version"]).status === 0
const commitAll = (dir: string): void => {
  const git = (...args: ReadonlyArray<string>) =>
    void execFileSync("git", ["-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args])
  git("init", "-q")
  git("add", "-A")
  git("commit", "-qm", "one")
}
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    // The tutorial is played as a whole (tutorial.test.ts).
    .filter((name) => name.endsWith(".md") && name !== "tutorial.md")
    .map((name) => `docs/${name}`)
]

/** Lines of `sh` blocks and code spans that call tetra, without comments. */
const commandsIn = (page: string): ReadonlyArray<string> => {
  const text = readFileSync(join(root, page), "utf8")
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((m) => m[1]!.split("\n"))
  // In a sentence a bare name is no line to type, and some of them need an argument: the command has to be there.
  const spans = [...text.matchAll(/`(tetra [^`]+)`/g)].map((m) => m[1]!.replace(/^tetra [a-z-]+$/u, "$& --help"))
  return [...blocks, ...spans]
    .map((line) =>
      line
        .replace(/\s+#.*$/, "")
        .replace(/^npm run tetra -- /, "tetra ")
        // Where a shell would write it to.
        .replace(/\s+>\s+\S+$/, "")
        .trim()
    )
    .filter((line) => line.startsWith("tetra "))
    .flatMap((line) => line.split(" && "))
    .filter((line) => line.startsWith("tetra "))
}
/** Needs a person, a placeholder, or is tried elsewhere. */
const elsewhere =
  /--open|\b(?:FILE|COLUMN|RUN|NAME|SHELL|KIND|TEXT|N|S|E)\b|^tetra init|--resume|^tetra (?:ui|dev|start|stop|plugins certify$)/
/** There is no run under way to act on, or no server to attach to, and it says so. */
const isRefusal = (line: string, code: number | null): boolean =>
  /^tetra (?:(?:cancel|pause|resume) latest|run .*--(?:attach|detach))/u.test(line) && code === 4

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
/** The lines of a workflow for CI that call tetra. */
const stepsOf = (workflow: string): ReadonlyArray<string> =>
  [...workflow.matchAll(/- (?:run: )?npx (tetra .*)$/gmu)].map(([, step]) => step!)
const words = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/"([^"]*)"|(\S+?)="([^"]*)"|(\S+)/g)].map((m) => m[1] ?? (m[2] === undefined ? m[4]! : `${m[2]}=${m[3]}`))

describe("the documentation", { timeout: 900_000 }, () => {
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
    if (hasGit) commitAll(project.dir)
    const first = await project.tetra("run", "--mode", "full", "--quiet")
    expect(first.code, first.stderr).toBe(0)
    const commands = [...new Set(pages.flatMap(commandsIn))].filter(
      (line) => !elsewhere.test(line) && (hasGit || !line.includes("--affected"))
    )
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
  it("shows only ways to develop that begin", async () => {
    const project = aFolder()
    project.write("tetra.yaml", smallProject)
    const commands = [...new Set(pages.flatMap(commandsIn))].filter(
      (line) => line.startsWith("tetra dev") && !line.endsWith("--help")
    )
    expect(commands.length).toBeGreaterThan(2)
    for (const line of commands) {
      const dev = project.start(...words(line).slice(1))
      await dev.seen("watching")
      dev.child.kill("SIGINT")
      expect((await dev.done).code, line).toBe(130)
    }
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
  it("shows a project with rules of trading that is valid and runs, and rules that are refused with what to say", async () => {
    const page = readFileSync(join(root, "docs/trading.md"), "utf8")
    const project = aFolder()
    const written = /```yaml\n([\s\S]*?)```/.exec(page)![1]!
    project.write("tetra.yaml", written)
    expect((await project.tetra("config", "validate")).code).toBe(0)
    const ran = await project.tetra("run", "--mode", "full", "--quiet")
    expect(ran.code, ran.stderr).toBe(0)
    const exported = await project.tetra("assets", "export", "backtest_results", "--format", "json")
    const rows = JSON.parse(exported.stdout) as ReadonlyArray<Record<string, unknown>>
    const traded = rows.filter((row) => row["strategy"] === "sma_cross" && Number(row["trades"]) > 0 && Number(row["costs"]) > 0)
    expect(traded.length).toBeGreaterThan(0)
    project.write("tetra.yaml", written.replace("account: margin", "account: cash"))
    const refused = await project.tetra("config", "validate")
    expect([refused.code, refused.stderr + refused.stdout]).toEqual([
      2,
      expect.stringContaining("a cash account has no leverage")
    ])
  })
  it.skipIf(!hasGit)("has workflows for CI whose commands work", async () => {
    const project = aFolder()
    project.write("tetra.yaml", smallProject)
    project.write(".gitignore", ".tetra\n")
    commitAll(project.dir)
    project.write("tetra.yaml", smallProject.replace("history: 18m", "history: 12m"))
    for (const file of ["github.yml", "gitlab.yml"]) {
      const steps = stepsOf(readFileSync(join(root, "examples/ci", file), "utf8"))
      expect(steps.map((step) => words(step)[1])).toEqual(["config", "run"])
      for (const step of steps) {
        // What the CI system fills in is a commit.
        const ran = await project.tetra(...words(step.replace(/"[^"]*\$[^"]*"/u, "HEAD")).slice(1))
        expect(ran.code, `${step}\n${ran.stderr}`).toBe(0)
      }
      expect(readFileSync(join(project.dir, "tetra.xml"), "utf8")).toMatch(/<testsuites [^>]*tests="[1-9]/u)
    }
  })
  it("makes a project with `tetra init` that runs", async () => {
    const project = aFolder()
    expect((await project.tetra("init", "demo")).code).toBe(0)
    const ran = await project.tetra("run", "--config", "demo/config/orchestration.yaml", "--mode", "daily")
    expect(ran.code, ran.stderr).toBe(0)
  })
})
