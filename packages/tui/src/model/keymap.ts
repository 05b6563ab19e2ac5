/** Every key, once: the handler, the footer, the help and the docs are made from this table. */
import type { Verb, View } from "./Ui.ts"
import { viewBindings } from "./viewKeys.ts"
import type { ViewAct } from "./ViewsUi.ts"

/** What a verb is for, when it is not for what is shown: a run by the beginning or end of its id, and stages of it. */
export interface Target {
  readonly run?: string
  /** Id of a schedule. */
  readonly schedule?: string
  readonly stages?: ReadonlyArray<string>
}
export type Intent =
  | { readonly _tag: "Go"; readonly view: View }
  | { readonly _tag: "Cycle"; readonly by: 1 | -1 }
  | { readonly _tag: "Move"; readonly by: "row" | "half" | "all"; readonly to: 1 | -1 }
  | { readonly _tag: "Sideways"; readonly to: 1 | -1 }
  | { readonly _tag: "Ask"; readonly verb: Verb; readonly of?: Target }
  | { readonly _tag: "Resize"; readonly by: 1 | -1 }
  | { readonly _tag: "View"; readonly act: ViewAct }
  | { readonly _tag: "Replay"; readonly act: "play" | "forward" | "back" | "faster" | "slower" | "start" | "end" }
  | {
      readonly _tag:
        | "Open"
        | "Back"
        | "Quit"
        | "Interrupt"
        | "Filter"
        | "NextMatch"
        | "PreviousMatch"
        | "ToggleHighlight"
        | "Palette"
        | "Help"
        | "Inspect"
        | "ShowLogs"
        | "ShowChart"
        | "CopyLine"
        | "CopyView"
        | "CopyMode"
        | "Pager"
        | "LineMode"
        | "Maximise"
        | "Frames"
        | "Undo"
        | "Redraw"
        | "Suspend"
        | "Repeat"
        | "Wrap"
        | "Times"
        | "Level"
        | "PickStages"
        | "ClearLog"
        | "Marker"
        | "SaveLines"
        | "SelectLines"
        | "Pretty"
        | "Editor"
        | "ToStage"
        | "Fold"
        | "Sort"
        | "FocusNode"
        | "CriticalPath"
        | "Zoom"
        | "NextFailed"
        | "PreviousFailed"
    }

/** Where a binding holds. `replay` is any view while a recorded run is shown. */
export type Place = "all" | "replay" | View
export interface Binding {
  readonly keys: ReadonlyArray<string>
  readonly intent: Intent
  readonly in: ReadonlyArray<Place>
  readonly help: string
  /** Short word and rank in the footer; the lowest ranks are shown. */
  readonly foot?: readonly [rank: number, word: string]
  /** In its view it holds even while a recorded run is shown. */
  readonly wins?: true
}
const all: ReadonlyArray<Place> = ["all"]
const lists: ReadonlyArray<Place> = [
  "overview",
  "graph",
  "stages",
  "logs",
  "charts",
  "history",
  "schedule",
  "health",
  "config",
  "events"
]
const plain = (
  keys: ReadonlyArray<string>,
  tag: Exclude<
    Extract<Intent, { readonly [k: string]: unknown }>["_tag"],
    "Go" | "Cycle" | "Move" | "Sideways" | "Ask" | "Replay" | "Resize" | "View"
  >,
  places: ReadonlyArray<Place>,
  help: string,
  foot?: readonly [number, string]
): Binding => ({ keys, intent: { _tag: tag }, in: places, help, ...(foot === undefined ? {} : { foot }) })
const go = (key: string, view: View, help: string): Binding => ({ keys: [key], intent: { _tag: "Go", view }, in: all, help })

