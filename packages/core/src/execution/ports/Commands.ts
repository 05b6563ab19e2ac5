import { Context, Data, type Effect, type Scope } from "effect"
import type { RunId } from "../../domain/Names.ts"
import type { StoreError } from "./Journal.ts"

/** What somebody wants of a run that another process may have in hand. */
export interface RunCommand {
  /** Sent twice it counts once. */
  readonly id: string
  readonly run: RunId
  readonly kind: "cancel" | "pause" | "resume"
  readonly by: string
  readonly reason: string
  /** Epoch milliseconds. */
  readonly at: number
}
/** The run has ended: there is nobody to take a command. */
export class RunOver extends Data.TaggedError("RunOver")<{ readonly run: RunId; readonly status: string }> {
  override get message() {
    return `run ${this.run} has ended already: ${this.status}`
  }
}
/** Durable commands to runs, and a bell that wakes whoever waits for something, in every process of the store. */
export class Commands extends Context.Service<
  Commands,
  {
    /** Durable when it answers, and the bell is rung. False: this `id` was sent before, and the first one stands. */
    readonly send: (command: RunCommand) => Effect.Effect<boolean, RunOver | StoreError>
    /** Everything that was sent to the run, oldest first. What was taken is in its log. */
    readonly to: (run: RunId) => Effect.Effect<ReadonlyArray<RunCommand>, StoreError>
    /** Drops what was sent to a run that has ended, before it is reopened: what came too late is not meant for its next life. */
    readonly forget: (run: RunId) => Effect.Effect<void, StoreError>
    /** Something changed that others may wait for: a command, the end of a run, a lock given back. Never fails: they look by themselves now and then. */
    readonly ring: Effect.Effect<void>
    /** Calls `heard` soon after every ring, of this process and of others, while the scope is open. Rings may be lost, or come twice. */
    readonly listen: (heard: () => void) => Effect.Effect<void, never, Scope.Scope>
  }
>()("tetra/Commands") {}
