/** Keys that go somewhere inside a view: rows, stages of the graph, failures, folds. */
import { placeOf } from "./LogFilter.ts"
import { isList, type Surroundings, withList } from "./Surroundings.ts"
import type { Ui } from "./Ui.ts"
import { say, toggled } from "./Updated.ts"

const clamp = (n: number, least: number, most: number): number => Math.max(least, Math.min(most, n))

/** Where the cursor goes in a list: `at` is -1 when there is none yet. */
const moved = (at: number, length: number, by: "row" | "half" | "all", to: 1 | -1, page: number): number => {
  if (by === "all") return to === 1 ? length - 1 : 0
  if (at === -1) return to === 1 ? 0 : length - 1
  return clamp(at + to * (by === "row" ? 1 : Math.max(1, Math.floor(page / 2))), 0, Math.max(0, length - 1))
}
const moveLogs = (ui: Ui, by: "row" | "half" | "all", to: 1 | -1, around: Surroundings): Ui => {
  const { shown, page } = around
  const { logs } = ui
  if (shown.length === 0) return ui
  const last = shown.length - 1
  const at = logs.cursor === undefined ? last : Math.min(last, placeOf(shown, logs.cursor))
  const next = moved(at, shown.length, by, to, page)
  if (next === last && to === 1) return { ...ui, logs: { ...logs, cursor: undefined } }
  if (logs.cursor === undefined && to === 1) return ui
  const top = logs.cursor === undefined ? Math.max(0, last - page + 1) : Math.min(last, placeOf(shown, logs.top))
  const nextTop = clamp(top, next - page + 1, next)
  return {
    ...ui,
    logs: {
      ...logs,
      cursor: shown[next],
      top: shown[clamp(nextTop, 0, last)] ?? 0,
      left: logs.cursor === undefined ? around.logEnd : logs.left
    }
  }
}
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
  const next = moved(ui.stage === undefined ? -1 : around.stages.indexOf(ui.stage), around.stages.length, by, to, around.page)
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
