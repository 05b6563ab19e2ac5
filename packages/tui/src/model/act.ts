/** What an intent does. Pure: effects are answered as commands. */
import type { Deed } from "./deeds.ts"
import type { Intent, Target } from "./keymap.ts"
import { actLogs, backInLogs, toFirstLine } from "./logs/updateLogs.ts"
import { agreed } from "./overlays.ts"
import { fold, move, nextFailed, sideways } from "./moving.ts"
import { nextPane } from "./panes.ts"
import { actView, inspect, inspectStage, retryChoice } from "./viewKeys.ts"
import { isList, type Surroundings, type Updated, withList } from "./Surroundings.ts"
import { stageSorts, type Ui, type Verb, type View } from "./Ui.ts"
import { nextOf, only, say, toggled } from "./Updated.ts"

/** Most steps that `esc` goes back. */
const longestTrail = 20
const goTo = (ui: Ui, view: View, around: Surroundings): Updated => {
  if (!around.views.includes(view)) return only(say(ui, `there is nothing for ${view} here`, "warn"))
  if (view === ui.view) return only(ui, { _tag: "Load", view })
  // Whoever comes back to a view of the trail is there again, not one deeper.
  const known = ui.trail.findIndex((crumb) => crumb.view === view)
  const trail = known === -1 ? [...ui.trail, { view: ui.view, stage: ui.stage }] : ui.trail.slice(0, known)
  return only({ ...ui, view, pane: undefined, maximised: false, trail: trail.slice(-longestTrail) }, { _tag: "Load", view })
}
/** The next pane; where there is only one, the next view. */
const cycled = (ui: Ui, by: 1 | -1, around: Surroundings): Updated => {
  const next = nextPane(ui, by, around)
  return next === undefined ? goTo(ui, nextOf(around.views, ui.view, by), around) : only(next)
}
const ask = (ui: Ui, verb: Verb, of: Target | undefined, around: Surroundings): Updated => {
  const refusal = around.refusal(verb, of)
  if (refusal !== undefined) return only(say(ui, refusal, "warn"))
  const question = around.question(verb, of)
  const last: Ui = { ...ui, last: { _tag: "Ask", verb, ...(of === undefined ? {} : { of }) } }
  if (question.certainty === "none") return agreed(last, question, around)
  return only({ ...last, over: { _tag: "Confirm", question, typed: "" } })
}
/** Takes back the command that waits for the end of its grace. */
const undo = (ui: Ui): Updated =>
  ui.grace === undefined
    ? only(say(ui, "there is nothing to take back: cancel and pause can be, for 3 seconds"))
    : only({ ...ui, grace: undefined, message: { text: `${ui.grace.label} was taken back`, tone: "good" } })
const widest = 30
const resize = (ui: Ui, by: 1 | -1, around: Surroundings): Updated => {
  const { width } = around
  if (width === undefined || ui.maximised) return only(say(ui, "there is one pane only"))
  const rows = Math.max(-widest, Math.min(widest, ui.split[width] + by))
  return only({ ...ui, split: { ...ui.split, [width]: rows } }, { _tag: "Remember" })
}
/** The log with a filter; what the filter does not name stays as it is. */
const narrow = (ui: Ui, filter: Partial<Ui["logs"]["filter"]>, around: Surroundings): Updated =>
  goTo({ ...ui, logs: { ...ui.logs, filter: { ...ui.logs.filter, ...filter }, cursor: undefined, file: false } }, "logs", around)
