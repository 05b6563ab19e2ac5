/** Past runs with how long they took, and what differs between two of them. */
import { ago, duration } from "../../model/amounts.ts"
import { shortLabels } from "../../model/stageLabels.ts"
import type { HistoryRow, HistoryView, RunComparison, StageChange, StageTaken } from "../../model/views/history.ts"
import { timeIn } from "../../model/views/times.ts"
import { sparkline } from "../charts/sparkline.ts"
import { quantileOf, sortedOf } from "../charts/series.ts"
import { fillRows, type Painter, paintRow, type Row, type Size, span } from "../Painter.ts"
import { fit, padEnd, padStart, safeLine, widthOf } from "../text.ts"
import { glyphOf, type Look, type Tone, toneOf, wordOf } from "../theme.ts"
import { columns, heading, type ListItem, nothing, paintList } from "./listing.ts"

/** The end of an id: its beginning is a time that neighbours share. */
export const shortId = (id: string): string => safeLine(id).slice(-6)

const durations = (runs: ReadonlyArray<HistoryRow>): ReadonlyArray<number> =>
  runs.flatMap(({ durationMs, mark }) => (durationMs === undefined || mark === "reused" ? [] : [durationMs]))

/** How long runs take: oldest to newest as a line, half of them faster than p50, one in twenty slower than p95. */
const trend = (runs: ReadonlyArray<HistoryRow>, width: number, look: Look): string => {
  const all = durations(runs)
  if (all.length === 0) return paintRow([span("no run has ended yet", "faint")], width, look)
  const sorted = sortedOf(all)
  const slow = width < 46 ? "" : `  p95 ${duration(quantileOf(sorted, 0.95))}`
  const words = `  p50 ${duration(quantileOf(sorted, 0.5))}${slow}`
  const room = Math.min(all.length, Math.max(0, width - 10 - widthOf(words)), 40)
  return paintRow([span("durations ", "faint"), ...sparkline(all.toReversed(), room, look), span(words, "faint")], width, look)
}
const longestBar = 14

const listRow = (run: HistoryRow, view: HistoryView, longest: number, width: number, look: Look): Row => {
  const tone = toneOf(run.mark)
  const took = run.durationMs === undefined ? "" : duration(run.durationMs)
  const isWide = width >= 64
  const isNarrow = width < 46
  const bar = run.durationMs === undefined || longest === 0 ? 0 : Math.max(1, Math.round((run.durationMs / longest) * longestBar))
  return [
    span(`${glyphOf(look, run.mark)} `, tone),
    span(`${shortId(run.id)} ${isNarrow ? "" : " "}`, "accent"),
    span(fit(isWide ? timeIn(run.at, view.zone) : ago(run.at, view.now), isWide ? 17 : 12, look.glyphs.ellipsis), "plain"),
    ...(isNarrow ? [] : [span(` ${fit(safeLine(run.mode), isWide ? 12 : 7, look.glyphs.ellipsis)}`, "plain")]),
    span(padStart(took, isNarrow ? 12 : 14), "strong"),
    ...(width >= 82 ? [span(` ${padEnd(look.glyphs.full.repeat(bar), longestBar)}`, tone)] : []),
    ...(width >= 46 ? [span(` ${fit(wordOf(run.mark), 6)}`, tone)] : []),
    ...(width >= 92
      ? [span(padStart(run.reused === undefined ? "" : `${Math.round(100 * run.reused)} % reused`, 13), "faint")]
      : []),
    span(width >= 100 ? `  ${safeLine(run.trigger)}` : "", "faint"),
    span(run.reason === "" || width < 72 ? "" : `  ${safeLine(run.reason)}`, run.mark === "failed" ? "bad" : "faint")
  ]
}
/** Marked runs have a sign of their own, as long as there are any. */
const markOf = ({ id }: HistoryRow, { marked }: HistoryView, look: Look): Row =>
  marked.length === 0 ? [] : [span(marked.includes(id) ? `${look.glyphs.full} ` : "  ", "accent")]
const paintRuns = (view: HistoryView, size: Size, look: Look): ReadonlyArray<string> => {
  const longest = Math.max(0, ...durations(view.runs))
  const items: ReadonlyArray<ListItem> = view.runs.map((run) => ({
    id: run.id,
    row: [...markOf(run, view, look), ...listRow(run, view, longest, size.width - 2, look)]
  }))
  const head = size.height >= 5 ? [trend(view.runs, size.width, look), " ".repeat(size.width)] : []
  return [...head, ...paintList(items, view.selected, { width: size.width, height: size.height - head.length }, look)]
}

const takenText = (taken: StageTaken | undefined): string =>
  taken === undefined
    ? "not there"
    : taken.mark === "skipped"
      ? "skipped"
      : taken.durationMs === undefined
        ? wordOf(taken.mark)
        : duration(taken.durationMs)
/** A change of less than a tenth, or of less than a tenth of a second, is noise. */
const isNoise = (before: number, after: number): boolean => Math.abs(after - before) < Math.max(100, 0.1 * before)

