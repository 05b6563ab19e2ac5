import type { StoredValue } from "../domain/Artifact.ts"
import { evolve } from "../domain/evolve.ts"
import type { PartitionKey, StageName, Status } from "../domain/Names.ts"
import type { Owner, RunEvent, StoredEvent } from "../domain/RunEvent.ts"
import type { RunPlan } from "../domain/RunPlan.ts"
import { nextRetryAt, takeStage, takeUnit } from "../domain/agenda.ts"
import { initialState, type RunState } from "../domain/RunState.ts"
import { type Command, decide } from "../planning/decide.ts"
import { retryDelayMs } from "../planning/retry.ts"

/** How a stage behaves in a simulation: `fails` the first `times` attempts (always when left out); `keys` when partitioned. */
export interface Behaviour {
  readonly fails?: { readonly message: string; readonly times?: number; readonly partitions?: ReadonlyArray<PartitionKey> }
  readonly keys?: ReadonlyArray<PartitionKey>
  readonly fallback?: { readonly ok: boolean; readonly reason: string }
}
export const fails = (
  message: string,
  more: { readonly times?: number; readonly partitions?: ReadonlyArray<PartitionKey> } = {}
): Behaviour => ({
  fails: { message, ...more }
})
export const owner: Owner = { id: "owner-1", pid: 1, host: "here" }
/** A pseudo-random sequence in [0, 1), the same for the same seed (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
const anOutput = (stage: string): StoredValue => ({
  kind: "value",
  type: "test/Out@1",
  version: `v-${stage}`,
  bytes: 2,
  value: {}
})

/** The events that open a run. */
export const opening = (plan: RunPlan): ReadonlyArray<RunEvent> => [
  {
    _tag: "RunRequested",
    planHash: plan.hash,
    mode: plan.mode,
    pipelines: plan.pipelines.map((p) => p.name),
    params: {},
    trigger: { kind: "test", detail: "" },
    force: plan.force,
    commandId: undefined,
    configVersion: "test",
    plugins: {}
  },
  { _tag: "PlanFixed", plan },
  { _tag: "RunStarted", owner }
]
/** A log under construction: gives every event its place, folds it in, keeps it. */
export class Log {
  readonly events: Array<StoredEvent> = []
  state: RunState
  now = 0
  constructor(plan: RunPlan) {
    this.state = initialState(plan)
    for (const event of opening(plan)) this.record(event)
  }
  record(event: RunEvent): void {
    const stored: StoredEvent = { ...event, run: "run-1", seq: this.events.length + 1, at: this.now, epoch: 1, v: 1 }
    this.state = evolve(this.state, stored)
    this.events.push(stored)
  }
}
export interface Simulation {
  readonly behaviours?: Readonly<Record<string, Behaviour>>
  /** Which of the started units ends next: an index into them. Default: the oldest. */
  readonly choose?: (running: number) => number
  /** Called before every step; "crash" loses what is not recorded and resumes, "cancel" asks for an end. */
  readonly disturb?: (log: Log) => "crash" | "cancel" | undefined
}
type Doing = Extract<Command, { readonly stage: StageName }>

