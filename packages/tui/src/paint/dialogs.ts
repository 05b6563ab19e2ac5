/** Dialogs: palette, pickers, confirmations, help. They cover whole rows, so that no row is ever cut inside a style. */
import { offered } from "../model/offered.ts"
import { isAnswered, picked } from "../model/overlays.ts"
import { viewOfKeys } from "../model/panes.ts"
import { entriesFor } from "../model/palette.ts"
import type { Scene } from "../model/Scene.ts"
import type { ChartColumn } from "../model/views/charts.ts"
import type { Binding } from "../model/keymap.ts"
import { type Overlay, viewTitles } from "../model/Ui.ts"
import { fillRows, frame, inside, paintRow, paintSelected, type Row, type Size, span } from "./Painter.ts"
import { fit, padStart, safeLine, wrap } from "./text.ts"
import { everyMark, glyphOf, type Look, toneOf, wordOf } from "./theme.ts"
import { topOf } from "./views/stages.ts"

type Of<Tag extends Overlay["_tag"]> = Extract<Overlay, { readonly _tag: Tag }>
type Rows = ReadonlyArray<string>

const cursorMark = "_"
const field = (label: string, text: string): Row => [span(label, "accent"), span(text, "strong"), span(cursorMark, "selected")]

/** A list with a field above it. */
const listed = (
  options: {
    readonly label: string
    readonly text: string
    readonly index: number
    readonly rows: ReadonlyArray<Row>
    readonly empty: string
  },
  size: Size,
  look: Look
): Rows => {
  const height = size.height - 1
  const at = Math.max(0, Math.min(options.index, options.rows.length - 1))
  const top = topOf(at, options.rows.length, height)
  const body = options.rows
    .slice(top, top + height)
    .map((row, i) =>
      i + top === at
        ? paintSelected([span(`${look.glyphs.pointer} `), ...row], size.width, look)
        : paintRow([span("  "), ...row], size.width, look)
    )
  const none = options.rows.length === 0 ? [paintRow([span(`  ${options.empty}`, "faint")], size.width, look)] : []
  return fillRows([paintRow(field(options.label, options.text), size.width, look), ...body, ...none], size)
}
const palette = (scene: Scene, over: Of<"Palette">, size: Size, look: Look): Rows => {
  const line = Math.floor(size.width * 0.35)
  const rows = entriesFor(scene, over.text).map((entry): Row => [
    span(fit(safeLine(entry.label), Math.max(10, size.width - line - 10), look.glyphs.ellipsis)),
    span(` ${fit(entry.key, 6)} `, "strong"),
    span(entry.line, "faint")
  ])
  return listed(
    { label: ": ", text: over.text, index: over.index, rows, empty: "no command has these letters in this order" },
    size,
    look
  )
}
const stagePicker = (scene: Scene, over: Of<"Stages">, size: Size, look: Look): Rows => {
  const rows = picked(pickableOf(scene), over.text).map((name): Row => [
    span(over.chosen.includes(name) ? "[x] " : "[ ] ", "strong"),
    span(safeLine(name), name.includes(".") ? "plain" : "title")
  ])
  return listed(
    { label: "show the log of: ", text: over.text, index: over.index, rows, empty: "no stage has this in its name" },
    size,
    look
  )
}
/** Columns that can be drawn and have these letters somewhere in their name. */
export const columnsFor = ({ world }: Scene, text: string): ReadonlyArray<ChartColumn> =>
  (world.desk.columns ?? []).filter(({ asset, column }) => `${asset}.${column}`.toLowerCase().includes(text.trim().toLowerCase()))
const columnPicker = (scene: Scene, over: Of<"Columns">, size: Size, look: Look): Rows => {
  const rows = columnsFor(scene, over.text).map(({ asset, column }): Row => [
    span(`${safeLine(asset)}.`, "faint"),
    span(safeLine(column))
  ])
  return listed(
    { label: "column: ", text: over.text, index: over.index, rows, empty: "no column has this in its name" },
    size,
    look
  )
}
/** Pipelines and stages of the run, as the log can be narrowed to them. */
export const pickableOf = (scene: Scene): ReadonlyArray<string> =>
  [...scene.world.run.pipelines.keys()].flatMap((pipeline) => [
    pipeline,
    ...[...scene.world.run.stages.values()].filter((s) => s.pipeline === pipeline).map((s) => s.name)
  ])

const confirm = (over: Of<"Confirm">, width: number, look: Look): Rows => {
  const { certainty, line, lines, name, undo } = over.question
  const text = lines.flatMap((one) => wrap(safeLine(one), width))
  const isDone = isAnswered(over.question, over.typed)
  const ask: Row =
    certainty === "name"
      ? [...field(`type ${safeLine(name)} to go on: `, over.typed), span(isDone ? "  enter" : "", "good")]
      : certainty === "key"
        ? [span("y or enter", "strong"), span(" does it   "), span("n or esc", "strong"), span(" leaves it")]
        : [span("y", "strong"), span(" does it   "), span("n, enter or esc", "strong"), span(" leaves it")]
  return [
    ...text.map((one) => paintRow([span(one)], width, look)),
    ...wrap(undo, width).map((one) => paintRow([span(one, "faint")], width, look)),
    paintRow([span(`same as: ${safeLine(line)}`, "faint")], width, look),
    " ".repeat(width),
    paintRow(ask, width, look)
  ]
}
const choose = (over: Of<"Choose">, width: number, look: Look): Rows =>
  over.choices.map(({ key, label }) => paintRow([span(` ${fit(key, 5)}`, "strong"), span(label)], width, look))

