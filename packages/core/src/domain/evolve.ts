import { isGood } from "./Admission.ts"
import { enlist, releaseUnit, unblock } from "./agenda.ts"
import { degradedBy } from "./degraded.ts"
import { dependantsOf } from "./dependants.ts"
import { attemptOf, must, runningStage, stageOf, unitOf } from "./IllegalEvent.ts"
import type { PartitionKey } from "./Names.ts"
import { isOfAway } from "./Away.ts"
import { reopen, reopenLost } from "./reopen.ts"
import type { RunEvent, StoredEvent } from "./RunEvent.ts"
import type { RunPlan } from "./RunPlan.ts"
import { aUnit, initialState, isEnded, onceKey, recount, type RunState, type StageState, type UnitState } from "./RunState.ts"
import { skipCauseOf } from "./skipCause.ts"

/** Tag of the failure that reopens a committed unit whose objects are gone from the store. */
export const outputLost = "OutputLost"

type Of<Tag extends RunEvent["_tag"]> = Extract<StoredEvent, { readonly _tag: Tag }>
type Handlers = { readonly [Tag in RunEvent["_tag"]]: (state: RunState, event: Of<Tag>) => void }

const setStatus = (stage: StageState, unit: UnitState, to: UnitState["status"]): void => {
  if (unit.status === "running") stage.running--
  if (unit.status === "committed") stage.committed--
  if (unit.status === "failed") stage.failed--
  stage.ready.delete(unit)
  stage.waiting.delete(unit)
  unit.status = to
  if (to === "running") stage.running++
  if (to === "committed") stage.committed++
  if (to === "failed") stage.failed++
  if (to === "waiting") stage.waiting.add(unit)
  if (to === "ready" && !unit.taken) stage.ready.add(unit)
}
const addUnits = (stage: StageState, keys: ReadonlyArray<PartitionKey | null>): void => {
  for (const key of keys) {
    const unit = aUnit(key)
    stage.units.set(key, unit)
    stage.ready.add(unit)
  }
}
const checkEnd = (state: RunState, stage: StageState, event: Of<"StageEnded">): void => {
  const { status } = event
  must(!isEnded(stage.status), event, () => `stage "${event.stage}" ended already as ${stage.status}`)
  must(isEnded(status), event, () => `${status} is no end`)
  must(stage.running === 0, event, () => `${stage.running} units are running`)
  if (status === "cancelled") return must(state.cancel !== undefined, event, () => "nobody asked for a cancellation")
  if (status === "skipped" || (status === "failed" && stage.status === "pending"))
    return must(stage.status === "pending", event, () => "it has started")
  if (stage.fallback?.ok === true && stage.status === "pending")
    return must(status === "partial", event, () => "an earlier answer stands in")
  must(stage.status === "running", event, () => `stage "${event.stage}" is ${stage.status}`)
  const settled =
    stage.committed + stage.failed === stage.units.size &&
    !(stage.planned.partitioned && stage.keys === undefined && stage.failed === 0)
  must(settled, event, () => `${stage.units.size - stage.committed - stage.failed} units are not settled`)
  must(status !== "completed" || stage.failed === 0, event, () => `${stage.failed} units failed`)
}
const takeCommand = (state: RunState, { command }: { readonly command?: string }): void => {
  if (command !== undefined) state.commands.add(command)
}
const handlers: Handlers = {
  RunRequested: (state, event) => {
    must(event.seq === 1, event, () => "it opens a run")
    state.run = event.run
    state.requestedAt = event.at
  },
  PlanFixed: (state, event) => {
    must(state.status === "pending" && event.plan.hash === state.plan.hash, event, () => "the plan of a run does not change")
  },
  RunAdmitted: (state, event) => {
    must(state.status === "pending", event, () => `the run is ${state.status}`)
  },
  RunRefused: (state, event) => {
    must(state.status === "pending", event, () => `the run is ${state.status}`)
    refuse(state, event.reasons.find((reason) => !isGood(reason))?.text)
  },
  RunStarted: (state, event) => {
    must(state.status === "pending", event, () => `the run is ${state.status}`)
    must(![...state.pipelines.values()].some((p) => isEnded(p.status)), event, () => "the run was refused")
    state.status = "running"
    state.owner = event.owner
  },
  OwnerChanged: (state, event) => void (state.owner = event.to),
  RunResumed: (state, event) => {
    must(state.status !== "pending" || state.reopens, event, () => "the run has not started")
    for (const stage of event.stages ?? []) stageOf(state, { ...event, stage })
    reopen(state, event.stages)
    for (const { away, startedAt, status } of state.pipelines.values())
      if (startedAt !== undefined && !isEnded(status)) away.resume(event)
  },
  RunQueued: (state, event) => {
    must(state.status !== "running", event, () => "the run is running")
    if (!isEnded(state.status)) return
    Object.assign(state, {
      status: "pending",
      reopens: true,
      cancel: undefined,
      stopping: false,
      endedAt: undefined,
      reason: undefined
    })
  },
  RunPaused: (state, event) => {
    must(!isEnded(state.status), event, () => `the run is ${state.status}`)
    state.paused ??= { by: event.by, reason: event.reason }
    takeCommand(state, event)
  },
  RunContinued: (state, event) => {
    must(!isEnded(state.status), event, () => `the run is ${state.status}`)
    if (state.paused !== undefined) state.continuedAt = event.at
    state.paused = undefined
    takeCommand(state, event)
  },
  Warned: (state, event) => void state.warnings.push(event.message),
  PipelineStarted: (state, event) => {
    const pipeline = state.pipelines.get(event.pipeline)
    must(state.status === "running", event, () => `the run is ${state.status}`)
    must(pipeline?.status === "pending", event, () => `pipeline "${event.pipeline}" is ${pipeline?.status ?? "not planned"}`)
    pipeline!.status = "running"
    pipeline!.startedAt = event.at
    pipeline!.away.take(event)
  },
  PipelineEnded: (state, event) => {
    const pipeline = state.pipelines.get(event.pipeline)
    must(
      pipeline !== undefined && pipeline.status === "running",
      event,
      () => `pipeline "${event.pipeline}" is ${pipeline?.status ?? "not planned"}`
    )
    must(pipeline!.open === 0, event, () => `${pipeline!.open} of its stages have not ended`)
    Object.assign(pipeline!, { status: event.status, endedAt: event.at, records: event.records, reason: event.reason })
    pipeline!.away.take(event)
    for (const name of dependantsOf(state).ofPipeline.get(event.pipeline) ?? []) unblock(state, state.stages.get(name)!)
  },
  StageStarted: (state, event) => {
    const stage = stageOf(state, event)
    const pipeline = state.pipelines.get(stage.planned.pipeline)!
    must(stage.status === "pending", event, () => `stage "${event.stage}" is ${stage.status}`)
    must(stage.blockers === 0, event, () => `${stage.blockers} of what it waits for have not ended`)
    must(
      pipeline.status === "running" && state.cancel === undefined,
      event,
      () => `pipeline "${pipeline.planned.name}" is ${pipeline.status}`
    )
    Object.assign(stage, { status: "running", startedAt: event.at, inputs: event.inputs, key: event.key, inHand: false })
    stage.keyParts = event.keyParts
    stage.standIns = event.degraded ?? []
    state.live.add(stage)
    addUnits(stage, [null])
  },
  PartitionsFixed: (state, event) => {
    const stage = runningStage(state, event)
    must(stage.planned.partitioned, event, () => "the stage is not partitioned")
    must(stage.keys === undefined, event, () => "the partitions are fixed already")
    must(new Set(event.keys).size === event.keys.length, event, () => "a partition is named twice")
    const asked = stage.units.get(null)!
    setStatus(stage, asked, "ready")
    releaseUnit(state, stage, asked)
    stage.ready.delete(asked)
    stage.units.delete(null)
    stage.keys = event.keys
    addUnits(stage, event.keys)
  },
  AttemptStarted: (state, event) => {
    const { stage, unit } = unitOf(state, event)
    must(unit.status === "ready" || unit.status === "waiting", event, () => `the unit is ${unit.status}`)
    must(event.attempt === unit.attempt + 1, event, () => `attempt ${unit.attempt + 1} is next`)
    must(state.cancel === undefined, event, () => "the run is being cancelled")
    stage.awaits = undefined
    setStatus(stage, unit, "running")
    releaseUnit(state, stage, unit)
    state.pipelines.get(stage.planned.pipeline)!.live++
    Object.assign(unit, {
      attempt: event.attempt,
      tries: unit.tries + 1,
      startedAt: event.at,
      retryAt: undefined,
      progress: undefined
    })
  },
  ResourcesAwaited: (state, event) => {
    const stage = runningStage(state, event)
    must(stage.running === 0, event, () => `${stage.running} units are running`)
    stage.awaits = event.reason
  },
  Progress: (state, event) => {
    const { unit } = unitOf(state, event)
    must(unit.status === "running", event, () => `the unit is ${unit.status}`)
    unit.progress = { done: event.done, total: event.total, of: event.of }
  },
  Checkpoint: (state, event) => {
    const { unit } = attemptOf(state, event)
    unit.checkpoint = { mark: event.mark, attempt: event.attempt, segments: event.segments }
    unit.lost = 0
  },
  SideEffectDone: (state, event) => {
    const { unit } = unitOf(state, event)
    must(unit.status === "running", event, () => `the unit is ${unit.status}`)
    state.once.set(onceKey(event.stage, event.partition, event.key), event.answer)
  },
  AttemptFailed: (state, event) => {
    if (event.failure.tag === outputLost) {
      const stage = stageOf(state, event)
      const lost = stage.units.get(event.partition)
      must(lost?.status === "committed", event, () => "only a committed unit can lose its objects")
      return reopenLost(state, stage, event)
    }
    const asking = state.stages.get(event.stage)
    const isAsking = asking?.planned.partitioned === true && asking.keys === undefined && event.partition === null
    const { stage, unit } = isAsking ? unitOf(state, event) : attemptOf(state, event)
    must(!isAsking || unit.attempt + 1 === event.attempt, event, () => `attempt ${unit.attempt + 1} is next`)
    if (unit.status === "running") state.pipelines.get(stage.planned.pipeline)!.live--
    else Object.assign(unit, { attempt: event.attempt, tries: unit.tries + 1 })
    unit.failure = event.failure
    unit.lost = 0
    unit.retryAt = undefined
    setStatus(stage, unit, event.final ? "failed" : "waiting")
    releaseUnit(state, stage, unit)
  },
  RetryScheduled: (state, event) => {
    const { unit } = unitOf(state, event)
    must(
      unit.status === "waiting" && unit.retryAt === undefined && event.attempt === unit.attempt + 1,
      event,
      () => `the unit is ${unit.status} after attempt ${unit.attempt}`
    )
    unit.retryAt = event.due
  },
  UnitCommitted: (state, event) => {
    const { stage, unit } = event.cached === undefined ? attemptOf(state, event) : unitOf(state, event)
    must(
      event.cached === undefined || unit.status === "ready" || unit.status === "waiting",
      event,
      () => `the unit is ${unit.status}`
    )
    if (unit.status === "running") state.pipelines.get(stage.planned.pipeline)!.live--
    setStatus(stage, unit, "committed")
    releaseUnit(state, stage, unit)
    Object.assign(unit, {
      outputs: event.outputs,
      artifacts: event.artifacts,
      counters: event.counters,
      cachedFrom: event.cached?.run,
      checkpoint: undefined,
      failure: undefined
    })
  },
  FallbackTried: (state, event) => {
    const stage = stageOf(state, event)
    const isSettled = stage.running === 0 && stage.committed + stage.failed === stage.units.size
    const mayFall = stage.status === "pending" ? stage.blockers === 0 : stage.status === "running" && isSettled
    must(mayFall && stage.fallback === undefined, event, () => `the stage is ${stage.status}, not settled, or it was tried`)
    for (const { stage: name } of event.replaces ?? []) {
      const status = state.stages.get(name)?.status
      must(status === "completed" || status === "partial", event, () => `"${name}" has no answer to give up`)
    }
    const tried = { name: event.fallback, ok: event.ok, reason: event.reason, took: event.standIns ?? [] }
    Object.assign(stage, { fallback: tried, inHand: false })
    if (event.ok) state.pipelines.get(stage.planned.pipeline)!.fallbacks++
    for (const { outputs, stage: name, standIns } of event.replaces ?? []) {
      const other = state.stages.get(name)!
      const degraded = `${name}: ${event.reason}`
      Object.assign(other, { status: "partial", outputs: { ...other.outputs, ...outputs }, degraded, reason: event.reason })
      other.fallback = { ...tried, took: standIns }
    }
  },
  StageEnded: (state, event) => {
    const stage = stageOf(state, event)
    checkEnd(state, stage, event)
    if (event.status === "skipped") stage.skipCause = skipCauseOf(state, stage)
    const { status, outputs, coverage, reason, reused, durationMs } = event
    Object.assign(stage, { status, outputs, coverage, reason, reused, durationMs, inHand: false, fresh: false })
    stage.degraded = status === "completed" || status === "partial" ? degradedBy(state, stage) : undefined
    for (const unit of stage.units.values()) releaseUnit(state, stage, unit)
    state.live.delete(stage)
    state.pipelines.get(stage.planned.pipeline)!.open--
    for (const name of dependantsOf(state).ofStage.get(event.stage) ?? []) unblock(state, state.stages.get(name)!)
  },
  AssetPublished: (state, event) => {
    const stage = stageOf(state, event)
    must(stage.status === "completed" || stage.status === "partial", event, () => `stage "${event.stage}" is ${stage.status}`)
  },
  AlertRaised: (state, event) => {
    must(state.pipelines.has(event.pipeline), event, () => `"${event.pipeline}" is not planned`)
  },
  CancelRequested: (state, event) => {
    must(state.status === "running" || state.status === "pending", event, () => `the run is ${state.status}`)
    state.cancel ??= { by: event.by, reason: event.reason }
    takeCommand(state, event)
  },
  RunEnded: (state, event) => {
    // Before its start a run ends when it is refused, or cancelled while it waits: then it has not touched a pipeline.
    const refused = state.status === "pending" && event.status === "skipped"
    const waited = state.status === "pending" && state.cancel !== undefined
    must(state.status === "running" || refused || waited, event, () => `the run is ${state.status}`)
    const open = waited ? [] : [...state.pipelines.values()].filter((p) => !isEnded(p.status))
    must(open.length === 0, event, () => `${open.map((p) => p.planned.name).join(", ")} not ended`)
    Object.assign(state, { status: event.status, reason: event.reason, endedAt: event.at, paused: undefined, reopens: false })
  },
  /** All that is left of an old run: how it ended. */
  RunArchived: (state, event) => {
    must(event.seq === 1, event, () => "it stands for the whole run")
    const { endedAt, reason, status } = event
    Object.assign(state, { run: event.run, status, reason, requestedAt: event.at, endedAt })
    for (const { durationMs: _, pipeline, ...ended } of event.pipelines) {
      const known = state.pipelines.get(pipeline)
      if (known !== undefined) Object.assign(known, ended, { open: 0 })
    }
    for (const { durationMs, reason: why, reused, stage, status: how } of event.stages) {
      const known = state.stages.get(stage)
      if (known !== undefined) Object.assign(known, { status: how, durationMs, reused, reason: why })
    }
    state.startable.clear()
  }
}
/** Nothing of a refused run begins. */
const refuse = (state: RunState, reason: string | undefined): void => {
  for (const stage of state.stages.values()) Object.assign(stage, { status: "skipped", skipCause: "broken", reason })
  for (const pipeline of state.pipelines.values()) Object.assign(pipeline, { status: "skipped", reason })
  recount(state)
}
const opens = ({ _tag }: StoredEvent): boolean => _tag === "RunRequested" || _tag === "RunArchived"
/**
 * Folds one event in. Owns `state`: changes it in place and answers it. An event that cannot follow throws `IllegalEvent`
 * and leaves the state as it was.
 */
export const evolve = (state: RunState, event: StoredEvent): RunState => {
  must(event.seq === state.seq + 1, event, () => `event ${state.seq + 1} is next`)
  must(opens(event) || state.seq > 0, event, () => "a run begins with RunRequested")
  const handle = handlers[event._tag] as (state: RunState, event: StoredEvent) => void
  handle(state, event)
  const stage = "stage" in event && event.stage !== undefined ? state.stages.get(event.stage) : undefined
  if (stage !== undefined) enlist(state, stage)
  if (stage !== undefined && isOfAway(event)) state.pipelines.get(stage.planned.pipeline)!.away.take(event)
  state.seq = event.seq
  state.epoch = event.epoch
  return state
}
/** The state after all of `events` of a run, oldest first. */
export const replay = (plan: RunPlan, events: Iterable<StoredEvent>): RunState => {
  let state = initialState(plan)
  for (const event of events) state = evolve(state, event)
  return state
}
/** The plan that a run recorded, frozen when it was started. */
export const recordedPlan = (events: Iterable<StoredEvent>): RunPlan | undefined => {
  for (const event of events) if (event._tag === "PlanFixed") return event.plan
  return undefined
}
