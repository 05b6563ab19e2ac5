import { Context, Data, type Effect } from "effect"
import type { AssetVersion, StoredArtifact, StoredOutput } from "../../domain/Artifact.ts"
import type { Json, PartitionKey, RunId, StageName, Status } from "../../domain/Names.ts"
import type { Owner, StoredEvent, Trigger } from "../../domain/RunEvent.ts"
import type { StoreError } from "./Journal.ts"

export interface RunRow {
  readonly id: RunId
  readonly mode: string | undefined
  readonly pipelines: ReadonlyArray<string>
  readonly status: Status
  readonly planHash: string
  readonly configVersion: string
  readonly trigger: Trigger
  /** What was asked for, as the surface that asked recorded it; without secrets. */
  readonly params: Json
  readonly owner: Owner
  readonly seq: number
  readonly epoch: number
  /** Epoch milliseconds. */
  readonly requestedAt: number
  readonly endedAt: number | undefined
  readonly reason: string | undefined
  /** By whom and why it starts no further attempts; undefined when it does. */
  readonly paused: string | undefined
  /** When its events were folded into a summary, in epoch milliseconds: then nothing more of it can be told, and it cannot be continued. */
  readonly archivedAt: number | undefined
}
/** How a pause is told in a row. */
export const pauseText = ({ by, reason }: { readonly by: string; readonly reason: string }): string =>
  reason === "" ? `by ${by}` : `by ${by}: ${reason}`

/** One pipeline inside one run: a row of `orchestration.pipeline_runs`. */
export interface PipelineRunRow {
  readonly run: RunId
  readonly pipeline: string
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly status: Status
  readonly records: number
  readonly reason: string | undefined
  /** How much of the time from start to end nobody worked on it, in milliseconds; absent below a second, and where nobody recorded it. */
  readonly awayMs?: number
}
/** Milliseconds for which a run was worked on: what durations are compared by. Without those between tries, and before it was gone on with. */
export const underWayMs = ({ awayMs = 0, startedAt }: Pick<PipelineRunRow, "awayMs" | "startedAt">, endedAt: number): number =>
  Math.max(0, endedAt - startedAt - awayMs)
/** A row of `orchestration.pipeline_state`. */
export interface PipelineStateRow {
  readonly pipeline: string
  readonly lastRun: RunId | undefined
  readonly lastRunAt: number | undefined
  readonly lastStatus: Status | undefined
  readonly lastDurationMs: number | undefined
  readonly lastSuccessAt: number | undefined
  readonly current: "idle" | "running" | "scheduled"
}
export interface CachedUnit {
  readonly key: string
  readonly run: RunId
  readonly stage: StageName
  readonly partition: PartitionKey | null
  readonly outputs: Readonly<Record<string, StoredOutput>>
  readonly artifacts: ReadonlyArray<StoredArtifact>
  readonly counters: Readonly<Record<string, number>>
  /** Epoch milliseconds. */
  readonly at: number
}
export interface SavedCheckpoint {
  readonly mark: Json
  readonly attempt: number
  /** Sealed staging segments by output port: object hashes in row order. */
  readonly segments: Readonly<Record<string, ReadonlyArray<string>>>
}

/**
 * A place in the one order of all events of a store. Only the store that gave it can read it. What is recorded later always comes after it, from
 * however many processes: who goes on from where it was misses nothing and is told nothing twice.
 */
export type Position = string
export interface PlacedEvent {
  readonly position: Position
  readonly event: StoredEvent
}
/** Of another store, of one that has been put back to an older state, or no position at all. */
export class UnknownPosition extends Data.TaggedError("UnknownPosition")<{ readonly position: string }> {
  override get message() {
    return `${JSON.stringify(this.position)} is no position among the events of this store. Begin without one, or at the newest.`
  }
}
/** Events of one answer. */
export const eventsAtOnce = 1_000

/** The read side: projections of the journal, written in the append transaction. */
export class StateQueries extends Context.Service<
  StateQueries,
  {
    /** Newest first. */
    readonly runs: (filter?: {
      readonly limit?: number
      readonly pipeline?: string
      readonly status?: Status
      readonly open?: boolean
      readonly mode?: string
      /** The kind of its trigger. */
      readonly trigger?: Trigger["kind"]
      /** Asked for at this instant or later, and before `until`: epoch milliseconds. */
      readonly since?: number
      readonly until?: number
      /** Only what comes behind the run of this id: the rest of a list, whatever was added before. */
      readonly behind?: string
    }) => Effect.Effect<ReadonlyArray<RunRow>, StoreError>
    /** By id, by a unique prefix of it, or `latest`. */
    readonly run: (id: string) => Effect.Effect<RunRow | undefined, StoreError>
    readonly pipelineRuns: (filter?: {
      readonly limit?: number
      readonly pipeline?: string
      readonly run?: RunId
    }) => Effect.Effect<ReadonlyArray<PipelineRunRow>, StoreError>
    /**
     * Events of all runs behind a position, in their order, at most `limit` (`eventsAtOnce`); without one from the first on. Those of one run come in the order of their
     * numbers. An archived run has only its summary.
     */
    readonly eventsAfter: (
      position: Position | undefined,
      limit?: number
    ) => Effect.Effect<ReadonlyArray<PlacedEvent>, StoreError | UnknownPosition>
    /** Whether something that was recorded behind a position has been archived since: `eventsAfter` tells less than there was. */
    readonly forgottenAfter: (position: Position) => Effect.Effect<boolean, StoreError>
    /** Behind everything that `eventsAfter` could tell now. */
    readonly newestPosition: Effect.Effect<Position, StoreError>
    /** Of the pipelines that people see: those that run in the shadow of a version are not among them. */
    readonly pipelineStates: Effect.Effect<ReadonlyArray<PipelineStateRow>, StoreError>
    /** The newest version of every asset, but for what a shadow made (`asset@version`): who wants that asks for it by its name. */
    readonly assets: Effect.Effect<ReadonlyArray<AssetVersion>, StoreError>
    /** Newest first. */
    readonly assetVersions: (asset: string, limit?: number) => Effect.Effect<ReadonlyArray<AssetVersion>, StoreError>
    /** May tell of what is written and not on disk yet (`Journal.durable`): what is recorded because of it stands behind it. */
    readonly cached: (keys: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, CachedUnit>, StoreError>
    readonly checkpoint: (
      run: RunId,
      stage: StageName,
      partition: PartitionKey | null
    ) => Effect.Effect<SavedCheckpoint | undefined, StoreError>
  }
>()("tetra/StateQueries") {}