/** The rows of `dialog` in the middle of `body`, whole rows each. */
const centred = (body: Rows, dialog: Rows, width: number): Rows => {
  const top = Math.max(0, Math.floor((body.length - dialog.length) / 3))
  const left = Math.max(0, Math.floor((width - dialogWidth(width)) / 2))
  const right = Math.max(0, width - dialogWidth(width) - left)
  return body.map((row, i) => {
    const line = dialog[i - top]
    return line === undefined ? row : " ".repeat(left) + line + " ".repeat(right)
  })
}
const dialogWidth = (width: number): number => Math.min(width, Math.max(40, Math.min(100, width - 8)))

const box = (
  title: string,
  body: Rows,
  over: { readonly rows: Rows; readonly note?: string },
  width: number,
  look: Look
): Rows => {
  const size = { width: dialogWidth(width), height: Math.min(body.length, over.rows.length + 2) }
  const options = { title, focused: true, ...(over.note === undefined ? {} : { note: over.note }) }
  return centred(body, frame(over.rows, options, size, look), width)
}

/** `body` with the open dialog over it. */
export const paintOverlay = (scene: Scene, body: Rows, width: number, look: Look): Rows => {
  const { over } = scene.ui
  const inner = dialogWidth(width) - 4
  const tall = { width: inner, height: Math.max(1, Math.min(18, body.length - 4)) }
  switch (over._tag) {
    case "Palette":
      return box("Commands", body, { rows: palette(scene, over, tall, look), note: "enter does it, esc closes" }, width, look)
    case "Stages":
      return box(
        "Stages",
        body,
        { rows: stagePicker(scene, over, tall, look), note: "space chooses several, ^U all" },
        width,
        look
      )
    case "Columns":
      return box(
        "Charts of a column",
        body,
        { rows: columnPicker(scene, over, tall, look), note: "enter draws it, esc closes" },
        width,
        look
      )
    case "Confirm":
      return box(over.question.title, body, { rows: confirm(over, inner, look) }, width, look)
    case "Choose":
      return box(over.title, body, { rows: choose(over, inner, look) }, width, look)
    default:
      return body
  }
}
interface HelpGroup {
  readonly title: string
  readonly rows: ReadonlyArray<Row>
}
const keyCells = 14
/** What the keys do, those of this view first, and what the signs mean; `text` narrows it down. Groups without a row are not there. */
const helpGroups = (scene: Scene, text: string, look: Look): ReadonlyArray<HelpGroup> => {
  const wanted = text.toLowerCase()
  const view = viewOfKeys(scene.ui)
  const found = offered(scene).filter(({ help, keys }) => `${keys.join(" ")} ${help}`.toLowerCase().includes(wanted))
  const rowsOf = (bindings: ReadonlyArray<Binding>): ReadonlyArray<Row> =>
    bindings.map(({ help, keys }) => [span(padStart(keys.join(", "), keyCells), "strong"), span(`  ${help}`)])
  const marks = everyMark
    .filter((mark) => `${mark} ${wordOf(mark)}`.includes(wanted))
    .map((mark): Row => [
      span(padStart(glyphOf(look, mark), keyCells), toneOf(mark)),
      span(`  ${fit(wordOf(mark), 8)}`, toneOf(mark)),
      span(mark, "faint")
    ])
  const groupOf = ({ in: places, intent }: Binding): string => {
    if (intent._tag === "Go") return "Views"
    if (intent._tag === "Move" || intent._tag === "Sideways") return "Moving"
    return places.includes("all") ? "Everywhere" : `In ${viewTitles[view]}`
  }
  const groups = Map.groupBy(found, groupOf)
  return [
    ...[`In ${viewTitles[view]}`, "Moving", "Views", "Everywhere"].map((title) => ({
      title,
      rows: rowsOf(groups.get(title) ?? [])
    })),
    { title: "What the signs mean", rows: marks }
  ].filter(({ rows }) => rows.length > 0)
}
/** Least cells of a column of help. */
const helpColumn = 58

/** Help fills the body: every key that does something here, and what every sign means, in as many columns as there is room for. */
export const paintHelp = (scene: Scene, over: Of<"Help">, size: Size, look: Look): Rows => {
  const inner = inside(size)
  const lines = helpGroups(scene, over.text, look).flatMap(({ rows, title }, i): ReadonlyArray<Row> => [
    ...(i === 0 ? [] : [[]]),
    [span(`  ${title}`, "title")],
    ...rows
  ])
  const most = Math.max(1, Math.floor(inner.width / helpColumn))
  // No more columns than it takes to see everything.
  const columns = Math.max(1, Math.min(most, Math.ceil(lines.length / Math.max(1, inner.height - 1))))
  const length = Math.ceil(lines.length / columns)
  const top = Math.max(0, Math.min(over.top, length - (inner.height - 1)))
  const width = Math.floor(inner.width / columns)
  const rowAt = (at: number): string =>
    Array.from({ length: columns }, (_, column) =>
      paintRow(
        at < length ? (lines[column * length + at] ?? []) : [],
        column === columns - 1 ? inner.width - width * (columns - 1) : width,
        look
      )
    ).join("")
  const search = paintRow(
    [span("search: ", "accent"), span(over.text, "strong"), span(cursorMark, "selected")],
    inner.width,
    look
  )
  const body = Array.from({ length: Math.max(0, inner.height - 1) }, (_, i) => rowAt(top + i))
  return frame([search, ...body], { title: "Keys", note: "type to search, esc closes", focused: true }, size, look)
}
