import type { AdmissionReason } from "./Admission.ts"
import type { CodePlace } from "./Diagnostic.ts"
import type { StandIn, StoredArtifact, StoredCoverage, StoredOutput } from "./Artifact.ts"
import type { Json, PartitionKey, RunId, StageName, Status, Version } from "./Names.ts"
import type { RunPlan } from "./RunPlan.ts"
import type { Shortage } from "./Shortage.ts"

/** Who runs: recorded so that a second process can tell a live owner from a dead one. */
export interface Owner {
  readonly id: string
  readonly pid: number
  readonly host: string
  /** What the system says about when the process began: another one that is given its number has another mark. Absent where it does not tell. */
  readonly started?: string
}
/** Why a run exists. */
export interface Trigger {
  readonly kind: "cli" | "schedule" | "api" | "event" | "backfill" | "test" | "shadow" | "promotion"
  /** For a person: what was typed, the name of the schedule. */
  readonly detail: string
  /** A server runs it for whoever asked: its successor goes on with it. */
  readonly served?: true
  /** The run is one window of a backfill: days, `YYYY-MM-DD`, both inclusive. */
  readonly window?: { readonly backfill: string; readonly start: string; readonly end: string }
  /** The run is one time of a schedule. */
  readonly occurrence?: ScheduledTime
  /** Of pipelines with several versions: which one of each ran. */
  readonly versions?: Readonly<Record<string, string>>
  /** The run is the shadow of another one. */
  readonly shadow?: ShadowOf
  /** The run puts another version of a pipeline in force. */
  readonly promotion?: Promotion
}
/** `version` of `pipeline` ran with the inputs of the run `of`. */
export interface ShadowOf {
  readonly pipeline: string
  readonly version: string
  readonly of: RunId
}
/** Another version of a pipeline comes into force, with the results of the run `data`: its assets are what that run made. */
export interface Promotion {
  readonly pipeline: string
  readonly from: string
  readonly to: string
  /** Which version the configuration called active then: where it calls another one active later, that is newer and holds. */
  readonly declared: string
  readonly kind: "promote" | "rollback"
  /** Undefined: no asset moved. */
  readonly data: RunId | undefined
  /** The run whose assets were in force before: what a rollback goes back to. */
  readonly before: RunId | undefined
  readonly by: string
  readonly reason: string
  /** Versions of assets that a rollback took out of force: `asset@version`. They stay readable. */
  readonly superseded?: ReadonlyArray<string>
}
/** One time of a schedule, and the chain that it belongs to. */
export interface ScheduledTime {
  readonly schedule: string
  /** When it was due, epoch milliseconds. */
  readonly at: number
  /** `YYYY-MM-DD`: the day that the run is about, whenever it starts. */
  readonly logicalDate: string
  /** The time that the chain begins with, `schedule@instant`: the same for every run that rests on it. */
  readonly chain: string
}
/** A failure as it is recorded: never a stack trace for people, `detail` for the log. */
export interface RecordedFailure {
  readonly tag: string
  readonly message: string
  /** Where in the author's code it comes from; `file` is from the project's folder. */
  readonly place?: CodePlace
  /** Of the code: another try would meet it again. */
  readonly mistake?: true
  readonly detail?: string
}

/** What an attempt took, as far as it can be told: bytes of every attempt, of a thread the processor time, of a process memory as well. */
export interface Usage {
  /** Milliseconds of processor time, over all threads of a process. */
  readonly cpuMs?: number
  /** Peak of resident memory in MiB, beyond what the process took before its first stage ran. */
  readonly peakMB?: number
  /** Bytes of artifacts that it read from disk and wrote to it. Both absent when there were none. */
  readonly readBytes?: number
  readonly writtenBytes?: number
}

/**
 * The facts about a run, past tense, JSON as they stand. `partition` is null for the one unit of an unpartitioned stage.
 * Everything that people see is a fold over these (execution.md 3).
 */
