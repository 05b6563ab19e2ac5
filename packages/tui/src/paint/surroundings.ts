/** What a key is judged by: the lists on the screen, and what can be done. */
import { factText } from "../model/inspect.ts"
import { keymap } from "../model/keymap.ts"
import { entriesFor, isCommand } from "../model/palette.ts"
import { viewOfKeys } from "../model/panes.ts"
import { questionOf, refusalOf } from "../model/questions.ts"
import { alertsOf, isActive, type Scene } from "../model/Scene.ts"
import { keptAlerts } from "../model/views/alerts.ts"
import { eventStage, fileMatch, logMore, selectedLines } from "../model/logs/selection.ts"
import type { Surroundings } from "../model/Surroundings.ts"
import { columnsFor, pickableOf } from "./dialogs.ts"
import { graphView, healthView, historyView, miniGraph, scheduleView } from "./viewModels.ts"
import type { GraphView } from "../model/views/graph.ts"
import type { HistoryView } from "../model/views/history.ts"
import { healthIds } from "../model/views/health.ts"
import { hitAt } from "./hits.ts"
import { inside, type Size } from "./Painter.ts"
import { eventTree, stagesModel } from "./panes.ts"
import { inspectedFacts } from "./inspected.ts"
import { panesOf, paneSize, sizeClassOf } from "./layouts.ts"
import { pageOf, roomOf, viewText } from "./screen.ts"
import type { Look } from "./theme.ts"
import { focusAfter, nextFocus, placeGraph } from "./views/graph.ts"
import { eventText } from "./views/events.ts"
import { plainLine } from "./views/logs.ts"
import { firstShown } from "./views/stages.ts"

const lineText = (scene: Scene): string => {
  const { world } = scene
  const ui = { ...scene.ui, view: viewOfKeys(scene.ui) }
  if (ui.over._tag === "Tree") {
    const { rows } = eventTree(scene)
    const row = rows[Math.min(ui.over.index, rows.length - 1)]
    return row === undefined ? "" : `${row.id.replaceAll("\n", ".")}: ${row.value}`
  }
  if (ui.over._tag === "Inspect") return inspectedFacts(scene, ui.over.what).map(factText).join("\n")
  if (ui.view === "logs") {
    return selectedLines(scene).map(plainLine).join("\n")
  }
  if (ui.view === "events") {
    const event = world.events.at(ui.events.cursor ?? scene.events.at(-1) ?? -1)
    return event === undefined ? "" : `${event.seq} ${event._tag} ${eventText(event)}`
  }
  if (ui.view === "config") {
    const setting = scene.settings.find(({ path }) => path === ui.lists.config.cursor)
    return setting === undefined ? "" : `${setting.path}: ${setting.value}`
  }
  if (ui.view === "history") return ui.lists.history.cursor ?? ""
  const row = scene.stages.find(({ id }) => id === ui.stage)
  return row === undefined ? "" : [row.id, row.mark, row.done, row.elapsed, row.note].filter((t) => t !== "").join("  ")
}
/** A folded pipeline is selected as the pipeline. */
const pairOf = ({ comparison }: HistoryView): readonly [string, string] | undefined =>
  comparison === undefined ? undefined : [comparison.before.id, comparison.after.id]
const stageOf = (id: string | undefined): string | undefined => id?.replace(/\/$/u, "")
/** Place of the first row of the stages that can be seen. */
const firstStage = (scene: Scene, size: Size): number =>
  firstShown(stagesModel(scene), inside(paneSize(scene, roomOf(size), "stages") ?? roomOf(size)))
const graphRoom = (size: Size): Size => inside(roomOf(size))
/** The graph as it is on the screen. */
const shownGraph = (scene: Scene, size: Size): GraphView =>
  scene.ui.view === "overview" && !scene.ui.maximised
    ? miniGraph(scene, inside(paneSize(scene, roomOf(size), "graph") ?? roomOf(size)))
    : graphView(scene)

export const surroundingsOf = (scene: Scene, size: Size, look: Look): Surroundings => {
  const { link, run } = scene.world
  return {
    views: scene.abilities.views,
    panes: panesOf(scene, roomOf(size)),
    stages: scene.stages.map(({ id }) => id),
    firstStage: () => firstStage(scene, size),
    pickable: pickableOf(scene),
    failed: [...run.stages.values()].filter((s) => s.status === "failed").map((s) => s.name),
    shown: scene.shown,
    found: scene.found,
    logEnd: scene.log.end,
    liveEnd: scene.world.logs.end,
    logMore: logMore(scene),
    fileMatch: (to) => fileMatch(scene, to),
    now: scene.now,
    eventStage: eventStage(scene),
    savePath: `${run.run === "" ? "tetra" : run.run}.log`,
    tree: eventTree(scene).rows,
    events: scene.events,
    rows: {
      history: historyView(scene).runs.map(({ id }) => id),
      schedule: scheduleView(scene).rows.map(({ id }) => id),
      health: healthIds(healthView(scene)),
      config: scene.settings.map(({ path }) => path)
    },
    pausedSchedules: new Set(scheduleView(scene).rows.flatMap(({ id, paused }) => (paused === undefined ? [] : [id]))),
    graphStep: (direction) => stageOf(focusAfter(shownGraph(scene, size), graphRoom(size), direction)),
    graphMatch: (step) => stageOf(nextFocus(shownGraph(scene, size), step)),
    graphPan: () => placeGraph(shownGraph(scene, size), graphRoom(size)).view,
    graphFolded: () => shownGraph(scene, size).folded,
    page: pageOf(size),
    run: {
      id: run.run,
      active: isActive(scene.world),
      cancelling: run.cancelling !== undefined,
      paused: run.paused !== undefined
    },
    line: scene.abilities.line,
    alerts: alertsOf(scene).map(({ id }) => id),
    keptAlerts: new Map(keptAlerts(scene.world).map(({ id, state }) => [id, state === "firing"])),
    roots: (run.plan?.stages ?? []).filter(({ after }) => after.length === 0).map(({ name }) => name),
    charts: scene.world.desk.charts?.length ?? 0,
    columns: (text) => columnsFor(scene, text),
    comparison: pairOf(historyView(scene)),
    replay: link._tag === "Replay",
    attached: link._tag === "Attached",
    inServer: link._tag === "InProcess" && link.inServer === true,
    clock: scene.clock,
    keymap: scene.abilities.keymap ?? keymap,
    width: sizeClassOf(size),
    refusal: (verb, of) => refusalOf(scene, verb, of),
    question: (verb, of) => questionOf(scene, verb, of),
    palette: (text) => entriesFor(scene, text),
    hit: (x, y) => hitAt(scene, size, look, x, y),
    isCommand: (text) => isCommand(scene, text),
    lineText: () => lineText(scene),
    viewText: () => viewText(scene, size, look).join("\n")
  }
}
