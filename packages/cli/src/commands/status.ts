/** `tetra status`: every pipeline's last outcome, and what is running now. */
import process from "node:process"
import { type PipelineStateRow, type RunRow, StateQueries } from "@tetra/core/engine"
import { orphansOf } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { ago, duration } from "../output/plain/amounts.ts"
import { badge, type Look, lookOf } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import { tableLines } from "../output/table.ts"
import type { Call } from "../program.ts"
import { flag, locationOf } from "../project/open.ts"
import { nothingToSee, print, printJson, readStore } from "../project/store.ts"

export const statusLines = (
  states: ReadonlyArray<PipelineStateRow>,
  open: ReadonlyArray<RunRow>,
  look: Look,
  now: number
): ReadonlyArray<string> => {
  const running = open.map((run) => {
    const mark = run.status === "pending" || run.paused !== undefined ? "pending" : "running"
    const is = run.status === "pending" ? " waits," : run.paused === undefined ? "" : ` is paused ${oneLine(run.paused)},`
    return `${badge(look, mark, "run")} ${run.id}${is} since ${ago(run.requestedAt, now)}: ${run.pipelines.join(", ")} (process ${run.owner.pid} on ${run.owner.host})`
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

export const handle = async (call: Call): Promise<ExitCode> => {
  const found = await readStore(
    locationOf(call),
    Effect.gen(function* () {
      const queries = yield* StateQueries
      return living(yield* queries.pipelineStates, yield* queries.runs({ open: true }))
    })
  )
  if (flag(call, "json")) printJson(found)
  else if (found.pipelines.length + found.running.length === 0) throw nothingToSee()
  else print(statusLines(found.pipelines, found.running, lookOf(process.stdout, process.env), Date.now()))
  return exitCodes.completed
}
