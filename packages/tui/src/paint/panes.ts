/** One pane per kind of content: its title, its note, and what is inside, out of a scene. */
import type { StoredEvent } from "@tetra/core/engine"
import { type TreeRow, treeOf } from "../model/jsonTree.ts"
import { count, many } from "../model/amounts.ts"
import { placeOf } from "../model/LogFilter.ts"
import { stageLabels } from "../model/stageLabels.ts"
import { rangeOf } from "../model/timeline.ts"
import { isSameSearch } from "../model/logs/Book.ts"
import { floodText } from "../model/logs/Flood.ts"
import { fileMatchNumber, selectionOf } from "../model/logs/selection.ts"
import { linesAround, type Scene } from "../model/Scene.ts"
import type { Inspected } from "../model/Ui.ts"
import { inspectedFacts, inspectedTitle } from "./inspected.ts"
import { chartsView, graphView, healthView, historyView, miniGraph, scheduleView } from "./viewModels.ts"
import { frame, inside, type Painter, type Size } from "./Painter.ts"
import type { Look } from "./theme.ts"
import { chartsNote, paintCharts } from "./views/charts.ts"
import { graphNote, paintGraph, placeGraph } from "./views/graph.ts"
import { paintHealth } from "./views/health.ts"
import { paintHistory } from "./views/history.ts"
import { paintSchedule } from "./views/schedule.ts"
import { paintConfig } from "./views/config.ts"
import { paintEvents } from "./views/events.ts"
import { paintFacts } from "./views/facts.ts"
import { paintLogs } from "./views/logs.ts"
import { paintOverviewSide } from "./views/overview.ts"
import { paintTree } from "./views/tree.ts"
import { paintStages, type StagesModel } from "./views/stages.ts"

export interface PaneOptions {
  readonly focused: boolean
  /** False: no frame, the title in the first row. */
  readonly framed: boolean
}
type Rows = ReadonlyArray<string>
interface Pane {
  readonly title: string
  readonly note?: string
  readonly paint: (size: Size) => Rows
}
const painted = (pane: Pane, size: Size, options: PaneOptions, look: Look): Rows => {
  if (!options.framed) return pane.paint(size)
  return frame(
    pane.paint(inside(size)),
    { title: pane.title, focused: options.focused, ...(pane.note === undefined ? {} : { note: pane.note }) },
    size,
    look
  )
}

/** What stands where there is no stage. */
const nothingYet = ({ world }: Scene): string =>
  world.link._tag === "Attached" && world.link.state !== "live"
    ? "connecting to the server"
    : world.isPlanning
      ? "planning: what runs, in which order, and what can be reused"
      : "no run yet: r starts one"

