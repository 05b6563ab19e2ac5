/** How long it may still take. Pure; milliseconds. */
import type { RunPlan } from "@tetra/core/engine"
import { isEnded, rateAt, type RunModel, shareDone, type StageModel, workDone } from "./RunModel.ts"

/** How long each stage took when it was last computed, by stage name. */
export type History = ReadonlyMap<string, number>

/** `~` while earlier runs say more than this one, else `±` with how much it may be off. */
export interface Estimate {
  readonly ms: number
  readonly sign: "~" | "±"
  readonly spreadMs: number
}
/** Share from which on only the run itself is believed. */
const ownShare = 0.2
/** A second says nothing yet. */
const leastElapsed = 1000

/** What its own pace gives; undefined before there is one. */
const byPace = (stage: StageModel, elapsed: number, now: number): Pick<Estimate, "ms" | "spreadMs"> | undefined => {
  if (elapsed <= leastElapsed) return undefined
  const rate = rateAt(stage, now)
  if (stage.expected !== undefined && rate !== undefined && rate > 0) {
    const ms = ((stage.expected - workDone(stage)) / rate) * 1000
    return { ms, spreadMs: ms * Math.min(1, stage.spread / rate) }
  }
  const share = shareDone(stage)
  if (share === undefined || share <= 0.05) return undefined
  const ms = (elapsed / share) * (1 - share)
  return { ms, spreadMs: ms * (1 - share) }
}
/**
 * Remaining time of one stage: its own pace, blended with how long it took before. The weight of the past falls from one at the start to none at
 * a fifth of the work. Undefined when neither is known.
 */
export const stageEstimate = (stage: StageModel, now: number, history: History): Estimate | undefined => {
  if (isEnded(stage.status)) return { ms: 0, sign: "±", spreadMs: 0 }
  const usual = history.get(stage.name)
  const past = (ms: number): Estimate => ({ ms, sign: "~", spreadMs: 0 })
  if (stage.status === "pending" || stage.startedAt === undefined) return usual === undefined ? undefined : past(usual)
  const elapsed = Math.max(0, now - stage.startedAt)
  const own = byPace(stage, elapsed, now)
  if (own === undefined) return usual === undefined ? undefined : past(Math.max(0, usual - elapsed))
  const weight = usual === undefined ? 0 : Math.max(0, 1 - (shareDone(stage) ?? 0) / ownShare)
  const ms = own.ms * (1 - weight) + Math.max(0, (usual ?? 0) - elapsed) * weight
  return { ms, sign: weight > 0.5 ? "~" : "±", spreadMs: own.spreadMs * (1 - weight) }
}
export const stageRemaining = (stage: StageModel, now: number, history: History): number | undefined =>
  stageEstimate(stage, now, history)?.ms

/** Silence that is long for any stage. */
const leastSilence = 10_000
/** How long nothing was counted, once that is longer than ten seconds and than five times the usual gap; undefined otherwise. */
export const stalledFor = (stage: StageModel, now: number): number | undefined => {
  if (stage.status !== "running" || stage.heard === undefined || stage.retry !== undefined || stage.awaits !== undefined)
    return undefined
  const gaps = stage.heard.gaps.toSorted((a, b) => a - b)
  const usual = gaps[Math.floor(gaps.length / 2)] ?? 0
  const silence = now - stage.heard.at
  return silence > Math.max(leastSilence, 5 * usual) ? silence : undefined
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
