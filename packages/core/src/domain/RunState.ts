import type { StandIn, StoredArtifact, StoredCoverage, StoredOutput } from "./Artifact.ts"
import { Away } from "./Away.ts"
import { enlist, StageQueue } from "./agenda.ts"
import type { Json, PartitionKey, RunId, StageName, Status, Version } from "./Names.ts"
import type { Owner, RecordedFailure } from "./RunEvent.ts"
import type { PlannedPipeline, PlannedStage, RunPlan } from "./RunPlan.ts"

/** `waiting`: failed, and a retry is due at `retryAt`. */
export type UnitStatus = "ready" | "running" | "waiting" | "committed" | "failed"

/** One (stage, partition) of the run. */
export interface UnitState {
  readonly partition: PartitionKey | null
  status: UnitStatus
  /** Number of the newest attempt; 0 before the first. Grows over restarts. */
  attempt: number
  /** Attempts that count against `maxAttempts`: an interruption by a crash does not, and resuming starts anew. */
  tries: number
  /** Attempts in a row that were lost with their process, since the last checkpoint. Resuming a run that has ended starts anew. */
  lost: number
  startedAt: number | undefined
  /** Epoch milliseconds. */
  retryAt: number | undefined
  failure: RecordedFailure | undefined
  checkpoint:
    | { readonly mark: Json; readonly attempt: number; readonly segments: Readonly<Record<string, ReadonlyArray<string>>> }
    | undefined
  progress: { readonly done: number; readonly total: number | undefined; readonly of: string | undefined } | undefined
  outputs: Readonly<Record<string, StoredOutput>> | undefined
  artifacts: ReadonlyArray<StoredArtifact>
  counters: Readonly<Record<string, number>>
  cachedFrom: RunId | undefined
  /** In the hands of this process (looked up, queued or running). Not journalled: a restart forgets it. */
  taken: boolean
}
/** Why a stage was skipped: a parameter switched it (or what it needs) off, or something it needs is not there. */
export type SkipCause = "disabled" | "broken"

export interface StageState {
  readonly planned: PlannedStage
  status: Status
  /** Upstream stages and pipelines that have not ended yet. */
  blockers: number
  startedAt: number | undefined
  inputs: Readonly<Record<string, Version>>
  key: string
  keyParts: Readonly<Record<string, string>>
  /** The recorded partitions; undefined until they are fixed, and for an unpartitioned stage. */
  keys: ReadonlyArray<PartitionKey> | undefined
  /** By partition; `null` is the one unit of an unpartitioned stage, or the asking for keys of a partitioned one. */
  readonly units: Map<PartitionKey | null, UnitState>
  /** Units that may start and that nobody has taken, in key order. */
  readonly ready: Set<UnitState>
  readonly waiting: Set<UnitState>
  running: number
  taken: number
  committed: number
  failed: number
  fallback:
    | { readonly name: string; readonly ok: boolean; readonly reason: string; readonly took: ReadonlyArray<StandIn> }
    | undefined
  /** Set when the answer stands in for a fresh one: by this stage's fallback, or by that of something it read. */
  degraded: string | undefined
  /** What stands in for something fresh among its inputs. */
  standIns: ReadonlyArray<StandIn>
  outputs: Readonly<Record<string, StoredOutput>>
  coverage: StoredCoverage | undefined
  reason: string | undefined
  skipCause: SkipCause | undefined
  reused: boolean
  /** It was asked for by name: its units are computed, whatever the cache knows. */
  fresh: boolean
  durationMs: number
  /** What its units wait for since more than a second while none of them runs, in words. */
  awaits: string | undefined
  /** Somebody in this process prepares or settles it. Not journalled. */
  inHand: boolean
}
export interface PipelineState {
  readonly planned: PlannedPipeline
  readonly stages: ReadonlyArray<StageName>
  status: Status
  startedAt: number | undefined
  endedAt: number | undefined
  /** Stages that have not ended. */
  open: number
  /** Units that are taken or running. */
  live: number
  /** Its stages with units to start, now or when their retry is due, and room for them. */
  readonly queue: StageQueue
  /** Stages whose fallback worked. */
  fallbacks: number
  readonly away: Away
  records: number
  reason: string | undefined
}
/**
 * A fold over the events of one run. `evolve` OWNS the state that it is given: it changes it in place and answers it, so that
 * ten thousand units cost a constant time per event. Others only read it; who needs a copy folds the events again.
 */
