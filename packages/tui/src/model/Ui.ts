/** What the person at the keyboard has chosen: view, selection, filters, and the dialog that is open. Data only; `update` changes it. */
import type { Deed } from "./deeds.ts"
import type { VerbClass } from "./classes.ts"
import { everyLine, type LogFilter } from "./LogFilter.ts"
import type { Fact } from "./inspect.ts"
import { noChoices, type ViewCommand, type ViewsUi } from "./ViewsUi.ts"
import type { Grace, Sent, Toast } from "./toasts.ts"

export const views = [
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
] as const
export type View = (typeof views)[number]
export const viewTitles: Readonly<Record<View, string>> = {
  overview: "Overview",
  graph: "Graph",
  stages: "Stages",
  logs: "Logs",
  charts: "Charts",
  history: "History",
  schedule: "Schedule",
  health: "Health",
  config: "Config",
  events: "Events"
}
export const stageSorts = ["plan", "status", "time", "name"] as const
export type StageSort = (typeof stageSorts)[number]
export const timeStyles = ["relative", "clock", "iso", "off"] as const
export type TimeStyle = (typeof timeStyles)[number]

/** What a run is asked to do from here. Whoever opened the dashboard says which of them it can do. */
export type Verb = "run" | "force" | "retry" | "cancel" | "pause" | "resume" | ScheduleVerb
/** What a schedule is asked to do. */
export type ScheduleVerb = "pauseSchedule" | "resumeSchedule" | "trigger"

/** What the world outside is asked to do. */
export type Command =
  | { readonly _tag: "Run"; readonly force: boolean }
  | {
      readonly _tag: "Retry"
      readonly run: string
      /** Made anew beside what did not complete: `pipeline.stage`. */
      readonly stages: ReadonlyArray<string>
    }
  | { readonly _tag: "Cancel" }
  | { readonly _tag: "Interrupt" }
  | { readonly _tag: "Leave" }
  /** Leaves a run that a server works on to it. */
  | { readonly _tag: "Detach" }
  | { readonly _tag: "LineMode" }
  | { readonly _tag: "OpenRun"; readonly run: string }
  | { readonly _tag: "Load"; readonly view: View }
  | { readonly _tag: "Replay"; readonly act: "play" | "forward" | "back" | "faster" | "slower" | "start" | "end" }
  | { readonly _tag: "Copy"; readonly text: string; readonly what: string }
  | { readonly _tag: "Pager" }
  | { readonly _tag: "Editor" }
  | { readonly _tag: "SaveLines"; readonly path: string }
  /** Search all of the log file for the filter's text. */
  | { readonly _tag: "SearchFile" }
  /** Show the log file around a byte of it, around the line that the cursor is on, or anew for a changed filter. */
  | { readonly _tag: "ReadFile"; readonly at: number | "cursor" }
  | { readonly _tag: "ReadOlder" }
  | { readonly _tag: "ReadNewer" }
  | { readonly _tag: "Set"; readonly setting: Setting; readonly value: string }
  | { readonly _tag: "Remember" }
  | { readonly _tag: "Redraw" }
  | { readonly _tag: "Suspend" }
  | ViewCommand

/** What `:theme NAME`, `:mouse on` and the like change. */
export const settings = ["theme", "mouse", "motion", "color", "ascii"] as const
export type Setting = (typeof settings)[number]

/** How sure somebody must be: not asked, any of `y` and enter, `y` alone, or a typed name. */
export type Certainty = "none" | "key" | "yes" | "name"
export interface Question {
  readonly kind: VerbClass
  /** What the footer calls it: `cancel`. */
  readonly label: string
  readonly title: string
  /** Target and effect. */
  readonly lines: ReadonlyArray<string>
  /** Whether and how it can be taken back. */
  readonly undo: string
  readonly certainty: Certainty
  /** What must be typed when `certainty` is `name`. */
  readonly name: string
  readonly command: Command
  /** The same from the command line. */
  readonly line: string
}
export interface Choice {
  readonly key: string
  readonly label: string
  readonly command?: Command | undefined
  /** A verb, which is asked about in its own way. */
  readonly ask?: Extract<Deed, { readonly _tag: "Ask" }>
}
export type Inspected =
  | { readonly _tag: "Stage"; readonly stage: string }
  | { readonly _tag: "Line"; readonly place: number }
  | { readonly _tag: "Run" }
  | { readonly _tag: "Compared"; readonly before: string; readonly after: string }
  | { readonly _tag: "Setting"; readonly path: string }
  | { readonly _tag: "Health"; readonly id: string }
  | { readonly _tag: "Schedule"; readonly id: string }
  | { readonly _tag: "Chart"; readonly chart: number }
  /** What was worked out when it was asked for, such as a dry run. */
  | { readonly _tag: "Told"; readonly title: string; readonly facts: ReadonlyArray<Fact> }

