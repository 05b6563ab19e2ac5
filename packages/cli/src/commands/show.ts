/** `tetra show RUN`: one run, folded from its events: stages, reasons, outputs, where its files are. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { type Archive, computedBecause, Journal, memoryText, type RunRow, type StoreError, whyRun } from "@tetra/core/engine"
import { goneText, isOrphan } from "@tetra/daemon/runs"
import { logFileOf } from "@tetra/core/storage"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { advance, emptyModel, type RunModel, stagesOf, type StageModel } from "../output/model.ts"
import { bytes, dateTime, duration, many } from "../output/plain/amounts.ts"
import { badge, dot, type Look, lookOf, type Mark, paint } from "../output/plain/look.ts"
import { ownReason } from "../output/plain/reasons.ts"
import { summaryLines } from "../output/plain/summary.ts"
import { oneLine } from "../output/plain/text.ts"
import { treeLines } from "../output/plain/tree.ts"
import { tableLines } from "../output/table.ts"
import type { Call } from "../program.ts"
import { configurationNames } from "../project/configuration.ts"
import { flag, locationOf } from "../project/open.ts"
import { findRun, nothingToSee, print, printJson, readStore } from "../project/store.ts"
import { openArchive } from "../project/whyFacts.ts"
import { perform } from "../runtime.ts"
import { commandOf } from "./again.ts"
import { askerOf } from "./history.ts"

const usageTexts = (usage: StageModel["usage"]): ReadonlyArray<string> => {
  if (usage === undefined) return []
  const { cpuMs, peakMB, readBytes, writtenBytes } = usage
  return [
    cpuMs === undefined ? "" : `${duration(cpuMs)} of processor time`,
    peakMB === undefined ? "" : `${memoryText(peakMB)} at most`,
    readBytes === 0 ? "" : `${bytes(readBytes)} read`,
    writtenBytes === 0 ? "" : `${bytes(writtenBytes)} written`
  ]
}
type Reasons = ReadonlyMap<string, string>
const did = (model: RunModel, stage: StageModel, look: Look, reasons: Reasons): string => {
  const computed = reasons.get(stage.name)
  const parts = [
    stage.rows > 0 ? many(stage.rows, "row") : "",
    stage.partitioned && stage.expected !== undefined ? many(stage.expected, "partition") : "",
    stage.retries > 0 ? many(stage.retries, "retry", "retries") : "",
    ...usageTexts(stage.usage),
    oneLine(ownReason(model, stage)),
    computed === undefined ? "" : `computed: ${oneLine(computed)}`
  ]
  return parts.filter((p) => p !== "").join(dot(look))
}
const markOf = ({ reused, status }: StageModel, isInterrupted: boolean): Mark =>
  status === "running" && isInterrupted ? "interrupted" : reused && status === "completed" ? "reused" : status
const stageLines = (model: RunModel, reasons: Reasons, isInterrupted: boolean, look: Look): ReadonlyArray<string> =>
  tableLines(
    [...model.pipelines.keys()].flatMap((pipeline) => stagesOf(model, pipeline)),
    [
      { title: "stage", of: (s) => s.name },
      { title: "status", of: (s) => badge(look, markOf(s, isInterrupted)) },
      { title: "took", of: (s) => (s.durationMs === undefined || s.reused ? "-" : duration(s.durationMs)), right: true },
      { title: "result", of: (s) => did(model, s, look, reasons), gives: true }
    ],
    look
  )
const versionLines = ({ trigger: { versions = {} } }: RunRow, look: Look): ReadonlyArray<string> => {
  const all = Object.entries(versions).map(([pipeline, version]) => `${pipeline} ${version}`)
  return all.length === 0 ? [] : [`${paint(look, "dim", "versions")} ${all.join(", ")}`]
}
const headLines = (row: RunRow, configuration: string, look: Look): ReadonlyArray<string> => [
  `${paint(look, "dim", "started")}  ${dateTime(row.requestedAt)} by ${askerOf(row)} (${oneLine(row.trigger.detail)}), configuration ${configuration}, plan ${row.planHash.slice(0, 12)}`,
  ...versionLines(row, look),
  ...chainLines(row, look)
]
const chainLines = ({ trigger: { occurrence } }: RunRow, look: Look): ReadonlyArray<string> =>
  occurrence === undefined
    ? []
    : [`${paint(look, "dim", "chain")}    ${occurrence.chain}, about ${occurrence.logicalDate} (schedule ${occurrence.schedule})`]

/** Why each stage that was computed was, in one line each, and the whole tree. */
const reasonsOf = (archive: Archive<StoreError, never>, run: string) =>
  Effect.gen(function* () {
    const record = yield* archive.record(run)
    if (record === undefined) return { lines: new Map<string, string>(), tree: undefined }
    const lines = new Map<string, string>()
    for (const stage of record.stages.values()) {
      const line = yield* computedBecause(archive, record, stage)
      if (line !== undefined) lines.set(stage.planned.name, line)
    }
    return { lines, tree: yield* whyRun(archive, record) }
  })

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  const now = Date.now()
  const configuration = await perform(configurationNames(place.home))
  const found = await readStore(
    place,
    Effect.gen(function* () {
      const row = yield* findRun(call.args[0] ?? "latest", nothingToSee)
      const events = yield* (yield* Journal).read(row.id)
      const why = yield* reasonsOf(yield* openArchive(configuration, now), row.id)
      return { row, events, why }
    })
  )
  if (flag(call, "json")) {
    printJson({ run: found.row, events: found.events })
    return exitCodes.completed
  }
  const look = lookOf(process.stdout, process.env)
  const model = found.events.reduce(advance, emptyModel)
  const reports = join(place.home, "reports", found.row.id)
  const facts = {
    log: logFileOf(place.home, found.row.id),
    reports: existsSync(reports) ? reports : undefined,
    again: commandOf(found.row),
    interrupted: isOrphan(found.row) ? goneText(found.row) : undefined
  }
  const { lines, tree } = found.why
  print([
    ...summaryLines(model, look, facts).slice(1),
    "",
    ...headLines(found.row, configuration(found.row.configVersion), look),
    "",
    ...stageLines(model, lines, isOrphan(found.row), look),
    ...(flag(call, "verbose") && tree !== undefined ? ["", ...treeLines(tree, look, now)] : [])
  ])
  return exitCodes.completed
}
