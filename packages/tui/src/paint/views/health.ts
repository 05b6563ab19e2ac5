/** Alerts first, then pipelines, then the system: worst news at the top. */
import { ago, duration } from "../../model/amounts.ts"
import type { Alert, HealthCheck, HealthView, PipelineHealth } from "../../model/views/health.ts"
import { fillRows, type Painter, type Row, type Size, span } from "../Painter.ts"
import { fit, padStart, safeLine, widthOf } from "../text.ts"
import { glyphOf, type Look, type Tone, toneOf, wordOf } from "../theme.ts"
import { columns, heading, type ListItem, nothing, paintList } from "./listing.ts"

const levelTone: Readonly<Record<HealthCheck["level"], Tone>> = { ok: "good", warn: "warn", bad: "bad" }
const levelWord: Readonly<Record<HealthCheck["level"], string>> = { ok: "ok", warn: "look", bad: "bad" }
const levelGlyph = (level: HealthCheck["level"], look: Look): string =>
  glyphOf(look, level === "ok" ? "completed" : level === "warn" ? "retrying" : "failed")

const alertTone = ({ severity, state }: Alert): Tone => {
  if (state !== "firing") return "faint"
  return severity === "critical" || severity === "high" ? "bad" : "warn"
}
const stateText = ({ by, state }: Alert): string =>
  by === undefined || state === "firing" ? state : `${state === "acknowledged" ? "acked" : state} by ${safeLine(by)}`

const alertRow = (alert: Alert, now: number, width: number, look: Look): Row => {
  const tone = alertTone(alert)
  const glyph =
    alert.state === "resolved"
      ? glyphOf(look, "completed")
      : alert.state === "firing"
        ? tone === "bad"
          ? glyphOf(look, "failed")
          : "!"
        : glyphOf(look, "paused")
  return [
    span(`${glyph} `, tone),
    span(fit(alert.severity, 9), tone),
    ...(width >= 60
      ? [span(fit(stateText(alert), 16, look.glyphs.ellipsis), alert.state === "firing" ? "strong" : "faint")]
      : []),
    span(fit(ago(alert.since, now), 13), "faint"),
    span(safeLine(alert.rule), alert.state === "firing" ? "strong" : "faint"),
    span(alert.text === "" ? "" : `  ${safeLine(alert.text)}`, alert.state === "firing" ? "plain" : "faint")
  ]
}
const recentCells = 12

interface PipelineColumns {
  readonly name: number
  /** Cells of the newest results. */
  readonly recent: number
  readonly width: number
}
const pipelineRow = (one: PipelineHealth, now: number, columns: PipelineColumns, look: Look): Row => {
  const { name, width } = columns
  const recent = one.recent.slice(-recentCells)
  const isGood = one.mark === "completed" || one.mark === "reused"
  const rate = one.errorRate === undefined ? "" : one.errorRate === 0 ? "no errors" : `${Math.ceil(100 * one.errorRate)} % failed`
  return [
    span(`${glyphOf(look, one.mark)} `, toneOf(one.mark)),
    span(`${fit(safeLine(one.pipeline), name, look.glyphs.ellipsis)} `, "plain"),
    span(fit(one.lastRunAt === undefined ? "never" : wordOf(one.mark), 7), toneOf(one.mark)),
    span(fit(one.lastRunAt === undefined ? "" : ago(one.lastRunAt, now), 13), "faint"),
    ...(width >= 56 ? [span(padStart(one.averageMs === undefined ? "" : `avg ${duration(one.averageMs)}`, 15), "plain")] : []),
    ...(width >= 70
      ? [span(" ".repeat(2 + columns.recent - recent.length)), ...recent.map((mark) => span(glyphOf(look, mark), toneOf(mark)))]
      : []),
    ...(width >= 84 ? [span(`  ${fit(rate, 12)}`, one.errorRate !== undefined && one.errorRate > 0 ? "warn" : "faint")] : []),
    ...(width >= 112 && one.lastSuccessAt !== undefined && !isGood
      ? [span(`  last good ${ago(one.lastSuccessAt, now)}`, "faint")]
      : [])
  ]
}
const checkRow = (check: HealthCheck, name: number, look: Look): Row => [
  span(`${levelGlyph(check.level, look)} `, levelTone[check.level]),
  span(`${fit(safeLine(check.name), name, look.glyphs.ellipsis)} `, "plain"),
  span(fit(levelWord[check.level], 5), levelTone[check.level]),
  span(safeLine(check.text), check.level === "ok" ? "faint" : "plain")
]

