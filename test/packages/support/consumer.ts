/** An empty folder outside of the repository in which packages are installed and used, as somebody would who has never seen the repository. */
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import { expect } from "vitest"

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  /** Standard output and standard error, as they came. */
  readonly said: string
}
export interface Consumer {
  readonly dir: string
  readonly write: (file: string, content: string) => void
  readonly read: (file: string) => string
  readonly run: (command: string, ...args: ReadonlyArray<string>) => Promise<Ran>
  /** The same, and it has to end well. */
  readonly must: (command: string, ...args: ReadonlyArray<string>) => Promise<Ran>
  readonly remove: () => void
}
/** What an outer package manager told its scripts is no business of the inner one; where it looks for packages is. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(?:npm_|pnpm_|TETRA_|VITEST|NODE_ENV$|NODE_OPTIONS$|NO_COLOR$|FORCE_COLOR$|CI$)/iu.test(name) ||
        /^npm_config_(?:registry|cafile|.*proxy)$/iu.test(name)
    )
  )
const run = (dir: string, command: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: dir, env: { ...inherited(), ...env }, stdio: ["ignore", "pipe", "pipe"] })
    let stdout = ""
    let said = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk
      said += chunk
    })
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk))
    child.once("error", reject)
    child.once("close", (code) => resolve({ code, stdout, said }))
  })

/** `env`: for every command. Call `remove` when done. */
export const aConsumer = (env: NodeJS.ProcessEnv = {}): Consumer => {
  const dir = mkdtempSync(join(tmpdir(), "tetra-consumer-"))
  const started = (command: string, ...args: ReadonlyArray<string>) => run(dir, command, args, env)
  return {
    dir,
    write: (file, content) => {
      mkdirSync(dirname(join(dir, file)), { recursive: true })
      writeFileSync(join(dir, file), content)
    },
    read: (file) => readFileSync(join(dir, file), "utf8"),
    run: started,
    must: async (command, ...args) => {
      const ran = await started(command, ...args)
      expect(ran.code, `${command} ${args.join(" ")}\n${ran.said}`).toBe(0)
      return ran
    },
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
}
/** What every new user does first: `how` is what stands before `tetra`. */
export const firstSteps = async (consumer: Consumer, ...how: readonly [string, ...ReadonlyArray<string>]): Promise<void> => {
  const [command, ...before] = how
  const tetra = (...args: ReadonlyArray<string>) => consumer.must(command, ...before, "tetra", ...args)
  const made = await tetra("init")
  expect(made.stdout).toContain("config/orchestration.yaml")
  const ran = await tetra("run", "--mode", "daily", "--output", "json")
  expect(ran.stdout).toContain('"_tag":"RunEnded"')
  const checked = JSON.parse((await tetra("doctor", "--json")).stdout) as {
    readonly healthy: boolean
    readonly findings: ReadonlyArray<{ readonly state: string; readonly found: string }>
  }
  expect(checked.findings.filter(({ state }) => state !== "ok")).toEqual([])
  const assets = await tetra("assets", "list", "--json")
  expect(assets.stdout).toContain("market_data")
}
