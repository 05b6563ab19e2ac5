import type { Json, RunId, StageName, Version } from "../domain/Names.ts"
import type { StoredEvent } from "../domain/RunEvent.ts"
import { type PlannedStage, type RunPlan, singlesOf } from "../domain/RunPlan.ts"
import { plannedDate } from "./plannedParameters.ts"

/** One published version of an asset. */
export interface VersionName {
  readonly asset: string
  readonly version: Version
}
/** What a stage of a run was made from. */
export interface StageLineage {
  readonly pipeline: string
  /** Epoch milliseconds: the end of the last day that its pipeline was asked for, when that day was over before the run. */
  readonly until: number | undefined
  /** Epoch milliseconds: when its first result was in hand. Meaningless for what was only reused. */
  readonly at: number
  /** The runs that computed what it reused. */
  readonly reusedFrom: ReadonlyArray<RunId>
  /** Published versions that it read, of other pipelines. */
  readonly versions: ReadonlyArray<VersionName>
  /** Assets of its own pipeline that it read as they were before: no source, for new data are laid over them. */
  readonly earlier: ReadonlyArray<string>
  /** Assets that it published. */
  readonly published: ReadonlyArray<string>
  /** Stages of the same run whose unpublished outputs it read. */
  readonly stages: ReadonlyArray<StageName>
}
export type RunLineage = ReadonlyMap<StageName, StageLineage>

/** Who read what in a run, from its events. Empty for a run whose events are not kept any more. Pure. */
export const lineageOf = (events: Iterable<StoredEvent>): RunLineage => {
  const lineage = new Map<StageName, StageLineage>()
  let plan: PlanIndex | undefined
  let isDated = false
  for (const event of events) {
    if (event._tag === "RunRequested") isDated = namesItsEnd(event.params)
    else if (event._tag === "PlanFixed") plan = indexOf(event.plan, isDated ? event.at : 0)
    else if (event._tag === "StageStarted") {
      const planned = plan?.stages.get(event.stage)
      if (plan === undefined || planned === undefined) continue
      const { pipeline } = planned
      const reads = readsOf(plan, planned, event.inputs)
      lineage.set(event.stage, {
        pipeline,
        until: plan.until.get(pipeline),
        at: Infinity,
        reusedFrom: [],
        published: [],
        ...reads
      })
    } else if (event._tag === "AssetPublished") {
      const stage = lineage.get(event.stage)
      if (stage !== undefined) lineage.set(event.stage, { ...stage, published: [...stage.published, event.asset] })
    } else if (event._tag === "UnitCommitted" || event._tag === "StageEnded") {
      const stage = lineage.get(event.stage)
      if (stage === undefined) continue
      const cached = event._tag === "UnitCommitted" ? event.cached?.run : undefined
      const reusedFrom =
        cached === undefined || stage.reusedFrom.includes(cached) ? stage.reusedFrom : [...stage.reusedFrom, cached]
      lineage.set(event.stage, { ...stage, reusedFrom, at: cached === undefined ? Math.min(stage.at, event.at) : stage.at })
    }
  }
  return lineage
}
interface PlanIndex {
  readonly stages: ReadonlyMap<StageName, PlannedStage>
  /** Names of assets by the pipeline that provides them. */
  readonly assets: ReadonlyMap<string, ReadonlySet<string>>
  /** By pipeline that was asked for days of the past only. */
  readonly until: ReadonlyMap<string, number>
}
const dayMs = 86_400_000
/** Whether the request named the last day. One that stands in the configuration is all that is ever wanted, and makes nothing old. */
const namesItsEnd = (request: Json): boolean =>
  request !== null &&
  typeof request === "object" &&
  "endDate" in request &&
  typeof (request as Readonly<Record<string, Json>>)["endDate"] === "string"
const indexOf = ({ pipelines, stages }: RunPlan, now: number): PlanIndex => {
  const until = new Map(
    pipelines.flatMap((pipeline) => {
      const last = plannedDate(pipeline, "end_date")
      const end = last === undefined ? Infinity : Date.parse(`${last}T00:00:00Z`) + dayMs
      return end < now ? [[pipeline.name, end] as const] : []
    })
  )
  const assets = new Map<string, Set<string>>()
  for (const { outputs, pipeline } of stages)
    for (const { asset } of Object.values(outputs))
      if (asset !== undefined) assets.set(pipeline, (assets.get(pipeline) ?? new Set()).add(asset))
  return { stages: new Map(stages.map((stage) => [stage.name, stage])), assets, until }
}
const readsOf = (
  plan: PlanIndex,
  { inputs, pipeline }: PlannedStage,
  read: Readonly<Record<string, Version>>
): Pick<StageLineage, "versions" | "stages" | "earlier"> => {
  const earlier: Array<string> = []
  const versions: Array<VersionName> = []
  const stages: Array<StageName> = []
  for (const [port, input] of singlesOf({ inputs })) {
    const version = read[port]
    if (version === undefined) continue
    if (input.from === "asset") {
      if (plan.assets.get(pipeline)?.has(input.asset) === true) earlier.push(input.asset)
      else versions.push({ asset: input.asset, version })
      continue
    }
    const asset = plan.stages.get(input.stage)?.outputs[input.port]?.asset
    if (asset === undefined) stages.push(input.stage)
    else versions.push({ asset, version })
  }
  return { versions, stages, earlier }
}
