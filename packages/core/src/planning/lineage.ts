import { Effect } from "effect"
import type { AssetVersion } from "../domain/Artifact.ts"
import type { RunId, StageName, Version } from "../domain/Names.ts"
import type { StoredEvent } from "../domain/RunEvent.ts"
import { type PlannedStage, type RunPlan, singlesOf } from "../domain/RunPlan.ts"

/** One published version of an asset. */
export interface VersionName {
  readonly asset: string
  readonly version: Version
}
/** What a stage of a run was made from. */
export interface StageLineage {
  /** Epoch milliseconds: when its first result was in hand. Meaningless for what was only reused. */
  readonly at: number
  /** The runs that computed what it reused. */
  readonly reusedFrom: ReadonlyArray<RunId>
  /** Published versions that it read. Those that its own pipeline made earlier are no source: it lays new data over them. */
  readonly versions: ReadonlyArray<VersionName>
  /** Stages of the same run whose unpublished outputs it read. */
  readonly stages: ReadonlyArray<StageName>
}
export type RunLineage = ReadonlyMap<StageName, StageLineage>

/** Who read what in a run, from its events. Empty for a run whose events are not kept any more. Pure. */
export const lineageOf = (events: Iterable<StoredEvent>): RunLineage => {
  const lineage = new Map<StageName, StageLineage>()
  let plan: PlanIndex | undefined
  for (const event of events) {
    if (event._tag === "PlanFixed") plan = indexOf(event.plan)
    else if (event._tag === "StageStarted") {
      const planned = plan?.stages.get(event.stage)
      if (plan === undefined || planned === undefined) continue
      lineage.set(event.stage, { at: Number.POSITIVE_INFINITY, reusedFrom: [], ...readsOf(plan, planned, event.inputs) })
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
}
const indexOf = ({ stages }: RunPlan): PlanIndex => {
  const assets = new Map<string, Set<string>>()
  for (const { outputs, pipeline } of stages)
    for (const { asset } of Object.values(outputs))
      if (asset !== undefined) assets.set(pipeline, (assets.get(pipeline) ?? new Set()).add(asset))
  return { stages: new Map(stages.map((stage) => [stage.name, stage])), assets }
}
const readsOf = (
  plan: PlanIndex,
  { inputs, pipeline }: PlannedStage,
  read: Readonly<Record<string, Version>>
): Pick<StageLineage, "versions" | "stages"> => {
  const versions: Array<VersionName> = []
  const stages: Array<StageName> = []
  for (const [port, input] of singlesOf({ inputs })) {
    const version = read[port]
    if (version === undefined) continue
    if (input.from === "asset") {
      if (plan.assets.get(pipeline)?.has(input.asset) !== true) versions.push({ asset: input.asset, version })
      continue
    }
    const asset = plan.stages.get(input.stage)?.outputs[input.port]?.asset
    if (asset === undefined) stages.push(input.stage)
    else versions.push({ asset, version })
  }
  return { versions, stages }
}

/** What was recorded about versions and runs. The store answers; a test answers from tables. */
export interface LineageFacts<E = never, R = never> {
  /** Newest first. */
  readonly versions: (asset: string) => Effect.Effect<ReadonlyArray<AssetVersion>, E, R>
  readonly lineage: (run: RunId) => Effect.Effect<RunLineage, E, R>
  /** Epoch milliseconds. */
  readonly requestedAt: (run: RunId) => Effect.Effect<number | undefined, E, R>
}
/** How old data is: when the oldest of its sources was in hand, epoch milliseconds, and the asset that this source went into. */
export interface AsOf {
  readonly at: number
  readonly asset: string
}

/**
 * Answers how old versions are, each run and version looked at once. A stage that reads nothing from elsewhere is a source: as old as its own
 * result, or, when that was reused, as the run that computed it. Everything else is as old as the oldest thing that it read: what was made today
 * from data of five days ago is five days old. A version that a later run confirmed unchanged is as old as that run says.
 */
export const asOfReader = <E, R>(facts: LineageFacts<E, R>): ((version: AssetVersion) => Effect.Effect<AsOf, E, R>) => {
  const known = new Map<string, AsOf>()
  /** Being looked at: a version that came again may stand in its own lineage, and adds nothing there. */
  const open = new Set<string>()
  const once = (name: string, look: Effect.Effect<AsOf, E, R>): Effect.Effect<AsOf | undefined, E, R> =>
    Effect.suspend(() => {
      if (known.has(name)) return Effect.succeed(known.get(name))
      if (open.has(name)) return Effect.succeed(undefined)
      open.add(name)
      return Effect.map(look, (found) => {
        open.delete(name)
        known.set(name, found)
        return found
      })
    })
  const ofStage = (run: RunId, stage: StageName, made: AsOf): Effect.Effect<AsOf | undefined, E, R> =>
    once(
      JSON.stringify([run, stage, made.asset]),
      Effect.gen(function* () {
        const lineage = (yield* facts.lineage(run)).get(stage)
        if (lineage === undefined) return made
        const own = { at: Math.min(lineage.at, made.at), asset: made.asset }
        const sources: Array<AsOf> = []
        for (const { asset, version } of lineage.versions) {
          const found = (yield* facts.versions(asset)).find((one) => one.version === version)
          const source = found === undefined ? own : yield* ofVersion(found)
          if (source !== undefined) sources.push(source)
        }
        for (const upstream of lineage.stages) {
          const source = yield* ofStage(run, upstream, own)
          if (source !== undefined) sources.push(source)
        }
        if (sources.length === 0)
          for (const reused of lineage.reusedFrom) sources.push({ ...own, at: (yield* facts.requestedAt(reused)) ?? own.at })
        return sources.reduce((oldest, one) => (one.at < oldest.at ? one : oldest), sources[0] ?? own)
      })
    )
  const ofVersion = ({ asset, producer, version }: AssetVersion): Effect.Effect<AsOf | undefined, E, R> =>
    once(
      `${asset}@${version}`,
      Effect.suspend(() => {
        const made = { at: Date.parse(producer.at), asset }
        return Effect.map(ofStage(producer.run, producer.stage, made), (found) => found ?? made)
      })
    )
  return (version) =>
    Effect.map(ofVersion(version), (found) => found ?? { at: Date.parse(version.producer.at), asset: version.asset })
}