export type RunEvent =
  | {
      readonly _tag: "RunRequested"
      readonly planHash: string
      readonly mode: string | undefined
      readonly pipelines: ReadonlyArray<string>
      readonly params: Json
      readonly trigger: Trigger
      readonly force: boolean
      readonly commandId: string | undefined
      readonly configVersion: string
      readonly plugins: Readonly<Record<string, string>>
    }
  | { readonly _tag: "PlanFixed"; readonly plan: RunPlan }
  /** What the run rests on outside of its plan. `forced`: some of it is not good enough, and somebody wants the run all the same. */
  | { readonly _tag: "RunAdmitted"; readonly forced: boolean; readonly reasons: ReadonlyArray<AdmissionReason> }
  /** It does not start, for the reasons that are not `fresh`; `mend` are the pipelines to run first. `RunEnded` follows. */
  | { readonly _tag: "RunRefused"; readonly reasons: ReadonlyArray<AdmissionReason>; readonly mend: ReadonlyArray<string> }
  | { readonly _tag: "RunStarted"; readonly owner: Owner }
  | { readonly _tag: "OwnerChanged"; readonly from: Owner | undefined; readonly to: Owner; readonly reason: string }
  /** Goes on after its process was gone, or after its end. `stages` are those that were asked for by name: they are made anew. */
  | { readonly _tag: "RunResumed"; readonly reason: string; readonly stages?: ReadonlyArray<StageName> }
  /** Held back before its start: another run, `behind`, has a pipeline of its plan. */
  | {
      readonly _tag: "RunQueued"
      readonly pipeline: string
      readonly behind: RunId | undefined
      readonly policy: "queue_one" | "replace"
      readonly reason: string
    }
  /** No further attempt starts until `RunContinued`. `command` is the id of the command that asked, when it came from elsewhere. */
  | { readonly _tag: "RunPaused"; readonly by: string; readonly reason: string; readonly command?: string }
  | { readonly _tag: "RunContinued"; readonly by: string; readonly reason: string; readonly command?: string }
  | { readonly _tag: "Warned"; readonly message: string; readonly hint: string; readonly stage?: StageName }
  | { readonly _tag: "PipelineStarted"; readonly pipeline: string }
  | {
      readonly _tag: "PipelineEnded"
      readonly pipeline: string
      readonly status: Status
      readonly records: number
      readonly durationMs: number
      /** How much of it nobody worked on the pipeline, between two tries or before the run was gone on with; absent below a second. */
      readonly awayMs?: number
      readonly reason: string | undefined
    }
  /** Inputs are resolved: `inputs` maps port to version, `key` is the stage's part of the cache key, explained field by field in `keyParts`. */
  | {
      readonly _tag: "StageStarted"
      readonly stage: StageName
      readonly inputs: Readonly<Record<string, Version>>
      readonly key: string
      readonly keyParts: Readonly<Record<string, string>>
      /** What stands in for something fresh among what it reads; absent when nothing does. */
      readonly degraded?: ReadonlyArray<StandIn>
    }
  | { readonly _tag: "PartitionsFixed"; readonly stage: StageName; readonly keys: ReadonlyArray<PartitionKey> }
  | {
      readonly _tag: "AttemptStarted"
      readonly stage: StageName
      readonly partition: PartitionKey | null
      readonly attempt: number
    }
  /** No unit of the stage runs, because what its units need is not free. Once in each wait of more than a second; `AttemptStarted` ends it. */
  | {
      readonly _tag: "ResourcesAwaited"
      readonly stage: StageName
      readonly reason: string
      /** Undefined when there would be room, but others come first. */
      readonly shortage: Shortage | undefined
    }
  /** Coalesced to one a second per unit; may be dropped under pressure. */
  | {
      readonly _tag: "Progress"
      readonly stage: StageName
      readonly partition: PartitionKey | null
      readonly done: number
      readonly total: number | undefined
      readonly of: string | undefined
    }
  | {
      readonly _tag: "Checkpoint"
      readonly stage: StageName
      readonly partition: PartitionKey | null
      readonly attempt: number
      readonly mark: Json
      readonly segments: Readonly<Record<string, ReadonlyArray<string>>>
    }
  /** `once` succeeded: later attempts get this answer. */
  | {
      readonly _tag: "SideEffectDone"
      readonly stage: StageName
      readonly partition: PartitionKey | null
      readonly key: string
      readonly answer: Json
    }
  | {
      readonly _tag: "AttemptFailed"
      readonly stage: StageName
      readonly partition: PartitionKey | null
      readonly attempt: number
      readonly failure: RecordedFailure
      readonly final: boolean
      /** False: the policy does not try this failure again, however many tries are left. */
      readonly retryable?: boolean
      readonly usage?: Usage
      readonly durationMs: number
    }
  /** `attempt` is the number of the next one; `due` in epoch milliseconds survives a restart. `delayMs` is the wait as it was scheduled. */
  | {
      readonly _tag: "RetryScheduled"
      readonly stage: StageName
      readonly partition: PartitionKey | null
      readonly attempt: number
      readonly due: number
      readonly delayMs?: number
    }
  /** `ofRun` and `ageHours` (the oldest): where the earlier answers come from, one by one in `standIns`. */
  | {
      readonly _tag: "FallbackTried"
      readonly stage: StageName
      readonly fallback: string
      readonly ok: boolean
      readonly reason: string
      readonly ofRun?: string
      readonly ageHours?: number
      readonly standIns?: ReadonlyArray<StandIn>
      /** Stages whose fresh answers are given up, so that all assets of the pipeline are of one run. */
      readonly replaces?: ReadonlyArray<{
        readonly stage: StageName
        readonly outputs: Readonly<Record<string, StoredOutput>>
        readonly standIns: ReadonlyArray<StandIn>
      }>
    }
  | {
      readonly _tag: "UnitCommitted"
      readonly stage: StageName
      readonly partition: PartitionKey | null
      readonly attempt: number
      readonly key: string
      readonly outputs: Readonly<Record<string, StoredOutput>>
      readonly artifacts: ReadonlyArray<StoredArtifact>
      readonly counters: Readonly<Record<string, number>>
      readonly usage?: Usage
      readonly durationMs: number
      readonly cached: { readonly run: RunId } | undefined
    }
  | {
      readonly _tag: "StageEnded"
      readonly stage: StageName
      readonly status: Status
      readonly outputs: Readonly<Record<string, StoredOutput>>
      readonly coverage: StoredCoverage
      readonly reason: string | undefined
      readonly reused: boolean
      readonly durationMs: number
    }
  /** `unchanged`: this very version was the newest already. */
  | {
      readonly _tag: "AssetPublished"
      readonly asset: string
      readonly stage: StageName
      readonly output: StoredOutput
      readonly coverage: StoredCoverage
      readonly inputs: Readonly<Record<string, Version>>
      readonly unchanged: boolean
      readonly degraded: string | undefined
    }
  /** A pipeline ended badly and its recovery procedure names who is told: what a notifier delivers. */
  | {
      readonly _tag: "AlertRaised"
      readonly pipeline: string
      readonly severity: "high" | "medium"
      readonly status: "failed" | "partial"
      readonly channels: ReadonlyArray<string>
      readonly escalation: string | undefined
      readonly reason: string
    }
  | { readonly _tag: "CancelRequested"; readonly by: string; readonly reason: string; readonly command?: string }
  | {
      readonly _tag: "RunEnded"
      /** `skipped`: nothing of it could run. */
      readonly status: "completed" | "partial" | "failed" | "cancelled" | "skipped"
      readonly reason: string | undefined
      readonly durationMs: number
      /** Of a `partial` run: the least share of partitions that a stage made (0 to 1), what is missing and what stands in. */
      readonly coverage?: number
      readonly missing?: ReadonlyArray<{ readonly stage: StageName; readonly partition: PartitionKey; readonly reason: string }>
      readonly degraded?: ReadonlyArray<StandIn>
    }
  | RunArchived

