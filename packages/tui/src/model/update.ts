/** What a key changes. Pure: the surroundings are what the person sees at that moment; effects are answered as commands. */
import { bindingOf, beginsSequence, type Intent } from "./keymap.ts"
import type { KeyEvent } from "./keys.ts"
import { logLevels, placeOf } from "./LogFilter.ts"
import { updateOverlay } from "./overlays.ts"
import { isList, type Surroundings, type Updated, withList } from "./Surroundings.ts"
import { type Command, type Overlay, stageSorts, timeStyles, type Ui, type Verb, type View } from "./Ui.ts"

export const only = (ui: Ui, ...commands: ReadonlyArray<Command>): Updated => ({ ui, commands })
const none: Overlay = { _tag: "None" }
const say = (ui: Ui, text: string, tone: "plain" | "good" | "bad" | "warn" = "plain"): Ui => ({ ...ui, message: { text, tone } })

/** One key, paste or change of focus. */
export const update = (ui: Ui, event: KeyEvent, around: Surroundings): Updated => {
  if (event._tag === "Focus") return only(ui)
  const fresh = ui.message === undefined ? ui : { ...ui, message: undefined }
  // Ctrl-C works in every dialog, so that nobody is ever caught in one.
  if (event._tag === "Key" && event.key === "C-c")
    return act({ ...fresh, over: none, pending: "" }, { _tag: "Interrupt" }, around)
  if (fresh.over._tag !== "None") return updateOverlay(fresh, event, around, act)
  if (event._tag === "Paste") return only(say(fresh, "nothing here takes text: press / to filter, : for commands"))
  return browse(fresh, event.key, around)
}

