/** What stands at a place of the screen. Read off the painted rows, so that what is hit is what is seen. */
import type { Scene } from "../model/Scene.ts"
import type { Hit } from "../model/Surroundings.ts"
import type { View } from "../model/Ui.ts"
import { viewAt } from "./chrome.ts"
import type { Size } from "./Painter.ts"
import { paintScreen } from "./screen.ts"
import { drop, take } from "./text.ts"
import { activeRow } from "./views/stages.ts"
import type { Look } from "./theme.ts"

/** Panes of the overview and of the stages, by the first word of their title. */
const panes: Readonly<Record<string, View>> = {
  Stages: "stages",
  Logs: "logs",
  Graph: "graph",
  Charts: "charts",
  Events: "events",
  Schedule: "schedule",
  Health: "health"
}
interface PaneAt {
  readonly title: string
  readonly top: number
  readonly left: number
}
/** The frame around a place: the nearest upper edge above it that reaches over its column. */
const paneAt = (rows: ReadonlyArray<string>, x: number, y: number, look: Look): PaneAt | undefined => {
  const [topLeft, topRight] = look.glyphs.frame
  for (let top = y; top > 0; top--) {
    const row = rows[top] ?? ""
    const before = take(row, x + 1)
    const left = before.lastIndexOf(topLeft)
    if (left === -1 || before.slice(left + 1, -1).includes(topRight)) continue
    const edge = drop(row, left)
    if (!edge.startsWith(topLeft + look.glyphs.frame[4])) continue
    const title = /[A-Z][a-z]+/u.exec(edge)?.[0]
    if (title !== undefined) return { title, top, left }
  }
  return undefined
}
/** The row of the marker inside of a pane; undefined when nothing is selected there. */
const markedRow = (rows: ReadonlyArray<string>, pane: PaneAt | undefined, look: Look): number | undefined => {
  const left = pane === undefined ? 0 : pane.left + 2
  const found = rows.findIndex((row, at) => at > (pane?.top ?? 0) && drop(row, left).startsWith(`${look.glyphs.pointer} `))
  return found === -1 ? undefined : found
}
/** With the row selected that the view shows unasked: it stays where it is. */
const withActive = ({ ui, ...scene }: Scene, at: number): Scene => ({ ...scene, ui: { ...ui, stage: scene.stages[at]?.id } })

const rowsHit = (
  scene: Scene,
  size: Size,
  rows: ReadonlyArray<string>,
  y: number,
  pane: PaneAt | undefined,
  look: Look
): Hit | undefined => {
  const marked = markedRow(rows, pane, look)
  if (marked !== undefined) return { _tag: "Rows", by: y - marked, from: undefined }
  const { view } = scene.ui
  if (view === "logs" || view === "events") {
    const last = rows.findLastIndex((row, at) => at < size.height - 2 && /[\p{L}\p{N}]/u.test(row))
    return last === -1 ? undefined : { _tag: "Rows", by: Math.min(0, y - last), from: "last" }
  }
  if (view !== "overview" && view !== "stages") return undefined
  const active = Math.max(0, activeRow(scene.stages))
  const first = markedRow(paintScreen(withActive(scene, active), size, look), pane, look)
  return first === undefined ? undefined : { _tag: "Rows", by: y - first + active, from: "first" }
}
/** The stage whose name stands there. */
const stageHit = (scene: Scene, row: string, x: number): Hit | undefined => {
  const stage = [...scene.world.run.stages.keys()].find((name) => {
    const short = name.slice(name.indexOf(".") + 1)
    for (let at = row.indexOf(short); at !== -1; at = row.indexOf(short, at + 1))
      if (x >= at && x < at + short.length) return true
    return false
  })
  return stage === undefined ? undefined : { _tag: "Stage", stage }
}

/** `x` and `y` count cells and rows from 0. */
export const hitAt = (scene: Scene, size: Size, styled: Look, x: number, y: number): Hit | undefined => {
  if (y === 0) {
    const view = viewAt(scene, size.width, x, styled)
    return view === undefined ? undefined : { _tag: "View", view }
  }
  if (y >= size.height - 1) return undefined
  const look: Look = { ...styled, styled: false, color: false }
  const rows = paintScreen(scene, size, look)
  const pane = paneAt(rows, x, y, look)
  const { view } = scene.ui
  if (pane !== undefined && pane.top === y) return y > 1 ? { _tag: "Border" } : undefined
  const other = pane === undefined ? undefined : panes[pane.title]
  if ((view === "overview" || view === "stages") && other !== undefined && other !== "stages")
    return { _tag: "View", view: other }
  if (view === "graph") return stageHit(scene, rows[y] ?? "", x)
  return rowsHit(scene, size, rows, y, pane, look)
}
