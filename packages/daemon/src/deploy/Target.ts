/** What a project is handed over to, and what is written for it. */
import type { Cron } from "@tetra/core/engine"
import type { ScheduleSpec } from "../schedule/ScheduleSpec.ts"

export const targets = ["launchd", "systemd", "cron", "kubernetes", "docker", "airflow", "prefect"] as const
export type Target = (typeof targets)[number]
/** Targets that have times of their own. */
export type Timed = Exclude<Target, "docker">
/** `daemon`: the target keeps `tetra start` alive, which fires schedules itself. `schedules`: the target fires them. */
export type Style = "daemon" | "schedules"

/** What a pipeline may use. */
export interface Share {
  readonly cpu?: number
  readonly memoryMB?: number
}
/** Everything that files are made from. */
export interface DeployContext {
  readonly style: Style
  readonly version: string
  readonly configVersion: string
  /** Lower-case letters, digits and dashes. */
  readonly project: string
  readonly root: string
  /** Data folder. */
  readonly home: string
  /** Absolute path, when it is not the one that is found by itself. */
  readonly configFile: string | undefined
  readonly environment: string | undefined
  /** How `tetra` is started on this machine: absolute paths, each an argument. */
  readonly program: ReadonlyArray<string>
  /** Zone of the machine that fires. */
  readonly zone: string
  readonly isSystemWide: boolean
  readonly hasDatabase: boolean
  readonly drainSeconds: number
  readonly now: number
  readonly schedules: ReadonlyArray<ScheduleSpec & { readonly frequency: string | undefined }>
  readonly share: (pipeline: string) => Share
}
export interface DeployFile {
  /** Below the folder that is written to. */
  readonly path: string
  readonly text: string
}
/** A time table as a target reads it. */
export interface ReadRule {
  /** As it stands in the file. */
  readonly text: string
  readonly cron: Cron
  readonly zone: string
}
/** What a file says about one schedule. */
export interface ReadSchedule {
  readonly id: string
  readonly rules: ReadonlyArray<ReadRule>
  /** Dated times of their own, epoch milliseconds. */
  readonly instants: ReadonlyArray<number>
}
/** A file does not say what it should. */
export class NotReadBack extends Error {}
