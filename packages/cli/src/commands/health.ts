/** `tetra health`: are pipelines and system well. */
import process from "node:process"
import { text as wholeText } from "node:stream/consumers"
import { setTimeout as wait } from "node:timers/promises"
import type { HealthDocument } from "@tetra/daemon/health"
import { blockedServer, blockedServerText } from "../attach/blockedServer.ts"
import { open } from "../attach/client.ts"
import { remoteOf } from "../attach/remoteFor.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { ago, bytes, duration } from "../output/plain/amounts.ts"
import { badge, glyph, type Look, lookOf, type Mark, paint } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import { tableLines } from "../output/table.ts"
import type { Call } from "../program.ts"
import { flag, locationOf, openProject, text } from "../project/open.ts"
import { print, printJson } from "../project/store.ts"

type Pipeline = HealthDocument["pipelines"][string]
type System = HealthDocument["system"]
const marks: Readonly<Record<Pipeline["status"], Mark>> = {
  never_run: "pending",
  unknown: "warning",
  pending: "pending",
  running: "running",
  completed: "completed",
  partial: "partial",
  failed: "failed",
  cancelled: "cancelled",
  skipped: "skipped",
  interrupted: "interrupted"
}
const levels: Readonly<Record<System["memory"]["status"], Mark>> = {
  ok: "completed",
  warn: "warning",
  fail: "failed",
  unknown: "pending"
}
const verdicts: Readonly<Record<HealthDocument["status"], Mark>> = {
  healthy: "completed",
  degraded: "warning",
  unhealthy: "failed"
}
const percent = (ratio: number | null): string => (ratio === null ? "-" : `${(100 * ratio).toFixed(ratio >= 0.1 ? 0 : 1)} %`)
const hours = (age: number | null): string => (age === null ? "-" : `${age} h`)

const pipelineLines = (pipelines: HealthDocument["pipelines"], look: Look, now: number): ReadonlyArray<string> =>
  tableLines(
    Object.entries(pipelines),
    [
      { title: "pipeline", of: ([name]) => name },
      { title: "last run", of: ([, { status }]) => badge(look, marks[status], status.replace("_", " ")) },
      { title: "when", of: ([, { last_run }]) => (last_run === null ? "-" : ago(Date.parse(last_run), now)) },
      { title: "data", of: ([, { data_freshness: word }]) => paint(look, word === "fresh" ? "good" : "warn", word) },
      { title: "age", of: ([, { detail }]) => hours(detail.freshness.lineage_age_hours), right: true },
      { title: "errors", of: ([, { error_rate }]) => percent(error_rate), right: true },
      {
        title: "average",
        of: ([, { avg_duration }]) => (avg_duration === null ? "-" : duration(1000 * avg_duration)),
        right: true
      }
    ],
    look
  )
interface Part {
  readonly name: string
  readonly status: System["memory"]["status"]
  readonly text: string
}
const partsOf = ({ api_endpoints, checks, database, disk_space: disk, memory }: System): ReadonlyArray<Part> => [
  {
    name: "database",
    status: database.status,
    text:
      database.detail ??
      [database.backend, database.latency_ms === null ? "" : `${database.latency_ms} ms`, bytesText(database.bytes)]
        .filter((text) => text !== "")
        .join(", ")
  },
  {
    name: "disk",
    status: disk.status,
    text: `${bytesText(disk.free_bytes) || "?"} free of ${bytesText(disk.total_bytes) || "?"}`
  },
  { name: "memory", status: memory.status, text: `${bytes(memory.available_bytes)} available of ${bytes(memory.limit_bytes)}` },
  ...Object.entries(api_endpoints).map(([name, { http, latency_ms, status }]) => ({
    name,
    status,
    text: http === null ? (status === "unknown" ? "not asked yet" : "no answer") : `answered ${http} in ${latency_ms} ms`
  })),
  ...Object.entries(checks).map(([name, { detail, status }]) => ({ name, status, text: detail }))
]
const bytesText = (size: number | null): string => (size === null ? "" : bytes(size))

