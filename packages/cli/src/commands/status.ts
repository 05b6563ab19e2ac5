/** `tetra status`: every pipeline's last outcome, and what is running now. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { type PipelineStateRow, type RunRow, StateQueries } from "@tetra/core/engine"
import { orphansOf } from "@tetra/daemon/runs"
import type { DaemonState } from "@tetra/daemon/lifecycle"
import type { DaemonBody } from "@tetra/daemon/server"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { ago, duration } from "../output/plain/amounts.ts"
import { badge, glyph, type Look, lookOf, paint } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import { tableLines } from "../output/table.ts"
import type { Call } from "../program.ts"
import { flag, locationOf } from "../project/open.ts"
import { otherVersion, upgradeHint } from "../attach/otherVersion.ts"
import { stillHere } from "../project/stillHere.ts"
import { nothingToSee, print, printJson, readStore } from "../project/store.ts"

export const statusLines = (
  states: ReadonlyArray<PipelineStateRow>,
  open: ReadonlyArray<RunRow>,
  look: Look,
  now: number,
  still: (run: RunRow) => string | undefined = () => undefined
): ReadonlyArray<string> => {
  const running = open.flatMap((run) => {
    const mark = run.status === "pending" || run.paused !== undefined ? "pending" : "running"
    const is = run.status === "pending" ? " waits," : run.paused === undefined ? "" : ` is paused ${oneLine(run.paused)},`
    const line = `${badge(look, mark, "run")} ${run.id}${is} since ${ago(run.requestedAt, now)}: ${run.pipelines.join(", ")} (process ${run.owner.pid} on ${run.owner.host})`
    const why = still(run)
    return why === undefined ? [line] : [line, `  ${paint(look, "warn", glyph(look, "warning"))} ${why}`]
  })
  /** A run that does not go on is none that runs. */
  const nowOf = ({ current, pipeline }: PipelineStateRow): string => {
    const run = open.find(({ pipelines }) => pipelines.includes(pipeline))
    if (run === undefined || current !== "running") return current
    return run.paused !== undefined ? "paused" : run.status === "pending" ? "waits" : current
  }
  const table = tableLines(
    states,
    [
      { title: "pipeline", of: (s) => s.pipeline },
      { title: "now", of: nowOf },
      { title: "last run", of: (s) => (s.lastStatus === undefined ? "never" : badge(look, s.lastStatus)) },
      { title: "when", of: (s) => (s.lastRunAt === undefined ? "-" : ago(s.lastRunAt, now)) },
      { title: "took", of: (s) => (s.lastDurationMs === undefined ? "-" : duration(s.lastDurationMs)), right: true },
      { title: "last success", of: (s) => (s.lastSuccessAt === undefined ? "never" : ago(s.lastSuccessAt, now)) }
    ],
    look
  )
  return [...running, ...(running.length > 0 ? [""] : []), ...table]
}

/** What is recorded as open, less the runs whose process is gone: those are told as interrupted, on standard error. */
export const living = (states: ReadonlyArray<PipelineStateRow>, open: ReadonlyArray<RunRow>) => {
  const gone = new Set(orphansOf(open).map(({ id }) => id))
  const running = open.filter(({ id }) => !gone.has(id))
  const idle = (state: PipelineStateRow): PipelineStateRow =>
    state.current === "running" && !running.some(({ pipelines }) => pipelines.includes(state.pipeline))
      ? { ...state, current: "idle" }
      : state
  return { pipelines: states.map(idle), running }
}

const seconds = (value: number): string => duration(value * 1000)
interface DaemonStanding {
  readonly state: DaemonState
  readonly daemon: DaemonBody | undefined
  /** Why it ended itself. */
  readonly ended: string | undefined
  /** Why it is there and does not answer. */
  readonly blocked?: string | undefined
}
/** Of the daemon, when there is one to speak of. */
export const daemonLines = ({ blocked, daemon, ended, state }: DaemonStanding, look: Look): ReadonlyArray<string> => {
  if (blocked !== undefined)
    return [
      `${badge(look, "failed", "daemon")} ${blocked}`,
      "  `tetra stop --now` ends its process; what runs goes on at the next start",
      ""
    ]
  if (daemon === undefined)
    return state === "stopped"
      ? []
      : [
          state === "stale"
            ? `${badge(look, "failed", "daemon")} ${ended === undefined ? "gone without being stopped" : `ended itself: ${oneLine(ended)}`}: \`tetra start\` goes on with its runs`
            : `${badge(look, "failed", "daemon")} does not answer: \`tetra stop\`, else end its process (daemon.json names it)`,
          ""
        ]
  const { config, held, http, next, outbox_oldest_seconds: oldest, pid, state: mode, uptime_seconds: up, version } = daemon
  const is = mode === "running" ? "" : mode === "safe" ? " in safe mode" : " is stopping"
  const { last_reload: last, number } = config
  const other = otherVersion(version)
  return [
    `${badge(look, mode === "running" ? "completed" : "pending", "daemon")}${is} process ${pid}, up ${seconds(up)}, version ${version}${number === null ? "" : `, configuration ${number}`}${http === null ? "" : `, http://${http}`}`,
    ...(other === undefined ? [] : [`  ${other}: ${upgradeHint}`]),
    ...held.map((why) => `  held: ${oneLine(why)}`),
    ...(oldest > 0 ? [`  the oldest message waits since ${seconds(oldest)}`] : []),
    ...(last?.outcome === "rejected" ? last.problems.map((problem) => `  saved but not in force: ${oneLine(problem)}`) : []),
    ...next.map(({ local, schedule }) => `  next: ${local} ${oneLine(schedule)}`),
    ""
  ]
}
/** Most projects have none: then nothing of it is loaded (decision 033). */
const daemonOf = async (home: string) => {
  if (!existsSync(join(home, "daemon.json")))
    return { state: "stopped" as const, daemon: undefined, ended: undefined, blocked: undefined }
  const { daemonHere } = await import("../attach/daemonHere.ts")
  return await daemonHere(home)
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  const standing = await daemonOf(place.home)
  const { blocked, daemon, ended, state } = standing
  const found = await readStore(
    place,
    Effect.gen(function* () {
      const queries = yield* StateQueries
      return living(yield* queries.pipelineStates, yield* queries.runs({ open: true }))
    })
  )
  if (flag(call, "json")) {
    const why = { ...(ended === undefined ? {} : { ended }), ...(blocked === undefined ? {} : { blocked }) }
    printJson({ daemon: daemon ?? { state, ...why }, ...found })
  } else {
    const look = lookOf(process.stdout, process.env)
    print(daemonLines(standing, look))
    if (found.pipelines.length + found.running.length === 0) throw nothingToSee()
    print(statusLines(found.pipelines, found.running, look, Date.now(), stillHere(place.home)))
  }
  return exitCodes.completed
}
