import { Context, Effect, Exit } from "effect"
import type { AnyNode } from "../authoring/definePipeline.ts"
import type { StoredCoverage, StoredOutput, StoredTable, StoredValue } from "../domain/Artifact.ts"
import { degradedBy } from "../domain/degraded.ts"
import type { Json, StageName } from "../domain/Names.ts"
import type { RunEvent } from "../domain/RunEvent.ts"
import type { RunState, StageState } from "../domain/RunState.ts"
import { stageKey } from "../planning/fingerprint.ts"
import { heldBackFor, isHeldBack } from "../planning/recover.ts"
import { encodeKey, typeOfPort } from "./codec.ts"
import { taggedText } from "../domain/failureText.ts"
import { BadOutput } from "./failures.ts"
import type { LiveRun } from "./LiveRun.ts"
import { asFailure, effectOf, supervise } from "./perform.ts"
import { ArtifactStore } from "./ports/ArtifactStore.ts"
import type { Journal, StoreError } from "./ports/Journal.ts"
import { StateQueries } from "./ports/StateQueries.ts"
import { byPartition, resolveInputs, type ResolvedInputs } from "./resolveInputs.ts"

/** A stage of a run, with the executable side of it. */
export interface StageRun {
  readonly state: RunState
  readonly stage: StageState
  readonly node: AnyNode["~node"]
}
export type StagePorts = ArtifactStore | StateQueries | Journal
/** What an effect for a stage found out, to be recorded. */
export type Facts = ReadonlyArray<RunEvent>
const nothing: StoredCoverage = { done: 0, expected: 1, ratio: 0, missing: [] }

export const endedAs = (stage: StageName, status: "skipped" | "failed", reason: string): RunEvent => ({
  _tag: "StageEnded",
  stage,
  status,
  outputs: {},
  coverage: nothing,
  reason,
  reused: false,
  durationMs: 0
})
/** Resolves the inputs. Answers `StageStarted` with the handles, or the end of a stage that cannot start. */
export const prepareStage = ({
  state,
  stage,
  node
}: StageRun): Effect.Effect<{ readonly facts: Facts; readonly inputs: ResolvedInputs | undefined }, StoreError, StagePorts> =>
  Effect.gen(function* () {
    const { planned } = stage
    const inputs = yield* resolveInputs(state, stage, node.stage, undefined)
    if ("missing" in inputs) return { facts: [endedAs(planned.name, "skipped", inputs.missing)], inputs: undefined }
    const { degraded } = inputs
    const { key, parts } = stageKey(planned, {
      inputs: inputs.versions,
      partitions: inputs.partitions,
      degraded: node.stage["~definition"].showsDegraded ? degraded : [],
      wraps: node.wraps.map(String),
      seed: state.plan.seed
    })
    return {
      facts: [
        {
          _tag: "StageStarted",
          stage: planned.name,
          inputs: inputs.versions,
          key,
          keyParts: parts,
          ...(degraded.length === 0 ? {} : { degraded })
        }
      ],
      inputs
    }
  })
/** Asks for the keys; they are what `PartitionsFixed` records. */
export const askForKeys = (
  { stage, node }: StageRun,
  inputs: ResolvedInputs["handles"],
  services: Context.Context<never>
): Effect.Effect<ReadonlyArray<string>, unknown> =>
  Effect.gen(function* () {
    const rule = node.stage["~definition"].partitions
    if (rule === undefined) return yield* new BadOutput({ output: "keys", detail: ": the stage has no partitions" })
    const { errors } = node.stage["~definition"]
    const abort = new AbortController()
    const ask = effectOf(() => rule.keys({ config: node.config, inputs: inputs as never, signal: abort.signal }), errors).pipe(
      Effect.flatMap((keys) =>
        Effect.try({ try: () => [...(keys as Iterable<unknown>)], catch: (error) => asFailure(errors, error) })
      )
    )
    const { timeoutMs, graceMs } = stage.planned.policy
    const keys = yield* supervise(ask, Context.merge(yield* Effect.context(), services), { abort, timeoutMs, graceMs })
    const encoded = keys.map((key) => encodeKey(rule.key, key))
    const wrong = encoded.find((key) => "why" in key)
    if (wrong !== undefined && "why" in wrong) return yield* new BadOutput({ output: "keys", detail: `: ${wrong.why}` })
    const names = encoded.map((key) => ("ok" in key ? key.ok : ""))
    const seen = new Set<string>()
    const twice = names.find((name) => seen.size === seen.add(name).size)
    return twice === undefined ? names : yield* new BadOutput({ output: "keys", detail: `: "${twice}" is named twice` })
  })
const mergeTables = ({ state, stage, node }: StageRun, name: string): Effect.Effect<StoredTable, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const type = typeOfPort(node.stage.outputs[name])
    if (type.kind !== "table") return yield* new BadOutput({ output: name, detail: " is no table" })
    const parts = [...stage.units.values()].flatMap((u) => (u.outputs?.[name]?.kind === "table" ? [u.outputs[name]] : []))
    const store = yield* ArtifactStore
    if (parts.length > 0) return yield* store.merge(type, parts)
    // No partition at all is an answer: the empty table.
    return yield* (yield* store.sink(type, [state.run, stage.planned.name, "-", 0, name].join("/"))).finish
  })
const mergeValues = (stage: StageState, name: string, type: string): Effect.Effect<StoredValue, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    const all: Record<string, Json> = {}
    for (const unit of stage.units.values()) {
      const output = unit.outputs?.[name]
      if (output?.kind === "value") all[unit.partition ?? ""] = yield* store.getValue(output)
    }
    return yield* store.putValue(`${type}${byPartition}`, all)
  })