const finishUnit = (log: Log, command: Extract<Command, { readonly _tag: "StartUnit" }>, behaviour: Behaviour): void => {
  const { stage, partition, attempt } = command
  const { planned, key, units } = log.state.stages.get(stage)!
  const unit = units.get(partition)!
  const bad = behaviour.fails
  const hit =
    bad !== undefined &&
    unit.tries <= (bad.times ?? Infinity) &&
    (bad.partitions === undefined || bad.partitions.includes(partition ?? ""))
  if (!hit) {
    const outputs = { out: anOutput(stage) }
    return log.record({
      _tag: "UnitCommitted",
      stage,
      partition,
      attempt,
      key: `${key}/${partition ?? ""}`,
      outputs,
      artifacts: [],
      counters: {},
      durationMs: 1,
      cached: undefined
    })
  }
  const failure = { tag: "Boom", message: bad.message }
  const delay = retryDelayMs(planned.policy.retry, unit.tries, failure, 0.5)
  log.record({ _tag: "AttemptFailed", stage, partition, attempt, failure, final: delay === undefined, durationMs: 1 })
  if (delay !== undefined) log.record({ _tag: "RetryScheduled", stage, partition, attempt: attempt + 1, due: log.now + delay })
}
const perform = (log: Log, command: Doing, behaviour: Behaviour): void => {
  const { stage } = command
  switch (command._tag) {
    case "PrepareStage":
      return log.record({ _tag: "StageStarted", stage, inputs: {}, key: `key-${stage}`, keyParts: {} })
    case "FixPartitions":
      return log.record({ _tag: "PartitionsFixed", stage, keys: behaviour.keys ?? [] })
    case "StartUnit":
      return finishUnit(log, command, behaviour)
    case "SettleStage":
      return log.record({
        _tag: "StageEnded",
        stage,
        status: command.status,
        outputs: { out: anOutput(stage) },
        coverage: command.coverage,
        reason: command.reason,
        reused: false,
        durationMs: 1
      })
    case "TryFallback": {
      const { ok, reason } = behaviour.fallback ?? { ok: false, reason: `fallback ${command.fallback} has no earlier version` }
      log.record({ _tag: "FallbackTried", stage, fallback: command.fallback, ok, reason })
      if (ok)
        log.record({
          _tag: "StageEnded",
          stage,
          status: "partial",
          outputs: { out: anOutput(stage) },
          coverage: { done: 1, expected: 1, ratio: 1, missing: [] },
          reason,
          reused: false,
          durationMs: 1
        })
    }
  }
}
const take = (log: Log, command: Doing): void => {
  const stage = log.state.stages.get(command.stage)!
  if (command._tag !== "StartUnit" && command._tag !== "FixPartitions") return takeStage(log.state, stage)
  const partition = command._tag === "StartUnit" ? command.partition : null
  takeUnit(log.state, stage, stage.units.get(partition)!)
  if (command._tag === "StartUnit")
    log.record({ _tag: "AttemptStarted", stage: command.stage, partition, attempt: command.attempt })
}
const mostSteps = 100_000

/** Runs a plan through `decide` and `evolve` alone, without effects; answers its log. Stage names without their pipeline. */
export const simulate = (plan: RunPlan, behaviours: Readonly<Record<string, Behaviour>> = {}, options: Simulation = {}): Log => {
  const log = new Log(plan)
  let doing: Array<Doing> = []
  for (let step = 0; log.state.status === "running"; step++) {
    if (step > mostSteps) throw new Error(`the run does not end: ${log.events.length} events`)
    const disturbance = options.disturb?.(log)
    if (disturbance === "cancel" && log.state.cancel === undefined)
      log.record({ _tag: "CancelRequested", by: "test", reason: "enough" })
    if (disturbance === "crash") {
      doing = []
      log.record({ _tag: "RunResumed", reason: "the process was gone" })
    }
    const commands = decide(plan, log.state, log.now)
    for (const command of commands) {
      if (command._tag === "Record") log.record(command.event)
      else if (command._tag === "StopUnits") stop(log, doing.splice(0))
      else {
        take(log, command)
        doing.push(command)
      }
    }
    if (commands.length > 0) continue
    const next = doing.splice(options.choose?.(doing.length) ?? 0, 1)[0]
    if (next !== undefined) perform(log, next, behaviours[next.stage.split(".")[1]!] ?? {})
    else log.now = Math.max(log.now + 1, nextRetryAt(log.state) ?? 0)
  }
  return log
}
const stop = (log: Log, doing: ReadonlyArray<Doing>): void => {
  log.state.stopping = true
  for (const command of doing)
    if (command._tag === "StartUnit")
      log.record({
        _tag: "AttemptFailed",
        stage: command.stage,
        partition: command.partition,
        attempt: command.attempt,
        failure: { tag: "Cancelled", message: "stopped" },
        final: true,
        durationMs: 0
      })
}
/** Status by stage, without the pipeline's name. */
export const statuses = (log: Log): Readonly<Record<string, Status>> =>
  Object.fromEntries([...log.state.stages.values()].map((s) => [s.planned.stage, s.status]))
