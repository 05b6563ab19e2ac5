/** A throw-away project outside of the repository, and the real command line in it. */
import { type ChildProcess, spawn } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, "..", "..", "..")
export const bin = join(root, "packages", "cli", "bin", "tetra.js")
/** The file that `bin` loads: tests of the command line need a build. */
export const bundle = join(root, "packages", "cli", "dist", "main.js")

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}
export interface Started {
  readonly child: ChildProcess
  readonly done: Promise<Finished>
  /** Resolves when standard output or standard error holds `text`; rejects when the process ends before. */
  readonly seen: (text: string) => Promise<void>
}
type Env = Readonly<Record<string, string>>

export const start = (cwd: string, args: ReadonlyArray<string>, env: Env = {}): Started => {
  if (!existsSync(bundle)) throw new Error("the command line is not built: npm run x -- pnpm --filter @tetra/cli build")
  const {
    NO_COLOR: _,
    FORCE_COLOR: __,
    TETRA_HOME: ___,
    TETRA_CONFIG: ____,
    TETRA_COMMAND: _____,
    GITHUB_ACTIONS: ______,
    ...inherited
  } = process.env
  const began = performance.now()
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...inherited, LANG: "C.UTF-8", LC_ALL: "C.UTF-8", ...env }
  })
  let stdout = ""
  let stderr = ""
  const waiting = new Set<() => void>()
  const take = (chunk: string, of: "out" | "err"): void => {
    if (of === "out") stdout += chunk
    else stderr += chunk
    for (const check of waiting) check()
  }
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => take(chunk, "out"))
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => take(chunk, "err"))
  const done = new Promise<Finished>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr, ms: performance.now() - began }))
  })
  const seen = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!stdout.includes(text) && !stderr.includes(text)) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
      void done.then((f) => reject(new Error(`"${text}" never came; exit ${f.code}\n${f.stdout}\n${f.stderr}`)))
    })
  return { child, done, seen }
}

export interface TestProject {
  readonly dir: string
  readonly tetra: (...args: ReadonlyArray<string>) => Promise<Finished>
  readonly start: (...args: ReadonlyArray<string>) => Started
  readonly write: (file: string, content: string) => void
}
/** The folder is removed when the test is over. */
export const aFolder = (): TestProject => {
  const dir = mkdtempSync(join(tmpdir(), "tetra-e2e-"))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    writeFileSync(join(dir, file), content)
  }
  return { dir, write, start: (...args) => start(dir, args), tetra: (...args) => start(dir, args).done }
}

export const labConfig = `version: 1
project: lab
plugins: ["./plugins/lab.ts"]
modes:
  quick:
    lab_pipeline: { names: [a, b] }
`
const withPlugin = (plugin: string, config: string): TestProject => {
  const project = aFolder()
  project.write("tetra.yaml", config)
  mkdirSync(join(project.dir, "plugins"))
  copyFileSync(join(here, plugin), join(project.dir, "plugins", plugin))
  return project
}
/** A project with the local plugin of `lab.ts`. */
export const aProject = (config: string = labConfig): TestProject => withPlugin("lab.ts", config)

/** A project with the local plugin of `shop.ts`; `pipelines` is the block of that name. */
export const aShop = (pipelines = ""): TestProject =>
  withPlugin("shop.ts", `version: 1\nproject: shop\nplugins: ["./plugins/shop.ts"]\n${pipelines}`)

export interface EventLine {
  readonly schema: string
  readonly _tag: string
  readonly run: string
  /** Of the kinds that count something. */
  readonly counters?: Readonly<Record<string, number>>
  readonly [field: string]: unknown
}
export const eventsOf = (stdout: string): ReadonlyArray<EventLine> =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EventLine)
export const countOf = (events: ReadonlyArray<EventLine>, tag: string): number => events.filter((e) => e._tag === tag).length
