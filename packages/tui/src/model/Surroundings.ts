/** What the person sees when a key comes, and what the key then gives. Types only, and the one place that knows which filter is whose. */
import type { Deed } from "./deeds.ts"
import type { ChartColumn } from "./views/charts.ts"
import type { TreeRow } from "./jsonTree.ts"
import type { Keymap, Target } from "./keymap.ts"
import type { Command, ListUi, Question, SizeClass, Ui, Verb, View } from "./Ui.ts"

export interface Surroundings {
  /** Panes of the view that are on the screen, the first one under the name of the view. */
  readonly panes: ReadonlyArray<View>
  /** Views that there is something to show in. */
  readonly views: ReadonlyArray<View>
  /** Rows of the stages view: pipelines and stages by name, in the order on the screen. */
  readonly stages: ReadonlyArray<string>
  /** Place of the first of them that can be seen. */
  readonly firstStage: () => number
  /** Every stage and pipeline that the log may be narrowed to. */
  readonly pickable: ReadonlyArray<string>
  readonly failed: ReadonlyArray<string>
  /** Places of log lines that are shown, and of those that match the search. */
  readonly shown: ReadonlyArray<number>
  readonly found: ReadonlyArray<number>
  readonly logEnd: number
  /** One past the newest line in memory, also while the file is shown. */
  readonly liveEnd: number
  /** Whether the file has lines before those that are shown, and after them. */
  readonly logMore: { readonly older: boolean; readonly newer: boolean }
  /** Offset in the file of the next or previous match of a search through all of it; undefined when there was no such search. */
  readonly fileMatch: (to: 1 | -1) => number | undefined
  /** Epoch milliseconds. */
  readonly now: number
  /** Rows of the event that is looked into. */
  readonly tree: ReadonlyArray<TreeRow>
  /** Places of events that are shown. */
  readonly events: ReadonlyArray<number>
  /** Row ids of the other lists. */
  readonly rows: Readonly<Record<keyof Ui["lists"], ReadonlyArray<string>>>
  readonly pausedSchedules: ReadonlySet<string>
  /** The stage beside the focused one in the graph, and the next one that matches the search. */
  readonly graphStep: (direction: "left" | "right" | "up" | "down") => string | undefined
  readonly graphMatch: (step: 1 | -1) => string | undefined
  /** Where the picture of the graph is now. */
  readonly graphPan: () => { readonly x: number; readonly y: number }
  readonly graphFolded: () => ReadonlySet<string>
  /** Rows of the pane that is scrolled. */
  readonly page: number
  readonly run: { readonly id: string; readonly active: boolean; readonly cancelling: boolean; readonly paused: boolean }
  /** The command line of `run`. */
  readonly line: string
  /** Ids of what can be acknowledged, the most urgent first. */
  readonly alerts: ReadonlyArray<string>
  /** Of those, the alerts of rules: true while nobody has them in hand. */
  readonly keptAlerts: ReadonlyMap<string, boolean>
  readonly charts: number
  /** Columns whose names have the letters of `text`. */
  readonly columns: (text: string) => ReadonlyArray<ChartColumn>
  /** Stages of the run that need no other. */
  readonly roots: ReadonlyArray<string>
  /** The runs that the history compares now, the older one first. */
  readonly comparison: readonly [string, string] | undefined
  readonly replay: boolean
  /** The dashboard is attached to a server: leaving it does nothing to the run. */
  readonly attached: boolean
  /** The run that is followed here is worked on by a server, which can have it for itself. */
  readonly inServer: boolean
  /** The dashboard's own clock, in milliseconds that only grow. */
  readonly clock: number
  readonly keymap: Keymap
  /** The class of the screen's width; a screen below it has one pane, which cannot be resized. */
  readonly width: SizeClass | undefined
  /** Why a verb cannot be done now; undefined when it can. */
  readonly refusal: (verb: Verb, of?: Target) => string | undefined
  readonly question: (verb: Verb, of?: Target) => Question
  /** Palette entries that match `text`, best first. */
  readonly palette: (text: string) => ReadonlyArray<PaletteEntry>
  /** Columns and rows from 0. */
  readonly hit: (x: number, y: number) => Hit | undefined
  /** Whether `text` is a whole command, and no letters of an entry. */
  readonly isCommand: (text: string) => boolean
  /** The stage of the event under the cursor. */
  readonly eventStage: string | undefined
  /** Name of the file that filtered lines are saved in unless another is typed. */
  readonly savePath: string
  /** The selected line or lines, and everything that the view shows, as clean text. */
  readonly lineText: () => string
  readonly viewText: () => string
}
/** What stands at a place of the screen. */
export type Hit =
  | { readonly _tag: "View"; readonly view: View }
  | { readonly _tag: "Stage"; readonly stage: string }
  /** The edge between two panes. */
  | { readonly _tag: "Border" }
  /** So many rows from the selected one; from the first or the last one when none is. */
  | { readonly _tag: "Rows"; readonly by: number; readonly from: "first" | "last" | undefined }
export interface PaletteEntry {
  readonly label: string
  /** The key that does the same. */
  readonly key: string
  /** The command line that does the same; empty when there is none. */
  readonly line: string
  readonly act: Deed
}
export interface Updated {
  readonly ui: Ui
  readonly commands: ReadonlyArray<Command>
}
const listViews = ["history", "schedule", "health", "config"] as const
export const isList = (view: View): view is (typeof listViews)[number] => listViews.some((v) => v === view)
export const withList = (ui: Ui, view: keyof Ui["lists"], list: ListUi): Ui => ({ ...ui, lists: { ...ui.lists, [view]: list } })

/** `text` as the filter of `view`. */
export const withFilter = (ui: Ui, view: View, text: string): Ui => {
  if (view === "logs") return { ...ui, logs: { ...ui.logs, filter: { ...ui.logs.filter, text } } }
  if (view === "events") return { ...ui, events: { ...ui.events, filter: text } }
  return isList(view) ? withList(ui, view, { ...ui.lists[view], filter: text }) : { ...ui, stageFilter: text }
}
