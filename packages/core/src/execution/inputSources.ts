import { Effect } from "effect"
import type { Producer, StandIn, StoredCoverage, StoredOutput } from "../domain/Artifact.ts"
import type { PartitionKey, Version } from "../domain/Names.ts"
import type { PlannedInput } from "../domain/RunPlan.ts"
import type { RunState } from "../domain/RunState.ts"
import { isAside, type Missing, outputOf } from "../planning/inputs.ts"
import { Journal, type StoreError } from "./ports/Journal.ts"
import { StateQueries } from "./ports/StateQueries.ts"

/** One input that is no group. */
export type Single = Exclude<PlannedInput, { readonly from: "group" }>
type Parts = ReadonlyMap<PartitionKey, StoredOutput>
/** Where an input is stored, and what is known about it. */
export interface Source<R = Journal> {
  readonly output: StoredOutput
  readonly coverage: StoredCoverage
  readonly producer: Producer
  /** What it is in the place of something fresh. */
  readonly standIns: ReadonlyArray<StandIn>
  /** The pieces by partition, in key order; empty for an output of an unpartitioned stage. */
  readonly parts: Effect.Effect<Parts, StoreError, R>
}
const partsOf = (
  units: Iterable<{
    readonly partition: PartitionKey | null
    readonly outputs: Readonly<Record<string, StoredOutput>> | undefined
  }>,
  port: string
): Parts =>
  new Map(
    [...units].flatMap(({ partition, outputs }) =>
      partition === null || outputs?.[port] === undefined ? [] : [[partition, outputs[port]] as const]
    )
  )

/** The pieces of an earlier run's output stand in the journal of that run. */
const partsOfRun = (run: string, stage: string, output: StoredOutput): Effect.Effect<Parts, StoreError, Journal> =>
  Effect.gen(function* () {
    const events = yield* (yield* Journal).read(run)
    const ended = events.findLast((e) => e._tag === "StageEnded" && e.stage === stage)
    const port =
      ended?._tag === "StageEnded" ? Object.entries(ended.outputs).find(([, o]) => o.version === output.version)?.[0] : undefined
    if (port === undefined) return new Map()
    const units = events.flatMap((e) => (e._tag === "UnitCommitted" && e.stage === stage ? [e] : []))
    const keys = events.findLast((e) => e._tag === "PartitionsFixed" && e.stage === stage)
    const order = keys?._tag === "PartitionsFixed" ? keys.keys : []
    const parts = partsOf(units, port)
    return new Map(order.flatMap((key) => (parts.has(key) ? [[key, parts.get(key)!] as const] : [])))
  })
const fromStage = (state: RunState, input: Extract<Single, { readonly from: "stage" }>): Source | Missing => {
  const stage = state.stages.get(input.stage)!
  const found = outputOf(stage, input.port)
  if ("message" in found) return found
  const at = new Date((stage.startedAt ?? 0) + stage.durationMs).toISOString()
  const producer = { run: state.run, stage: input.stage, at }
  const fresh = {
    ...found,
    producer,
    standIns: stage.standIns,
    parts: Effect.sync(() => partsOf(stage.units.values(), input.port))
  }
  if (stage.fallback?.ok !== true) return fresh
  const asset = stage.planned.outputs[input.port]?.asset
  const taken = stage.fallback.took.find((one) => one.asset === asset)
  if (taken !== undefined)
    return {
      ...found,
      producer: { run: taken.run, stage: input.stage, at: taken.asof },
      standIns: [taken],
      parts: partsOfRun(taken.run, input.stage, found.output)
    }
  const { version } = found.output
  const made = { asset: asset ?? `${input.stage}.${input.port}`, version, run: state.run, asof: at, ageHours: 0 }
  return { ...fresh, standIns: [{ ...made, reason: stage.fallback.reason }] }
}
const fromAsset = (
  input: Extract<Single, { readonly from: "asset" }>,
  recorded: Version | undefined
): Effect.Effect<Source | Missing, StoreError, StateQueries> =>
  Effect.gen(function* () {
    const wanted = recorded ?? input.version
    const versions = yield* (yield* StateQueries).assetVersions(input.asset, wanted === undefined ? 1 : undefined)
    const found = wanted === undefined ? versions[0] : versions.find((v) => v.version === wanted)
    if (found === undefined && wanted !== undefined && versions.length > 0)
      return { cause: "missing", message: `"${input.asset}" has no version ${wanted.slice(0, 12)} any more` }
    if (found === undefined) return { cause: "missing", message: `nobody provides "${input.asset}"` }
    const { output, coverage, degraded, producer } = found
    const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
    const ageHours = Math.round((Math.max(0, now - Date.parse(producer.at)) / hourMs) * 10) / 10
    const standIns: ReadonlyArray<StandIn> =
      degraded === undefined
        ? []
        : [{ asset: input.asset, version: found.version, run: producer.run, asof: producer.at, ageHours, reason: degraded }]
    if (!output.type.startsWith(input.type))
      return {
        cause: "missing",
        message: `"${input.asset}" is stored as ${output.type}, and ${input.type} is wanted: run its producer again`
      }
    return { output, coverage, producer, standIns, parts: partsOfRun(producer.run, producer.stage, output) }
  })
const hourMs = 3_600_000
const startsAnew: Missing = { cause: "missing", message: "--force: nothing of before is used" }
/** Where a planned input comes from. `recorded` are the versions that the stage started with, when a run goes on: those again. */
export const sourceOf = (
  state: RunState,
  name: string,
  input: Single,
  recorded: Readonly<Record<string, Version>> | undefined
): Effect.Effect<Source | Missing, StoreError, StateQueries> => {
  // No version of it was written down: the newest does.
  if (isAside(input.accepts) && input.from === "asset")
    return state.plan.force ? Effect.succeed(startsAnew) : fromAsset(input, undefined)
  if (recorded !== undefined && recorded[name] === undefined)
    return Effect.succeed({ cause: "missing", message: `"${name}" was not there when the stage started` })
  return input.from === "stage" ? Effect.succeed(fromStage(state, input)) : fromAsset(input, recorded?.[name])
}
