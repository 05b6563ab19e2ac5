/** Graph, charts, history, schedule and health out of a scene: view models from what the world knows, each in its frame. Pure. */
import { alertsOf, type Scene } from "../model/Scene.ts"
import type { View } from "../model/Ui.ts"
import { type ChartPane, type ChartsView, chartsOf } from "../model/views/charts.ts"
import { type GraphView, graphOfModel } from "../model/views/graph.ts"
import { type Alert, type HealthView, type PipelineHealth } from "../model/views/health.ts"
import { historyOf } from "../model/views/history.ts"
import { graphOfRun } from "../model/views/runGraph.ts"
import { scheduleViewOf } from "../model/views/schedule.ts"
import { firstFold, foldedId } from "./graph/fold.ts"
import { frame, inside, type Painter, type Size } from "./Painter.ts"
import type { PaneOptions } from "./panes.ts"
import type { Look } from "./theme.ts"
import { chartsNote, paintCharts } from "./views/charts.ts"
import { graphNote, paintGraph } from "./views/graph.ts"
import { paintHealth } from "./views/health.ts"
import { paintHistory } from "./views/history.ts"
import { paintSchedule } from "./views/schedule.ts"

type Pane = (scene: Scene, size: Size, options: PaneOptions, look: Look) => ReadonlyArray<string>
interface Framing<VM> {
  readonly title: string
  readonly paint: Painter<VM>
  readonly note: (view: VM, size: Size) => string
}
const pane =
  <VM>(viewOf: (scene: Scene) => VM, { note, paint, title }: Framing<VM>): Pane =>
  (scene, size, options, look) => {
    const view = viewOf(scene)
    if (!options.framed) return paint(view, size, look)
    const words = note(view, inside(size))
    return frame(
      paint(view, inside(size), look),
      { title, focused: options.focused, ...(words === "" ? {} : { note: words }) },
      size,
      look
    )
  }

/** The selected stage, or the node that it is folded into. A pipeline that is not folded has no node. */
const focusOf = (stage: string | undefined, folded: ReadonlySet<string>): string | undefined => {
  const pipeline = stage?.split(".", 1)[0]
  return pipeline !== undefined && folded.has(pipeline) ? foldedId(pipeline) : stage
}

/** The plan of the run; without a run the project as it is configured. A large graph starts folded, what `z` toggles is undone or done. */
export const graphViewOf = ({ now, ui, world }: Scene): GraphView => {
  const graph =
    world.run.plan === undefined && world.desk.graph !== undefined
      ? graphOfModel(world.desk.graph)
      : graphOfRun(world.run, now, world.history)
  const first = firstFold(graph)
  const folded = new Set([...first, ...ui.graph.folded].filter((lane) => first.has(lane) !== ui.graph.folded.has(lane)))
  return {
    graph,
    focus: focusOf(ui.stage, folded),
    zoom: ui.graph.zoom,
    folded,
    related: ui.graph.focus,
    critical: false,
    search: ui.stageFilter,
    pan: ui.graph.pan,
    empty: "no plan yet: r starts a run"
  }
}

/** How long stages took, beside how long they took before. */
const durationsOf = ({ world }: Scene): ReadonlyArray<ChartPane> => {
  const rows = [...world.run.stages.values()].flatMap(({ durationMs, name, reused }) => {
    if (durationMs === undefined || reused) return []
    const before = world.history.get(name)
    const metric = { name, value: durationMs / 1000, unit: "s", better: "less" as const }
    return [before === undefined ? metric : { ...metric, before: before / 1000 }]
  })
  return rows.length === 0 ? [] : [{ kind: "metrics", title: "how long stages took, and the change since the run before", rows }]
}
const runTimesOf = ({ world }: Scene): ReadonlyArray<ChartPane> => {
  const ended = (world.desk.runs ?? []).flatMap(({ row }) =>
    row.endedAt === undefined ? [] : [(row.endedAt - row.requestedAt) / 1000]
  )
  return ended.length < 2
    ? []
    : [{ kind: "line", title: "how long runs took", unit: "s", values: ended.toReversed(), from: "oldest", to: "newest" }]
}
const chartsViewOf = (scene: Scene): ChartsView => ({
  panes: [...chartsOf(scene.world.desk.series ?? []), ...durationsOf(scene), ...runTimesOf(scene)],
  selected: scene.ui.chart,
  single: scene.ui.maximised,
  empty: "no numbers yet: they come when stages end"
})

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

const healthViewOf = (scene: Scene): HealthView => {
  const { desk, run } = scene.world
  const since = run.startedAt ?? scene.now
  return {
    pipelines: [...run.pipelines.values()].map(({ durationMs, name, startedAt, status }): PipelineHealth => ({
      pipeline: name,
      level: status === "failed" ? "bad" : status === "partial" ? "warn" : "ok",
      mark: status,
      lastRunAt: startedAt,
      lastSuccessAt: status === "completed" ? startedAt : undefined,
      averageMs: durationMs,
      errorRate: undefined,
      recent: []
    })),
    system: desk.health ?? [],
    alerts: alertsOf(scene.world, scene.now).map(({ mark, text }, i): Alert => ({
      id: `alert ${i}`,
      rule: mark === "failed" ? "stage failed" : mark === "retrying" ? "warning" : "partial result",
      severity: mark === "failed" ? "high" : "medium",
      text,
      since,
      state: "firing"
    })),
    selected: scene.ui.lists.health.cursor,
    now: scene.now,
    empty: "nothing is known yet: r starts a run"
  }
}

/** Painters by view, for the table of views. */
export const analysisPanes: Readonly<Record<Extract<View, "graph" | "charts" | "history" | "schedule" | "health">, Pane>> = {
  graph: pane(graphViewOf, { title: "Graph", paint: paintGraph, note: graphNote }),
  charts: pane(chartsViewOf, { title: "Charts", paint: paintCharts, note: chartsNote }),
  history: pane(
    ({ now, ui, world: { desk } }: Scene) =>
      historyOf(desk.runs ?? [], {
        selected: ui.lists.history.cursor,
        now,
        zone,
        empty: desk.runs === undefined ? "reading the runs" : "no runs yet: r starts one"
      }),
    { title: "History", paint: paintHistory, note: ({ runs }) => (runs.length === 0 ? "" : `${runs.length} runs`) }
  ),
  schedule: pane(
    ({ now, ui, world: { desk } }: Scene) =>
      scheduleViewOf(desk.schedule ?? [], {
        selected: ui.lists.schedule.cursor,
        now,
        ...(desk.schedule === undefined ? { empty: "reading the schedules" } : {})
      }),
    { title: "Schedule", paint: paintSchedule, note: () => "" }
  ),
  health: pane(healthViewOf, { title: "Health", paint: paintHealth, note: () => "" })
}
