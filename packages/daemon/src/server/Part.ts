/** A concern of the daemon beside runs and requests: it lives as long as the daemon, and hears of every reload. */
import type { Engine, Project, StoreError, Stores } from "@tetra/core/engine"
import type { Effect, Scope } from "effect"
import type { Ending } from "../lifecycle/note.ts"
import type { LogTap } from "../log/LogTap.ts"
import type { Say } from "../log/Say.ts"
import type { MetricSet } from "../telemetry/index.ts"
import type { RunService } from "./RunService.ts"

/** What every part is made with. */
export interface PartContext {
  /** The project as it is in force now. */
  readonly project: () => Project
  /** Puts in force what was promoted by others. */
  readonly refresh: Effect.Effect<void, never, Stores>
  readonly runs: RunService
  /** One line for the log of the daemon. */
  readonly say: Say
  /** What this process counts, for /metrics. */
  readonly metrics: MetricSet
  /** Brings gauges and counters among them up to date. */
  readonly measure: Effect.Effect<void>
  /** What this server and its runs say. */
  readonly lines: LogTap
  /** Of this process: another one after every start. */
  readonly instance: string
  readonly version: string
  /** How the one before ended itself, for the sake of its store. */
  readonly before?: Ending | undefined
}
export interface Part {
  /** For the log, as in `schedules`. */
  readonly name: string
  /**
   * `work` begins runs: it is interrupted as soon as the daemon is told to stop, and what it has not decided is left to the next start. `watch`
   * goes on until running work has ended.
   */
  readonly phase: "work" | "watch"
  /** Runs until it is interrupted or its scope closes. It handles its failures itself; a defect is told, and costs the other parts nothing. */
  readonly start: Effect.Effect<void, never, PartServices>
  /** Another project came into force. `project()` answers it by then. */
  readonly reload?: (project: Project) => Effect.Effect<void, never, PartServices>
  /** Before the daemon ends, after its runs: at most two seconds are waited for it. */
  readonly flush?: Effect.Effect<void, never, PartServices>
  /** The store can be used no more by this process, which ends: what has to be told all the same. At most ten seconds are waited for it. */
  readonly lost?: (error: StoreError, at: number) => Effect.Effect<void, never, PartServices>
}
export type PartServices = Stores | Engine | Scope.Scope
