import { Context, Data, type Effect } from "effect"
import type { AttemptStarted, Owner, RunEvent, StoredEvent } from "../../domain/RunEvent.ts"
import type { RunId } from "../../domain/Names.ts"

// These errors stay in the process, so they need no schema: commands that only look start without that code (decision 033).

/** Somebody else appended first: reread, fold and decide again. */
export class StaleSequence extends Data.TaggedError("StaleSequence")<{
  readonly run: RunId
  readonly expected: number
  readonly found: number
}> {
  override get message() {
    const why =
      this.found > this.expected
        ? "another process acted for it"
        : "the store has lost what it had acknowledged (a failover, or a restored backup)"
    return `run ${this.run} is at event ${this.found}, not ${this.expected}: ${why}`
  }
}
/** The right to act for the run moved to another owner. */
export class Fenced extends Data.TaggedError("Fenced")<{
  readonly run: RunId
  readonly epoch: number
  readonly found: number
}> {
  override get message() {
    return `run ${this.run} was taken over by another process (epoch ${this.found}, ours was ${this.epoch})`
  }
}
/** The store cannot do its work. `full` and `lost` may pass; `corrupt`, `locked` and `newer` need a person; `unsynced`: the disk has not kept what was written, this process can use it no more, and who opens it next mends it; `input` is no fault of the store: what it was given cannot be taken in. */
export class StoreError extends Data.TaggedError("StoreError")<{
  readonly reason: "full" | "lost" | "locked" | "corrupt" | "newer" | "unsynced" | "input" | "other"
  readonly detail: string
  readonly hint: string
}> {
  override get message() {
    return `${this.detail}. ${this.hint}`
  }
}

/** Events to append behind the others, all of them, unless the cache has one of these keys by then. */
export interface Tail {
  readonly unless: ReadonlyArray<string>
  /** Such as change nothing but the log. */
  readonly events: ReadonlyArray<AttemptStarted>
}
/**
 * The event log (execution.md 3). Appends are atomic with every projection; `seq` starts at 1. What the other calls answer, and what any port tells of
 * the log, is on disk by then; only `append` answers earlier.
 */
export class Journal extends Context.Service<
  Journal,
  {
    /**
     * Opens a run with its first events. The same `commandId` again answers the run that exists, `created: false`.
     * `at` is epoch milliseconds.
     */
    readonly create: (run: {
      readonly id: RunId
      readonly commandId: string | undefined
      readonly owner: Owner
      readonly events: ReadonlyArray<RunEvent>
      readonly at: number
    }) => Effect.Effect<
      { readonly id: RunId; readonly created: boolean; readonly epoch: number; readonly seq: number },
      StoreError
    >
    /** The run that was opened with this `commandId`, ended or not. */
    readonly runOfCommand: (commandId: string) => Effect.Effect<RunId | undefined, StoreError>
    /**
     * Answers the new last sequence number, which tells whether `tail` was appended as well. The events are written by then: they are seen by everybody and
     * outlive this process, but a power cut may take them, and only with all that was written behind them, until `durable` has answered.
     */
    readonly append: (
      at: { readonly run: RunId; readonly expectedSeq: number; readonly epoch: number; readonly now: number },
      events: ReadonlyArray<RunEvent>,
      tail?: Tail
    ) => Effect.Effect<number, StaleSequence | Fenced | StoreError>
    /**
     * Answers when everything that was appended before is on disk. Nobody outside may be told of it earlier. Fails when the disk has not kept it;
     * then every further append fails as well.
     */
    readonly durable: Effect.Effect<void, StoreError>
    readonly read: (run: RunId, fromSeq?: number) => Effect.Effect<ReadonlyArray<StoredEvent>, StoreError>
    /** Raises the epoch: the former owner is fenced off from its next append on. The caller appends `OwnerChanged`. */
    readonly takeOver: (run: RunId, owner: Owner) => Effect.Effect<{ readonly epoch: number; readonly seq: number }, StoreError>
  }
>()("tetra/Journal") {}
