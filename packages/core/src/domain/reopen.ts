import type { StageName } from "./Names.ts"
import type { StoredEvent } from "./RunEvent.ts"
import { isEnded, openStage, recount, resetStage, type RunState, type StageState, type UnitState } from "./RunState.ts"

const isGood = (stage: StageState): boolean =>
  stage.status === "completed" || (stage.status === "skipped" && stage.skipCause === "disabled")

/** `roots` and everything that comes after one of them. */
const withDescendants = (state: RunState, roots: ReadonlySet<StageName>): ReadonlySet<StageName> => {
  const found = new Set(roots)
  for (const stage of state.plan.stages) if (stage.after.some((up) => found.has(up))) found.add(stage.name)
  return found
}
const again = (stage: StageState, unit: UnitState): void => {
  unit.status = "ready"
  unit.retryAt = undefined
  stage.ready.add(unit)
}
/** Counts are made anew from the units: nothing is running and nothing is in hand after a restart. */
const recountUnits = (stage: StageState): void => {
  stage.ready.clear()
  stage.waiting.clear()
  stage.running = stage.taken = stage.committed = stage.failed = 0
  stage.inHand = false
  for (const unit of stage.units.values()) {
    unit.taken = false
    if (unit.status === "running") {
      unit.tries = Math.max(0, unit.tries - 1)
      unit.lost++
    }
    if (unit.status === "running" || unit.status === "ready") again(stage, unit)
    else if (unit.status === "waiting") stage.waiting.add(unit)
    else if (unit.status === "committed") stage.committed++
    else stage.failed++
  }
}
/** The stage goes on with the inputs that it had; what was committed stays, what failed may try anew. */
const goOn = (stage: StageState): void => {
  if (isEnded(stage.status)) openStage(stage)
  stage.status = "running"
  for (const unit of stage.units.values())
    if (unit.status !== "committed") {
      unit.status = "ready"
      unit.tries = unit.lost = 0
      unit.failure = undefined
    }
}
const reopenStages = (state: RunState, roots: ReadonlySet<StageName>, anew = false): void => {
  const open = withDescendants(state, roots)
  for (const name of open) {
    const stage = state.stages.get(name)!
    const keepsInputs = !anew && stage.units.size > 0 && !stage.planned.after.some((up) => open.has(up))
    if (keepsInputs) goOn(stage)
    else resetStage(stage)
    stage.fresh = anew && roots.has(name)
    const pipeline = state.pipelines.get(stage.planned.pipeline)!
    if (isEnded(pipeline.status))
      Object.assign(pipeline, { status: "running", endedAt: undefined, reason: undefined, records: 0 })
  }
}
/**
 * What `RunResumed` means. A run that was cut off goes on: attempts that were running count as never made. A run that had
 * ended, or was about to by a cancellation, is reopened at every stage that did not complete, and everything after it reads its
 * inputs anew (committed units are then found by their cache key). With `stages` it is reopened at these instead, whatever became
 * of them: they are computed, not looked up.
 */
export const reopen = (state: RunState, stages: ReadonlyArray<StageName> = []): void => {
  if (stages.length > 0) reopenStages(state, new Set(stages), true)
  else if (isEnded(state.status) || state.reopens || state.cancel !== undefined) {
    const roots = new Set([...state.stages.values()].filter((s) => !isGood(s)).map((s) => s.planned.name))
    reopenStages(state, roots)
  }
  Object.assign(state, {
    status: "running",
    reopens: false,
    cancel: undefined,
    stopping: false,
    endedAt: undefined,
    reason: undefined
  })
  for (const stage of state.stages.values()) recountUnits(stage)
  recount(state)
}
/** A committed unit has lost its objects: it is made again, and so is everything that read it. */
export const reopenLost = (
  state: RunState,
  stage: StageState,
  event: Extract<StoredEvent, { readonly _tag: "AttemptFailed" }>
): void => {
  if (isEnded(stage.status)) reopenStages(state, new Set([stage.planned.name]))
  const mine = stage.units.get(event.partition)
  if (mine !== undefined)
    Object.assign(mine, { status: "ready", outputs: undefined, cachedFrom: undefined, failure: event.failure })
  for (const one of state.stages.values()) recountUnits(one)
  recount(state)
}
