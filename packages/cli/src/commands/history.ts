/** `tetra history`: past runs, newest first. */
import process from "node:process"
import { isShadow, type RunRow, StateQueries, windowName } from "@tetra/core/engine"
import { isOrphan, standingOf } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { dateTime, duration } from "../output/plain/amounts.ts"
import { badge, type Look, lookOf } from "../output/plain/look.ts"
import { tableLines } from "../output/table.ts"
import type { Call } from "../program.ts"
import { flag, locationOf, number, text } from "../project/open.ts"
import { nothingToSee, print, printJson, readStore } from "../project/store.ts"
import type { Status } from "../domain.ts"

/** `cli`, `backfill 7db46d8c 2024-01-01..2024-01-31`, or `schedule 2026-11-22` with its logical date. */
export const askerOf = ({ trigger: { kind, occurrence, window } }: Pick<RunRow, "trigger">): string => {
  if (occurrence !== undefined) return `${kind} ${occurrence.logicalDate}`
  return window === undefined ? kind : `${kind} ${window.backfill} ${windowName(window)}`
}

/** `metrics_pipeline (green)` for one with several versions. */
export const pipelinesOf = ({ pipelines, trigger: { versions } }: Pick<RunRow, "pipelines" | "trigger">): string =>
  pipelines.map((name) => (versions?.[name] === undefined || isShadow(name) ? name : `${name} (${versions[name]})`)).join(" ")

export const historyLines = (rows: ReadonlyArray<RunRow>, look: Look, now: number): ReadonlyArray<string> =>
  tableLines(
    rows,
    [
      { title: "run", of: (r) => r.id },
      { title: "status", of: (r) => (r.paused === undefined ? badge(look, standingOf(r)) : badge(look, "pending", "paused")) },
      { title: "started", of: (r) => dateTime(r.requestedAt) },
      { title: "took", of: (r) => (isOrphan(r) ? "-" : duration((r.endedAt ?? now) - r.requestedAt)), right: true },
      { title: "mode", of: (r) => r.mode ?? "-" },
      { title: "by", of: askerOf },
      { title: "pipelines", of: pipelinesOf, gives: true }
    ],
    look
  )

export const handle = async (call: Call): Promise<ExitCode> => {
  const pipeline = text(call, "pipeline")
  const status = text(call, "status") as Status | "interrupted" | undefined
  const recorded = status === "interrupted" ? "running" : status
  const filter = {
    limit: number(call, "limit") ?? 20,
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(recorded === undefined ? {} : { status: recorded })
  }
  const found = await readStore(
    locationOf(call),
    Effect.flatMap(StateQueries, (queries) => queries.runs(filter))
  )
  const rows = status === undefined ? found : found.filter((row) => standingOf(row) === status)
  if (flag(call, "json")) printJson(rows.map((row) => (isOrphan(row) ? { ...row, interrupted: true } : row)))
  else if (rows.length === 0) {
    if (pipeline === undefined && status === undefined) throw nothingToSee()
    process.stderr.write("no such run is recorded\n")
  } else print(historyLines(rows, lookOf(process.stdout, process.env), Date.now()))
  return exitCodes.completed
}
