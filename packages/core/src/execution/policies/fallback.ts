import { Effect, Exit } from "effect"
import type { FallbackDefinition } from "../../authoring/fallback.ts"
import type { AssetVersion, StoredCoverage, StoredOutput } from "../../domain/Artifact.ts"
import type { RunEvent } from "../../domain/RunEvent.ts"
import type { Command } from "../../planning/decide.ts"
import { typeOfPort } from "../codec.ts"
import { recordedFailure } from "../failures.ts"
import { handleOf } from "../resolveInputs.ts"
import type { Produced } from "../runAttempt.ts"
import { ArtifactStore } from "../ports/ArtifactStore.ts"
import { StateQueries } from "../ports/StateQueries.ts"
import { type Facts, publishAssets, type StagePorts, type StageRun } from "../runStage.ts"

/** Built in: the newest published version of every output. `use_previous_scenarios` is its older name. */
export const usePrevious: ReadonlyArray<string> = ["use_cached_data", "use_previous", "use_previous_scenarios"]

type Asked = Extract<Command, { readonly _tag: "TryFallback" }>
const whole: StoredCoverage = { done: 1, expected: 1, ratio: 1, missing: [] }
const hours = (ms: number): string => `${Math.round(ms / 360_000) / 10} h`

/** The newest version of each output that can be read and is complete, or why there is none. */
const previousOf = (
  { stage, state }: StageRun,
  maxAgeMs: number | undefined,
  now: number
): Effect.Effect<ReadonlyMap<string, AssetVersion> | string, unknown, StagePorts> =>
  Effect.gen(function* () {
    const found = new Map<string, AssetVersion>()
    for (const [port, { asset, type }] of Object.entries(stage.planned.outputs)) {
      if (asset === undefined) return `output "${port}" is no asset, so no earlier version of it was kept`
      const versions = yield* (yield* StateQueries).assetVersions(asset, 20)
      // A version that was itself a stand-in, or that this run made, is not the last good one.
      const good = versions.find(
        (v) => v.degraded === undefined && v.output.type.startsWith(type) && v.coverage.ratio >= 1 && v.producer.run !== state.run
      )
      if (good === undefined) return "has no earlier version"
      const age = now - Date.parse(good.producer.at)
      if (maxAgeMs !== undefined && age > maxAgeMs)
        return `has no earlier version that is young enough: "${asset}" is ${hours(age)} old, ${hours(maxAgeMs)} are allowed`
      if (!(yield* (yield* ArtifactStore).holds(good.output))) return `has no earlier version: the files of "${asset}" are gone`
      found.set(port, good)
    }
    return found.size === 0 ? "has no earlier version" : found
  })
const ended = ({ stage }: StageRun, outputs: Readonly<Record<string, StoredOutput>>, reason: string, now: number): RunEvent => ({
  _tag: "StageEnded",
  stage: stage.planned.name,
  status: "partial",
  outputs,
  coverage: whole,
  reason,
  reused: false,
  durationMs: Math.max(0, now - (stage.startedAt ?? now))
})
export interface FallbackTools {
  readonly now: number
  readonly inputs: Readonly<Record<string, unknown>>
  /** A fallback that a plugin contributed to `tetra.fallback`. */
  readonly contributed: (name: string) => FallbackDefinition | undefined
  /** Runs a body in the place of the stage's own `run`, with the stage's checks and limits. */
  readonly attempt: (body: () => unknown) => Effect.Effect<Produced, unknown, ArtifactStore>
}
/** The last good answer of the stage as its fallback reads it: a handle or a value by port. None: not all of it is there any more. */
const readPrevious = (
  run: StageRun,
  asked: Asked,
  now: number
): Effect.Effect<Readonly<Record<string, unknown>> | undefined, unknown, StagePorts> =>
  Effect.gen(function* () {
    const found = yield* previousOf(run, asked.maxAgeMs, now)
    if (typeof found === "string") return undefined
    const handles: Record<string, unknown> = {}
    for (const [port, { output, producer }] of found) {
      const type = typeOfPort(run.node.stage.outputs[port])
      handles[port] = yield* handleOf(type, output, producer).pipe(Effect.mapError((e) => new Error(e.message)))
    }
    return handles
  })
/** What a fallback that somebody wrote does; undefined for one of ours. */
const bodyOf = (
  run: StageRun,
  asked: Asked,
  tools: FallbackTools
): Effect.Effect<(() => unknown) | undefined, unknown, StagePorts> =>
  Effect.gen(function* () {
    const own = run.node.stage["~definition"].fallbacks[asked.fallback]
    const recover = own ?? tools.contributed(asked.fallback)?.recover
    if (recover === undefined) return undefined
    const from = { failure: asked.failure, inputs: tools.inputs, previous: yield* readPrevious(run, asked, tools.now) }
    return () => recover(from)
  })
/** Tries the stage's fallback; answers what to record. A fallback that works leaves the stage `partial`. */
export const tryFallback = (run: StageRun, asked: Asked, tools: FallbackTools): Effect.Effect<Facts, never, StagePorts> =>
  Effect.gen(function* (): Effect.fn.Return<Facts, unknown, StagePorts> {
    const stage = run.stage.planned.name
    const reason = `${asked.failure.tag}: ${asked.failure.message}; fallback ${asked.fallback}`
    const tried = (ok: boolean, why: string): RunEvent => ({
      _tag: "FallbackTried",
      stage,
      fallback: asked.fallback,
      ok,
      reason: why
    })
    const body = yield* bodyOf(run, asked, tools)
    if (body !== undefined) {
      const { outputs } = yield* tools.attempt(body)
      return [
        tried(true, `fallback ${asked.fallback}`),
        ended(run, outputs, reason, tools.now),
        ...(yield* publishAssets(run, outputs, whole, reason))
      ]
    }
    if (!usePrevious.includes(asked.fallback)) return [tried(false, `fallback ${asked.fallback} is not known`)]
    const previous = yield* previousOf(run, asked.maxAgeMs, tools.now)
    if (typeof previous === "string") return [tried(false, `fallback ${asked.fallback} ${previous}`)]
    const outputs = Object.fromEntries([...previous].map(([port, version]) => [port, version.output]))
    const from = [...new Set([...previous.values()].map((v) => v.producer.run))].join(", ")
    return [tried(true, `fallback ${asked.fallback}, made by run ${from}`), ended(run, outputs, reason, tools.now)]
  }).pipe(
    Effect.exit,
    Effect.map((exit): Facts => {
      if (Exit.isSuccess(exit)) return exit.value
      const why = recordedFailure(exit.cause, [])
      return [
        {
          _tag: "FallbackTried",
          stage: asked.stage,
          fallback: asked.fallback,
          ok: false,
          reason: `and fallback ${asked.fallback} failed too: ${why.message}`
        }
      ]
    })
  )
