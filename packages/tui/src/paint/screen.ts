/** The whole screen out of one scene: layout by size, panes, dialogs. Pure; every row has exactly the width of the screen. */
import { headOf, isStale, linesAround, type Scene } from "../model/Scene.ts"
import type { View } from "../model/Ui.ts"
import { viewOfKeys } from "../model/panes.ts"
import { percent } from "./bar.ts"
import { paintFooter, paintHeader } from "./chrome.ts"
import { paintHelp, paintOverlay } from "./dialogs.ts"
import { severalPanes, type ViewPainter } from "./layouts.ts"
import { fillRows, inside, isTooSmall, paintRow, type Size, span } from "./Painter.ts"
import {
  chartsPane,
  configPane,
  eventsPane,
  graphPane,
  healthPane,
  historyPane,
  inspectorPane,
  logsPane,
  type PaneOptions,
  schedulePane,
  eventTree,
  treePane
} from "./panes.ts"
import { inspectedFacts } from "./inspected.ts"
import { safeLine } from "./text.ts"
import { paintToasts } from "./toasts.ts"
import { fadedLook, glyphOf, type Look, toneOf } from "./theme.ts"
import { plainLine } from "./views/logs.ts"
import { factText } from "../model/inspect.ts"

type Rows = ReadonlyArray<string>
/** The views in the order of their keys, each with its painter. */
export const viewPainters: Readonly<Record<View, ViewPainter>> = {
  overview: severalPanes("overview"),
  graph: graphPane,
  stages: severalPanes("stages"),
  logs: logsPane,
  charts: chartsPane,
  history: historyPane,
  schedule: schedulePane,
  health: healthPane,
  config: configPane,
  events: eventsPane
}

const body = (scene: Scene, size: Size, look: Look): Rows => {
  const { over, view } = scene.ui
  if (over._tag === "Help") return paintToasts(scene, paintHelp(scene, over, size, look), size.width, look)
  if (over._tag === "Tree") return paintToasts(scene, treePane(scene, size, look), size.width, look)
  if (over._tag === "Inspect") return paintToasts(scene, inspectorPane(scene, over, size, look), size.width, look)
  const options: PaneOptions = { focused: true, framed: !scene.ui.frameless && size.width >= 60 }
  const painter = viewPainters[view]
  const rows = fillRows(painter(scene, size, options, look), size)
  return paintToasts(scene, paintOverlay(scene, rows, size.width, look), size.width, look)
}
/** Below the least size: state, share, failures, and why there is no more. */
const oneLine = (scene: Scene, size: Size, look: Look): Rows => {
  const head = headOf(scene)
  const row = [
    span(`${glyphOf(look, head.mark)} ${head.word} ${percent(head.share)} `, toneOf(head.mark)),
    span(`${head.failed} failed `, head.failed > 0 ? "bad" : "faint"),
    span("terminal too small for panes", "faint")
  ]
  return fillRows([paintRow(row, size.width, look)], size)
}
/** A prompt takes the footer's place. */
const bottom = (scene: Scene, width: number, look: Look): string => {
  const { over } = scene.ui
  if (over._tag === "SavePath") {
    const row = [span(" save as ", "accent"), span(over.text, "strong"), span("_", "selected")]
    return paintRow([...row, span("   .csv: its values, .svg: a picture; enter saves, esc leaves it", "faint")], width, look)
  }
  if (over._tag === "Save")
    return paintRow(
      [
        span(" save these lines as ", "accent"),
        span(over.text, "strong"),
        span("_", "selected"),
        span("   enter saves, esc does not", "faint")
      ],
      width,
      look
    )
  if (over._tag !== "Prompt") return paintFooter(scene, width, look)
  const found = over.view === "logs" ? `   ${scene.logProblem ?? `${scene.found.length} found`}` : ""
  return paintRow(
    [
      span(" / ", "accent"),
      span(over.text, "strong"),
      span("_", "selected"),
      span(found, "faint"),
      span("   enter keeps it, esc takes it back", "faint")
    ],
    width,
    look
  )
}

/** The text of the view without frames and styles, for copying and paging. */
export const viewText = (scene: Scene, size: Size, look: Look): Rows => {
  const bare: Look = { ...look, styled: false, color: false }
  const { over } = scene.ui
  const view = viewOfKeys(scene.ui)
  if (over._tag === "Inspect") return inspectedFacts(scene, over.what).map(factText)
  if (over._tag === "Tree") return (JSON.stringify(eventTree(scene).event, undefined, 2) ?? "").split("\n")
  if (view === "logs") return linesAround(scene, size.height).map(({ line }) => plainLine(line))
  const painter = viewPainters[view]
  return painter(
    { ...scene, ui: { ...scene.ui, view, pane: undefined, stage: undefined, maximised: true } },
    size,
    { focused: false, framed: false },
    bare
  ).map((row) => row.trimEnd())
}
const copyMode = (scene: Scene, size: Size, look: Look): Rows => {
  const rows = viewText(scene, { width: size.width, height: size.height - 1 }, look).slice(0, size.height - 1)
  const note = paintRow([span("copy mode: select with the terminal, esc goes back", "faint")], size.width, look)
  const text = rows.map((row) => paintRow([span(safeLine(row))], size.width, { ...look, styled: false }))
  return [...fillRows(text, { width: size.width, height: size.height - 1 }), note]
}

/** Exactly `size.height` rows of `size.width` cells. */
export const paintScreen = (scene: Scene, size: Size, look: Look): Rows => {
  if (isTooSmall(size)) return oneLine(scene, size, look)
  if (scene.ui.over._tag === "CopyMode") return copyMode(scene, size, look)
  const room = roomOf(size)
  const how = isStale(scene.world) ? fadedLook(look) : look
  return [paintHeader(scene, size.width, look), ...fillRows(body(scene, room, how), room), bottom(scene, size.width, look)]
}
/** The room of the view: between header and footer. */
export const roomOf = ({ height, width }: Size): Size => ({ width, height: height - 2 })
/** Rows that a list has on this screen: what half a page is half of. */
export const pageOf = (size: Size): number => Math.max(1, inside(roomOf(size)).height)
