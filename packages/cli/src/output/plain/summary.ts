/** The closing summary of a run: what happened, where things are, what to type next. Pure. */
import type { Status } from "../../domain.ts"
import { isReused, type PipelineModel, type RunModel, stagesOf, type StageModel } from "../model.ts"
import { asTyped } from "../typed.ts"
import { mendText, reasonLines } from "./admissionLines.ts"
import { count, duration, many } from "./amounts.ts"
import { badge, dot, ellipsis, glyph, type Look, type Mark, paint, toneOf } from "./look.ts"
import { alertText, standInText } from "./recovery.ts"
import { cut, hanging, oneLine, padEnd, padStart, someLines, widthOf, wrap } from "./text.ts"

/** Where things are, and how the person called us: what the model cannot know. */
export interface SummaryFacts {
  /** Absolute or relative path of the log file. */
  readonly log: string
  /** Folder that holds the exposed report files, when there is one. */
  readonly reports: string | undefined
  /** The command that continues or repeats this run: `tetra run --mode weekly`. */
  readonly again: string
  /** Set for a run that is open while its process is gone: which process. */
  readonly interrupted?: string | undefined
}

/** Most warnings and failures that are spelt out. */
const mostListed = 8
const headline: Record<Status, string> = {
  pending: "did not start",
  running: "is still running",
  completed: "completed",
  partial: "completed in part",
  failed: "failed",
  cancelled: "was cancelled",
  skipped: "did not begin"
}

const stageCounts = (stages: ReadonlyArray<StageModel>): string => {
  const of = (test: (s: StageModel) => boolean) => stages.filter(test).length
  const done = (s: StageModel) => s.status === "completed" || s.status === "partial"
  const parts: ReadonlyArray<readonly [number, string]> = [
    [of((s) => done(s) && !s.reused), "computed"],
    [of((s) => done(s) && s.reused), "reused"],
    [of((s) => s.status === "failed"), "failed"],
    [of((s) => s.status === "skipped"), "skipped"],
    [of((s) => s.status === "cancelled" || s.status === "running" || s.status === "pending"), "not finished"]
  ]
  return parts.flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : [])).join(", ")
}
/** Computing again is not news: a source that is asked once more often says what it said before. */
const asBefore = (model: RunModel, { name, published, status }: PipelineModel): string =>
  status === "completed" && published.fresh === 0 && published.unchanged > 0 && !isReused(model, name)
    ? ", its data are as before"
    : ""
/** One row per pipeline: status, time, rows, stages. Columns that do not fit are left away from the right. */
const table = (model: RunModel, look: Look, { interrupted }: SummaryFacts): ReadonlyArray<string> => {
  const width = (look.width ?? 200) - 1
  const names = Math.min(
    Math.max(8, ...[...model.pipelines.keys()].map((name) => name.length)),
    Math.max(8, Math.floor(width * 0.34))
  )
  const titles = [
    `  ${padEnd("pipeline", names)}  ${padEnd("status", 13)}`,
    padStart("time", 11),
    padStart("rows", 12),
    "  stages"
  ]
  const rows = [...model.pipelines.values()].map((pipeline) => {
    const stages = stagesOf(model, pipeline.name)
    const isCut = interrupted !== undefined && pipeline.status === "running"
    const mark: Mark = isCut ? "interrupted" : isReused(model, pipeline.name) ? "reused" : pipeline.status
    return [
      `  ${padEnd(cut(pipeline.name, names, ellipsis(look)), names)}  ${badge(look, mark, padEnd(mark, 11))}`,
      padStart(pipeline.durationMs === undefined ? "-" : duration(pipeline.durationMs), 11),
      padStart(pipeline.records > 0 ? count(pipeline.records) : "-", 12),
      `  ${stageCounts(stages)}${asBefore(model, pipeline)}`
    ]
  })
  const fits = (columns: number) => [titles, ...rows].every((cells) => widthOf(cells.slice(0, columns).join("")) <= width)
  const columns = [4, 3, 2].find(fits) ?? 1
  const line = (cells: ReadonlyArray<string>) => cells.slice(0, columns).join("").trimEnd()
  return [paint(look, "dim", line(titles)), ...rows.map(line)]
}

const paragraph = (look: Look, first: string, text: string): ReadonlyArray<string> =>
  hanging(first, asTyped(text, look.command), look.width)
