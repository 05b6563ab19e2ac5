/** Keys that go somewhere inside a view: rows, stages of the graph, failures, folds. */
import { placeOf } from "./LogFilter.ts"
import { moveLogs } from "./logs/updateLogs.ts"
import { moved } from "./moved.ts"
import { isList, type Surroundings, withList } from "./Surroundings.ts"
import type { Ui } from "./Ui.ts"
import { say, toggled } from "./Updated.ts"

const moveEvents = (ui: Ui, by: "row" | "half" | "all", to: 1 | -1, around: Surroundings): Ui => {
  const last = around.events.length - 1
  if (last < 0) return ui
  const at = ui.events.cursor === undefined ? last : Math.min(last, placeOf(around.events, ui.events.cursor))
  const next = moved(at, around.events.length, by, to, around.page)
  return { ...ui, events: { ...ui.events, cursor: next === last && to === 1 ? undefined : around.events[next] } }
}
export const move = (ui: Ui, by: "row" | "half" | "all", to: 1 | -1, around: Surroundings): Ui => {
  if (ui.view === "logs") return moveLogs(ui, by, to, around)
  if (ui.view === "events") return moveEvents(ui, by, to, around)
  if (ui.view === "graph" && by === "row") return graphStep(ui, to === 1 ? "down" : "up", around)
  if (isList(ui.view)) {
    const rows = around.rows[ui.view]
    const list = ui.lists[ui.view]
    const next = moved(list.cursor === undefined ? -1 : rows.indexOf(list.cursor), rows.length, by, to, around.page)
    return withList(ui, ui.view, { ...list, cursor: rows[next] })
  }
  // The first key down goes to the first row that can be seen.
  const from = ui.stage !== undefined ? around.stages.indexOf(ui.stage) : to === 1 ? around.firstStage() - 1 : -1
  const next = moved(from, around.stages.length, by, to, around.page)
  return { ...ui, stage: around.stages[next] ?? ui.stage }
}
export const nextFailed = (ui: Ui, to: 1 | -1, around: Surroundings): Ui => {
  if (around.failed.length === 0) return say(ui, "no stage has failed", "good")
  const at = ui.stage === undefined ? -1 : around.failed.indexOf(ui.stage)
  const index = at === -1 ? (to === 1 ? 0 : around.failed.length - 1) : (at + to + around.failed.length) % around.failed.length
  return { ...ui, stage: around.failed[index] }
}

const pipelineOf = (name: string): string => (name.includes(".") ? name.slice(0, name.indexOf(".")) : name)
export const fold = (ui: Ui, around: Surroundings): Ui => {
  if (ui.stage === undefined) return say(ui, "choose a pipeline first")
  const pipeline = pipelineOf(ui.stage)
  if (ui.view === "graph") return { ...ui, graph: { ...ui.graph, folded: toggled(around.graphFolded(), pipeline) } }
  return { ...ui, folded: toggled(ui.folded, pipeline), stage: pipeline }
}
const graphStep = (ui: Ui, direction: "left" | "right" | "up" | "down", around: Surroundings): Ui => ({
  ...ui,
  graph: { ...ui.graph, pan: around.graphPan(), isPanned: false },
  stage: around.graphStep(direction) ?? ui.stage
})
export const sideways = (ui: Ui, to: 1 | -1, around: Surroundings): Ui => {
  if (ui.view === "logs") return { ...ui, logs: { ...ui.logs, shift: Math.max(0, ui.logs.shift + to * 16) } }
  if (ui.view === "graph") return graphStep(ui, to === 1 ? "right" : "left", around)
  if (ui.view === "charts") return { ...ui, chart: Math.max(0, ui.chart + to) }
  const isFolded = ui.stage !== undefined && ui.folded.has(pipelineOf(ui.stage))
  return ui.stage !== undefined && isFolded === (to === 1) && around.stages.includes(ui.stage) ? fold(ui, around) : ui
}
