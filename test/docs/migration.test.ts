/** The pages for those who come from older set-ups: what they print is valid, and runs as it is printed. */
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, it } from "vitest"
import { root } from "../../scripts/reference/pages.ts"
import { buildProgram } from "../../packages/cli/src/program.ts"
import { aFolder } from "../e2e/support/project.ts"
import { installIn, node } from "../e2e/support/installed.ts"

const page = (name: string): string => readFileSync(join(root, "docs", "migration", name), "utf8")
const bash = page("bash-scripts.md")
const python = page("python-orchestrator.md")
const blocks = (text: string, kind: string): ReadonlyArray<string> =>
  [...text.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, "gu"))].map(([, code]) => code!.trim())
const words = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/"([^"]*)"|(\S+)/gu)].map(([, quoted, word]) => quoted ?? word!)
/** Every call of tetra in blocks and in the text. */
const commandsIn = (text: string): ReadonlyArray<string> => {
  const spans = [...text.matchAll(/`(tetra [^`\n]+)`/gu)].map(([, span]) => span!)
  return [...new Set([...blocks(text, "sh").flatMap((block) => block.split("\n")), ...spans])]
}
/** Changes the machine, or needs a server: `tetra start` and `deploy --install` are tried in test/journeys. */
const elsewhere =
  /^tetra (?:start|stop|deploy \w+ --(?:install|remove)|logs --follow|alerts test slack|plugins new NAME|assets export NAME)/u

/** Small enough for seconds: two symbols, few paths, one indicator. The page's own configuration says the rest. */
const small = `  scenarios_pipeline: { plugin: "@tetra/plugin-scenarios", config: { paths: 2, horizon: 20, warmup: 60 } }
  metrics_pipeline: { plugin: "@tetra/plugin-metrics", config: { metrics: [sma_20], max_paths: 1 } }
  assessment_pipeline: { plugin: "@tetra/plugin-assessment", config: { strategies: [buy_and_hold, sma_cross], grid: false, max_paths: 1 } }
`
const dayMs = 86_400_000
/** Of the last 900 days: the commands look at them with the clock of this machine. */
const bars = (first: number): string => {
  const lines = ["date,open,high,low,close,volume"]
  for (let day = 0; day < 900; day++) {
    const date = new Date(Date.now() - (900 - day) * dayMs)
    if (date.getUTCDay() % 6 === 0) continue
    const close = first * (1 + 0.0004 * day) + 8 * Math.sin(day / 9)
    const cells = [close - 1, close + 2, close - 3, close].map((price) => price.toFixed(2))
    lines.push([date.toISOString().slice(0, 10), ...cells, String(1_000_000 + day)].join(","))
  }
  return `${lines.join("\n")}\n`
}
const aMarket = () => {
  const project = aFolder()
  const [written = ""] = blocks(bash, "yaml")
  project.write("config/orchestration.yaml", written.replace("pipeline_dependencies:\n", `${small}pipeline_dependencies:\n`))
  project.write("prices/SPY.csv", bars(400))
  project.write("prices/QQQ.csv", bars(350))
  return { ...project, written }
}

describe("the page for bash scripts and cron", { timeout: 300_000 }, () => {
  it("shows a project that is valid, and commands that work in it, in their order", async () => {
    const project = aMarket()
    const commands = commandsIn(bash).filter((line) => !elsewhere.test(line))
    expect(commands.length).toBeGreaterThan(25)
    const failed: Array<string> = []
    for (const line of commands) {
      const ran = await project.tetra(...words(line).slice(1))
      if (ran.code !== 0) failed.push(`${line}: exit ${ran.code}\n${ran.stderr.slice(0, 600)}`)
    }
    expect(failed).toEqual([])
    const [question = ""] = blocks(bash.replaceAll(/^ {2}/gmu, ""), "sql")
    const database = new DatabaseSync(join(project.dir, ".tetra/state/tetra.db"), { readOnly: true })
    const rows = database.prepare(question).all() as ReadonlyArray<Readonly<Record<string, unknown>>>
    database.close()
    expect(rows.length).toBeGreaterThan(3)
    expect(rows[0]).toMatchObject({ day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/u), status: "success" })
  })
  it("names only commands and options that there are", () => {
    const known = new Set<string>()
    const walk = (command: ReturnType<typeof buildProgram>, path: string): void => {
      known.add(path)
      for (const one of command.commands) walk(one, `${path} ${one.name()}`)
    }
    walk(
      buildProgram("0.0.0", async () => {}),
      "tetra"
    )
    const named = [...commandsIn(bash), ...commandsIn(python)].map((line) => line.split(" ").slice(0, 3))
    expect(named.filter((line) => !known.has(line.slice(0, 2).join(" ")))).toEqual([])
  })
})

describe("the page for the Python orchestrator", { timeout: 300_000 }, () => {
  it("shows programs that compile, run and answer", async () => {
    const { dir, write } = aMarket()
    installIn(dir)
    write("package.json", '{ "type": "module" }')
    const programs = blocks(python, "ts").map((code) => ({ name: /^\/\/ (\S+)/u.exec(code)![1]!, code }))
    expect(programs.map(({ name }) => name)).toEqual(["weekly.ts", "analyse.ts", "tasks.ts"])
    for (const { code, name } of programs) write(name, code)
    const rows = Array.from({ length: 60 }, (_, i) => `2026-01-${1 + (i % 28)},${"NSEW"[i % 4]},${100 + ((i * 37) % 91)}`)
    write("sales.csv", ["date,region,revenue", ...rows].join("\n"))
    const compilerOptions = {
      strict: true,
      module: "nodenext",
      target: "es2024",
      noEmit: true,
      skipLibCheck: true,
      types: ["node"]
    }
    write("tsconfig.json", JSON.stringify({ compilerOptions, files: programs.map(({ name }) => name) }))
    mkdirSync(join(dir, "out"), { recursive: true })
    node(dir, "node_modules/typescript/bin/tsc", "-p", ".")
    expect(node(dir, "weekly.ts")).toMatch(/data_pipeline\.market_data completed[\s\S]*completed [\d.]+\n$/u)
    expect(node(dir, "analyse.ts")).toMatch(/finalization[\s\S]*(?:completed|partial) [A-F] completed\n$/u)
    expect(node(dir, "tasks.ts")).toBe("completed 6 1\n")
  })
})
