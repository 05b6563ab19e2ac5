/** Changes of a run model that several events make. Pure. */
import type { RunPlan, StoredEvent } from "@tetra/core/engine"
import type { PipelineModel, RunModel } from "./RunModel.ts"
import { aStage, isEnded, type StageModel } from "./StageModel.ts"

/** Maps that nobody but the fold under way has seen: it changes them in place. Undefined while single events are folded. */
let own: WeakSet<ReadonlyMap<string, unknown>> | undefined
/** Folds many events at the price of one copy of each map, instead of one per event. */
export const inOneGo = <T>(fold: () => T): T => {
  own = new WeakSet()
  try {
    return fold()
  } finally {
    own = undefined
  }
}
const withEntry = <V>(map: ReadonlyMap<string, V>, name: string, value: V): ReadonlyMap<string, V> => {
  if (own?.has(map) === true) return (map as Map<string, V>).set(name, value)
  const copy = new Map(map).set(name, value)
  own?.add(copy)
  return copy
}

const aPipeline = (name: string): PipelineModel => ({
  name,
  status: "pending",
  startedAt: undefined,
  durationMs: undefined,
  records: 0,
  reason: undefined,
  published: { fresh: 0, unchanged: 0 }
})
const pipelineOf = (stage: string): string => stage.slice(0, Math.max(0, stage.indexOf(".")))

export const putStage = (model: RunModel, name: string, change: (stage: StageModel) => StageModel): RunModel => ({
  ...model,
  stages: withEntry(model.stages, name, change(model.stages.get(name) ?? aStage(name, pipelineOf(name), false)))
})
export const withStage = (model: RunModel, name: string, change: (stage: StageModel) => Partial<StageModel>): RunModel =>
  putStage(model, name, (old) => ({ ...old, ...change(old) }))
export const withPipeline = (model: RunModel, name: string, change: Partial<PipelineModel>): RunModel => {
  const old = model.pipelines.get(name) ?? aPipeline(name)
  return { ...model, pipelines: withEntry(model.pipelines, name, { ...old, ...change }) }
}

export const fixPlan = (model: RunModel, plan: RunPlan): RunModel => ({
  ...model,
  plan,
  mode: plan.mode,
  pipelines: new Map(plan.pipelines.map(({ name }) => [name, model.pipelines.get(name) ?? aPipeline(name)])),
  stages: new Map(plan.stages.map((s) => [s.name, model.stages.get(s.name) ?? aStage(s.name, s.pipeline, s.partitioned)]))
})
/** Stages that a reopened run does again: what did not complete, and everything after it. */
const reopened = (model: RunModel): ReadonlySet<string> => {
  const open = new Set<string>()
  for (const { name, after, enabled } of model.plan?.stages ?? []) {
    const good = model.stages.get(name)?.status === "completed" || !enabled
    if (!good || after.some((before) => open.has(before))) open.add(name)
  }
  return open
}
const withDependants = (model: RunModel, roots: ReadonlyArray<string>): ReadonlySet<string> => {
  const open = new Set(roots)
  for (const { name, after } of model.plan?.stages ?? []) if (after.some((before) => open.has(before))) open.add(name)
  return open
}
/**
 * A run that was cut off goes on: what was under way starts again, what was committed stays. A run that had ended is reopened at every stage that
 * did not complete, or at those that were asked for; stages behind those read their inputs anew.
 */
export const resume = (model: RunModel, asked: ReadonlyArray<string> = []): RunModel => {
  const open =
    asked.length > 0
      ? withDependants(model, asked)
      : isEnded(model.status) || model.queued !== undefined
        ? reopened(model)
        : new Set<string>()
  const first = (name: string) =>
    model.plan?.stages.find((s) => s.name === name)?.after.every((before) => !open.has(before)) === true
  const again = (s: StageModel): StageModel => {
    if (!open.has(s.name)) return s.status === "running" ? { ...s, status: "pending", live: new Map() } : s
    const fresh = aStage(s.name, s.pipeline, s.partitioned)
    return first(s.name) && asked.length === 0
      ? { ...fresh, startedAt: s.startedAt, expected: s.expected, computed: s.computed, reusedUnits: s.reusedUnits, rows: s.rows }
      : fresh
  }
  const pipelines = new Set([...open].map(pipelineOf))
  return {
    ...model,
    status: "running",
    queued: undefined,
    reason: undefined,
    durationMs: undefined,
    cancelling: undefined,
    stages: new Map([...model.stages].map(([name, s]) => [name, again(s)])),
    pipelines: new Map(
      [...model.pipelines].map(([name, p]) => [name, pipelines.has(name) ? { ...aPipeline(name), published: p.published } : p])
    )
  }
}
/** Nothing of it begins. */
export const refuse = (model: RunModel, { mend, reasons }: Extract<StoredEvent, { readonly _tag: "RunRefused" }>): RunModel => ({
  ...model,
  admission: { verdict: "refused", forced: false, reasons, mend },
  pipelines: new Map([...model.pipelines].map(([name, one]) => [name, { ...one, status: "skipped" }])),
  stages: new Map([...model.stages].map(([name, one]) => [name, { ...one, status: "skipped" }]))
})
/** All that is left of an old run. */
export const recall = (model: RunModel, archived: Extract<StoredEvent, { _tag: "RunArchived" }>): RunModel => {
  const { durationMs, events, pipelines, reason, requested, stages, status } = archived
  const ended = { status, reason, durationMs, mode: requested.mode, force: requested.force, startedAt: archived.at }
  let next: RunModel = { ...model, ...ended, published: events["AssetPublished"] ?? 0 }
  for (const { pipeline, endedAt: _, ...how } of pipelines) next = withPipeline(next, pipeline, how)
  for (const { done, expected, stage: name, ...how } of stages)
    next = withStage(next, name, () => ({
      ...how,
      expected,
      partitioned: expected > 1,
      [how.reused ? "reusedUnits" : "computed"]: done
    }))
  return next
}