export const stagesModel = (scene: Scene): StagesModel => {
  const { stage, stageFilter, views } = scene.ui
  const empty = scene.world.run.stages.size === 0 ? nothingYet(scene) : `no stage has "${stageFilter}"`
  const timeline = views.timeline ? { timeline: rangeOf(scene.world.run, scene.now) } : {}
  return { rows: scene.stages, selected: stage, empty, ...timeline }
}
export const stagesPane = (scene: Scene, size: Size, options: PaneOptions, look: Look): Rows => {
  const { sort, stageFilter } = scene.ui
  const filter = stageFilter === "" ? "" : ` /${stageFilter}`
  const pane: Pane = {
    title: `Stages ${scene.world.run.stages.size}${filter}`,
    note: sort === "plan" ? "in the order of the plan" : `by ${sort}`,
    paint: (inner) => paintStages(stagesModel(scene), inner, look)
  }
  return painted(pane, size, options, look)
}
/** `/timeout 3 of 17`: of the whole file where it was searched. */
const searchNote = (scene: Scene): string => {
  const { cursor, file, filter } = scene.ui.logs
  const { search } = scene.world
  if (filter.text === "") return ""
  const marked = filter.highlight ? " marked" : ""
  if (search !== undefined && isSameSearch(search.filter, filter)) {
    const so = search.done ? "" : `, ${Math.floor(search.share * 100)} % read`
    const number = `${count(Math.max(1, fileMatchNumber(scene)))} of ${count(search.count)}`
    return `/${filter.text} ${search.count === 0 ? "no match" : number}${so}${marked}`
  }
  const { found } = scene
  const at = placeOf(found, cursor ?? scene.log.end)
  return `/${filter.text} ${found.length === 0 || file ? "no match" : `${Math.min(found.length, at + 1)} of ${count(found.length)}`}${marked}`
}
const logNote = (scene: Scene): string => {
  const { shown, ui, world } = scene
  const { cursor, file, filter, left, wrap } = ui.logs
  const news = world.logs.end - left
  const parts = [
    cursor === undefined ? "follow" : `paused${news > 0 && !file ? `, ${count(news)} new` : ""}`,
    `level ${filter.level}`,
    filter.stages.length === 0
      ? "all stages"
      : filter.stages.length === 1
        ? (filter.stages[0] ?? "")
        : `${filter.stages.length} stages`,
    searchNote(scene),
    wrap ? "wrap" : "",
    scene.ui.logs.clearedTo > 0 ? "cleared" : "",
    floodText(world.flood, scene.now),
    file && world.book !== undefined
      ? `at ${Math.round((100 * (cursor ?? world.book.to)) / Math.max(1, world.book.size))} % of the file`
      : many(shown.length, "line")
  ]
  return parts.filter((part) => part !== "").join(", ")
}
export const logsPane = (scene: Scene, size: Size, options: PaneOptions, look: Look): Rows => {
  const { shown, ui, world } = scene
  const marked = ui.logs.filter.highlight ? scene.found : []
  const selection = selectionOf(scene)
  const empty =
    world.logs.end === 0
      ? "nothing was said yet"
      : shown.length === 0
        ? (scene.logProblem ?? "no line passes the filter: esc clears it, e lowers the level")
        : ""
  const path = world.logPath === undefined || size.width < 140 ? "" : ` ${world.logPath}`
  const pane: Pane = {
    title: `Logs${path}`,
    note: logNote(scene),
    paint: (inner) =>
      paintLogs(
        {
          lines: linesAround(scene, inner.height),
          cursor: ui.view === "logs" ? ui.logs.cursor : undefined,
          top: ui.logs.top,
          open: ui.logs.open,
          found: (place) => marked[placeOf(marked, place)] === place,
          selected: (place) => selection !== undefined && place >= selection[0] && place <= selection[1],
          markers: ui.logs.markers,
          pretty: ui.logs.pretty,
          wrap: ui.logs.wrap,
          time: ui.logs.time,
          shift: ui.logs.shift,
          startedAt: world.run.startedAt,
          labelOf: stageLabels(world.run.plan),
          empty
        },
        inner,
        look
      )
  }
  return painted(pane, size, options, look)
}
export const sidePane = (scene: Scene, size: Size, options: PaneOptions, look: Look): Rows =>
  painted({ title: "Run", paint: (inner) => paintOverviewSide(scene, inner, look) }, size, options, look)