const browse = (ui: Ui, pressed: string, around: Surroundings): Updated => {
  const sequence = ui.pending + pressed
  const settled: Ui = ui.pending === "" ? ui : { ...ui, pending: "" }
  const binding = bindingOf(sequence, ui.view, around.replay)
  if (binding !== undefined) return act(settled, binding.intent, around)
  if (ui.pending === "" && beginsSequence(pressed, ui.view, around.replay)) return only({ ...ui, pending: pressed })
  return ui.pending === "" ? only(ui) : browse(settled, pressed, around)
}

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
const move = (ui: Ui, by: "row" | "half" | "all", to: 1 | -1, around: Surroundings): Ui => {
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
const nextOf = <T>(list: ReadonlyArray<T>, current: T, by = 1): T => {
  const at = (list.indexOf(current) + by + list.length) % list.length
  return list[at] ?? current
}
const toggled = <T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> => {
  const copy = new Set(set)
  if (!copy.delete(item)) copy.add(item)
  return copy
}
const goTo = (ui: Ui, view: View, around: Surroundings): Updated =>
  around.views.includes(view)
    ? only({ ...ui, view }, { _tag: "Load", view })
    : only(say(ui, `there is nothing for ${view} here`, "warn"))

const ask = (ui: Ui, verb: Verb, around: Surroundings): Updated => {
  const refusal = around.refusal(verb)
  if (refusal !== undefined) return only(say(ui, refusal, "warn"))
  return only({ ...ui, over: { _tag: "Confirm", question: around.question(verb), typed: "" } })
}
const quit = (ui: Ui, around: Surroundings): Updated => {
  if (!around.run.active || around.attached) return only(ui, { _tag: "Leave" })
  return only({
    ...ui,
    over: {
      _tag: "Choose",
      title: "the run is still under way in this process",
      choices: [
        { key: "l", label: "go on line by line (T comes back)", command: { _tag: "LineMode" } },
        { key: "x", label: "cancel the run and leave", command: { _tag: "Interrupt" } },
        { key: "esc", label: "stay here", command: undefined }
      ]
    }
  })
}

const findNext = (ui: Ui, to: 1 | -1, around: Surroundings): Ui => {
  if (ui.view === "graph") return { ...ui, stage: around.graphMatch(to) ?? ui.stage }
  const { found } = around
  if (ui.logs.filter.text === "") return say(ui, "search first: /")
  if (found.length === 0) return say(ui, `no line has "${ui.logs.filter.text}"`, "warn")
  const from = ui.logs.cursor ?? around.logEnd
  const at = placeOf(found, from)
  const index = to === 1 ? (found[at] === from ? at + 1 : at) : at - 1
  const place = found[(index + found.length) % found.length]
  const left = ui.logs.cursor === undefined ? around.logEnd : ui.logs.left
  const above = around.shown[Math.max(0, placeOf(around.shown, place ?? 0) - Math.floor(around.page / 2))]
  return { ...ui, logs: { ...ui.logs, cursor: place, left, top: above ?? 0 } }
}
const nextFailed = (ui: Ui, to: 1 | -1, around: Surroundings): Ui => {
  if (around.failed.length === 0) return say(ui, "no stage has failed", "good")
  const at = ui.stage === undefined ? -1 : around.failed.indexOf(ui.stage)
  const index = at === -1 ? (to === 1 ? 0 : around.failed.length - 1) : (at + to + around.failed.length) % around.failed.length
  return { ...ui, stage: around.failed[index] }
}

const open = (ui: Ui, around: Surroundings): Updated => {
  switch (ui.view) {
    case "logs": {
      const place = ui.logs.cursor ?? around.shown.at(-1)
      return only(place === undefined ? ui : { ...ui, logs: { ...ui.logs, open: toggled(ui.logs.open, place) } })
    }
    case "events": {
      const place = ui.events.cursor ?? around.events.at(-1)
      return only(place === undefined ? ui : { ...ui, over: { _tag: "Inspect", what: { _tag: "Event", place }, top: 0 } })
    }
    case "history": {
      const run = ui.lists.history.cursor ?? around.rows.history[0]
      if (run === undefined) return only(ui)
      return around.run.active
        ? only(say(ui, "a run is under way: its end first, or `tetra ui --replay` in another terminal", "warn"))
        : only(ui, { _tag: "OpenRun", run })
    }
    default:
      return inspect(ui)
  }
}
const inspect = (ui: Ui): Updated =>
  only({
    ...ui,
    over: {
      _tag: "Inspect",
      what: ui.stage !== undefined && ui.stage.includes(".") ? { _tag: "Stage", stage: ui.stage } : { _tag: "Run" },
      top: 0
    }
  })
const back = (ui: Ui): Ui => {
  if (ui.maximised) return { ...ui, maximised: false }
  if (ui.view === "logs" && (ui.logs.filter.text !== "" || ui.logs.filter.stages.length > 0))
    return { ...ui, logs: { ...ui.logs, filter: { ...ui.logs.filter, text: "", stages: [] } } }
  if (ui.view === "events" && ui.events.filter !== "") return { ...ui, events: { ...ui.events, filter: "" } }
  if (isList(ui.view) && ui.lists[ui.view].filter !== "") return withList(ui, ui.view, { ...ui.lists[ui.view], filter: "" })
  if (ui.view === "stages" && ui.stageFilter !== "") return { ...ui, stageFilter: "" }
  return ui.view === "overview" ? { ...ui, stage: undefined } : { ...ui, view: "overview" }
}
/** The filter text of the view, which `/` opens again. */
const filterOf = (ui: Ui): string =>
  ui.view === "logs"
    ? ui.logs.filter.text
    : ui.view === "events"
      ? ui.events.filter
      : isList(ui.view)
        ? ui.lists[ui.view].filter
        : ui.stageFilter
const pipelineOf = (name: string): string => (name.includes(".") ? name.slice(0, name.indexOf(".")) : name)
const fold = (ui: Ui, around: Surroundings): Ui => {
  if (ui.stage === undefined) return say(ui, "choose a pipeline first")
  const pipeline = pipelineOf(ui.stage)
  if (ui.view === "graph") return { ...ui, graph: { ...ui.graph, folded: toggled(around.graphFolded(), pipeline) } }
  return { ...ui, folded: toggled(ui.folded, pipeline), stage: pipeline }
}
const graphStep = (ui: Ui, direction: "left" | "right" | "up" | "down", around: Surroundings): Ui => ({
  ...ui,
  stage: around.graphStep(direction) ?? ui.stage
})
const sideways = (ui: Ui, to: 1 | -1, around: Surroundings): Ui => {
  if (ui.view === "logs") return { ...ui, logs: { ...ui.logs, shift: Math.max(0, ui.logs.shift + to * 16) } }
  if (ui.view === "graph") return graphStep(ui, to === 1 ? "right" : "left", around)
  if (ui.view === "charts") return { ...ui, chart: Math.max(0, ui.chart + to) }
  const isFolded = ui.stage !== undefined && ui.folded.has(pipelineOf(ui.stage))
  return ui.stage !== undefined && isFolded === (to === 1) && around.stages.includes(ui.stage) ? fold(ui, around) : ui
}
const copy = (ui: Ui, text: string, what: string): Updated =>
  text === "" ? only(say(ui, "there is nothing to copy")) : only(ui, { _tag: "Copy", text, what })

const logSetting = (ui: Ui, change: Partial<Ui["logs"]>): Updated => only({ ...ui, logs: { ...ui.logs, ...change } })

/** What an intent does outside of dialogs. */
export const act = (ui: Ui, intent: Intent, around: Surroundings): Updated => {
  switch (intent._tag) {
    case "Go":
      return goTo(ui, intent.view, around)
    case "Cycle":
      return goTo(ui, nextOf(around.views, ui.view, intent.by), around)
    case "Move":
      return only(move(ui, intent.by, intent.to, around))
    case "Sideways":
      return only(sideways(ui, intent.to, around))
    case "Ask":
      return ask(ui, intent.verb, around)
    case "Replay":
      return only(ui, { _tag: "Replay", act: intent.act })
    case "Open":
      return open(ui, around)
    case "Inspect":
      return inspect(ui)
    case "Back":
      return only(back(ui))
    case "Quit":
      return quit(ui, around)
    case "Interrupt":
      return only(ui, { _tag: "Interrupt" })
    default:
      return actHere(ui, intent._tag, around)
  }
}
type Simple = Exclude<
  Intent["_tag"],
  "Go" | "Cycle" | "Move" | "Sideways" | "Ask" | "Replay" | "Open" | "Inspect" | "Back" | "Quit" | "Interrupt"
>
const actHere = (ui: Ui, tag: Simple, around: Surroundings): Updated => {
  switch (tag) {
    case "Filter": {
      const text = filterOf(ui)
      return only({ ...ui, over: { _tag: "Prompt", view: ui.view, text, before: text } })
    }
    case "Palette":
      return only({ ...ui, over: { _tag: "Palette", text: "", index: 0 } })
    case "Help":
      return only({ ...ui, over: { _tag: "Help", text: "", top: 0 } })
    case "PickStages":
      return only({ ...ui, over: { _tag: "Stages", text: "", index: 0, chosen: ui.logs.filter.stages } })
    case "CopyMode":
      return only({ ...ui, over: { _tag: "CopyMode" } })
    case "CopyLine":
      return copy(ui, around.lineText(), "the line")
    case "CopyView":
      return copy(ui, around.viewText(), "the view")
    case "ShowLogs": {
      const stages = ui.stage === undefined ? [] : [ui.stage]
      return goTo({ ...ui, logs: { ...ui.logs, filter: { ...ui.logs.filter, stages }, cursor: undefined } }, "logs", around)
    }
    case "ShowChart":
      return goTo(ui, "charts", around)
    case "NextFailed":
      return only(nextFailed(ui, 1, around))
    case "PreviousFailed":
      return only(nextFailed(ui, -1, around))
    case "Fold":
      return only(fold(ui, around))
    case "Sort":
      return only({ ...ui, sort: nextOf(stageSorts, ui.sort) })
    case "FocusNode":
      return only({ ...ui, graph: { ...ui.graph, focus: !ui.graph.focus } })
    case "CriticalPath":
      return only({ ...ui, graph: { ...ui.graph, critical: !ui.graph.critical } })
    case "Zoom":
      return only({ ...ui, graph: { ...ui.graph, zoom: nextOf([undefined, 1, 2, 3] as const, ui.graph.zoom) } })
    case "Maximise":
      return only({ ...ui, maximised: !ui.maximised })
    case "Frames":
      return only({ ...ui, frameless: !ui.frameless })
    case "Repeat":
      return ui.last === undefined ? only(say(ui, "there is no command to repeat")) : only(ui, ui.last)
    case "Pager":
    case "LineMode":
    case "Redraw":
    case "Suspend":
      return only(ui, { _tag: tag })
    default:
      return actLogs(ui, tag, around)
  }
}
const actLogs = (
  ui: Ui,
  tag: "NextMatch" | "PreviousMatch" | "ToggleHighlight" | "Wrap" | "Times" | "Level" | "ClearLog",
  around: Surroundings
): Updated => {
  const { filter, time, wrap } = ui.logs
  switch (tag) {
    case "NextMatch":
      return only(findNext(ui, 1, around))
    case "PreviousMatch":
      return only(findNext(ui, -1, around))
    case "ToggleHighlight":
      return logSetting(ui, { filter: { ...filter, highlight: !filter.highlight } })
    case "Wrap":
      return logSetting(ui, { wrap: !wrap, shift: 0 })
    case "Times":
      return logSetting(ui, { time: nextOf(timeStyles, time) })
    case "Level":
      return logSetting(ui, { filter: { ...filter, level: nextOf(logLevels, filter.level) } })
    default:
      return logSetting(ui, { clearedTo: around.logEnd, cursor: undefined })
  }
}
