import type { Context, Effect, Layer, Scope, Stream } from "effect"
import type { Admission } from "../domain/Admission.ts"
import type { Json, RunId } from "../domain/Names.ts"
import type { LiveEvent, Owner, Trigger } from "../domain/RunEvent.ts"
import type { RunState } from "../domain/RunState.ts"
import type { Executable } from "./LiveRun.ts"
import type { Stores } from "./memory.ts"
import type { IfRunning, Mutex } from "./Mutex.ts"
import type { ArtifactStore } from "./ports/ArtifactStore.ts"
import type { Commands } from "./ports/Commands.ts"
import type { Journal } from "./ports/Journal.ts"
import type { Leases } from "./ports/Leases.ts"
import type { RunLog } from "./ports/RunLog.ts"
import type { StateQueries } from "./ports/StateQueries.ts"
import type { Busy, RunLost } from "./refusals.ts"
import type { ResourceGate } from "./ResourceGate.ts"

/** A plan with its code and the services of its plugins: what `planRun` builds. */
export interface Runnable extends Executable {
  /** Every service of the plugins and every extension point; built once per run, when first needed, and closed with it. */
  readonly services: Layer.Layer<never, unknown>
}
export interface RunHandle {
  readonly id: RunId
  /** False: another process has the run, and this handle follows it. What is asked of it is sent there. */
  readonly here: boolean
  /** From the first event on, then live. `seq` 0 marks progress between two records; ends with the run. */
  readonly events: Stream.Stream<LiveEvent>
  /** Answers when the request is durable; `result` ends soon after. On a run that has ended it does nothing. */
  readonly cancel: (by: string, reason: string) => Effect.Effect<void>
  /** Answers when it is durable. No attempt starts from then on; those that run come to their end, and the leases stay. */
  readonly pause: (by: string, reason: string) => Effect.Effect<void>
  /** Ends a pause. */
  readonly resume: (by: string, reason: string) => Effect.Effect<void>
  readonly result: Effect.Effect<RunState, RunLost>
}
export interface Waiting {
  /** What to do while another run has a pipeline of the plan; without it what the pipeline's configuration says, else `skip`. */
  readonly ifRunning?: IfRunning
  /** Called when the run has to wait for another one. */
  readonly onWait?: (holder: Busy) => void
}
export interface StartInfo extends Waiting {
  readonly trigger: Trigger
  /** The same id gives the same run, from whatever process it comes, and as often as it comes. */
  readonly commandId?: string
  readonly configVersion: string
  /** As asked for, secrets redacted: recorded with the run. */
  readonly params: Json
  /** What `readAdmission` said: recorded with the run. A run that is refused ends as `skipped`, unless the plan is forced. */
  readonly admission?: Admission
  readonly onLive?: (event: LiveEvent) => void
}
/** What the doings of one engine share. */
export interface EngineParts {
  readonly ports: Context.Context<Stores>
  readonly journal: typeof Journal.Service
  readonly queries: typeof StateQueries.Service
  readonly commands: typeof Commands.Service
  readonly leases: typeof Leases.Service
  readonly runLog: typeof RunLog.Service
  readonly store: typeof ArtifactStore.Service
  readonly mutex: Mutex
  readonly gate: ResourceGate
  readonly owner: Owner
  readonly now: () => number
  readonly scope: Scope.Scope
  /** Runs that this engine has in hand. */
  readonly live: Map<RunId, RunHandle>
  /** Being taken over: `live` knows them only once that is done. */
  readonly resuming: Set<RunId>
}