/**
 * What is kept of a run whose record is older than the retention. It takes the place of the first event, with its `at`; the others are
 * gone, but for those that still stand for something: published versions and cached results.
 */
export interface RunArchived {
  readonly _tag: "RunArchived"
  /** Epoch milliseconds. */
  readonly archivedAt: number
  readonly requested: Omit<Extract<RunEvent, { readonly _tag: "RunRequested" }>, "_tag">
  /** Epoch milliseconds. */
  readonly endedAt: number
  readonly status: "completed" | "partial" | "failed" | "cancelled" | "skipped"
  readonly reason: string | undefined
  readonly durationMs: number
  readonly pipelines: ReadonlyArray<ArchivedPipeline>
  readonly stages: ReadonlyArray<ArchivedStage>
  /** How many events of each kind there were. */
  readonly events: Readonly<Record<string, number>>
}
/** `endedAt` is undefined for one that was still open when its run ended. Instants are epoch milliseconds. */
export interface ArchivedPipeline {
  readonly pipeline: string
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly status: Status
  readonly records: number
  readonly durationMs: number
  readonly awayMs?: number
  readonly reason: string | undefined
}
export interface ArchivedStage {
  readonly stage: StageName
  readonly status: Status
  readonly durationMs: number
  readonly reused: boolean
  readonly reason: string | undefined
  /** Of its largest table. */
  readonly rows: number
  /** Units, of those that were expected. */
  readonly done: number
  readonly expected: number
}

/** A unit begins to be worked on. */
export type AttemptStarted = Extract<RunEvent, { readonly _tag: "AttemptStarted" }>
/** Where in the log: `seq` counts from 1 without gaps within a run; `at` is epoch milliseconds. */
export interface EventPlace {
  readonly run: RunId
  readonly seq: number
  readonly at: number
  readonly epoch: number
  readonly v: 1
}
/** An event with its place in the log. */
export type StoredEvent = RunEvent & EventPlace
/** A log line of a stage or of the engine: kept in `logs/<run>.jsonl`, not in the journal. */
export interface LogLine {
  readonly _tag: "Log"
  readonly run: RunId
  readonly at: number
  readonly stage: StageName | undefined
  readonly partition: PartitionKey | null
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  readonly fields: Readonly<Record<string, Json>>
}
/** What a surface that follows a run receives. */
export type LiveEvent = StoredEvent | LogLine