export const keymap: ReadonlyArray<Binding> = [
  go("1", "overview", "Overview: what is going on now"),
  go("2", "graph", "Graph: what waits for what"),
  go("3", "stages", "Stages: how far, how fast, how often retried"),
  go("4", "logs", "Logs: what was said"),
  go("5", "charts", "Charts: are the numbers good"),
  go("6", "history", "History: compared with before"),
  go("7", "schedule", "Schedule: what runs next"),
  go("8", "health", "Health: is the system fine"),
  go("9", "config", "Config: which settings apply"),
  go("0", "events", "Events: the raw facts"),
  {
    keys: ["tab"],
    intent: { _tag: "Cycle", by: 1 },
    in: all,
    help: "next pane; next view where there is one pane",
    foot: [53, "pane"]
  },
  { keys: ["S-tab"], intent: { _tag: "Cycle", by: -1 }, in: all, help: "previous pane, or view" },
  { keys: ["j", "down"], intent: { _tag: "Move", by: "row", to: 1 }, in: lists, help: "down" },
  { keys: ["k", "up"], intent: { _tag: "Move", by: "row", to: -1 }, in: lists, help: "up" },
  { keys: ["C-d", "pagedown"], intent: { _tag: "Move", by: "half", to: 1 }, in: lists, help: "half a page down" },
  { keys: ["C-u", "pageup"], intent: { _tag: "Move", by: "half", to: -1 }, in: lists, help: "half a page up" },
  { keys: ["gg", "home"], intent: { _tag: "Move", by: "all", to: -1 }, in: lists, help: "to the beginning" },
  {
    keys: ["G", "end"],
    intent: { _tag: "Move", by: "all", to: 1 },
    in: lists,
    help: "to the end; logs and events follow again",
    foot: [60, "end"]
  },
  { keys: ["h", "left"], intent: { _tag: "Sideways", to: -1 }, in: ["graph", "logs", "charts", "stages"], help: "left" },
  { keys: ["l", "right"], intent: { _tag: "Sideways", to: 1 }, in: ["graph", "logs", "charts", "stages"], help: "right" },
  plain(["enter"], "Open", ["overview", "graph", "stages", "events"], "inspect what is selected", [10, "inspect"]),
  plain(["enter"], "Open", ["logs"], "unfold or fold the line", [10, "unfold"]),
  plain(["enter"], "Open", ["history"], "open the run", [10, "open"]),
  plain(["esc"], "Back", all, "back; clears the filter"),
  { keys: ["r"], intent: { _tag: "Ask", verb: "run" }, in: all, help: "run again", foot: [20, "run"] },
  { keys: ["R"], intent: { _tag: "Ask", verb: "retry" }, in: all, help: "go on from where the run failed", foot: [22, "retry"] },
  { keys: ["x"], intent: { _tag: "Ask", verb: "cancel" }, in: all, help: "cancel the run", foot: [21, "cancel"] },
  { keys: ["F"], intent: { _tag: "Ask", verb: "force" }, in: all, help: "run and compute everything again" },
  plain(["/"], "Filter", ["stages", "logs", "events", "config", "history", "overview", "graph"], "filter or search", [
    30,
    "filter"
  ]),
  plain(["n"], "NextMatch", ["logs", "graph"], "next match"),
  plain(["N"], "PreviousMatch", ["logs", "graph"], "previous match"),
  plain(["\\"], "ToggleHighlight", ["logs"], "show all lines and mark the matches, or matches only"),
  plain([":"], "Palette", all, "command palette", [40, "command"]),
  plain(["?", "f1"], "Help", all, "this help", [41, "help"]),
  plain(["i"], "Inspect", all, "inspect the selected stage, or the run"),
  plain(["L"], "ShowLogs", ["overview", "graph", "stages", "events"], "logs of the selected stage", [25, "logs"]),
  plain(["c"], "ShowChart", all, "charts of the run"),
  plain(["]e"], "NextFailed", ["stages", "graph", "overview"], "next failed stage"),
  plain(["[e"], "PreviousFailed", ["stages", "graph", "overview"], "previous failed stage"),
  plain(["z"], "Fold", ["stages", "overview", "graph"], "fold or unfold the pipeline"),
  plain(["S"], "Sort", ["stages"], "sort: plan, status, time, name", [50, "sort"]),
  plain(["f"], "FocusNode", ["graph"], "only what the stage needs and feeds", [12, "focus"]),
  plain(["P"], "CriticalPath", ["graph"], "mark the chain that takes longest"),
  plain(["v"], "Zoom", ["graph"], "zoom: fits, small, names, boxes", [13, "zoom"]),
  plain(["w"], "Wrap", ["logs"], "wrap long lines", [31, "wrap"]),
  plain(["t"], "Times", ["logs"], "times: relative, clock, date, none"),
  plain(["e"], "Level", ["logs"], "least level: debug, info, warn, error", [32, "level"]),
  plain(["s"], "PickStages", ["logs"], "choose stages", [33, "stages"]),
  plain(["J"], "Pretty", ["logs"], "fields one below the other, or in the line"),
  plain(["v"], "SelectLines", ["logs"], "select lines: move, then y or Y copies them", [35, "select"]),
  plain(["M"], "Marker", ["logs"], "drop a marker with the time"),
  plain(["C"], "ClearLog", ["logs"], "clear the view; the file keeps everything, esc shows it again"),
  plain(["S"], "SaveLines", ["logs"], "save these lines in a file", [36, "save"]),
  plain(["o"], "Pager", ["logs"], "open these lines in $PAGER", [34, "pager"]),
  plain(["E"], "Editor", ["logs"], "open the log file in $EDITOR"),
  plain(["s"], "ToStage", ["events"], "to the stage of the event", [26, "stage"]),
  plain(["y"], "CopyLine", all, "copy the selected line"),
  plain(["Y"], "CopyView", all, "copy what the view shows"),
  plain(["m"], "CopyMode", all, "copy mode: text only, for the terminal's own selection", [70, "copy mode"]),
  { keys: ["space"], intent: { _tag: "Replay", act: "play" }, in: ["replay"], help: "play or pause", foot: [1, "play"] },
  { keys: ["."], intent: { _tag: "Replay", act: "forward" }, in: ["replay"], help: "one event on", foot: [61, "step"] },
  { keys: [","], intent: { _tag: "Replay", act: "back" }, in: ["replay"], help: "one event back", foot: [62, "back"] },
  { keys: [">"], intent: { _tag: "Replay", act: "faster" }, in: ["replay"], help: "faster", foot: [63, "faster"] },
  { keys: ["<"], intent: { _tag: "Replay", act: "slower" }, in: ["replay"], help: "slower" },
  { keys: ["{"], intent: { _tag: "Replay", act: "start" }, in: ["replay"], help: "to the first event" },
  { keys: ["}"], intent: { _tag: "Replay", act: "end" }, in: ["replay"], help: "to the last event" },
  ...viewBindings,
  plain(["."], "Repeat", all, "repeat the last command"),
  plain(["T"], "LineMode", all, "leave the full screen and go on line by line; T again comes back"),
  plain(["Z"], "Maximise", ["overview", "stages", "charts", "logs", "graph"], "only the focused pane or chart, and back"),
  plain(["B"], "Frames", all, "frames on and off"),
  { keys: ["+"], intent: { _tag: "Resize", by: 1 }, in: ["overview", "stages"], help: "the lower pane one row taller" },
  { keys: ["-"], intent: { _tag: "Resize", by: -1 }, in: ["overview", "stages"], help: "the lower pane one row shorter" },
  plain(["u"], "Undo", all, "take a command back while it waits (3 seconds after cancel or pause)"),
  plain(["C-l"], "Redraw", all, "paint everything again"),
  plain(["C-z"], "Suspend", all, "suspend; `fg` comes back"),
  plain(["q"], "Quit", all, "leave the dashboard", [90, "quit"]),
  plain(["C-c"], "Interrupt", all, "stop the run; again: at once")
]

