/** What an intent does. Pure: effects are answered as commands. */
import type { Intent } from "./keymap.ts"
import { actLogs } from "./logKeys.ts"
import { fold, move, nextFailed, sideways } from "./moving.ts"
import { actView, inspect } from "./viewKeys.ts"
import { isList, type Surroundings, type Updated, withList } from "./Surroundings.ts"
import { stageSorts, type Ui, type Verb, type View } from "./Ui.ts"
import { nextOf, only, say, toggled } from "./Updated.ts"

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
      return inspect(ui, around)
  }
}
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
const copy = (ui: Ui, text: string, what: string): Updated =>
  text === "" ? only(say(ui, "there is nothing to copy")) : only(ui, { _tag: "Copy", text, what })

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
      return inspect(ui, around)
    case "View":
      return actView(ui, intent.act, around, ask)
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
  "Go" | "Cycle" | "Move" | "Sideways" | "Ask" | "Replay" | "Open" | "Inspect" | "Back" | "Quit" | "Interrupt" | "View"
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
