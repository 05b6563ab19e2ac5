/** Everything that is shown and that the person did not choose: the run, its log, and what was looked up beside it. */
import type { LiveEvent, LogLine, PipelineRunRow, PipelineStateRow, ScheduleForecast, StoredEvent } from "@tetra/core/engine"
import type { History } from "./estimate.ts"
import type { Attachment } from "./link/attachment.ts"
import { advanceAll } from "./advance.ts"
import type { RunModel } from "./RunModel.ts"
import type { Book, FileSearch } from "./logs/Book.ts"
import { bounded, type Flood, floodOf } from "./logs/Flood.ts"
import { beginsAttempt } from "./logs/query.ts"
import type { Ring } from "./Ring.ts"
import type { Fact } from "./inspect.ts"
import type { ChartColumn, ChartPane, Metric } from "./views/charts.ts"
import type { Alert, HealthCheck } from "./views/health.ts"
import type { RunDetail } from "./views/history.ts"
import type { ScheduleRecords } from "./views/schedule.ts"

/** Where the events come from. */
export type Link =
  | {
      readonly _tag: "InProcess"
      /** The command that shows it waits for it, and a server does the work. */
      readonly inServer?: boolean
    }
  | {
      readonly _tag: "Attached"
      readonly state: Attachment["state"]
      /** While it is down: since when, in epoch milliseconds, and how old what is shown is, in milliseconds. */
      readonly lostAt: number | undefined
      readonly ageMs: number
    }
  | {
      readonly _tag: "Replay"
      /** Events shown so far, of `total`. */
      readonly position: number
      readonly total: number
      readonly playing: boolean
      readonly speed: number
    }

/** One setting: its path, its value as text, and where it comes from. */
export interface Setting {
  readonly path: string
  readonly value: string
  /** `tetra.yaml:12:5, environment production`. */
  readonly origin: string
  /** What it was before the file was saved last; `""` when it was not there. */
  readonly before?: string
}
/** What the newest save of the configuration file did. */
export interface ConfigReload {
  /** Epoch milliseconds. */
  readonly at: number
  /** Versions of the configuration: in force before and now. */
  readonly from: string
  readonly to: string
  /** Paths that changed, with what was and what is. */
  readonly changes: ReadonlyArray<{ readonly path: string; readonly detail: string }>
  /** What follows from them, in words: `metrics_pipeline now waits for ml_features`. */
  readonly effects: ReadonlyArray<string>
  /** Why the new text is not in force; empty when it is. */
  readonly problems: ReadonlyArray<Problem>
}
/** One thing that stands against what was saved: in one line, and the lines of the file around it. */
export interface Problem {
  readonly text: string
  readonly frame: ReadonlyArray<string>
}
/** What is looked up to compare two runs, beside their rows. */
export interface Compared {
  readonly before: string
  readonly after: string
  readonly config: ReadonlyArray<{ readonly path: string; readonly detail: string }>
  /** Of the later run, with `before` of the earlier one. */
  readonly metrics: ReadonlyArray<Metric>
}
/** What was looked up when its view was opened; undefined before. */
export interface Desk {
  /** Newest first. */
  readonly runs: ReadonlyArray<RunDetail> | undefined
  readonly schedule:
    | {
        readonly forecasts: ReadonlyArray<ScheduleForecast>
        readonly states: ReadonlyArray<PipelineStateRow>
        readonly records: ScheduleRecords
      }
    | undefined
  readonly health:
    | {
        readonly states: ReadonlyArray<PipelineStateRow>
        readonly runs: ReadonlyArray<PipelineRunRow>
        readonly system: ReadonlyArray<HealthCheck>
        /** Alerts of rules, kept in the store: the same for everybody. */
        readonly alerts: ReadonlyArray<Alert>
      }
    | undefined
  readonly config: ReadonlyArray<Setting> | undefined
  readonly charts: ReadonlyArray<ChartPane> | undefined
  /** Columns of published tables that can be drawn. */
  readonly columns: ReadonlyArray<ChartColumn> | undefined
  readonly reload: ConfigReload | undefined
  /** What the compiler of the project says of its modules, where somebody asked it. They run all the same. */
  readonly typeErrors: ReadonlyArray<Problem>
  /** Numbers of the configurations that were in force, by their hash. */
  readonly versions: ReadonlyMap<string, number>
  readonly compared: Compared | undefined
  /** The recorded reasons of the stage that was looked into last. */
  readonly why: { readonly run: string; readonly stage: string; readonly facts: ReadonlyArray<Fact> } | undefined
}
export const emptyDesk: Desk = {
  runs: undefined,
  schedule: undefined,
  health: undefined,
  config: undefined,
  charts: undefined,
  columns: undefined,
  reload: undefined,
  typeErrors: [],
  versions: new Map(),
  compared: undefined,
  why: undefined
}

export interface World {
  readonly run: RunModel
  /** A run was asked for and is being planned: its first event has not come. */
  readonly isPlanning: boolean
  readonly configVersion: string | undefined
  readonly events: Ring<StoredEvent>
  readonly logs: Ring<LogLine>
  readonly logPath: string | undefined
  /** The stretch of the log file that is read, and the search through all of it; undefined when nobody asked for them. */
  readonly book: Book | undefined
  readonly search: FileSearch | undefined
  /** When each attempt at the run began: its start, and every time that it was resumed. */
  readonly attempts: ReadonlyArray<number>
  /** What floods of log lines cost so far. */
  readonly flood: Flood | undefined
  /** How long stages took before. */
  readonly history: History
  readonly link: Link
  readonly desk: Desk
  /** IANA name of the zone that times are shown in. */
  readonly zone: string
}

/** Takes live events into a world, oldest first. The rings change in place, everything else is new. */
export const takeAll = (world: World, events: ReadonlyArray<LiveEvent>): World => {
  let { attempts, configVersion, flood } = world
  for (const event of events) {
    if (event._tag === "Log") {
      world.logs.push(bounded(event))
      flood = floodOf(flood, event)
    } else if (event.seq > 0 && event._tag !== "Progress") world.events.push(event)
    if (event._tag === "RunRequested") configVersion = event.configVersion
    if (beginsAttempt(event._tag)) attempts = [...attempts, event.at]
  }
  return { ...world, run: advanceAll(world.run, events), isPlanning: false, configVersion, flood, attempts }
}
/** Takes one live event into a world. */
export const take = (world: World, event: LiveEvent): World => takeAll(world, [event])
