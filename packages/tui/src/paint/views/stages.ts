import type { StageRow } from "../../model/stages.ts"
import { timelineOf } from "../timeline.ts"
import { barOf, percent } from "../bar.ts"
import { fillRows, type Painter, paintRow, paintSelected, type Row, type Size, span } from "../Painter.ts"
import { cut, fit, padStart, safeLine, widthOf } from "../text.ts"
import { glyphOf, type Look, toneOf, wordOf } from "../theme.ts"

export interface StagesModel {
  readonly rows: ReadonlyArray<StageRow>
  /** Id of the row under the cursor. */
  readonly selected: string | undefined
  /** Shown instead of rows when there are none. */
  readonly empty: string
  /** The bars are time lines of this range, instead of shares. */
  readonly timeline?: { readonly from: number; readonly to: number }
}
interface Columns {
  readonly name: number
  readonly bar: number
  readonly percent: boolean
  readonly done: number
  readonly rate: number
  readonly elapsed: number
  readonly eta: number
  readonly word: boolean
}
const widest = (texts: ReadonlyArray<string>, title: string): number => {
  const cells = Math.max(...texts.map(widthOf))
  return cells === 0 ? 0 : Math.max(cells, title.length) + 1
}
/** `00:55±00:09` without how sure it is. */
const withoutSpread = (eta: string): string => eta.split("±")[0] ?? ""
/** Least cells for notes before columns are left away for them; in a narrow table. */
const leastNote = { wide: 24, narrow: 10 } as const
/** Columns are as wide as what is in them; the bar shrinks first, then the least needed columns go, until a note has room. */
const columnsOf = (rows: ReadonlyArray<StageRow>, width: number, hasTimeline: boolean): Columns => {
  const named = Math.max(8, ...rows.map((row) => widthOf(row.name) + 4))
  const name = Math.min(named, Math.max(12, Math.floor(width * (width < 50 ? 0.55 : 0.34))))
  const all: Columns = {
    name,
    bar: hasTimeline
      ? Math.max(8, Math.floor(width * 0.4))
      : width >= 150
        ? 26
        : width >= 100
          ? 16
          : width >= 76
            ? 10
            : width >= 50
              ? 8
              : 0,
    percent: true,
    done:
      width < 50
        ? 0
        : widest(
            rows.map((row) => row.done),
            "N/TOTAL"
          ),
    rate: widest(
      rows.map((row) => row.rate),
      "RATE"
    ),
    elapsed: widest(
      rows.map((row) => row.elapsed),
      "TIME"
    ),
    eta: widest(
      rows.map((row) => row.eta),
      "LEFT"
    ),
    word: width >= 76
  }
  const isNoted = rows.some((row) => row.note !== "")
  const room = (c: Columns) =>
    width - c.name - (c.word ? 7 : 0) - (c.bar > 0 ? c.bar + 1 : 0) - 6 - c.done - c.rate - c.elapsed - c.eta - 4
  const wanted = isNoted && width >= 50 ? (width < 100 ? leastNote.narrow : leastNote.wide) : 0
  const steps: ReadonlyArray<Partial<Columns>> = [
    { rate: 0 },
    {
      eta: widest(
        rows.map(({ eta }) => withoutSpread(eta)),
        "LEFT"
      )
    },
    { word: false },
    { bar: Math.min(all.bar, hasTimeline ? 30 : 8) },
    { bar: hasTimeline ? 8 : 0 },
    { eta: 0 },
    { done: 0 }
  ]
  return steps.reduce<Columns>((columns, step) => (room(columns) >= wanted ? columns : { ...columns, ...step }), all)
}
const treeOf = (row: StageRow, look: Look, flat: boolean): string => {
  if (row.kind === "pipeline") return `${row.folded ? look.glyphs.closed : look.glyphs.open} `
  return flat ? "" : `${row.last ? look.glyphs.tree[1] : look.glyphs.tree[0]} `
}
const right = (text: string, cells: number): string => (cells === 0 ? "" : ` ${padStart(cut(text, cells - 1), cells - 1)}`)