/** The outputs of a stage from those of its units: one unit's as they are, partitions joined in key order. */
const gather = (run: StageRun): Effect.Effect<Readonly<Record<string, StoredOutput>>, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const { stage } = run
    if (!stage.planned.partitioned) return stage.units.get(null)?.outputs ?? {}
    const outputs: Record<string, StoredOutput> = {}
    for (const [name, planned] of Object.entries(stage.planned.outputs))
      outputs[name] = planned.kind === "table" ? yield* mergeTables(run, name) : yield* mergeValues(stage, name, planned.type)
    return outputs
  })
/** Copies named files to where people find them. A file that cannot be copied costs a line in the log, not the stage. */
const exposeArtifacts = (
  { state, stage }: StageRun,
  warn: (message: string) => void
): Effect.Effect<void, never, ArtifactStore> =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    const files = [...stage.units.values()].flatMap((unit) => unit.artifacts.map((artifact) => ({ unit, artifact })))
    yield* Effect.forEach(
      files,
      ({ unit, artifact }) => {
        const folder =
          unit.partition === null ? stage.planned.name : `${stage.planned.name}/${encodeURIComponent(unit.partition)}`
        return store
          .expose(state.run, folder, artifact)
          .pipe(Effect.catch((e) => Effect.sync(() => warn(`"${artifact.name}" was not copied to the reports: ${e.message}`))))
      },
      { concurrency: 8, discard: true }
    )
  })
/** Publishes every asset among the outputs; answers the facts about it. The folder is there before the fact is recorded. */
export const publishAssets = (
  { state, stage }: StageRun,
  outputs: Readonly<Record<string, StoredOutput>>,
  coverage: StoredCoverage,
  degraded: string | undefined
): Effect.Effect<Facts, unknown, StagePorts> =>
  Effect.gen(function* () {
    const facts: Array<RunEvent> = []
    const at = new Date(yield* Effect.clockWith((c) => c.currentTimeMillis)).toISOString()
    for (const [port, { asset }] of Object.entries(stage.planned.outputs)) {
      const output = outputs[port]
      if (asset === undefined || output === undefined) continue
      const { inputs } = stage
      const newest = (yield* (yield* StateQueries).assetVersions(asset, 1))[0]
      const producer = { run: state.run, stage: stage.planned.name, at }
      yield* (yield* ArtifactStore).publish({
        asset,
        version: output.version,
        output,
        coverage,
        producer,
        inputs,
        ...(degraded === undefined ? {} : { degraded })
      })
      facts.push({
        _tag: "AssetPublished",
        asset,
        stage: stage.planned.name,
        output,
        coverage,
        inputs,
        unchanged: newest?.version === output.version,
        degraded
      })
    }
    return facts
  })
/** Ending such a stage shows nothing to anybody: its outputs are those of its unit, and no other stage's were kept back for it. */
export const publishesNothing = (state: RunState, stage: StageState): boolean =>
  !stage.planned.partitioned &&
  Object.values(stage.planned.outputs).every(({ asset }) => asset === undefined) &&
  [...stage.units.values()].every((unit) => unit.artifacts.length === 0) &&
  heldBackFor(state, stage).length === 0

const reusedFrom = (stage: StageState): string | undefined => {
  const runs = new Set([...stage.units.values()].map((u) => u.cachedFrom))
  return runs.size === 0 || runs.has(undefined) ? undefined : `unchanged since run ${[...runs].join(", ")}`
}
/** What other stages of its set made and kept back until this one is there. */
const publishHeld = (run: StageRun): Effect.Effect<Facts, unknown, StagePorts> =>
  Effect.map(
    Effect.forEach(heldBackFor(run.state, run.stage), (stage) =>
      publishAssets({ ...run, stage }, stage.outputs, stage.coverage ?? nothing, stage.degraded)
    ),
    (facts) => facts.flat()
  )
interface Settled {
  readonly status: "completed" | "partial"
  readonly coverage: StoredCoverage
  readonly reason: string | undefined
  readonly now: number
}
const endedWith = (stage: StageState, outputs: Readonly<Record<string, StoredOutput>>, how: Settled): RunEvent => {
  const reused = reusedFrom(stage)
  return {
    _tag: "StageEnded",
    stage: stage.planned.name,
    status: how.status,
    outputs,
    coverage: how.coverage,
    reason: how.reason ?? reused,
    reused: reused !== undefined,
    durationMs: Math.max(0, how.now - (stage.startedAt ?? how.now))
  }
}
/** Puts the outputs together, publishes them and ends the stage. */
export const settleStage = (
  run: StageRun,
  how: Settled,
  live: Pick<LiveRun, "failureOf" | "warn">
): Effect.Effect<Facts, never, StagePorts> => {
  const { state, stage } = run
  // There is nothing to wait for.
  if (publishesNothing(state, stage)) return Effect.succeed([endedWith(stage, stage.units.get(null)?.outputs ?? {}, how)])
  return Effect.gen(function* () {
    const outputs = yield* gather(run)
    yield* exposeArtifacts(run, (message) => live.warn(stage.planned.name, message))
    const published = isHeldBack(state, stage)
      ? []
      : [...(yield* publishHeld(run)), ...(yield* publishAssets(run, outputs, how.coverage, degradedBy(state, stage)))]
    return [endedWith(stage, outputs, how), ...published]
  }).pipe(
    Effect.exit,
    Effect.map((exit) => {
      if (Exit.isSuccess(exit)) return exit.value
      const why = taggedText(live.failureOf(exit.cause))
      return [endedAs(stage.planned.name, "failed", `its outputs could not be put together: ${why}`)]
    })
  )
}