export const healthLines = (health: HealthDocument, look: Look): ReadonlyArray<string> => [
  badge(look, verdicts[health.status], health.status),
  ...health.reasons.map((reason) => `  ${paint(look, "warn", glyph(look, "warning"))} ${oneLine(reason)}`),
  "",
  ...(Object.keys(health.pipelines).length === 0
    ? ["no pipeline is configured"]
    : pipelineLines(health.pipelines, look, Date.parse(health.timestamp))),
  "",
  ...tableLines(
    partsOf(health.system),
    [
      { title: "system", of: ({ name }) => oneLine(name) },
      { title: "status", of: ({ status }) => badge(look, levels[status], status) },
      { title: "found", of: ({ text }) => oneLine(text), gives: true }
    ],
    look
  )
]
/** Of the server that owns the store; undefined when there is none. An unhealthy one answers 503, and answers. */
const served = async (home: string): Promise<HealthDocument | undefined> => {
  if (blockedServer(home) !== undefined) return undefined
  const remote = await remoteOf(home)
  if (remote === undefined) return undefined
  const fault = (why: string) =>
    new Refusal(`the server of this project tells nothing of its health: ${why}`, {
      code: exitCodes.notRun,
      hint: "`tetra stop --now` and `tetra start` start it anew"
    })
  try {
    const asked = { method: "GET", path: "/health", signal: AbortSignal.timeout(12_000) } as const
    const document = JSON.parse(await wholeText(await open(remote, asked))) as HealthDocument
    if (document.schema !== "tetra.health/1") throw fault("it is of another version")
    return document
  } catch (error) {
    // It may stand still since it was asked.
    if (blockedServer(home) !== undefined) return undefined
    throw error instanceof Refusal ? error : fault(oneLine(error instanceof Error ? error.message : "no answer"))
  }
}
const codes = { healthy: exitCodes.completed, degraded: exitCodes.partial, unhealthy: exitCodes.failed } as const

/** Without a server. The plugins are loaded only when something has changed since the last time. */
const local = async (call: Call): Promise<HealthDocument> => {
  const { configFile, root, ...place } = locationOf(call)
  const [{ localHealth }, { keepWiring, keptWiring }] = await Promise.all([
    import("../health/localHealth.ts"),
    import("../health/keptWiring.ts")
  ])
  const asked = { root, configFile: configFile ?? "", home: place.home, environment: text(call, "env") }
  const kept = configFile === undefined ? undefined : keptWiring(asked)
  if (kept !== undefined) return await localHealth({ place, wiring: kept, endpoints: {}, checks: Promise.resolve(new Map()) })
  const began = Date.now()
  const project = await openProject(call)
  const { hasChecks, projectHealth } = await import("../health/projectHealth.ts")
  if (!hasChecks(project)) keepWiring(asked, project, began)
  return await projectHealth(project)
}
/** Between two looks of `--watch`. */
const watchMs = 5_000
/** Clears a terminal and begins at its top; elsewhere one answer follows the other. */
const home = "\u001B[H\u001B[2J"

export const handle = async (call: Call): Promise<ExitCode> => {
  if (!flag(call, "watch")) return await told(call)
  const stopped = new AbortController()
  process.once("SIGINT", () => stopped.abort())
  while (!stopped.signal.aborted) {
    if (process.stdout.isTTY && !flag(call, "json")) process.stdout.write(home)
    const code = await told(call)
    await wait(watchMs, undefined, { signal: stopped.signal }).catch(() => undefined)
    if (stopped.signal.aborted) return code
  }
  return exitCodes.interrupted
}
/** The system is well, and its server answers nobody. */
const withBlocked = (health: HealthDocument, folder: string): HealthDocument => {
  const note = blockedServer(folder)
  if (note === undefined) return health
  return { ...health, status: "unhealthy", reasons: [blockedServerText(note), ...health.reasons] }
}
const told = async (call: Call): Promise<ExitCode> => {
  const { home: folder } = locationOf(call)
  const health = (await served(folder)) ?? withBlocked(await local(call), folder)
  if (flag(call, "json")) printJson(health)
  else if (!flag(call, "quiet")) print(healthLines(health, lookOf(process.stdout, process.env)))
  return codes[health.status]
}
