import { Effect } from "effect"
import type { StandIn, StoredCoverage, StoredOutput } from "../../domain/Artifact.ts"
import type { PlannedOutput } from "../../domain/RunPlan.ts"
import type { StageState } from "../../domain/RunState.ts"
import { recoveredTogether } from "../../planning/recover.ts"
import { ArtifactStore } from "../ports/ArtifactStore.ts"
import { Journal } from "../ports/Journal.ts"
import { StateQueries } from "../ports/StateQueries.ts"
import { byPartition } from "../resolveInputs.ts"
import type { StagePorts, StageRun } from "../runStage.ts"

/** An answer of an earlier run. `at` is when it was published last, in epoch milliseconds. */
export interface Earlier {
  readonly output: StoredOutput
  readonly run: string
  readonly stage: string
  readonly at: number
}
interface Asked {
  readonly fallback: string
  readonly maxAgeMs: number | undefined
}
/** So many runs and versions back an earlier answer is looked for. */
const lookBack = 20
const hours = (ms: number): number => Math.round(ms / 360_000) / 10
const hoursText = (ms: number): string => `${hours(ms)} h`

/** Complete, no stand-in itself, and of the same schema version. */
const isGood = (
  version: { readonly output: StoredOutput; readonly coverage: StoredCoverage; readonly degraded?: string | undefined },
  { type }: PlannedOutput
): boolean =>
  (version.degraded ?? undefined) === undefined &&
  version.coverage.ratio >= 1 &&
  (version.output.type === type || version.output.type === `${type}${byPartition}`)

type Assets = ReadonlyMap<string, { readonly stage: StageState; readonly port: string; readonly planned: PlannedOutput }>
const assetsOf = (stages: ReadonlyArray<StageState>): Assets =>
  new Map(
    stages.flatMap((stage) =>
      Object.entries(stage.planned.outputs).flatMap(([port, planned]) =>
        planned.asset === undefined ? [] : [[planned.asset, { stage, port, planned }] as const]
      )
    )
  )
/** What one completed run of the pipeline published, when it is all of `wanted`, and all of it is still there: the newest such run. */
const ofOneRun = (
  { state, stage }: StageRun,
  wanted: Assets
): Effect.Effect<ReadonlyMap<string, Earlier> | undefined, unknown, StagePorts> =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    const rows = yield* (yield* StateQueries).pipelineRuns({ pipeline: stage.planned.pipeline, limit: lookBack })
    for (const { run, status } of rows) {
      if (run === state.run || status !== "completed") continue
      const found = new Map<string, Earlier>()
      for (const event of yield* (yield* Journal).read(run))
        if (event._tag === "AssetPublished" && wanted.has(event.asset) && isGood(event, wanted.get(event.asset)!.planned))
          found.set(event.asset, { output: event.output, run, stage: event.stage, at: event.at })
      if (found.size < wanted.size) continue
      const there = yield* Effect.forEach(found.values(), ({ output }) => store.holds(output))
      if (there.every(Boolean)) return found
    }
    return undefined
  })
/** The newest good version of one asset, or why there is none. */
const newestOf = (
  { state }: StageRun,
  asset: string,
  planned: PlannedOutput,
  young: (at: number) => string | undefined
): Effect.Effect<Earlier | string, unknown, StagePorts> =>
  Effect.gen(function* () {
    const versions = yield* (yield* StateQueries).assetVersions(asset, lookBack)
    const good = versions.find((version) => version.producer.run !== state.run && isGood(version, planned))
    if (good === undefined) return `has no earlier version of "${asset}"`
    const at = Date.parse(good.producer.at)
    const old = young(at)
    if (old !== undefined) return `has no earlier version that is young enough: "${asset}" is ${old}`
    if (!(yield* (yield* ArtifactStore).holds(good.output))) return `has no earlier version: the files of "${asset}" are gone`
    return { output: good.output, run: good.producer.run, stage: good.producer.stage, at }
  })
const youngerThan =
  (maxAgeMs: number | undefined, now: number) =>
  (at: number): string | undefined =>
    maxAgeMs === undefined || now - at <= maxAgeMs ? undefined : `${hoursText(now - at)} old, ${hoursText(maxAgeMs)} are allowed`

/**
 * The earlier answers of the stage by asset, or why there are none: of one completed run of the pipeline when it has everything that the same fallback stands in
 * for, else the newest good version of each. `use_previous_scenarios` takes one run or nothing; its map has the other stages of the set, too.
 */
export const earlierAnswersOf = (
  run: StageRun,
  asked: Asked,
  now: number
): Effect.Effect<ReadonlyMap<string, Earlier> | string, unknown, StagePorts> =>
  Effect.gen(function* () {
    const { onFailure } = run.stage.planned.policy
    const isSet = typeof onFailure === "object" && onFailure.together === "set"
    const own = assetsOf([run.stage])
    if (own.size === 0) return "has no earlier version: it provides no asset"
    const members = recoveredTogether(run.state, run.stage)
    const wanted = members.includes(run.stage) ? assetsOf(members) : own
    const young = youngerThan(asked.maxAgeMs, now)
    const together = yield* ofOneRun(run, wanted)
    if (isSet) {
      if (together === undefined) return `has no completed earlier run that made all of ${[...wanted.keys()].join(", ")}`
      const old = [...together].flatMap(([asset, { at }]) => (young(at) === undefined ? [] : [`"${asset}" is ${young(at)}`]))[0]
      return old === undefined ? together : `has no earlier run that is young enough: ${old}`
    }
    const found = new Map<string, Earlier>()
    for (const [asset, { planned }] of own) {
      const one = together?.get(asset)
      const answer = one !== undefined && young(one.at) === undefined ? one : yield* newestOf(run, asset, planned, young)
      if (typeof answer === "string") return answer
      found.set(asset, answer)
    }
    return found
  })

/** The outputs of one stage among earlier answers, by port, and the record of them. */
export const takenBy = (
  stage: StageState,
  answers: ReadonlyMap<string, Earlier>,
  asked: Asked,
  now: number
): { readonly outputs: Readonly<Record<string, StoredOutput>>; readonly standIns: ReadonlyArray<StandIn> } => {
  const outputs: Record<string, StoredOutput> = {}
  const standIns: Array<StandIn> = []
  for (const [asset, { port }] of assetsOf([stage])) {
    const answer = answers.get(asset)
    if (answer === undefined) continue
    const { at, output, run } = answer
    outputs[port] = output
    standIns.push({
      asset,
      version: output.version,
      run,
      asof: new Date(at).toISOString(),
      ageHours: hours(Math.max(0, now - at)),
      reason: `fallback ${asked.fallback}`
    })
  }
  return { outputs, standIns }
}
