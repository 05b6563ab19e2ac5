import { Effect } from "effect"
import type { StageName, Version } from "../domain/Names.ts"
import { type Accepts, type PlannedStage, type Single, singlesOf } from "../domain/RunPlan.ts"
import { type StageKey, stageKey, unitKey } from "./fingerprint.ts"
import { isAside, isOptional } from "./inputs.ts"
import type { BuiltPlan } from "./RunRequest.ts"

/** What is known about earlier runs. The storage answers; a test answers from a table. */
export interface PlanFacts<E = never, R = never> {
  /** The newest published version of an asset. */
  readonly latestAsset: (asset: string) => Effect.Effect<{ readonly version: Version; readonly run: string } | undefined, E, R>
  /** A committed unit with this cache key that is young enough for the stage: its run, and the versions of its outputs by port. */
  readonly cachedUnit: (
    key: string,
    stage: PlannedStage
  ) => Effect.Effect<{ readonly run: string; readonly outputs: Readonly<Record<string, Version>> } | undefined, E, R>
}
export interface StageForecast {
  readonly stage: StageName
  readonly will: "run" | "reuse" | "skip"
  /** In whole sentences, the deciding one first. */
  readonly reasons: ReadonlyArray<string>
  /** The fields of its cache key, as far as its inputs are known: to be compared with those of an earlier run. */
  readonly keyParts?: StageKey["parts"]
}
/** What a stage will give, as far as it can be told. */
type Outcome =
  | { readonly _tag: "Known"; readonly outputs: Readonly<Record<string, Version>> }
  | { readonly _tag: "Unknown" }
  | { readonly _tag: "Missing" }
type Resolved =
  | { readonly _tag: "Version"; readonly version: Version }
  | { readonly _tag: "Unknown"; readonly because: string }
  | { readonly _tag: "Missing"; readonly because: string }

/**
 * What each stage of the plan would do now, in the order of the plan: run, be reused because a unit with the same cache key is there, or be
 * skipped. A stage behind one that will run is said to run, unless that one gives the same again.
 */
export const explainPlan = <E, R>(
  { nodes, plan }: BuiltPlan,
  facts: PlanFacts<E, R>
): Effect.Effect<ReadonlyArray<StageForecast>, E, R> =>
  Effect.gen(function* () {
    const outcomes = new Map<StageName, Outcome>()
    const forecasts: Array<StageForecast> = []
    for (const stage of plan.stages) {
      const wraps = (nodes.get(stage.name)?.["~node"].wraps ?? []).map(String)
      const told = yield* forecastOf(stage, outcomes, {
        facts,
        force: plan.force,
        keyOf: (inputs) => stageKey(stage, { inputs, partitions: {}, wraps, seed: plan.seed })
      })
      outcomes.set(stage.name, told.outcome)
      const { keyParts, reasons, will } = told
      forecasts.push({ stage: stage.name, will, reasons, ...(keyParts === undefined ? {} : { keyParts }) })
    }
    return forecasts
  })

interface Asking<E, R> {
  readonly facts: PlanFacts<E, R>
  readonly force: boolean
  readonly keyOf: (inputs: Readonly<Record<string, Version>>) => StageKey
}
interface Told {
  readonly will: StageForecast["will"]
  readonly reasons: ReadonlyArray<string>
  readonly outcome: Outcome
  readonly keyParts?: StageKey["parts"]
}
const skipped = (...reasons: ReadonlyArray<string>): Told => ({ will: "skip", reasons, outcome: { _tag: "Missing" } })

const forecastOf = <E, R>(
  stage: PlannedStage,
  outcomes: ReadonlyMap<StageName, Outcome>,
  { facts, force, keyOf }: Asking<E, R>
): Effect.Effect<Told, E, R> =>
  Effect.gen(function* () {
    if (!stage.enabled) return skipped("switched off by a parameter")
    const versions: Record<string, Version> = {}
    const open: Array<string> = []
    const read = singlesOf(stage).filter(([, input]) => !isAside(input.accepts))
    for (const [port, input] of read) {
      const resolved = yield* resolve(input, outcomes, facts)
      if (resolved._tag === "Version") versions[port] = resolved.version
      else if (resolved._tag === "Unknown") open.push(resolved.because)
      else if (!isOptional(input.accepts)) return skipped(`its input "${port}" is not there: ${resolved.because}`)
    }
    const { key, parts: keyParts } = keyOf(versions)
    const runs = (...reasons: ReadonlyArray<string>): Told => ({ will: "run", reasons, outcome: { _tag: "Unknown" }, keyParts })
    if (force) return runs("--force: nothing is reused")
    if (stage.policy.cache.kind === "never") return runs("its results are never reused")
    if (open.length > 0) return runs(...open)
    if (read.some(([, input]) => isByPartition(input.accepts)))
      return runs("its inputs are known; which partitions they have is seen when it runs, and it is reused if they are the same")
    if (stage.partitioned)
      return runs("its inputs are known; which partitions there are is asked when it runs, and unchanged ones are reused")
    const hit = yield* facts.cachedUnit(unitKey(key, null), stage)
    return hit === undefined
      ? runs("no earlier run had the same code, configuration and inputs")
      : {
          will: "reuse",
          reasons: [`same code, configuration and inputs as in run ${hit.run}`],
          outcome: { _tag: "Known", outputs: hit.outputs }
        }
  })

const isByPartition = (accepts: Accepts): boolean =>
  accepts.kind === "partial" || (accepts.kind === "optional" && isByPartition(accepts.inner))

const resolve = <E, R>(
  input: Single,
  outcomes: ReadonlyMap<StageName, Outcome>,
  facts: PlanFacts<E, R>
): Effect.Effect<Resolved, E, R> =>
  Effect.gen(function* () {
    if (input.from === "asset") {
      const latest = yield* facts.latestAsset(input.asset)
      return latest === undefined
        ? { _tag: "Missing", because: `"${input.asset}" was never published; run its pipeline first` }
        : { _tag: "Version", version: latest.version }
    }
    const outcome = outcomes.get(input.stage)
    const version = outcome?._tag === "Known" ? outcome.outputs[input.port] : undefined
    if (version !== undefined) return { _tag: "Version", version }
    return outcome?._tag === "Missing"
      ? { _tag: "Missing", because: `${input.stage} is skipped` }
      : { _tag: "Unknown", because: `${input.stage} runs before it, and may give something new` }
  })
