/** What runs next: one row per schedule with its coming day as a strip, and what is wrong with the selected one. */
import { ago, duration } from "../../model/amounts.ts"
import { type LeftOut, missedOf, type Pause, type ScheduleRow, type ScheduleView } from "../../model/views/schedule.ts"
import { shortTimeIn, timeIn, until } from "../../model/views/times.ts"
import { fillRows, type Painter, paintRow, type Row, type Size, span } from "../Painter.ts"
import { fit, padStart, safeLine, widthOf, wrap } from "../text.ts"
import { glyphOf, type Look, type Mark, toneOf, wordOf } from "../theme.ts"
import { heading, type ListItem, nothing, paintList } from "./listing.ts"

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const markOf = (row: ScheduleRow): Mark => {
  if (row.paused !== undefined) return "paused"
  if (row.next.length === 0) return "failed"
  return missedOf(row).length > 0 ? "retrying" : "queued"
}
const wordFor = (row: ScheduleRow): string => {
  if (row.paused !== undefined) return "paused"
  if (row.next.length === 0) return "never"
  const missed = missedOf(row).length
  if (missed > 0) return `${missed} missed`
  if (row.problems.some((problem) => problem.startsWith("overlaps"))) return "overlap"
  return row.problems.length > 0 ? "look" : "on"
}

/** Where the strips begin and end: the next day, or week when nothing comes within a day. */
const spanOf = ({ now, rows }: ScheduleView): number => {
  const first = Math.min(...rows.filter(({ paused }) => paused === undefined).map(({ next }) => next[0] ?? Infinity))
  return first - now <= dayMs ? dayMs : 7 * dayMs
}
/** Coming times as marks on a line; `width` cells from now on. */
const strip = (row: ScheduleRow, now: number, room: { readonly width: number; readonly spanMs: number }, look: Look): Row => {
  const cells = Array.from({ length: room.width }, () => look.glyphs.dot)
  for (const at of row.paused === undefined ? row.next : []) {
    const cell = Math.floor(((at - now) / room.spanMs) * room.width)
    if (cell >= 0 && cell < room.width) cells[cell] = look.glyphs.follow
  }
  return [span(cells.join(""), row.paused === undefined ? "accent" : "faint")]
}
/** Ticks above the strips, every quarter: `now`, `+6 h`, ... */
const ruler = (width: number, spanMs: number): string => {
  const tick = (share: number) => (spanMs === dayMs ? `+${24 * share} h` : `+${Math.round(7 * share * 10) / 10} d`)
  const quarters = [0, 0.25, 0.5, 0.75].map((share) =>
    fit(share === 0 ? "now" : tick(share), Math.floor(width * (share + 0.25)) - Math.floor(width * share))
  )
  return quarters.join("")
}

interface Layout {
  readonly name: number
  readonly strip: number
  readonly spanMs: number
  readonly width: number
}
const layoutOf = (view: ScheduleView, width: number): Layout => {
  const longest = Math.max(8, ...view.rows.map(({ id }) => widthOf(safeLine(id))))
  const name = Math.min(longest, width < 60 ? 15 : 30)
  return { name, strip: width < 100 ? 0 : Math.min(72, width - name - (width >= 130 ? 62 : 46)), spanMs: spanOf(view), width }
}
const rowOf = (row: ScheduleRow, view: ScheduleView, layout: Layout, look: Look): Row => {
  const mark = markOf(row)
  const next = row.paused === undefined ? row.next[0] : undefined
  const isNarrow = layout.width < 60
  return [
    span(`${glyphOf(look, mark)} `, toneOf(mark)),
    span(`${fit(safeLine(row.id), layout.name, look.glyphs.ellipsis)} `, row.paused === undefined ? "strong" : "faint"),
    span(padStart(next === undefined ? "" : until(next, view.now), 14), "plain"),
    ...(isNarrow ? [] : [span(`  ${fit(next === undefined ? "" : shortTimeIn(next, row.zone), 13)}`, "faint")]),
    span(
      isNarrow ? "" : `  ${fit(wordFor(row), 9)}`,
      mark === "queued" ? (row.problems.length > 0 ? "warn" : "good") : toneOf(mark)
    ),
    ...(layout.strip >= 16 ? [span(" "), ...strip(row, view.now, { width: layout.strip, spanMs: layout.spanMs }, look)] : []),
    ...(layout.width >= 130 ? [span(`  ${fit(safeLine(row.cron), 14, look.glyphs.ellipsis)}`, "faint")] : [])
  ]
}
const titleRow = ({ name, spanMs, strip, width }: Layout, look: Look): string => {
  const titles = `    ${fit("SCHEDULE", name)} ${padStart("NEXT", 14)}${width < 60 ? "" : `  ${fit("AT", 13)}  ${fit("STATE", 9)}`}`
  const times = strip >= 16 ? ` ${ruler(strip, spanMs)}` : ""
  return paintRow([span(`${titles}${times}${width >= 130 ? "  CRON" : ""}`, "faint")], width, look)
}

