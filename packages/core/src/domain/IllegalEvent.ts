import type { PartitionKey, StageName } from "./Names.ts"
import type { StoredEvent } from "./RunEvent.ts"
import type { RunState, StageState } from "./RunState.ts"

/** An event that cannot follow what is recorded: a broken log or a broken engine. Never repaired, always reported. */
export class IllegalEvent extends Error {
  readonly _tag = "IllegalEvent"
  override readonly name = "IllegalEvent"
  readonly event: StoredEvent
  constructor(event: StoredEvent, because: string) {
    super(`event ${event.seq} of run ${event.run}, ${event._tag}, is illegal here: ${because}`)
    this.event = event
  }
}
export const must = (holds: boolean, event: StoredEvent, because: () => string): void => {
  if (!holds) throw new IllegalEvent(event, because())
}
export const stageOf = (state: RunState, event: StoredEvent & { readonly stage: StageName }): StageState => {
  const stage = state.stages.get(event.stage)
  if (stage === undefined) throw new IllegalEvent(event, `the plan has no stage "${event.stage}"`)
  return stage
}
export const runningStage = (state: RunState, event: StoredEvent & { readonly stage: StageName }): StageState => {
  const stage = stageOf(state, event)
  must(stage.status === "running", event, () => `stage "${event.stage}" is ${stage.status}`)
  return stage
}
export const unitOf = (
  state: RunState,
  event: StoredEvent & { readonly stage: StageName; readonly partition: PartitionKey | null }
) => {
  const stage = runningStage(state, event)
  const unit = stage.units.get(event.partition)
  if (unit === undefined) throw new IllegalEvent(event, `stage "${event.stage}" has no partition ${String(event.partition)}`)
  return { stage, unit }
}
export const attemptOf = (
  state: RunState,
  event: StoredEvent & { readonly stage: StageName; readonly partition: PartitionKey | null; readonly attempt: number }
) => {
  const found = unitOf(state, event)
  must(found.unit.status === "running", event, () => `the unit is ${found.unit.status}`)
  must(found.unit.attempt === event.attempt, event, () => `the newest attempt is ${found.unit.attempt}`)
  return found
}
