/** The whole screen out of one scene: layout by size, panes, dialogs. Pure; every row has exactly the width of the screen. */
import { headOf, isStale, linesAround, type Scene } from "../model/Scene.ts"
import type { SizeClass, View } from "../model/Ui.ts"
import { percent } from "./bar.ts"
import { paintFooter, paintHeader } from "./chrome.ts"
import { paintHelp, paintOverlay } from "./dialogs.ts"
import { beside, fillRows, inside, paintRow, type Size, span } from "./Painter.ts"
import {
  chartsPane,
  configPane,
  eventsPane,
  graphHeight,
  graphPane,
  healthPane,
  historyPane,
  inspectorPane,
  logsPane,
  type PaneOptions,
  schedulePane,
  sidePane,
  stagesPane
} from "./panes.ts"
import { inspectedFacts } from "./inspected.ts"
import { safeLine } from "./text.ts"
import { paintToasts } from "./toasts.ts"
import { fadedLook, glyphOf, type Look, toneOf } from "./theme.ts"
import { plainLine } from "./views/logs.ts"
import { factText } from "../model/inspect.ts"

type Rows = ReadonlyArray<string>
/** Smallest terminal that has room for panes. */
export const leastSize: Size = { width: 40, height: 10 }

/** The class of a width; undefined where there is one pane only. */
export const sizeClassOf = ({ width }: Size): SizeClass | undefined =>
  width >= 160 ? "wide" : width >= 100 ? "middle" : width >= 60 ? "small" : undefined
/** Rows of the lower pane: `usual`, and what the person added or took, with a few rows left for both. */
const lower = (scene: Scene, size: Size, usual: number): number => {
  const width = sizeClassOf(size)
  const wanted = usual + (width === undefined ? 0 : scene.ui.split[width])
  return Math.max(3, Math.min(size.height - 6, wanted))
}

export type ViewPainter = (scene: Scene, size: Size, options: PaneOptions, look: Look) => Rows

/** From 160 columns on: graph, stages and log at the left; the run and its first chart at the right. */
const wideOverview: ViewPainter = (scene, size, options, look) => {
  const still = { ...options, focused: false }
  const right = Math.min(60, Math.floor(size.width * 0.3))
  const width = size.width - right
  const wanted = graphHeight(scene, { width, height: Math.floor(size.height * 0.45) })
  const graph = wanted === undefined ? 0 : Math.min(wanted, Math.floor(size.height * 0.45))
  const log = Math.min(
    lower(scene, size, Math.max(8, Math.min(16, size.height - graph - scene.stages.length - 3))),
    size.height - graph - 4
  )
  const left = [
    ...(graph === 0 ? [] : graphPane(scene, { width, height: graph }, still, look)),
    ...stagesPane(scene, { width, height: size.height - graph - log }, options, look),
    ...logsPane(scene, { width, height: log }, still, look)
  ]
  const hasCharts = (scene.world.desk.charts?.length ?? 0) > 0
  const chart = hasCharts ? Math.floor(size.height * 0.4) : 0
  const one: Scene = { ...scene, ui: { ...scene.ui, maximised: true } }
  const side = [
    ...sidePane(scene, { width: right, height: size.height - chart }, still, look),
    ...(hasCharts ? chartsPane(one, { width: right, height: chart }, still, look) : [])
  ]
  return beside(left, side)
}
const overview: ViewPainter = (scene, size, options, look) => {
  const still = { ...options, focused: false }
  if (scene.ui.maximised || size.width < 60) return stagesPane(scene, size, options, look)
  const least = Math.max(4, Math.floor(size.height * (size.width < 100 ? 0.3 : 0.34)))
  const logHeight = lower(scene, size, Math.max(least, size.height - Math.max(14, scene.stages.length + 3)))
  const top = { width: size.width, height: size.height - logHeight }
  const logs = logsPane(scene, { width: size.width, height: logHeight }, still, look)
  if (size.width < 100) return [...stagesPane(scene, top, options, look), ...logs]
  const side = Math.min(60, Math.floor(size.width * 0.3))
  if (size.width >= 160 && size.height >= 36) return wideOverview(scene, size, options, look)
  const left = stagesPane(scene, { width: size.width - side, height: top.height }, options, look)
  return [...beside(left, sidePane(scene, { width: side, height: top.height }, still, look)), ...logs]
}
const stages: ViewPainter = (scene, size, options, look) => {
  if (scene.ui.maximised || size.width < 60 || size.height < 20) return stagesPane(scene, size, options, look)
  const wanted = scene.stages.length + 3
  const logHeight = lower(scene, size, Math.max(5, Math.min(12, size.height - wanted)))
  const still = { ...options, focused: false }
  return [
    ...stagesPane(scene, { ...size, height: size.height - logHeight }, options, look),
    ...logsPane(scene, { ...size, height: logHeight }, still, look)
  ]
}
/** The views that there are, each with its painter. */
export const viewPainters: Readonly<Partial<Record<View, ViewPainter>>> = {
  overview,
  stages,
  logs: logsPane,
  events: eventsPane,
  config: configPane,
  graph: graphPane,
  charts: chartsPane,
  history: historyPane,
  schedule: schedulePane,
  health: healthPane
}

const body = (scene: Scene, size: Size, look: Look): Rows => {
  const { over, view } = scene.ui
  if (over._tag === "Help") return paintToasts(scene, paintHelp(scene, over, size, look), size.width, look)
  if (over._tag === "Inspect") return paintToasts(scene, inspectorPane(scene, over, size, look), size.width, look)
  const options: PaneOptions = { focused: true, framed: !scene.ui.frameless && size.width >= 60 }
  const painter = viewPainters[view] ?? overview
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
  const { over, view } = scene.ui
  if (over._tag === "Inspect") return inspectedFacts(scene, over.what).map(factText)
  if (view === "logs") return linesAround(scene, size.height).map(({ line }) => plainLine(line))
  const painter = viewPainters[view] ?? overview
  return painter(
    { ...scene, ui: { ...scene.ui, stage: undefined, maximised: true } },
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
  if (size.width < leastSize.width || size.height < leastSize.height) return oneLine(scene, size, look)
  if (scene.ui.over._tag === "CopyMode") return copyMode(scene, size, look)
  const room = { width: size.width, height: size.height - 2 }
  const how = isStale(scene.world) ? fadedLook(look) : look
  return [paintHeader(scene, size.width, look), ...fillRows(body(scene, room, how), room), bottom(scene, size.width, look)]
}
/** Rows that a list has on this screen: what half a page is half of. */
export const pageOf = (size: Size): number => Math.max(1, inside({ width: size.width, height: size.height - 2 }).height)