const rowOf = (row: StageRow, columns: Columns, look: Look, flat: boolean, timeline: StagesModel["timeline"]): Row => {
  const tone = toneOf(row.mark)
  const name = fit(safeLine(row.name), columns.name - 2 - (row.kind === "pipeline" || !flat ? 2 : 0), look.glyphs.ellipsis)
  return [
    span(treeOf(row, look, flat), "faint"),
    span(`${glyphOf(look, row.mark)} `, tone),
    span(
      name,
      row.kind === "pipeline" ? "title" : row.mark === "running" ? "strong" : row.mark === "skipped" ? "faint" : "plain"
    ),
    ...(columns.word ? [span(` ${fit(wordOf(row.mark), 6)}`, tone)] : []),
    ...(columns.bar > 0
      ? [
          span(" "),
          ...(timeline === undefined ? barOf(row.share, columns.bar, look) : timelineOf(row.spans, timeline, columns.bar, look))
        ]
      : []),
    span(padStart(percent(row.share), 6), "plain"),
    span(right(row.done, columns.done), "plain"),
    span(right(row.rate, columns.rate), "faint"),
    span(right(row.elapsed, columns.elapsed), "plain"),
    span(right(widthOf(row.eta) < columns.eta ? row.eta : withoutSpread(row.eta), columns.eta), "faint"),
    ...(row.tries === "" ? [] : [span(`  try ${row.tries}`, "warn")]),
    span(
      row.note === "" ? "" : `  ${safeLine(row.note)}`,
      row.mark === "failed" ? "bad" : row.mark === "retrying" ? "warn" : "faint"
    )
  ]
}
const titles = (columns: Columns, hasTimeline: boolean): string =>
  [
    fit("  STAGE", columns.name + (columns.word ? 9 : 2)).slice(0, columns.name + (columns.word ? 9 : 2)),
    columns.bar > 0 ? fit(hasTimeline ? " WHEN (! BETWEEN TRIES)" : " PROGRESS", columns.bar + 1) : "",
    " ".repeat(6),
    right("N/TOTAL", columns.done),
    right("RATE", columns.rate),
    right("TIME", columns.elapsed),
    right("LEFT", columns.eta),
    "  NOTE"
  ].join("")

/** Where the eye belongs while no row is chosen: what failed when all is over, else what is under way, with what comes next. */
export const activeRow = (rows: ReadonlyArray<StageRow>): number => {
  const isOf = (...marks: ReadonlyArray<StageRow["mark"]>) =>
    rows.findLastIndex(({ kind, mark }) => kind === "stage" && marks.includes(mark))
  const active = isOf("running", "retrying", "queued")
  return active === -1 ? isOf("failed") : active
}
/** The first row that is shown, so that the selected one is on the screen. */
export const topOf = (selected: number, length: number, height: number): number => {
  if (length <= height || selected < 0) return 0
  return Math.max(0, Math.min(length - height, selected - Math.floor(height / 2)))
}

const hasHead = (columns: Columns, { height }: Size): boolean => height > 4 && columns.done > 0
interface Shown {
  readonly columns: Columns
  readonly head: boolean
  /** Rows of the table below its head, and the first of them. */
  readonly height: number
  readonly top: number
}
const shownOf = ({ rows, selected, timeline }: StagesModel, size: Size): Shown => {
  const columns = columnsOf(rows, size.width - 2, timeline !== undefined)
  const head = hasHead(columns, size)
  const height = size.height - (head ? 1 : 0)
  const at = selected === undefined ? activeRow(rows) : rows.findIndex(({ id }) => id === selected)
  return { columns, head, height, top: topOf(at, rows.length, height) }
}
/** Place of the first row that is on the screen. */
export const firstShown = (model: StagesModel, size: Size): number => (model.rows.length === 0 ? 0 : shownOf(model, size).top)

/** One row per pipeline and stage. Selection is inverse and has a marker, so that it needs no colour. */
export const paintStages: Painter<StagesModel> = (model, size, look) => {
  if (model.rows.length === 0) return fillRows([paintRow([span(model.empty, "faint")], size.width, look)], size)
  const flat = model.rows.every((row) => row.kind === "stage")
  const { columns, head, height, top } = shownOf(model, size)
  const body = model.rows.slice(top, top + height).map((row) => {
    const cells = rowOf(row, columns, look, flat, model.timeline)
    return row.id === model.selected
      ? paintSelected([span(`${look.glyphs.pointer} `), ...cells], size.width, look)
      : paintRow([span("  "), ...cells], size.width, look)
  })
  const note = (glyph: string, n: number): string => paintRow([span(`  ${glyph} ${n} more`, "faint")], size.width, look)
  const more = model.rows.length - top - height
  if (top > 0 && body.length > 2 && model.rows[top]!.id !== model.selected) body[0] = note(look.glyphs.up, top + 1)
  if (more > 0 && body.length > 1) body[body.length - 1] = note(look.glyphs.down, more + 1)
  const titled = head ? [paintRow([span(`  ${titles(columns, model.timeline !== undefined)}`, "faint")], size.width, look)] : []
  return fillRows([...titled, ...body], size)
}