interface Section {
  readonly title: string
  readonly note: string
  readonly items: ReadonlyArray<ListItem>
}
const longest = (names: ReadonlyArray<string>, most: number): number =>
  Math.min(most, Math.max(6, ...names.map((name) => widthOf(safeLine(name)))))

const alertsOf = (view: HealthView, width: number, look: Look): Section => {
  const count = (state: Alert["state"]) => view.alerts.filter((alert) => alert.state === state).length
  const note = (
    [
      ["firing", "firing"],
      ["acknowledged", "acknowledged"],
      ["silenced", "silenced"],
      ["resolved", "resolved"]
    ] as const
  )
    .flatMap(([state, word]) => (count(state) === 0 ? [] : [`${count(state)} ${word}`]))
    .join(", ")
  return {
    title: "Alerts",
    note: note === "" ? "none" : note,
    items: view.alerts.map((alert) => ({ id: alert.id, row: alertRow(alert, view.now, width - 2, look) }))
  }
}
const pipelinesOf = (view: HealthView, width: number, look: Look): Section => {
  const name = longest(
    view.pipelines.map(({ pipeline }) => pipeline),
    width < 60 ? 16 : 28
  )
  const recent = Math.min(recentCells, Math.max(0, ...view.pipelines.map((one) => one.recent.length)))
  const bad = view.pipelines.filter(({ level }) => level !== "ok").length
  const shadows = view.pipelines.flatMap(({ pipeline, shadow }) =>
    shadow === undefined ? [] : [`${safeLine(`${pipeline} has the shadow ${shadow.version}`)} ${wordOf(shadow.mark)}`]
  )
  const all =
    view.pipelines.length === 0 ? "none has run" : bad === 0 ? "all well" : `${bad} of ${view.pipelines.length} need a look`
  return {
    title: "Pipelines",
    note: [all, ...shadows].join("; "),
    items: view.pipelines.map((one) => ({
      id: one.pipeline,
      row: pipelineRow(one, view.now, { name, recent, width: width - 2 }, look)
    }))
  }
}
const systemOf = (view: HealthView, width: number, look: Look): Section => {
  const name = longest(
    view.system.map((check) => check.name),
    width < 60 ? 14 : 24
  )
  const bad = view.system.filter(({ level }) => level !== "ok").length
  return {
    title: "System",
    note: view.system.length === 0 ? "not checked" : bad === 0 ? "all well" : `${bad} of ${view.system.length} need a look`,
    items: view.system.map((check) => ({ id: check.name, row: checkRow(check, name, look) }))
  }
}

/** Sections below each other; each gets its rows, and when they do not fit, the earlier ones get them first, with at least two for each. */
const stacked = (
  sections: ReadonlyArray<Section>,
  selected: string | undefined,
  size: Size,
  look: Look
): ReadonlyArray<string> => {
  const isLoose = size.height >= sections.reduce((sum, { items }) => sum + items.length + 2, -1)
  const gap = isLoose ? 1 : 0
  const rows: Array<string> = []
  for (const [i, section] of sections.entries()) {
    const later = sections.slice(i + 1).reduce((sum, { items }) => sum + 1 + gap + Math.min(2, items.length), 0)
    const room = size.height - rows.length - 1 - later
    const height = Math.max(0, Math.min(section.items.length, room))
    rows.push(heading(section.title, section.note, size.width, look))
    rows.push(...paintList(section.items, selected, { width: size.width, height }, look))
    if (gap > 0 && i + 1 < sections.length) rows.push(" ".repeat(size.width))
  }
  return fillRows(rows, size)
}

const leastForColumns = 150

export const paintHealth: Painter<HealthView> = (view, size, look) => {
  if (view.pipelines.length + view.system.length + view.alerts.length === 0) return nothing(view.empty, size, look)
  if (size.width < leastForColumns)
    return stacked(
      [alertsOf(view, size.width, look), pipelinesOf(view, size.width, look), systemOf(view, size.width, look)],
      view.selected,
      size,
      look
    )
  const alerts = Math.min(view.alerts.length + 1, Math.floor(size.height / 2))
  const below = { width: size.width, height: size.height - alerts - 1 }
  const left = Math.floor(size.width * 0.6)
  return [
    ...stacked([alertsOf(view, size.width, look)], view.selected, { width: size.width, height: alerts }, look),
    " ".repeat(size.width),
    ...columns(
      [
        (s) => stacked([pipelinesOf(view, s.width, look)], view.selected, s, look),
        (s) => stacked([systemOf(view, s.width, look)], view.selected, s, look)
      ],
      left,
      below,
      look
    )
  ]
}
