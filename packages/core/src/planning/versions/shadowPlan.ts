/** A plan of one pipeline that runs in the shadow of another run: under another name, on the same inputs, seen by nobody. Pure. */
import type { Diagnostic } from "../../domain/Diagnostic.ts"
import type { Version } from "../../domain/Names.ts"
import type { PlannedInput, PlannedPipeline, PlannedStage, RunPlan } from "../../domain/RunPlan.ts"
import { singlesOf } from "../../domain/RunPlan.ts"
import { shadowName } from "../../domain/shadowNames.ts"
import type { StoredEvent } from "../../domain/RunEvent.ts"
import { planHash } from "../planRun.ts"
import type { BuiltPlan } from "../RunRequest.ts"

/** Assets that a pipeline of a recorded run read from others, with the versions that it read. */
export const readVersions = (
  plan: RunPlan,
  events: ReadonlyArray<StoredEvent>,
  pipeline: string
): ReadonlyMap<string, Version> => {
  const stages = new Map(plan.stages.map((stage) => [stage.name, stage]))
  const found = new Map<string, Version>()
  for (const event of events) {
    const stage = event._tag === "StageStarted" ? stages.get(event.stage) : undefined
    if (event._tag !== "StageStarted" || stage?.pipeline !== pipeline) continue
    for (const [port, input] of singlesOf(stage)) {
      const from = input.from === "stage" ? stages.get(input.stage) : undefined
      const asset =
        input.from === "asset" ? input.asset : from?.pipeline === pipeline ? undefined : from?.outputs[input.port]?.asset
      const version = event.inputs[port]
      if (asset !== undefined && version !== undefined) found.set(asset, version)
    }
  }
  return found
}

/** Why a plan cannot run in the shadow: its results would not be comparable, or it would be seen outside. */
const unfit = ({ plan }: BuiltPlan, pipeline: string): Diagnostic | undefined =>
  plan.pipelines.length === 1 && plan.pipelines[0]?.name === pipeline
    ? undefined
    : { level: "error", where: pipeline, message: "a shadow run is of one pipeline", hint: "name the pipeline alone" }

/**
 * The plan of `version` of a pipeline as its shadow. `pins`: the version of each asset of others that it reads; what is not among them is read as it is
 * published. Its own assets, and its own earlier answers, are those of the shadow. Nobody is told when it ends badly.
 */
export const shadowPlan = (
  built: BuiltPlan,
  {
    pins,
    pipeline,
    version
  }: { readonly pipeline: string; readonly version: string; readonly pins: ReadonlyMap<string, Version> }
): BuiltPlan | Diagnostic => {
  const problem = unfit(built, pipeline)
  if (problem !== undefined) return problem
  const own = new Set(built.plan.stages.flatMap(({ outputs }) => Object.values(outputs).flatMap(({ asset }) => asset ?? [])))
  const stageName = (name: string) => `${shadowName(pipeline, version)}${name.slice(pipeline.length)}`
  const input = (one: PlannedInput): PlannedInput => {
    if (one.from === "group")
      return { ...one, members: Object.fromEntries(Object.entries(one.members).map(([name, member]) => [name, input(member)])) }
    if (one.from === "stage") return { ...one, stage: stageName(one.stage) }
    if (own.has(one.asset)) return { ...one, asset: shadowName(one.asset, version) }
    const pinned = pins.get(one.asset)
    return pinned === undefined ? one : { ...one, version: pinned }
  }
  const stages = built.plan.stages.map((stage): PlannedStage => ({
    ...stage,
    name: stageName(stage.name),
    pipeline: shadowName(pipeline, version),
    inputs: Object.fromEntries(Object.entries(stage.inputs).map(([port, one]) => [port, input(one)])),
    outputs: Object.fromEntries(
      Object.entries(stage.outputs).map(([port, output]) => [
        port,
        { ...output, asset: output.asset === undefined ? undefined : shadowName(output.asset, version) }
      ])
    ),
    after: stage.after.map(stageName),
    policy: { ...stage.policy, retry: { ...stage.policy.retry, unless: [...stage.policy.retry.unless, "ShadowEffect"] } }
  }))
  const pipelines = built.plan.pipelines.map((one): PlannedPipeline => {
    const { incident: _, ...rest } = one
    return { ...rest, name: shadowName(pipeline, version), after: [] }
  })
  const plan: RunPlan = { ...built.plan, pipelines, stages, lane: "backfill", hash: planHash(pipelines, stages, built.plan.seed) }
  return { ...built, plan, nodes: new Map([...built.nodes].map(([name, node]) => [stageName(name), node])) }
}