/** The one dialog that takes the keys, if any. */
export type Overlay =
  | { readonly _tag: "None" }
  | { readonly _tag: "Prompt"; readonly view: View; readonly text: string; readonly before: string }
  | {
      readonly _tag: "Palette"
      readonly text: string
      readonly index: number
      /** Steps back in what was typed before; 0 is what is typed now. */
      readonly back: number
    }
  | { readonly _tag: "Stages"; readonly text: string; readonly index: number; readonly chosen: ReadonlyArray<string> }
  | { readonly _tag: "Help"; readonly text: string; readonly top: number }
  | { readonly _tag: "Confirm"; readonly question: Question; readonly typed: string }
  | { readonly _tag: "Choose"; readonly title: string; readonly choices: ReadonlyArray<Choice> }
  | { readonly _tag: "Inspect"; readonly what: Inspected; readonly top: number }
  /** An event as it is recorded: rows that fold. */
  | { readonly _tag: "Tree"; readonly place: number; readonly index: number; readonly turned: ReadonlySet<string> }
  /** Which column of which asset is drawn. */
  | { readonly _tag: "Columns"; readonly text: string; readonly index: number }
  | { readonly _tag: "CopyMode" }
  /** Where the chart is saved. */
  | { readonly _tag: "SavePath"; readonly chart: number; readonly text: string }
  | { readonly _tag: "Save"; readonly text: string }

export interface LogsUi {
  readonly filter: LogFilter
  /** Place of the line under the cursor; undefined follows the newest. */
  readonly cursor: number | undefined
  /** Place of the first line on the screen, while not following. */
  readonly top: number
  /** End of the log when following stopped: what came since is counted. */
  readonly left: number
  readonly wrap: boolean
  readonly time: TimeStyle
  /** Cells that are scrolled to the right. */
  readonly shift: number
  /** Places of unfolded lines. */
  readonly open: ReadonlySet<number>
  /** Lines before this place are not shown (`C`). */
  readonly clearedTo: number
  /** Lines come from the file, and places are offsets in it; else from memory. */
  readonly file: boolean
  /** Fields stand below their line, one in a row (`J`). */
  readonly pretty: boolean
  /** Where the selection of lines began (`v`); it reaches to the cursor. */
  readonly anchor: number | undefined
  /** Times of markers (`M`), in epoch milliseconds. */
  readonly markers: ReadonlyArray<number>
}
export interface ListUi {
  /** Row under the cursor, by its id, so that nothing moves when rows come and go. */
  readonly cursor: string | undefined
  readonly filter: string
}
export interface GraphUi {
  readonly zoom: 1 | 2 | 3 | undefined
  readonly focus: boolean
  /** The chain of stages that takes longest is marked. */
  readonly critical: boolean
  /** Undefined: large graphs are folded to pipelines, others are not. */
  readonly folded: ReadonlySet<string> | undefined
  readonly pan: { readonly x: number; readonly y: number }
  /** The person moved the picture: it stays there until the focus moves. */
  readonly isPanned: boolean
}
/** Panes are resized for each class of width by itself. */
export type SizeClass = "wide" | "middle" | "small"
export interface Ui {
  readonly view: View
  /** The pane beside the first one that takes the keys, by the view that it is a part of; undefined: the first. */
  readonly pane: View | undefined
  /** Where the person came from, oldest first: `esc` goes back one step. */
  readonly trail: ReadonlyArray<{ readonly view: View; readonly stage: string | undefined }>
  /** The selected stage; views share it. */
  readonly stage: string | undefined
  readonly sort: StageSort
  readonly stageFilter: string
  readonly folded: ReadonlySet<string>
  readonly logs: LogsUi
  readonly events: { readonly cursor: number | undefined; readonly filter: string }
  readonly lists: Readonly<Record<"history" | "schedule" | "health" | "config", ListUi>>
  readonly chart: number
  readonly graph: GraphUi
  readonly views: ViewsUi
  readonly over: Overlay
  /** First key of a sequence of two. */
  readonly pending: string
  /** One line at the bottom, until the next key. */
  readonly message: { readonly text: string; readonly tone: "plain" | "good" | "bad" | "warn" } | undefined
  readonly toasts: ReadonlyArray<Toast>
  readonly grace: Grace | undefined
  /** Newest last. */
  readonly sent: ReadonlyArray<Sent>
  /** The last command, for `.`. */
  readonly last: Deed | undefined
  /** What was typed after `:`, oldest first. */
  readonly typed: ReadonlyArray<string>
  /** Rows that the lower pane has more than by default. */
  readonly split: Readonly<Record<SizeClass, number>>
  readonly maximised: boolean
  readonly frameless: boolean
  /** Row at which the edge of a pane is held with the mouse. */
  readonly dragged: number | undefined
}
const aList: ListUi = { cursor: undefined, filter: "" }
export const initialUi: Ui = {
  view: "overview",
  pane: undefined,
  trail: [],
  stage: undefined,
  sort: "plan",
  stageFilter: "",
  folded: new Set(),
  logs: {
    filter: everyLine,
    cursor: undefined,
    top: 0,
    left: 0,
    wrap: false,
    time: "relative",
    shift: 0,
    open: new Set(),
    clearedTo: 0,
    file: false,
    pretty: false,
    anchor: undefined,
    markers: []
  },
  events: { cursor: undefined, filter: "" },
  lists: { history: aList, schedule: aList, health: aList, config: aList },
  chart: 0,
  graph: { zoom: undefined, focus: false, critical: false, folded: undefined, pan: { x: 0, y: 0 }, isPanned: false },
  views: noChoices,
  over: { _tag: "None" },
  pending: "",
  message: undefined,
  toasts: [],
  grace: undefined,
  sent: [],
  last: undefined,
  typed: [],
  split: { wide: 0, middle: 0, small: 0 },
  maximised: false,
  frameless: false,
  dragged: undefined
}
