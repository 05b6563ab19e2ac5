/** What a key changes. Pure: the surroundings are what the person sees at that moment; effects are answered as commands. */
import { bindingOf, beginsSequence, type Intent } from "./keymap.ts"
import type { KeyEvent } from "./keys.ts"
import { placeOf } from "./LogFilter.ts"
import { actLogs, afterFilter, backInLogs, moveLogs } from "./logs/updateLogs.ts"
import { moved, nextOf } from "./moved.ts"
import { updateOverlay } from "./overlays.ts"
import { isList, type Surroundings, type Updated, withList } from "./Surroundings.ts"
import { type Command, type Overlay, stageSorts, type Ui, type Verb, type View } from "./Ui.ts"

export const only = (ui: Ui, ...commands: ReadonlyArray<Command>): Updated => ({ ui, commands })
const none: Overlay = { _tag: "None" }
const say = (ui: Ui, text: string, tone: "plain" | "good" | "bad" | "warn" = "plain"): Ui => ({ ...ui, message: { text, tone } })

/** One key, paste or change of focus. */
export const update = (ui: Ui, event: KeyEvent, around: Surroundings): Updated =>
  afterFilter(ui.logs.filter, changed(ui, event, around))

const changed = (ui: Ui, event: KeyEvent, around: Surroundings): Updated => {
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

const moveEvents = (ui: Ui, by: "row" | "half" | "all", to: 1 | -1, around: Surroundings): Ui => {
  const last = around.events.length - 1
  if (last < 0) return ui
  const at = ui.events.cursor === undefined ? last : Math.min(last, placeOf(around.events, ui.events.cursor))
  const next = moved(at, around.events.length, by, to, around.page)
  return { ...ui, events: { ...ui.events, cursor: next === last && to === 1 ? undefined : around.events[next] } }
}
const move = (ui: Ui, by: "row" | "half" | "all", to: 1 | -1, around: Surroundings): Ui => {
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
  if (!around.run.active) return only(ui, { _tag: "Leave" })
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
/** What is copied is no longer selected. */
const copied = (ui: Ui, text: string, what: string): Updated =>
  text === ""
    ? only(say(ui, "there is nothing to copy"))
    : only({ ...ui, logs: { ...ui.logs, anchor: undefined } }, { _tag: "Copy", text, what })

/** What an intent does outside of dialogs. */
export const act = (ui: Ui, intent: Intent, around: Surroundings): Updated => {
  switch (intent._tag) {
    case "Go":
      return goTo(ui, intent.view, around)
    case "Cycle":
      return goTo(ui, nextOf(around.views, ui.view, intent.by), around)
    case "Move":
      return ui.view === "logs" ? moveLogs(ui, intent.by, intent.to, around) : only(move(ui, intent.by, intent.to, around))
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
      return (ui.view === "logs" && !ui.maximised ? backInLogs(ui) : undefined) ?? only(back(ui))
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
      return copied(ui, around.lineText(), ui.logs.anchor === undefined || ui.view !== "logs" ? "the line" : "the selected lines")
    case "CopyView":
      return ui.view === "logs" && ui.logs.anchor !== undefined
        ? copied(ui, around.lineText(), "the selected lines")
        : copied(ui, around.viewText(), "the view")
    case "ShowLogs": {
      const stage = ui.view === "events" ? (around.eventStage ?? ui.stage) : ui.stage
      const stages = stage === undefined ? [] : [stage]
      return goTo(
        { ...ui, logs: { ...ui.logs, filter: { ...ui.logs.filter, stages }, cursor: undefined, file: false } },
        "logs",
        around
      )
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
    case "NextMatch":
    case "PreviousMatch":
      return ui.view === "graph"
        ? only({ ...ui, stage: around.graphMatch(tag === "NextMatch" ? 1 : -1) ?? ui.stage })
        : actLogs(ui, tag, around)
    case "ToStage":
      return around.eventStage === undefined
        ? only(say(ui, "this event belongs to no stage"))
        : goTo({ ...ui, stage: around.eventStage }, "stages", around)
    case "Pager":
    case "Editor":
    case "LineMode":
    case "Redraw":
    case "Suspend":
      return only(ui, { _tag: tag })
    default:
      return actLogs(ui, tag, around)
  }
}
