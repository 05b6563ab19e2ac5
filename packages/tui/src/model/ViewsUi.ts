/** What the person chose inside the views, and what they ask the world outside for. Data only. */

export interface ViewsUi {
  /** Runs to compare, in the order of marking; at most two. */
  readonly marked: ReadonlyArray<string>
  /** The stages view shows when stages waited and ran, instead of how far they are. */
  readonly timeline: boolean
  /** Alerts that somebody has seen to. */
  readonly acknowledged: ReadonlySet<string>
}
export const noChoices: ViewsUi = { marked: [], timeline: false, acknowledged: new Set() }

export type ViewCommand =
  /** Everything that is known of two runs; the older one first. */
  | { readonly _tag: "Compare"; readonly before: string; readonly after: string }
  /** The values of a chart as CSV, or the chart as SVG, as the name of the file says. */
  | { readonly _tag: "SaveChart"; readonly chart: number; readonly path: string }
  /** Charts of a column of an asset. */
  | { readonly _tag: "ChartColumn"; readonly asset: string; readonly column: string }
  /** What a run would do now. */
  | { readonly _tag: "DryRun"; readonly force: boolean }
  /** The recorded reasons of a stage of the shown run. */
  | { readonly _tag: "Why"; readonly stage: string }
  | { readonly _tag: "Report"; readonly run: string }
  | { readonly _tag: "Schedule"; readonly action: "pause" | "resume" | "trigger"; readonly id: string }
  /** Somebody here has this alert of a server in hand. */
  | { readonly _tag: "Acknowledge"; readonly id: string }
  | { readonly _tag: "Pause" }
  | { readonly _tag: "Resume" }

/** What keys of views do. */
export type ViewAct =
  | "acknowledge"
  | "chartColumn"
  | "chartTable"
  | "compare"
  | "dryRun"
  | "mark"
  | "panDown"
  | "panLeft"
  | "panRight"
  | "panUp"
  | "pause"
  | "report"
  | "saveChart"
  | "timeline"
  | "trigger"
  | "why"
