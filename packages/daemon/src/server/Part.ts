/** A concern of the daemon beside runs and requests: it lives as long as the daemon, and hears of every reload. */
import type { Engine, Project, Stores } from "@tetra/core/engine"
import type { Effect, Scope } from "effect"
import type { RunService } from "./RunService.ts"

/** What every part is made with. */
export interface PartContext {
  /** The project as it is in force now. */
  readonly project: () => Project
  readonly runs: RunService
  /** One line for the log of the daemon. */
  readonly say: (line: string) => void
  /** Of this process: another one after every start. */
  readonly instance: string
  readonly version: string
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
}
export type PartServices = Stores | Engine | Scope.Scope