/** The table in force: `keymap`, unless the configuration remaps keys. */
export type Keymap = ReadonlyArray<Binding>

/** Whether a binding holds in `view`. The more special one wins: `replay`, then the view, then `all`. */
const rank = (binding: Binding, view: View, replay: boolean): number =>
  binding.wins === true && binding.in.includes(view)
    ? 4
    : replay && binding.in.includes("replay")
      ? 3
      : binding.in.includes(view)
        ? 2
        : binding.in.includes("all")
          ? 1
          : 0

/** What a key does in a view. */
export const bindingOf = (key: string, view: View, replay: boolean, table: Keymap = keymap): Binding | undefined =>
  table
    .filter((binding) => binding.keys.includes(key) && rank(binding, view, replay) > 0)
    .toSorted((a, b) => rank(b, view, replay) - rank(a, view, replay))[0]
/** Two keys one after the other, such as `gg`: no name of a key, and no modifier. */
export const isSequence = (key: string): boolean => /^[^\s]{2}$/u.test(key) && !namedKey.test(key)
/** Keys that are called by a word. */
export const namedKey =
  /^(?:[CMS]-.+|enter|esc|tab|space|backspace|delete|insert|up|down|left|right|home|end|pageup|pagedown|f(?:[1-9]|1[0-2]))$/u
/** True when some sequence begins with this key in this view. */
export const beginsSequence = (key: string, view: View, replay: boolean, table: Keymap = keymap): boolean =>
  table.some((b) => rank(b, view, replay) > 0 && b.keys.some((k) => isSequence(k) && k[0] === key))
/** Bindings that hold in a view, in the order of the table. */
export const bindingsIn = (view: View, replay: boolean, table: Keymap = keymap): Keymap =>
  table.filter((binding) => binding.keys.some((key) => bindingOf(key, view, replay, table) === binding))

/** Two bindings of equal rank for one key: an error in the table. */
export const clashes = (table: ReadonlyArray<Binding>): ReadonlyArray<string> => {
  const seen = new Map<string, string>()
  const found: Array<string> = []
  for (const { keys, in: places, help } of table)
    for (const key of keys)
      for (const place of places) {
        const before = seen.get(`${key} in ${place}`)
        if (before !== undefined) found.push(`${key} in ${place}: "${before}" and "${help}"`)
        seen.set(`${key} in ${place}`, help)
      }
  return found
}
