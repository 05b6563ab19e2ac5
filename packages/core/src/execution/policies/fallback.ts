import { Effect, Exit } from "effect"
import type { FallbackDefinition } from "../../authoring/fallback.ts"
import type { AssetVersion, StoredCoverage, StoredOutput } from "../../domain/Artifact.ts"
import type { RunEvent } from "../../domain/RunEvent.ts"
import type { Command } from "../../planning/decide.ts"
import { recordedFailure } from "../failures.ts"
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
const bodyOf = (run: StageRun, asked: Asked, tools: FallbackTools): (() => unknown) | undefined => {
  const own = run.node.stage["~definition"].fallbacks[asked.fallback]
  const contributed = tools.contributed(asked.fallback)
  const from = { failure: asked.failure, inputs: tools.inputs, previous: undefined }
  if (own !== undefined) return () => own(from)
  return contributed === undefined ? undefined : () => contributed.recover(from)
}
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
    const body = bodyOf(run, asked, tools)
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
