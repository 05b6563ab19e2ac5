/** `tetra dev` in lines, as an editor or a CI job sees it: real files, a real watcher, the real command line. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it, onTestFinished } from "vitest"
import { isRunning } from "../../packages/core/test/isolation/isRunning.ts"
import { aProject, type Finished, type TestProject } from "../e2e/support/project.ts"

const modules = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "node_modules")
const config = (names: string, more = ""): string =>
  `version: 1\nproject: lab\nplugins: ["./plugins/lab.ts"]\nretry: { max_retries: 1 }\nmodes:\n  quick:\n    lab_pipeline: { names: ${names}, pause: 4000 }\n${more}`
const schedule = (hour: number): string => `pipeline_dependencies:\n  lab_pipeline: { schedule: "0 ${hour} * * *" }\n`
const longestWaitMs = 15_000
const lineOf = (finished: Finished, text: string): string => finished.stdout.split("\n").find((line) => line.includes(text)) ?? ""

interface Developing {
  readonly pid: number
  /** Resolves when a text is told that was not waited for before; what was told until then is the reason when it never comes. */
  readonly seen: (text: string) => Promise<void>
  readonly end: () => Promise<Finished>
}
const develop = (project: TestProject, ...args: ReadonlyArray<string>): Developing => {
  const { child, done } = project.start("dev", "--output", "plain", ...args)
  const pid = child.pid ?? 0
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, "SIGKILL")
  })
  let told = ""
  let from = 0
  let heard = (): void => undefined
  child.stdout?.on("data", (chunk: string) => {
    told += chunk
    heard()
  })
  const seen = async (text: string): Promise<void> =>
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`"${text}" never came:\n${told}`)), longestWaitMs)
      heard = () => {
        const at = told.indexOf(text, from)
        if (at < 0) return
        from = at + text.length
        clearTimeout(timer)
        resolve()
      }
      heard()
    })
  const end = async (): Promise<Finished> => {
    child.kill("SIGINT")
    return await done
  }
  return { pid, seen, end }
}