const changeText = ({ after, before }: StageChange, look: Look): { readonly text: string; readonly tone: Tone } => {
  if (before === undefined) return { text: "new", tone: "accent" }
  if (after === undefined) return { text: "gone", tone: "faint" }
  if (after.mark === "failed" && before.mark !== "failed") return { text: "fails now", tone: "bad" }
  if (before.mark === "failed" && after.mark !== "failed") return { text: "mended", tone: "good" }
  if (after.mark === "reused" && before.mark !== "reused") return { text: "reused", tone: "reused" }
  if (before.mark === "reused" && after.mark === "completed") return { text: "computed anew", tone: "plain" }
  if (after.mark !== before.mark) return { text: `${wordOf(before.mark)} to ${wordOf(after.mark)}`, tone: toneOf(after.mark) }
  if (before.durationMs === undefined || after.durationMs === undefined || isNoise(before.durationMs, after.durationMs))
    return { text: "same", tone: "faint" }
  const step = after.durationMs - before.durationMs
  return { text: `${step > 0 ? look.glyphs.up : look.glyphs.down} ${duration(Math.abs(step))}`, tone: step > 0 ? "warn" : "good" }
}
const stageRow = (change: StageChange, name: number, look: Look): Row => {
  const { text, tone } = changeText(change, look)
  const mark = change.after?.mark ?? change.before?.mark ?? "pending"
  return [
    span(`${glyphOf(look, mark)} `, toneOf(mark)),
    span(fit(safeLine(change.stage), name, look.glyphs.ellipsis), "plain"),
    span(padStart(takenText(change.before), 13), "faint"),
    span(padStart(takenText(change.after), 13), "plain"),
    span(`  ${text}`, tone)
  ]
}
const stageTotals = ({ after, before }: RunComparison): StageChange => ({
  stage: "whole run",
  before: { mark: before.mark, durationMs: before.durationMs },
  after: { mark: after.mark, durationMs: after.durationMs }
})
/** The facts that differ first: a changed configuration explains most of the rest. */
const paintComparison = (comparison: RunComparison, size: Size, look: Look): ReadonlyArray<string> => {
  const { after, before, facts } = comparison
  const labelOf = shortLabels(comparison.stages.map(({ stage }) => stage))
  const stages = comparison.stages.map((change) => ({ ...change, stage: labelOf(change.stage) }))
  const differing = facts.filter((fact) => fact.before !== fact.after)
  const same = facts.filter((fact) => fact.before === fact.after)
  const room = Math.max(0, size.width - 15)
  const factLines = differing.flatMap((fact): ReadonlyArray<string> => {
    const both = `${safeLine(fact.before)} ${look.unicode ? "→" : "->"} ${safeLine(fact.after)}`
    const line = (name: string, text: string) =>
      paintRow([span(padEnd(name, 15), "faint"), span(text, "plain")], size.width, look)
    if (widthOf(both) <= room) return [line(safeLine(fact.name), both)]
    return [line(safeLine(fact.name), safeLine(fact.before)), line("", `${look.unicode ? "→" : "->"} ${safeLine(fact.after)}`)]
  })
  const sameLine =
    same.length === 0
      ? []
      : [
          paintRow(
            [span(padEnd("unchanged", 15), "faint"), span(same.map(({ name }) => safeLine(name)).join(", "), "faint")],
            size.width,
            look
          )
        ]
  const name = Math.max(8, Math.min(Math.max(9, ...stages.map(({ stage }) => widthOf(safeLine(stage)))), size.width - 44))
  const titles: Row = [
    span(`  ${padEnd("stage", name)}${padStart(shortId(before.id), 13)}${padStart(shortId(after.id), 13)}`, "faint")
  ]
  const head = [
    heading(`${shortId(after.id)} compared with ${shortId(before.id)}`, "", size.width, look),
    ...factLines,
    ...sameLine
  ]
  const body = [stageTotals(comparison), ...stages].map((change) => paintRow(stageRow(change, name, look), size.width, look))
  const space = size.height - head.length - 2
  const left = body.length - space
  const shown =
    left > 0
      ? [
          ...body.slice(0, Math.max(0, space - 1)),
          paintRow([span(`  ${look.glyphs.down} ${left + 1} more`, "faint")], size.width, look)
        ]
      : body
  return fillRows([...head, " ".repeat(size.width), paintRow(titles, size.width, look), ...shown], size)
}

export const paintHistory: Painter<HistoryView> = (view, size, look) => {
  if (view.runs.length === 0) return nothing(view.empty, size, look)
  const { comparison } = view
  if (comparison === undefined || (size.width < 110 && size.height < 16)) return paintRuns(view, size, look)
  if (size.width >= 110) {
    const left = Math.floor((size.width - 3) * (size.width >= 170 ? 0.55 : 0.47))
    return columns([(s) => paintRuns(view, s, look), (s) => paintComparison(comparison, s, look)], left, size, look)
  }
  const height = Math.min(view.runs.length + 2, Math.floor(size.height * 0.42))
  const rest = { width: size.width, height: size.height - height - 1 }
  return [
    ...paintRuns(view, { width: size.width, height }, look),
    " ".repeat(size.width),
    ...paintComparison(comparison, rest, look)
  ]
}