const quit = (ui: Ui, around: Surroundings): Updated => {
  if (!around.run.active || around.attached) return only(ui, { _tag: "Leave" })
  return only({
    ...ui,
    over: {
      _tag: "Choose",
      title: "the run is still under way",
      choices: [
        ...(around.inServer
          ? [{ key: "d", label: "leave it to the server (tetra ui shows it again)", command: { _tag: "Detach" } } as const]
          : []),
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
      return only(place === undefined ? ui : { ...ui, over: { _tag: "Tree", place, index: 0, turned: new Set() } })
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
  if (ui.view === "events" && ui.events.filter !== "") return { ...ui, events: { ...ui.events, filter: "" } }
  if (isList(ui.view) && ui.lists[ui.view].filter !== "") return withList(ui, ui.view, { ...ui.lists[ui.view], filter: "" })
  if (ui.view === "stages" && ui.stageFilter !== "") return { ...ui, stageFilter: "" }
  const crumb = ui.trail.at(-1)
  if (crumb !== undefined) return { ...ui, view: crumb.view, stage: crumb.stage ?? ui.stage, trail: ui.trail.slice(0, -1) }
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
/** What is copied is no longer selected. */
const copied = (ui: Ui, text: string, what: string): Updated =>
  text === ""
    ? only(say(ui, "there is nothing to copy"))
    : only({ ...ui, logs: { ...ui.logs, anchor: undefined } }, { _tag: "Copy", text, what })

/** Does what a key, the palette or a typed command asks for, outside of dialogs. */
export const act = (ui: Ui, deed: Deed, around: Surroundings): Updated => {
  switch (deed._tag) {
    case "Stage":
      return goTo({ ...ui, stage: deed.stage }, "stages", around)
    case "Command":
      return only({ ...ui, last: deed }, deed.command)
    case "Narrow":
      return narrow({ ...ui, last: deed }, deed.filter, around)
    case "Why":
      return inspectStage({ ...ui, stage: deed.stage, last: deed }, deed.stage)
    case "Refuse":
      return only(say(ui, deed.why, "warn"))
    default:
      return actOn(ui, deed, around)
  }
}
/** A retry that says nothing of how much, and of which there is something to say. */
const isOpenRetry = ({ of, verb }: Extract<Intent, { readonly _tag: "Ask" }>, around: Surroundings): boolean =>
  verb === "retry" && of === undefined && around.roots.length > 0 && around.refusal(verb, { stages: around.roots }) === undefined
const actOn = (ui: Ui, intent: Intent, around: Surroundings): Updated => {
  switch (intent._tag) {
    case "Go":
      return goTo(ui, intent.view, around)
    case "Cycle":
      return cycled(ui, intent.by, around)
    case "Move":
      return toFirstLine(ui, intent, around) ?? only(move(ui, intent.by, intent.to, around))
    case "Sideways":
      return only(sideways(ui, intent.to, around))
    case "Ask":
      return isOpenRetry(intent, around) ? retryChoice(ui, around) : ask(ui, intent.verb, intent.of, around)
    case "Resize":
      return resize(ui, intent.by, around)
    case "Replay":
      return only(ui, { _tag: "Replay", act: intent.act })
    case "Open":
      return open(ui, around)
    case "Inspect":
      return inspect(ui, around)
    case "View":
      return actView(ui, intent.act, around, (next, verb, of) => ask(next, verb, of, around))
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
  "Go" | "Cycle" | "Move" | "Sideways" | "Ask" | "Replay" | "Open" | "Inspect" | "Back" | "Quit" | "Interrupt" | "Resize" | "View"
>
const actHere = (ui: Ui, tag: Simple, around: Surroundings): Updated => {
  switch (tag) {
    case "Filter": {
      const text = filterOf(ui)
      return only({ ...ui, over: { _tag: "Prompt", view: ui.view, text, before: text } })
    }
    case "Palette":
      return only({ ...ui, over: { _tag: "Palette", text: "", index: 0, back: 0 } })
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
      return narrow(ui, { stages: stage === undefined ? [] : [stage] }, around)
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
      return only({ ...ui, frameless: !ui.frameless }, { _tag: "Remember" })
    case "Undo":
      return undo(ui)
    case "Repeat":
      return ui.last === undefined ? only(say(ui, "there is no command to repeat")) : act(ui, ui.last, around)
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
