/** A daemon in a process of its own, in a project of small pipelines, as the benchmarks and the soak watch it. Linux tells most of it. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { type IncomingMessage, request } from "node:http"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const bin = join(root, "packages", "cli", "bin", "tetra.js")
/** `count` pipelines of two stages each, a table between them. */
const pluginOf = (count: number): string => `
import { batch, Col, defineAsset, definePipeline, definePlugin, defineStage, defineTable } from "@tetra/core"
const Rows = defineTable("soak/Rows@1", { n: Col.int, x: Col.float }, { key: ["n"] })
const pipelineOf = (i) => {
  const made = defineAsset("made_" + i, Rows)
  const load = defineStage({ id: "soak/load" + i, outputs: { rows: made }, policy: { cache: "never" },
    run: ({ log, random }) => { log.info("loaded"); return { rows: batch({ n: Int32Array.from({ length: 100 }, (_, k) => k), x: Float64Array.from({ length: 100 }, random) }) } } })
  const look = defineStage({ id: "soak/look" + i, inputs: { rows: made }, outputs: {}, policy: { cache: "never" },
    *run({ inputs }) { yield* inputs.rows.read(); return {} } })
  return definePipeline({ name: "p" + i, stages: ({ use }) => ({ load: use(load), look: use(look) }) })
}
export default definePlugin({ name: "soak", version: "1.0.0", api: "^1.0",
  pipelines: Object.fromEntries(Array.from({ length: ${count} }, (_, i) => ["p" + i, pipelineOf(i)])) })
`
export interface DaemonOptions {
  /** A schedule for each pipeline. */
  readonly schedules: ReadonlyArray<string>
  /** Further blocks of the configuration, as YAML. */
  readonly more?: string
  /** Has it collect its garbage, all of it, when `collect` is called. */
  readonly collects?: boolean
}
export interface Usage {
  readonly rssMB: number
  /** Of this life, in seconds. */
  readonly cpuSeconds: number
  readonly fds: number
}
export interface Daemon {
  readonly folder: string
  readonly socket: string
  /** Rewrites the configuration; the daemon notices by itself. */
  readonly save: (schedules: ReadonlyArray<string>, more?: string) => void
  /** The body of an answer. */
  readonly get: (path: string) => Promise<string>
  readonly open: (path: string, headers?: Readonly<Record<string, string>>) => Promise<IncomingMessage>
  readonly usage: () => Usage
  /** A full collection of garbage: what is in use afterwards is really in use. Only with `collects`. */
  readonly collect: () => Promise<void>
  readonly storeBytes: () => number
  readonly stop: () => Promise<void>
}
const yamlOf = (schedules: ReadonlyArray<string>, more: string): string => `version: 1
project: soak
timezone: UTC
plugins: ["./soak.mjs"]
pipeline_dependencies:
${schedules.map((cron, i) => `  p${i}: { schedule: ${JSON.stringify(cron)} }`).join("\n")}
${more}
`
const ticksASecond = 100
const usageOf = (pid: number): Usage => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return {
    rssMB: Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1]) / 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksASecond,
    fds: readdirSync(`/proc/${pid}/fd`).length
  }
}
const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0)

const untilServing = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ""
    child.once("exit", (code) => reject(new Error(`the daemon ended with ${code}: ${said}`)))
    const heard = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-4_000)
      if (said.includes("serving ")) resolve()
    }
    child.stdout?.on("data", heard)
    child.stderr?.on("data", heard)
  })

const collector = "process.on('SIGUSR2', () => { globalThis.gc(); process.stderr.write('collected\\n') })"
const collecting = ["--expose-gc", "--import", `data:text/javascript,${encodeURIComponent(collector)}`]

export const aDaemon = async ({ collects = false, more = "", schedules }: DaemonOptions): Promise<Daemon> => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-daemon-"))
  const save = (crons: ReadonlyArray<string>, blocks = more): void =>
    writeFileSync(join(folder, "tetra.yaml"), yamlOf(crons, blocks))
  writeFileSync(join(folder, "soak.mjs"), pluginOf(schedules.length))
  save(schedules)
  const args = [...(collects ? collecting : []), bin, "start", "--foreground"]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
  await untilServing(child)
  const socket = join(folder, ".tetra", "daemon.sock")
  const open = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath: socket, path, headers: { host: "localhost", ...headers } }, resolve)
      asked.on("error", reject).end()
    })
  const get = async (path: string): Promise<string> => {
    let text = ""
    for await (const chunk of await open(path)) text += String(chunk)
    return text
  }
  const gone = new Promise<void>((resolve) => void child.once("exit", () => resolve()))
  return {
    folder,
    socket,
    save,
    open,
    get,
    usage: () => usageOf(child.pid!),
    collect: () =>
      new Promise((resolve) => {
        const heard = (chunk: Buffer): void => {
          if (!chunk.toString().includes("collected")) return
          child.stderr.off("data", heard)
          resolve()
        }
        child.stderr.on("data", heard)
        child.kill("SIGUSR2")
      }),
    storeBytes: () => bytesIn(join(folder, ".tetra", "state")),
    stop: async () => {
      child.kill("SIGTERM")
      await gone
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}
