/** `tetra show RUN`: one run, folded from its events: stages, reasons, outputs, where its files are. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { Journal, memoryText, RunLog, type RunRow } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { advance, emptyModel, type RunModel, stagesOf, type StageModel } from "../output/model.ts"
import { dateTime, duration, many } from "../output/plain/amounts.ts"
import { badge, dot, type Look, lookOf, paint } from "../output/plain/look.ts"
import { summaryLines } from "../output/plain/summary.ts"
import { oneLine } from "../output/plain/text.ts"
import { tableLines } from "../output/table.ts"
import type { Call } from "../program.ts"
import { flag, locationOf } from "../project/open.ts"
import { findRun, print, printJson, readStore } from "../project/store.ts"
import { commandOf } from "./again.ts"
import { askerOf } from "./history.ts"

const did = (stage: StageModel, look: Look): string => {
  const parts = [
    stage.rows > 0 ? many(stage.rows, "row") : "",
    stage.partitioned && stage.expected !== undefined ? many(stage.expected, "partition") : "",
    stage.retries > 0 ? many(stage.retries, "retry", "retries") : "",
    stage.usage === undefined ? "" : `${duration(stage.usage.cpuMs)} of processor time`,
    stage.usage?.peakMB === undefined ? "" : `${memoryText(stage.usage.peakMB)} at most`,
    stage.reason === undefined ? "" : oneLine(stage.reason)
  ]
  return parts.filter((p) => p !== "").join(dot(look))
}
const stageLines = (model: RunModel, look: Look): ReadonlyArray<string> =>
  tableLines(
    [...model.pipelines.keys()].flatMap((pipeline) => stagesOf(model, pipeline)),
    [
      { title: "stage", of: (s) => s.name },
      { title: "status", of: (s) => badge(look, s.reused && s.status === "completed" ? "reused" : s.status) },
      { title: "took", of: (s) => (s.durationMs === undefined || s.reused ? "-" : duration(s.durationMs)), right: true },
      { title: "result", of: (s) => did(s, look), gives: true }
    ],
    look
  )
const headLines = (row: RunRow, look: Look): ReadonlyArray<string> => [
  `${paint(look, "dim", "started")}  ${dateTime(row.requestedAt)} by ${askerOf(row)} (${oneLine(row.trigger.detail)}), configuration ${row.configVersion}, plan ${row.planHash.slice(0, 12)}`
]

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  const found = await readStore(
    place,
    Effect.gen(function* () {
      const row = yield* findRun(call.args[0] ?? "latest")
      const events = yield* (yield* Journal).read(row.id)
      return { row, events, log: (yield* RunLog).pathOf(row.id) }
    })
  )
  if (flag(call, "json")) {
    printJson({ run: found.row, events: found.events })
    return exitCodes.completed
  }
  const look = lookOf(process.stdout, process.env)
  const model = found.events.reduce(advance, emptyModel)
  const reports = join(place.home, "reports", found.row.id)
  const facts = { log: found.log, reports: existsSync(reports) ? reports : undefined, again: commandOf(found.row) }
  print([...summaryLines(model, look, facts).slice(1), "", ...headLines(found.row, look), "", ...stageLines(model, look)])
  return exitCodes.completed
}