/** The first one in full, the others by day and time. */
const timesOf = (times: ReadonlyArray<number>, zone: string): string =>
  times.map((at, i) => (i === 0 ? timeIn(at, zone) : shortTimeIn(at, zone))).join(", ")

/** `Sun 22 19:00 missed: the server was not there`. */
export const leftOutText = ({ at, outcome, reason }: LeftOut, zone: string): string =>
  `${shortTimeIn(at, zone)} ${outcome.replaceAll("_", " ")}${reason === "" ? "" : `: ${safeLine(reason)}`}`
const nextText = ({ next, paused, zone }: ScheduleRow): string => {
  if (paused !== undefined) return "none until p lets it go on"
  return next.length === 0 ? "never" : timesOf(next.slice(0, 5), zone)
}
const mostLeftOut = 5
/** `by ana 2 d ago: holidays`. */
export const pauseText = ({ by, reason, since }: Pause, now: number): string =>
  `by ${safeLine(by)} ${ago(since, now)}${reason === undefined ? "" : `: ${safeLine(reason)}`}`

/** Everything about one schedule; problems in full. */
const detailRows = (row: ScheduleRow, view: ScheduleView, size: Size, look: Look): ReadonlyArray<string> => {
  const line = (name: string, text: string, tone: "plain" | "warn" | "faint" = "plain") =>
    wrap(text, Math.max(8, size.width - 11)).map((part, i) =>
      paintRow([span(fit(i === 0 ? name : "", 11), "faint"), span(part, tone)], size.width, look)
    )
  const { last, leftOut, paused } = row
  const lastWord =
    last === undefined
      ? "never"
      : `${glyphOf(look, last.mark)} ${wordOf(last.mark)} ${ago(last.at, view.now)}${last.durationMs === undefined ? "" : `, took ${duration(last.durationMs)}`}`
  const rows = [
    heading(
      safeLine(row.id),
      [row.cron, row.zone, row.frequency]
        .filter((text) => text !== "")
        .map(safeLine)
        .join(", "),
      size.width,
      look
    ),
    ...(paused === undefined ? [] : line("paused", pauseText(paused, view.now), "warn")),
    ...line("next", nextText(row)),
    ...line("last run", lastWord),
    ...row.problems.flatMap((problem, i) => line(i === 0 ? "problems" : "", safeLine(problem), "warn")),
    ...leftOut
      .slice(0, mostLeftOut)
      .flatMap((one, i) =>
        line(i === 0 ? "left out" : "", leftOutText(one, row.zone), one.outcome === "missed" ? "warn" : "faint")
      )
  ]
  return fillRows(rows, size)
}

export const paintSchedule: Painter<ScheduleView> = (view, size, look) => {
  if (view.rows.length === 0) return nothing(view.empty, size, look)
  const layout = layoutOf(view, size.width)
  const items: ReadonlyArray<ListItem> = view.rows.map((row) => ({ id: row.id, row: rowOf(row, view, layout, look) }))
  const selected = view.rows.find(({ id }) => id === view.selected) ?? view.rows[0]!
  const detail = size.height >= 12 ? Math.min(10, Math.max(6, size.height - view.rows.length - 3)) : 0
  const held =
    view.held === undefined || size.height < 6
      ? []
      : [paintRow([span(`${glyphOf(look, "retrying")} nothing fires: ${safeLine(view.held)}`, "warn")], size.width, look)]
  const head = [...held, ...(size.height >= 6 ? [titleRow(layout, look)] : [])]
  const height = Math.max(1, size.height - head.length - (detail === 0 ? 0 : detail + 1))
  return fillRows(
    [
      ...head,
      ...paintList(
        items,
        view.selected,
        { width: size.width, height: detail === 0 ? height : Math.min(height, items.length) },
        look
      ),
      ...(detail === 0
        ? []
        : [" ".repeat(size.width), ...detailRows(selected, view, { width: size.width, height: detail }, look)])
    ],
    size
  )
}