export const eventsPane = (scene: Scene, size: Size, options: PaneOptions, look: Look): Rows => {
  const { cursor, filter } = scene.ui.events
  const height = inside(size).height
  const center = cursor === undefined ? scene.events.length : placeOf(scene.events, cursor)
  const rows = scene.events.slice(Math.max(0, center - height), center + height + 1).flatMap((place) => {
    const event = scene.world.events.at(place)
    return event === undefined ? [] : [{ place, event }]
  })
  const pane: Pane = {
    title: `Events ${count(scene.events.length)}${filter === "" ? "" : ` /${filter}`}`,
    note: cursor === undefined ? "follow" : "paused",
    paint: (inner) =>
      paintEvents(
        {
          rows,
          cursor,
          empty: filter === "" ? "no event yet" : `no event has "${filter}"`,
          labelOf: stageLabels(scene.world.run.plan)
        },
        inner,
        look
      )
  }
  return painted(pane, size, options, look)
}
export const configPane = (scene: Scene, size: Size, options: PaneOptions, look: Look): Rows => {
  const { cursor, filter } = scene.ui.lists.config
  const total = scene.world.desk.config?.length
  const empty =
    total === undefined ? "reading the configuration" : filter === "" ? "there is no configuration" : `no setting has "${filter}"`
  const pane: Pane = {
    title: `Configuration${filter === "" ? "" : ` /${filter}`}`,
    ...(total === undefined ? {} : { note: `${count(scene.settings.length)} of ${count(total)} settings` }),
    paint: (inner) =>
      paintConfig(
        {
          settings: scene.settings,
          selected: cursor,
          reload: scene.world.desk.reload,
          typeErrors: scene.world.desk.typeErrors,
          now: scene.now,
          empty
        },
        inner,
        look
      )
  }
  return painted(pane, size, options, look)
}
/** A pane that is one painter over one view model. */
const simple =
  <VM>(title: string, read: (scene: Scene) => VM, painter: Painter<VM>, note?: (vm: VM, size: Size) => string) =>
  (scene: Scene, size: Size, options: PaneOptions, look: Look): Rows => {
    const vm = read(scene)
    const said = note?.(vm, inside(size)) ?? ""
    return painted(
      { title, ...(said === "" ? {} : { note: said }), paint: (inner) => painter(vm, inner, look) },
      size,
      options,
      look
    )
  }
export const graphPane = simple("Graph", graphView, paintGraph, graphNote)
export const chartsPane = simple("Charts", chartsView, paintCharts, chartsNote)
export const historyPane = simple("History", historyView, paintHistory, ({ runs }) => many(runs.length, "run"))
export const schedulePane = simple("Schedule", scheduleView, paintSchedule)
export const healthPane = simple("Health", healthView, paintHealth)
/** The graph of the overview, with a line about the focused node. */
export const miniGraphPane = (scene: Scene, size: Size, options: PaneOptions, look: Look): Rows =>
  simple("Graph", () => miniGraph(scene, inside(size)), paintGraph)(scene, size, options, look)
/** Rows that the graph of the overview needs in a pane of this width; undefined when it is not a picture that fits. */
export const graphHeight = (scene: Scene, size: Size): number | undefined => {
  const view = miniGraph(scene, inside(size))
  const { form, isCut, layout } = placeGraph(view, inside(size))
  return view.graph.nodes.length > 0 && form === "picture" && !isCut ? layout.height + 3 : undefined
}

/** What the event inspector shows: the event, and its rows. */
export const eventTree = ({
  ui: { over },
  world
}: Scene): { readonly event: StoredEvent | undefined; readonly rows: ReadonlyArray<TreeRow> } => {
  const event = over._tag === "Tree" ? world.events.at(over.place) : undefined
  return { event, rows: over._tag !== "Tree" || event === undefined ? [] : treeOf(event, over.turned) }
}
export const treePane = (scene: Scene, size: Size, look: Look): Rows => {
  const { over } = scene.ui
  const { event, rows } = eventTree(scene)
  const pane: Pane = {
    title: `Inspector ${look.glyphs.pointer} ${event === undefined ? "this event is no longer in memory" : `${event._tag} ${event.seq}`}`,
    note: "enter folds, y copies",
    paint: (inner) => paintTree({ rows, selected: over._tag === "Tree" ? Math.min(over.index, rows.length - 1) : 0 }, inner, look)
  }
  return painted(pane, size, { focused: true, framed: size.width >= 60 }, look)
}

export const inspectorPane = (
  scene: Scene,
  over: { readonly what: Inspected; readonly top: number },
  size: Size,
  look: Look
): Rows => {
  const pane: Pane = {
    title: `Inspector ${look.glyphs.pointer} ${inspectedTitle(over.what)}`,
    note: "esc goes back, L logs, Y copies",
    paint: (inner) => paintFacts({ facts: inspectedFacts(scene, over.what), top: over.top }, inner, look)
  }
  return painted(pane, size, { focused: true, framed: size.width >= 60 }, look)
}
