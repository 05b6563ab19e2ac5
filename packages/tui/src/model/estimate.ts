/** How long it may still take. Pure; milliseconds. */
import type { RunPlan } from "@tetra/core/engine"
import { isEnded, rateAt, type RunModel, shareDone, type StageModel, workDone } from "./RunModel.ts"

/** How long each stage took when it was last computed, by stage name. */
export type History = ReadonlyMap<string, number>

/** Remaining time of one running stage: by its own rate, else by what is left of its last duration; undefined when neither is known. */
export const stageRemaining = (stage: StageModel, now: number, history: History): number | undefined => {
  if (isEnded(stage.status)) return 0
  const usual = history.get(stage.name)
  if (stage.status === "pending" || stage.startedAt === undefined) return usual
  const elapsed = Math.max(0, now - stage.startedAt)
  const rate = rateAt(stage, now)
  if (stage.expected !== undefined && rate !== undefined && rate > 0 && elapsed > 1000) {
    return ((stage.expected - workDone(stage)) / rate) * 1000
  }
  const share = shareDone(stage)
  if (share !== undefined && share > 0.05 && elapsed > 1000) return (elapsed / share) * (1 - share)
  return usual === undefined ? undefined : Math.max(0, usual - elapsed)
}

/**
 * Remaining time of the run: the longest chain of remaining stages, since independent ones run side by side. Undefined as soon as a stage that
 * has yet to run was never timed.
 */
export const runRemaining = (model: RunModel, now: number, history: History): number | undefined => {
  const plan: RunPlan | undefined = model.plan
  if (plan === undefined) return undefined
  const readyAt = new Map<string, number>()
  let last = 0
  for (const planned of plan.stages) {
    const stage = model.stages.get(planned.name)
    const own = !planned.enabled || stage === undefined ? 0 : stageRemaining(stage, now, history)
    if (own === undefined) return undefined
    const end = own + Math.max(0, ...planned.after.map((name) => readyAt.get(name) ?? 0))
    readyAt.set(planned.name, end)
    last = Math.max(last, end)
  }
  return last
}
