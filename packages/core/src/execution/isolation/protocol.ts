/** What a stage's own thread or process and the engine tell each other. Data only: functions and rows never cross. */
import type { StandIn } from "../../domain/Artifact.ts"
import type { Json, PartitionKey, StageName } from "../../domain/Names.ts"
import type { LogLine, RunEvent, Usage } from "../../domain/RunEvent.ts"
import type { PlannedInput } from "../../domain/RunPlan.ts"
import type { UnitState } from "../../domain/RunState.ts"
import type { StoredSources } from "../resolveInputs.ts"
import type { Produced } from "../runAttempt.ts"

/** Begins the line that the watchdog of a process writes before it ends it. */
export const overLimit = "tetra: over the memory limit:"

/** Where the project's code and data are. Its configuration may hold secrets: it goes to the worker and nowhere else. */
export interface ProjectSource {
  readonly root: string
  readonly configFile: string | undefined
  /** As the configuration names them, in its order. */
  readonly plugins: ReadonlyArray<string>
  /** The blocks `plugins` and `extension_points`. */
  readonly config: Json
}
/** Where a stage is found again. */
export type StageAddress =
  | {
      readonly by: "pipeline"
      readonly pipeline: string
      /** Name inside the pipeline. */
      readonly stage: string
      /** Encoded, secrets redacted: they choose among stages, the stage's configuration comes apart. */
      readonly params: Json
    }
  | { readonly by: "module"; readonly url: string }

/** One attempt, as it travels. */
export interface AttemptMessage {
  readonly address: StageAddress
  readonly stageId: string
  readonly home: string
  /** Undefined for a program that brought its plugins itself. */
  readonly project: ProjectSource | undefined
  /** Plugins whose services are built. */
  readonly taking: ReadonlyArray<string>
  readonly run: string
  readonly name: StageName
  /** Encoded; secrets in the clear. */
  readonly config: Json
  readonly planned: Readonly<Record<string, PlannedInput>>
  readonly sources: StoredSources
  /** The same for attempts that read the same: their handles are shared, and with them what a stage remembers about them. */
  readonly inputsKey: string
  readonly partition: PartitionKey | null
  readonly number: number
  readonly seed: number
  readonly graceMs: number
  readonly checkpoint: UnitState["checkpoint"]
  readonly degraded: ReadonlyArray<StandIn>
  /** Recorded answers of `once`, by key. */
  readonly answers: ReadonlyArray<readonly [string, Json]>
}
/** A failure on its way back: in words, and encoded when it is one of the stage's declared errors. */
export interface FailureMessage {
  readonly kind: "fail" | "die" | "interrupt"
  readonly tag: string | undefined
  readonly message: string
  readonly stack: string | undefined
  /** Of the code: another try would meet it again. */
  readonly mistake: boolean
  /** Which of the stage's `errors` it is. */
  readonly declared: { readonly index: number; readonly encoded: Json } | undefined
}
export type ToWorker =
  | { readonly kind: "run"; readonly attempt: AttemptMessage }
  /** The answer to `record` and `settle`; `superseded` when the attempt is no longer wanted. */
  | { readonly kind: "recorded"; readonly n: number; readonly superseded: boolean }
  | { readonly kind: "stop" }
  /** Ends an idle worker; its services are closed first. */
  | { readonly kind: "close" }
  /** Bytes that a process may take from now on. */
  | { readonly kind: "limit"; readonly bytes: number }

export type FromWorker =
  /** The stage is found and begins: from here on its timeout counts. */
  | { readonly kind: "started" }
  /** It listens. Resident memory and, on Linux, private memory of a process, in bytes. */
  | { readonly kind: "ready"; readonly rss: number; readonly data: number | undefined }
  | {
      readonly kind: "progress"
      readonly done: number
      readonly total: number | undefined
      readonly of: string | undefined
    }
  | {
      readonly kind: "log"
      readonly level: LogLine["level"]
      readonly message: string
      readonly fields: Readonly<Record<string, unknown>>
    }
  | { readonly kind: "record"; readonly n: number; readonly event: RunEvent }
  /** Asks whether all that was recorded until now is durable; the answer is `recorded`. */
  | { readonly kind: "settle"; readonly n: number }
  /** It heard `stop`: its event loop is alive, so the grace period is worth waiting for. */
  | { readonly kind: "stopping" }
  | { readonly kind: "done"; readonly produced: Produced; readonly usage: Usage | undefined; readonly reusable: boolean }
  | { readonly kind: "failed"; readonly failure: FailureMessage; readonly usage: Usage | undefined; readonly reusable: boolean }
