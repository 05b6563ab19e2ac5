/** Where `decide` looks. Kept up to date event by event, so that a turn costs what it moves, however many stages there are. */
import type { RunState, StageState, UnitState } from "./RunState.ts"

/** Stages by priority, the highest first; within one priority as they came. */
export class StageQueue implements Iterable<StageState> {
  readonly #lanes = new Map<number, Set<StageState>>()
  add(stage: StageState): void {
    const { priority } = stage.planned.policy
    const lane = this.#lanes.get(priority)
    if (lane === undefined) this.#lanes.set(priority, new Set([stage]))
    else lane.add(stage)
  }
  delete(stage: StageState): void {
    this.#lanes.get(stage.planned.policy.priority)?.delete(stage)
  }
  clear(): void {
    this.#lanes.clear()
  }
  *[Symbol.iterator](): Generator<StageState> {
    const priorities = [...this.#lanes.keys()].sort((a, b) => b - a)
    for (const priority of priorities) yield* this.#lanes.get(priority)!
  }
}
const keep = (
  where: { readonly add: (stage: StageState) => unknown; readonly delete: (stage: StageState) => unknown },
  stage: StageState,
  belongs: boolean
): void => void (belongs ? where.add(stage) : where.delete(stage))

/** Puts the stage where it belongs. To be called after whatever changes its status, its units, or who has it in hand. */
export const enlist = (state: RunState, stage: StageState): void => {
  const { committed, failed, inHand, planned, ready, running, status, taken, units, waiting } = stage
  const isLive = status === "running" && !inHand
  const isSettled = committed + failed === units.size
  const hasRoom = planned.concurrency === undefined || taken + running < planned.concurrency
  keep(state.startable, stage, status === "pending" && stage.blockers === 0 && !inHand)
  keep(state.settled, stage, isLive && isSettled)
  keep(state.pipelines.get(planned.pipeline)!.queue, stage, isLive && !isSettled && hasRoom && ready.size + waiting.size > 0)
}
/** One of what the stage waited for has ended. */
export const unblock = (state: RunState, stage: StageState): void => {
  stage.blockers--
  enlist(state, stage)
}
/** Somebody in this process prepares or settles the stage: `decide` will not ask for it again. */
export const takeStage = (state: RunState, stage: StageState): void => {
  stage.inHand = true
  enlist(state, stage)
}
/** This process has the unit in hand: `decide` will not ask for it again. */
export const takeUnit = (state: RunState, stage: StageState, unit: UnitState): void => {
  unit.taken = true
  stage.ready.delete(unit)
  stage.taken++
  state.pipelines.get(stage.planned.pipeline)!.live++
  enlist(state, stage)
}
export const releaseUnit = (state: RunState, stage: StageState, unit: UnitState): void => {
  if (!unit.taken) return
  unit.taken = false
  stage.taken--
  state.pipelines.get(stage.planned.pipeline)!.live--
  if (unit.status === "ready") stage.ready.add(unit)
  enlist(state, stage)
}
/** The earliest retry that is due, in epoch milliseconds. */
export const nextRetryAt = (state: RunState): number | undefined => {
  let first: number | undefined
  for (const stage of state.live)
    for (const unit of stage.waiting)
      if (!unit.taken && unit.retryAt !== undefined && (first === undefined || unit.retryAt < first)) first = unit.retryAt
  return first
}
