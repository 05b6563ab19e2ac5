/** The results of a run that has ended as those of another run: every unit reused, every asset published anew. Pure. */
import type { StoredCoverage } from "../../domain/Artifact.ts"
import { replay } from "../../domain/evolve.ts"
import type { PartitionKey, RunId, Version } from "../../domain/Names.ts"
import type { PlannedInput, PlannedPipeline, PlannedStage, RunPlan } from "../../domain/RunPlan.ts"
import type { RunEvent, StoredEvent } from "../../domain/RunEvent.ts"
import type { StageState } from "../../domain/RunState.ts"
import { ownName } from "../../domain/shadowNames.ts"
import { planHash } from "../planRun.ts"

export interface Republished {
  readonly plan: RunPlan
  /** To be recorded behind the start of a run, all at once. */
  readonly events: ReadonlyArray<RunEvent>
  /** What is in force by then. */
  readonly assets: ReadonlyMap<string, Version>
}
/** A plan in which nothing runs. */
export const emptyPlan = (): RunPlan => ({
  v: 1,
  mode: undefined,
  pipelines: [],
  stages: [],
  force: false,
  seed: 1,
  hash: planHash([], [], 1)
})

/** The part of the plan that is about the pipeline, under its own name. What came from other pipelines of the run is an asset. */
const planOf = (plan: RunPlan, recorded: string, version: string | undefined): RunPlan => {
  const pipeline = ownName(recorded)
  const named = (name: string) => `${pipeline}${name.slice(recorded.length)}`
  const mine = new Map(plan.stages.map((stage) => [stage.name, stage]))
  const input = (one: PlannedInput): PlannedInput => {
    if (one.from === "group")
      return { ...one, members: Object.fromEntries(Object.entries(one.members).map(([name, member]) => [name, input(member)])) }
    if (one.from === "asset") return { ...one, asset: ownName(one.asset) }
    const from = mine.get(one.stage)
    if (from?.pipeline === recorded) return { ...one, stage: named(one.stage) }
    const output = from?.outputs[one.port]
    return { from: "asset", asset: output?.asset ?? "", type: output?.type ?? "", accepts: one.accepts }
  }
  const stages = plan.stages.flatMap((stage): ReadonlyArray<PlannedStage> => {
    if (stage.pipeline !== recorded) return []
    const { version: _, ...rest } = stage
    return [
      {
        ...rest,
        ...(version === undefined ? {} : { version }),
        name: named(stage.name),
        pipeline,
        inputs: Object.fromEntries(Object.entries(stage.inputs).map(([port, one]) => [port, input(one)])),
        outputs: Object.fromEntries(
          Object.entries(stage.outputs).map(([port, output]) => [
            port,
            { ...output, asset: output.asset === undefined ? undefined : ownName(output.asset) }
          ])
        ),
        after: stage.after.filter((name) => mine.get(name)?.pipeline === recorded).map(named)
      }
    ]
  })
  const pipelines = plan.pipelines.flatMap((one): ReadonlyArray<PlannedPipeline> => {
    if (one.name !== recorded) return []
    const { version: _, ...rest } = one
    return [{ ...rest, ...(version === undefined ? {} : { version }), name: pipeline, after: [] }]
  })
  return { ...plan, pipelines, stages, hash: planHash(pipelines, stages, plan.seed) }
}

type Event<Tag extends RunEvent["_tag"]> = Extract<StoredEvent, { readonly _tag: Tag }>
interface Source {
  readonly id: RunId
  readonly plan: RunPlan
  readonly events: ReadonlyArray<StoredEvent>
}
const nothing: StoredCoverage = { done: 0, expected: 0, ratio: 0, missing: [] }
const unitName = (stage: string, partition: PartitionKey | null) => JSON.stringify([stage, partition])

/** The stage as one of which nothing had to run. A part of it that failed is not there; what its coverage says stands. */
const stageEvents = (
  name: string,
  stage: StageState,
  units: ReadonlyMap<string, Event<"UnitCommitted">>,
  run: RunId
): ReadonlyArray<RunEvent> => {
  const { coverage = nothing, inputs, key, keyParts, keys, outputs, planned, reason, standIns, status } = stage
  const end = { _tag: "StageEnded", stage: name, outputs, coverage, reason, durationMs: 0 } as const
  const isThere = (status === "completed" || status === "partial") && stage.fallback?.ok !== true
  if (!isThere)
    return [{ ...end, status: "skipped", outputs: {}, reused: false, reason: reason ?? `it is ${status} in run ${run}` }]
  const made = (keys ?? [null]).flatMap((partition) => units.get(unitName(planned.name, partition)) ?? [])
  return [
    { _tag: "StageStarted", stage: name, inputs, key, keyParts, ...(standIns.length === 0 ? {} : { degraded: standIns }) },
    ...(keys === undefined
      ? []
      : [{ _tag: "PartitionsFixed" as const, stage: name, keys: made.flatMap(({ partition }) => partition ?? []) }]),
    ...made.map(({ artifacts, attempt, cached, counters, key: unitKey, outputs: parts, partition }): RunEvent => ({
      _tag: "UnitCommitted",
      stage: name,
      partition,
      attempt,
      key: unitKey,
      outputs: parts,
      artifacts,
      counters,
      durationMs: 0,
      cached: cached ?? { run }
    })),
    { ...end, status, reused: true }
  ]
}

/**
 * `recorded`: the pipeline as the run calls it, with its version for a shadow. `version`: the one that its stages are of, where the pipeline has several.
 * `newest`: the version of each asset that is in force until then.
 */
export const republish = (
  run: Source,
  {
    newest,
    recorded,
    version
  }: { readonly recorded: string; readonly version: string | undefined; readonly newest: ReadonlyMap<string, Version> }
): Republished => {
  const plan = planOf(run.plan, recorded, version)
  const pipeline = ownName(recorded)
  const state = replay(run.plan, run.events)
  const units = new Map(
    run.events.flatMap((e) => (e._tag === "UnitCommitted" ? [[unitName(e.stage, e.partition), e] as const] : []))
  )
  const published = new Map(run.events.flatMap((e) => (e._tag === "AssetPublished" ? [[e.asset, e] as const] : [])))
  const assets = new Map<string, Version>()
  const events = plan.stages.flatMap((planned) => {
    const before = `${recorded}${planned.name.slice(pipeline.length)}`
    const made = stageEvents(planned.name, state.stages.get(before)!, units, run.id)
    const all = made.length === 1 ? [] : [...published.values()].filter(({ stage }) => stage === before)
    const moved = all.map(({ asset, coverage, degraded, inputs, output }): RunEvent => {
      const name = ownName(asset)
      assets.set(name, output.version)
      const unchanged = newest.get(name) === output.version
      return { _tag: "AssetPublished", asset: name, stage: planned.name, output, coverage, inputs, unchanged, degraded }
    })
    return [...made, ...moved]
  })
  const ended = state.pipelines.get(recorded)
  if (ended === undefined) return { plan: emptyPlan(), events: [], assets }
  const { reason, records, status } = ended
  return {
    plan,
    events: [
      { _tag: "PipelineStarted", pipeline },
      ...events,
      { _tag: "PipelineEnded", pipeline, status, records, durationMs: 0, reason }
    ],
    assets
  }
}