export interface RunState {
  readonly plan: RunPlan
  run: RunId
  status: Status
  seq: number
  epoch: number
  owner: Owner | undefined
  requestedAt: number | undefined
  endedAt: number | undefined
  reason: string | undefined
  /** It had ended, and waits for another run before it goes on. */
  reopens: boolean
  cancel: { readonly by: string; readonly reason: string } | undefined
  /** While it is set no attempt starts; those that run come to their end. */
  paused: { readonly by: string; readonly reason: string } | undefined
  /** When the last pause ended, in epoch milliseconds. */
  continuedAt: number | undefined
  /** Ids of the commands that were taken: each counts once. */
  readonly commands: Set<string>
  /** The attempts have been told to stop. Not journalled. */
  stopping: boolean
  readonly stages: Map<StageName, StageState>
  readonly pipelines: Map<string, PipelineState>
  /** Pending stages without blockers that nobody has in hand. */
  readonly startable: Set<StageState>
  /** Started and not ended. */
  readonly live: Set<StageState>
  /** Live stages all of whose units have ended, and that nobody has in hand. */
  readonly settled: Set<StageState>
  /** Answers of `once`, by `onceKey`. They outlive a restarted stage: the outside world did change. */
  readonly once: Map<string, Json>
  readonly warnings: Array<string>
}
export const onceKey = (stage: StageName, partition: PartitionKey | null, key: string): string =>
  JSON.stringify([stage, partition, key])

export const aUnit = (partition: PartitionKey | null): UnitState => ({
  partition,
  status: "ready",
  attempt: 0,
  tries: 0,
  lost: 0,
  startedAt: undefined,
  retryAt: undefined,
  failure: undefined,
  checkpoint: undefined,
  progress: undefined,
  outputs: undefined,
  artifacts: [],
  counters: {},
  cachedFrom: undefined,
  taken: false
})
/** Back to before `StageStarted`. */
export const resetStage = (stage: StageState): void => {
  stage.status = "pending"
  stage.startedAt = undefined
  stage.inputs = {}
  stage.key = ""
  stage.keyParts = {}
  stage.keys = undefined
  stage.standIns = []
  stage.units.clear()
  stage.ready.clear()
  stage.waiting.clear()
  stage.running = stage.taken = stage.committed = stage.failed = 0
  openStage(stage)
}
/** Forgets how the stage ended, keeps its units. */
export const openStage = (stage: StageState): void => {
  stage.awaits = stage.fallback = stage.degraded = stage.coverage = stage.reason = stage.skipCause = undefined
  stage.outputs = {}
  stage.reused = stage.inHand = stage.fresh = false
  stage.durationMs = 0
}
const aStage = (planned: PlannedStage): StageState => ({
  planned,
  status: "pending",
  blockers: 0,
  startedAt: undefined,
  inputs: {},
  key: "",
  keyParts: {},
  keys: undefined,
  units: new Map(),
  ready: new Set(),
  waiting: new Set(),
  running: 0,
  taken: 0,
  committed: 0,
  failed: 0,
  fallback: undefined,
  degraded: undefined,
  standIns: [],
  outputs: {},
  coverage: undefined,
  reason: undefined,
  skipCause: undefined,
  reused: false,
  fresh: false,
  durationMs: 0,
  awaits: undefined,
  inHand: false
})
export const isEnded = (status: Status): boolean => status !== "pending" && status !== "running"

/** Counts blockers and open stages anew: after the plan is read and after a reopening. */
export const recount = (state: RunState): void => {
  state.live.clear()
  for (const pipeline of state.pipelines.values()) pipeline.open = pipeline.live = pipeline.fallbacks = 0
  for (const stage of state.stages.values()) {
    const pipeline = state.pipelines.get(stage.planned.pipeline)!
    const upstream = stage.planned.after.map((name) => state.stages.get(name)!.status)
    const before = pipeline.planned.after.map((name) => state.pipelines.get(name)?.status ?? "completed")
    stage.blockers = [...upstream, ...before].filter((status) => !isEnded(status)).length
    if (!isEnded(stage.status)) pipeline.open++
    if (stage.fallback?.ok === true) pipeline.fallbacks++
    if (stage.status === "running") state.live.add(stage)
    pipeline.live += stage.taken + stage.running
    enlist(state, stage)
  }
}
/** The state of a run before its first event. */
export const initialState = (plan: RunPlan): RunState => {
  const state: RunState = {
    plan,
    run: "",
    status: "pending",
    seq: 0,
    epoch: 0,
    owner: undefined,
    requestedAt: undefined,
    endedAt: undefined,
    reason: undefined,
    reopens: false,
    cancel: undefined,
    paused: undefined,
    continuedAt: undefined,
    commands: new Set(),
    stopping: false,
    stages: new Map(plan.stages.map((s) => [s.name, aStage(s)])),
    pipelines: new Map(),
    startable: new Set(),
    live: new Set(),
    settled: new Set(),
    once: new Map(),
    warnings: []
  }
  for (const planned of plan.pipelines) {
    const stages = plan.stages.filter((s) => s.pipeline === planned.name).map((s) => s.name)
    state.pipelines.set(planned.name, {
      planned,
      stages,
      status: "pending",
      startedAt: undefined,
      endedAt: undefined,
      open: 0,
      live: 0,
      queue: new StageQueue(),
      fallbacks: 0,
      away: new Away(),
      records: 0,
      reason: undefined
    })
  }
  recount(state)
  return state
}
