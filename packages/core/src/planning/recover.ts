import { builtInFallbacks } from "./Catalogue.ts"
import { isEnded, type RunState, type StageState } from "../domain/RunState.ts"
import type { PlannedStage } from "../domain/RunPlan.ts"

/** Whether a fallback is one of the engine's: the assets as they were published before. */
export const isEarlierAnswer = (fallback: string): boolean => (builtInFallbacks as ReadonlyArray<string>).includes(fallback)

/** The fallback of the engine that the pipeline of the stage has for all of its stages, by name. */
const earlierOf = ({ policy: { onFailure } }: PlannedStage): string | undefined =>
  typeof onFailure === "object" && onFailure.together !== undefined ? onFailure.fallback : undefined
const providesAssets = ({ outputs }: PlannedStage): boolean => Object.values(outputs).some(({ asset }) => asset !== undefined)

/** The stages of the pipeline whose assets the same fallback of the engine stands in for, `stage` among them. */
export const recoveredTogether = (state: RunState, stage: StageState): ReadonlyArray<StageState> => {
  const name = earlierOf(stage.planned)
  const pipeline = state.pipelines.get(stage.planned.pipeline)
  if (name === undefined || pipeline === undefined) return []
  return pipeline.stages
    .map((one) => state.stages.get(one)!)
    .filter(({ planned }) => planned.enabled && earlierOf(planned) === name && providesAssets(planned))
}
/** It provides nothing itself: those that read from it take what they provided before. */
export const leavesItToReaders = (state: RunState, stage: StageState): boolean =>
  !providesAssets(stage.planned) && recoveredTogether(state, stage).length > 0

/** A failed stage that provides nothing, while everything that its pipeline provides is there: fresh, or from before. */
export const isCovered = (state: RunState, stage: StageState): boolean => {
  const others = recoveredTogether(state, stage)
  return (
    !providesAssets(stage.planned) &&
    others.some(({ fallback }) => fallback?.ok === true) &&
    others.every(({ status }) => status === "completed" || status === "partial")
  )
}
/** A stage before, in the same pipeline, that fell back; for one that cannot run also one that failed. */
const fellBefore = (state: RunState, stage: StageState, isBroken: boolean): StageState | undefined => {
  const seen = new Set<StageState>()
  const open = [stage]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const name of one.planned.after) {
      const up = state.stages.get(name)!
      if (seen.has(up) || up.planned.pipeline !== stage.planned.pipeline) continue
      seen.add(up)
      if (up.fallback?.ok === true || (isBroken && up.status === "failed")) return up
      if (up.status !== "skipped" || up.skipCause === "broken") open.push(up)
    }
  }
  return undefined
}
const nothingFell = (state: RunState, stage: StageState): boolean => state.pipelines.get(stage.planned.pipeline)?.fallbacks === 0
const isSet = ({ policy: { onFailure } }: PlannedStage): boolean => typeof onFailure === "object" && onFailure.together === "set"

/** Another stage has gone back to an earlier run, and what this pipeline provides is of one run. */
export const setBroke = (state: RunState, stage: StageState): StageState | undefined =>
  isSet(stage.planned) && !nothingFell(state, stage)
    ? recoveredTogether(state, stage).find((one) => one !== stage && one.fallback?.ok === true)
    : undefined

/**
 * The failure for which a stage that has not started takes its earlier answer, if it does: what it reads failed or fell back in its own pipeline, or
 * the set that it belongs to was taken from an earlier run. `broken` says why it cannot run.
 */
export const startsWithFallback = (state: RunState, stage: StageState, broken: string | undefined): StageState | undefined => {
  if (stage.fallback !== undefined || earlierOf(stage.planned) === undefined || !providesAssets(stage.planned)) return undefined
  if (broken === undefined && nothingFell(state, stage)) return undefined
  return setBroke(state, stage) ?? fellBefore(state, stage, broken !== undefined)
}
/** Members of the set that come after `stage` and may still go back: until then, nothing of it is published. */
const waitsFor = (state: RunState, stage: StageState): ReadonlyArray<StageState> => {
  if (!isSet(stage.planned)) return []
  const members = recoveredTogether(state, stage)
  return members.filter((one) => one !== stage && comesAfter(state, one, stage))
}
const comesAfter = (state: RunState, stage: StageState, before: StageState): boolean => {
  const seen = new Set<string>()
  const open = [...stage.planned.after]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === before.planned.name) return true
    if (seen.has(name)) continue
    seen.add(name)
    open.push(...(state.stages.get(name)?.planned.after ?? []))
  }
  return false
}
/** Whether the assets of the stage are held back until the rest of its set is there. */
export const isHeldBack = (state: RunState, stage: StageState): boolean =>
  waitsFor(state, stage).some((one) => !isEnded(one.status))

/** The stages whose assets were held back for `stage`, which completes the set. */
export const heldBackFor = (state: RunState, stage: StageState): ReadonlyArray<StageState> =>
  isSet(stage.planned)
    ? recoveredTogether(state, stage).filter((one) => {
        if (one === stage || one.fallback !== undefined || (one.status !== "completed" && one.status !== "partial")) return false
        const others = waitsFor(state, one)
        return others.includes(stage) && others.every((other) => other === stage || isEnded(other.status))
      })
    : []