const listed = (
  look: Look,
  items: ReadonlyArray<{ readonly mark: Mark; readonly text: string }>,
  all: number
): ReadonlyArray<string> => [
  ...items.flatMap(({ mark, text }) => paragraph(look, `  ${paint(look, toneOf(mark), glyph(look, mark))} `, text)),
  ...(all > items.length
    ? [paint(look, "dim", `    and ${many(all - items.length, "more", "more")}: ${asTyped("tetra logs", look.command)}`)]
    : [])
]

const failures = (model: RunModel, look: Look): ReadonlyArray<string> => {
  const bad = [...model.stages.values()].filter((s) => s.status === "failed")
  const items = bad.slice(0, mostListed).map((s) => ({
    mark: "failed" as const,
    text: `${s.name}: ${someLines(s.reason ?? s.lastFailure ?? "no reason was recorded")}`
  }))
  return listed(look, items, bad.length)
}
/** `left out c: the instrument c is broken`. */
const whyPartial = ({ reason = "", failedUnits, lastFailure }: StageModel): string => {
  const told = failedUnits === 0 || lastFailure === undefined || reason.includes(lastFailure)
  return someLines(told ? reason : `${reason}: ${lastFailure}`)
}
const degraded = (model: RunModel, look: Look): ReadonlyArray<string> => {
  const partial = [...model.stages.values()].filter((s) => s.status === "partial" && s.reason !== undefined)
  const items = partial.slice(0, mostListed).map((s) => ({ mark: "partial" as const, text: `${s.name}: ${whyPartial(s)}` }))
  return listed(look, items, partial.length)
}
const refusals = ({ admission }: RunModel, look: Look): ReadonlyArray<string> =>
  admission?.verdict === "refused" ? reasonLines(admission.reasons, look) : []
const warnings = (model: RunModel, look: Look): ReadonlyArray<string> => {
  const items = model.warnings.slice(0, mostListed).map(({ message, hint, stage }) => ({
    mark: "warning" as const,
    text: `${stage === undefined ? "" : `${stage}: `}${oneLine(message)}${hint === "" ? "" : `. ${oneLine(hint)}`}`
  }))
  return listed(look, items, model.warnings.length + model.moreWarnings)
}

/** Counters by which stages tell what they found wrong in the data. */
const isFinding = /(?:^|_|\b)(?:findings?|quarantined|rejected|invalid|duplicates?|outliers?|gaps?|quality\w*)(?:_|\b|$)/u
/** Counters are named in the plural: one of them is `1 quality warning`. */
const counterName = (name: string, n: number): string => {
  const words = oneLine(name).replaceAll("_", " ")
  return n === 1 ? words.replace(/\b(finding|warning|duplicate|outlier|gap)s$/u, "$1") : words
}
/** `12 findings, 3 quarantined`, summed over the stages; undefined when no counter tells. */
export const qualityFindings = (model: RunModel): string | undefined => {
  const sums = new Map<string, number>()
  for (const stage of model.stages.values()) {
    for (const [name, n] of Object.entries(stage.counters)) {
      if (isFinding.test(name)) sums.set(name, (sums.get(name) ?? 0) + n)
    }
  }
  if (sums.size === 0) return undefined
  return [...sums].map(([name, n]) => `${count(n)} ${counterName(name, n)}`).join(", ")
}

/** Most pages that the summary names: further ones are in the same folder. */
const mostPages = 3

/** The run that mends what is missing, and the way around it. */
const afterRefusal = ({ admission, run }: RunModel, facts: SummaryFacts): string =>
  admission === undefined ? `tetra show ${run}` : mendText(admission, facts.again)

const nextSteps = (model: RunModel, facts: SummaryFacts): string => {
  const run = model.run
  if (facts.interrupted !== undefined) return `tetra run --resume ${run} continues: what was finished is kept`
  if (model.paused !== undefined) return `tetra resume ${run} goes on, tetra cancel ${run} ends it`
  switch (model.status) {
    case "failed":
      return `tetra logs --run ${run} --level warn; tetra run --resume ${run} after mending`
    case "skipped":
      return afterRefusal(model, facts)
    case "cancelled":
      return [...model.stages.values()].every(({ startedAt }) => startedAt === undefined)
        ? `${facts.again} starts it again: nothing had begun`
        : `${facts.again} continues: what was finished is kept`
    case "partial":
      return `tetra show ${run}; ${facts.again} tries the rest again`
    default:
      return model.reports.length > 0 ? `tetra report --open; tetra assets list` : `tetra show ${run}; tetra assets list`
  }
}