describe("tetra dev in lines", { timeout: 60_000 }, () => {
  it("tells each save in a line: what follows from it, or why the last good one stays and where", async () => {
    const project = aProject(config("[a, b]"))
    const plugin = readFileSync(join(project.dir, "plugins", "lab.ts"), "utf8")
    const dev = develop(project)
    await dev.seen("watching 2 files of lab")
    project.write("tetra.yaml", config("[a, b]", schedule(19)))
    await dev.seen("lab_pipeline is scheduled now")
    project.write("tetra.yaml", config("[a, b]", schedule(99)))
    await dev.seen("not taken: tetra.yaml:9:")
    project.write("tetra.yaml", config("[a, b]", schedule(19)))
    await dev.seen("mended")
    // A helper that is not there yet, then is, with another mistake.
    project.write("plugins/lab.ts", `import { word } from "../shared/word.ts"\n${plugin}void word\n`)
    await dev.seen("plugins/lab.ts:1:23: ")
    project.write("shared/word.ts", "export const word: string =\n")
    await dev.seen("shared/word.ts:1:28: ")
    project.write("shared/word.ts", 'export const word: string = "one"\n')
    await dev.seen("lab is loaded anew")
    // The whole folder goes and comes back, as when a branch is changed.
    renameSync(join(project.dir, "plugins"), join(project.dir, "aside"))
    await dev.seen("there is no plugin module ./plugins/lab.ts")
    rmSync(join(project.dir, "aside"), { recursive: true })
    project.write("plugins/lab.ts", plugin)
    await dev.seen("lab is loaded anew; what runs keeps the code that it began with\n")
    const finished = await dev.end()
    expect(finished.code).toBe(130)
    expect(finished.stderr).toBe("")
    expect(lineOf(finished, "tetra.yaml:9:")).toMatch(
      /not taken: .*pipeline_dependencies\.lab_pipeline\.schedule.* [0-9a-f]{7} stays in force/u
    )
    expect(finished.stdout).toMatch(/> 9 \| +lab_pipeline: \{ schedule: "0 99 \* \* \*" \}\n +\| +\^/u)
    expect(finished.stdout).toMatch(/> 1 \| import \{ word \} from/u)
    const times = [...finished.stdout.matchAll(/\((\d+) ms after the save\)/gu)].map(([, ms]) => Number(ms))
    console.log(`saves in force after ${times.join(", ")} ms`)
    expect(Math.min(...times)).toBeLessThan(300)
  })
  it("runs what a save reaches; what is under way keeps what it began with, even when its plugin is gone", async () => {
    const project = aProject(config("[a, b]"))
    const dev = develop(project, "--run", "quick")
    await dev.seen("completed in")
    project.write("tetra.yaml", config("[a, slow]"))
    await dev.seen("+slow -b")
    const plugin = readFileSync(join(project.dir, "plugins", "lab.ts"), "utf8")
    project.write("tetra.yaml", "version: 1\nproject: lab\nplugins: []\nmodes: { quick: {} }\n")
    await dev.seen("the pipeline lab_pipeline is gone")
    project.write("tetra.yaml", config("[a, b, c]"))
    project.write("plugins/lab.ts", `${plugin}// later\n`)
    await dev.seen("the pipeline lab_pipeline is there now")
    // The run that was under way comes to its end, after its pipeline had left the project; then what was saved last runs.
    await dev.seen("completed in")
    await dev.seen("completed in")
    const { code, stdout } = await dev.end()
    expect(code).toBe(130)
    expect(stdout).toContain("what `--run` asks for cannot be run any more")
    expect(stdout).not.toMatch(/run \S+ (?:failed|partial)/u)
  })
  it("starts with a project that cannot be loaded, and goes on when it can", async () => {
    const project = aProject("version: 1\nplugins: [./plugins/lab.ts\n")
    const dev = develop(project)
    await dev.seen("waiting for a save")
    project.write("tetra.yaml", config("[a]"))
    await dev.seen("watching 2 files")
    expect((await dev.end()).code).toBe(130)
  })
  it("tells what the project's own compiler says, and takes the save all the same", async () => {
    const project = aProject(config("[a]"))
    symlinkSync(modules, join(project.dir, "node_modules"))
    mkdirSync(join(project.dir, "src"))
    const options = {
      strict: true,
      noEmit: true,
      module: "nodenext",
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: []
    }
    project.write("tsconfig.json", JSON.stringify({ compilerOptions: options, include: ["plugins/word.ts"] }))
    project.write("plugins/word.ts", "export const word: number = 1\n")
    const plugin = readFileSync(join(project.dir, "plugins", "lab.ts"), "utf8")
    project.write("plugins/lab.ts", `import { word } from "./word.ts"\n${plugin}void word\n`)
    const dev = develop(project)
    await dev.seen("watching 3 files")
    project.write("plugins/word.ts", 'export const word: number = "one"\n')
    await dev.seen("lab is loaded anew")
    await dev.seen("1 type error; what was saved runs all the same")
    project.write("plugins/word.ts", "export const word: number = 2\n")
    await dev.seen("no type errors any more")
    const { stdout } = await dev.end()
    expect(stdout).toMatch(/plugins\/word\.ts:1:14: TS2322: /u)
    expect(stdout).toMatch(/> 1 \| export const word: number = "one"\n +\| +\^/u)
  })
  it("leaves nothing behind of fifty saves but what it holds at first", async () => {
    const project = aProject(config("[a]"))
    const plugin = readFileSync(join(project.dir, "plugins", "lab.ts"), "utf8")
    const dev = develop(project)
    await dev.seen("watching")
    const { pid } = dev
    const open = (): number => readdirSync(`/proc/${pid}/fd`).length
    const memory = (): number => Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024
    const save = async (i: number): Promise<void> => {
      project.write("plugins/lab.ts", `${plugin}/* ${"x".repeat(100_000)} */\n`)
      project.write("tetra.yaml", config("[a]", schedule(i % 24)).replace("project: lab", `project: lab${i}`))
      await dev.seen(`-> lab${i};`)
    }
    for (let i = 0; i < 10; i++) await save(i)
    const before = { open: open(), memory: memory() }
    for (let i = 10; i < 60; i++) await save(i)
    const after = { open: open(), memory: memory() }
    console.log(
      `descriptors ${before.open} -> ${after.open}, memory ${Math.round(before.memory)} -> ${Math.round(after.memory)} MB`
    )
    expect(after.open).toBeLessThanOrEqual(before.open)
    expect(after.memory - before.memory).toBeLessThan(60)
    await dev.end()
  })
})
