/** From a scene to what the views of the graph, charts, history, schedule and health show. Pure. */
import { firstFold, foldedId } from "./graph/fold.ts"
import type { Size } from "./Painter.ts"
import { placeGraph } from "./views/graph.ts"
import { alertsOf, isActive, type Scene } from "../model/Scene.ts"
import type { ChartsView } from "../model/views/charts.ts"
import type { GraphView } from "../model/views/graph.ts"
import { healthOf, type HealthView } from "../model/views/health.ts"
import { historyOf, type HistoryView } from "../model/views/history.ts"
import { graphOfRun } from "../model/views/runGraph.ts"
import { noRecords, scheduleViewOf, type ScheduleView } from "../model/views/schedule.ts"

const includes = (text: string, filter: string): boolean => filter === "" || text.toLowerCase().includes(filter.toLowerCase())

/** The graph of the run; a pipeline that is folded is one node, and the focus moves there. */
export const graphView = (scene: Scene): GraphView => {
  const { now, ui, world } = scene
  const graph = graphOfRun(world.run, now, world.history)
  const folded = ui.graph.folded ?? firstFold(graph)
  const pipeline = ui.stage === undefined ? "" : (ui.stage.split(".")[0] ?? "")
  return {
    graph,
    focus: ui.stage === undefined ? undefined : folded.has(pipeline) ? foldedId(pipeline) : ui.stage,
    zoom: ui.graph.zoom,
    folded,
    related: ui.graph.focus,
    critical: ui.graph.critical,
    search: ui.stageFilter,
    pan: ui.graph.pan,
    isPanned: ui.graph.isPanned,
    empty: world.isPlanning ? "planning" : "no plan yet: r starts a run"
  }
}
/** The graph of the overview: all of it where names fit, else a node for each pipeline. */
export const miniGraph = (scene: Scene, size: Size): GraphView => {
  const whole: GraphView = { ...graphView(scene), zoom: undefined, pan: { x: 0, y: 0 }, isPanned: false }
  const { hasNames, isCut } = placeGraph(whole, size)
  if (scene.ui.graph.folded !== undefined || (!isCut && hasNames)) return whole
  const folded = new Set(whole.graph.nodes.map(({ lane }) => lane))
  const pipeline = scene.ui.stage?.split(".")[0]
  return { ...whole, folded, focus: pipeline === undefined ? undefined : foldedId(pipeline) }
}
export const chartsView = ({ ui, world }: Scene): ChartsView => {
  const panes = world.desk.charts ?? []
  return {
    panes,
    selected: panes.length === 0 ? 0 : Math.min(ui.chart, panes.length - 1),
    single: ui.maximised,
    empty:
      world.desk.charts === undefined
        ? "reading what the run left behind"
        : isActive(world)
          ? "the run is under way: its charts come at its end. A draws a column of what was published before"
          : "this run left no series: backtests bring equity curves. A draws a column of a published table"
  }
}
export const historyView = ({ now, ui, world }: Scene): HistoryView => {
  const { cursor, filter } = ui.lists.history
  const runs = (world.desk.runs ?? []).filter(({ row }) =>
    includes(`${row.id} ${row.mode ?? ""} ${row.status} ${row.pipelines.join(" ")}`, filter)
  )
  const empty =
    world.desk.runs === undefined ? "reading the runs" : filter === "" ? "no runs yet: r starts one" : `no run has "${filter}"`
  return historyOf(runs, { selected: cursor, marked: ui.views.marked, now, zone: world.zone, empty })
}
export const scheduleView = ({ now, ui, world }: Scene): ScheduleView =>
  scheduleViewOf(world.desk.schedule?.forecasts ?? [], {
    selected: ui.lists.schedule.cursor,
    now,
    states: world.desk.schedule?.states ?? [],
    records: world.desk.schedule?.records ?? noRecords,
    ...(world.desk.schedule === undefined ? { empty: "reading the schedules" } : {})
  })
export const healthView = (scene: Scene): HealthView => {
  const { now, ui, world } = scene
  return healthOf(world.desk.health?.states ?? [], {
    runs: world.desk.health?.runs ?? [],
    system: world.desk.health?.system ?? [],
    alerts: alertsOf(scene),
    selected: ui.lists.health.cursor,
    now,
    ...(world.desk.health === undefined ? { empty: "looking at the system" } : {})
  })
}