/** The pages that people open, by path; the folder where a run wrote other files only. */
const reportPlaces = (model: RunModel, facts: SummaryFacts): ReadonlyArray<readonly [string, string | undefined]> => {
  if (facts.reports === undefined || model.reports.length === 0) return []
  const pages = model.reports.filter((file) => file.media === "text/html")
  if (pages.length === 0) return [["reports", facts.reports]]
  return pages.slice(0, mostPages).map((page) => ["report", `${facts.reports}/${page.stage}/${page.name}`] as const)
}

const places = (model: RunModel, look: Look, facts: SummaryFacts): ReadonlyArray<string> => {
  const quality = qualityFindings(model)
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ["quality", quality],
    ["stand-in", standInText(model)],
    ...model.alerts.map((alert) => ["alert", `${alert.pipeline}: ${alertText(alert)}`] as const),
    [
      "logged",
      model.logs.warn + model.logs.error > 0
        ? `${many(model.logs.warn, "warning")}, ${many(model.logs.error, "error")}`
        : undefined
    ],
    ...reportPlaces(model, facts),
    ["log", facts.log]
  ]
  return [
    ...rows.flatMap(([name, text]) => (text === undefined ? [] : placeLine(look, name, text))),
    ...nextLine(model, look, facts)
  ]
}
const placeLine = (look: Look, name: string, text: string): ReadonlyArray<string> =>
  paragraph(look, `  ${paint(look, "dim", padEnd(name, 8))} `, text)
const nextLine = (model: RunModel, look: Look, facts: SummaryFacts): ReadonlyArray<string> =>
  placeLine(look, "next", nextSteps(model, facts))

const title = (model: RunModel, look: Look, { interrupted }: SummaryFacts): string => {
  const allReused =
    model.status === "completed" && model.pipelines.size > 0 && [...model.pipelines.keys()].every((name) => isReused(model, name))
  const mark: Mark = interrupted !== undefined ? "interrupted" : allReused ? "reused" : model.status
  const time = model.durationMs === undefined || model.status === "skipped" ? "" : ` in ${duration(model.durationMs)}`
  const all = allReused ? `${dot(look)}nothing had changed, everything was reused` : ""
  const standing = model.paused === undefined ? headline[model.status] : `is paused ${oneLine(model.paused)}`
  const ending = interrupted === undefined ? standing : `was interrupted (${interrupted})`
  const said = `${glyph(look, mark)} run ${model.run} ${ending}${time}`
  return paint(look, toneOf(mark), said) + all
}

/** The reason of a run is mostly that of its first bad stage, which the list of those tells with more. */
const isToldBelow = ({ reason = "", stages, status }: RunModel): boolean =>
  status === "completed" ||
  [...stages.values()].some(
    (stage) => (stage.status === "failed" || stage.status === "partial") && reason === `${stage.name}: ${stage.reason}`
  )

/** The summary, one string per line, an empty line first. In quiet mode only the first line and the failures. */
export const summaryLines = (model: RunModel, look: Look, facts: SummaryFacts, quiet = false): ReadonlyArray<string> => {
  const head = look.width === undefined ? [title(model, look, facts)] : clipped(title(model, look, facts), look)
  const refused = refusals(model, look)
  if (quiet) return [...head, ...refused, ...failures(model, look)]
  // It has no stages to tell of, and no log.
  if (refused.length > 0) return ["", ...head, ...refused, "", ...nextLine(model, look, facts)]
  const reason = isToldBelow(model) || model.reason === undefined ? [] : paragraph(look, "  ", someLines(model.reason))
  const notes = [...failures(model, look), ...degraded(model, look), ...warnings(model, look)]
  return [
    "",
    ...head,
    ...reason,
    "",
    ...table(model, look, facts),
    ...(notes.length > 0 ? ["", ...notes] : []),
    "",
    ...places(model, look, facts)
  ]
}
/** Wraps a painted line: narrow terminals get it without colour rather than broken. */
const clipped = (line: string, look: Look): ReadonlyArray<string> => {
  const width = (look.width ?? 80) - 1
  if (widthOf(line) <= width) return [line]
  // eslint-disable-next-line no-control-regex -- takes our own colours off again
  return wrap(line.replaceAll(/\u001b\[\d+m/gu, ""), width)
}
