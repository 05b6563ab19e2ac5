import { Effect, Result } from "effect"
import type { DataType, InPort, PartitionSet, PlainPort, Unavailable } from "../authoring/data.ts"
import type { AnyStage } from "../authoring/defineStage.ts"
import type { Producer, StandIn, StoredOutput } from "../domain/Artifact.ts"
import { distinctStandIns } from "../domain/degraded.ts"
import type { Json, PartitionKey, Version } from "../domain/Names.ts"
import type { PlannedInput } from "../domain/RunPlan.ts"
import type { RunState, StageState } from "../domain/RunState.ts"
import { partitionsHash } from "../planning/fingerprint.ts"
import { isAside, type Missing, refusal } from "../planning/inputs.ts"
import { decodeJson, typeOfPort } from "./codec.ts"
import { type Single, type Source, sourceOf } from "./inputSources.ts"
import { ArtifactStore } from "./ports/ArtifactStore.ts"
import type { Journal, StoreError } from "./ports/Journal.ts"
import type { StateQueries } from "./ports/StateQueries.ts"

type Reading = ArtifactStore | StateQueries | Journal
type Definition = Pick<AnyStage, "inputs">
type PlannedInputs = Readonly<Record<string, PlannedInput>>
export interface ResolvedInputs {
  readonly handles: Readonly<Record<string, unknown>>
  /** By port (`port.member` for a group); an input that could not be had is left out. */
  readonly versions: Readonly<Record<string, Version>>
  /** By port that is read by partition: a hash of its keys and of what is missing. */
  readonly partitions: Readonly<Record<string, string>>
  /** What stands in for something fresh among them. */
  readonly degraded: ReadonlyArray<StandIn>
}
/** Suffix of the type of a partitioned value: a map by partition. */
export const byPartition = " by partition"

const readValue = (type: Extract<DataType, { readonly kind: "value" }>, json: Json): Effect.Effect<unknown, Missing> => {
  const decoded = decodeJson(type.schema, json)
  return "ok" in decoded
    ? Effect.succeed(decoded.ok)
    : Effect.fail({ cause: "failed", message: `what is stored does not fit ${type.id}: ${decoded.why}` })
}
/** What a stage reads of a stored output: a dataset, or the decoded value. */
export const handleOf = (
  type: DataType,
  output: StoredOutput,
  producer: Producer
): Effect.Effect<unknown, Missing, ArtifactStore> =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    if (type.kind === "table")
      return output.kind === "table"
        ? store.open(type, output, producer)
        : yield* Effect.fail<Missing>({ cause: "failed", message: `${output.type} is no table` })
    if (output.kind === "table")
      return yield* Effect.fail<Missing>({ cause: "failed", message: `${output.type} is a table, a value is wanted` })
    const json = yield* store.getValue(output).pipe(Effect.mapError((e): Missing => ({ cause: "missing", message: e.message })))
    if (!output.type.endsWith(byPartition)) return yield* readValue(type, json)
    const entries = Object.entries(json as Readonly<Record<string, Json>>)
    return new Map(
      yield* Effect.forEach(entries, ([key, one]) => Effect.map(readValue(type, one), (value) => [key, value] as const))
    )
  })
const partitionSet = <R>(
  type: DataType,
  source: Source<R>
): Effect.Effect<PartitionSet<unknown, unknown>, Missing | StoreError, ArtifactStore | R> =>
  Effect.gen(function* () {
    const parts = yield* source.parts
    const handles = new Map<string, unknown>()
    for (const [key, output] of parts) handles.set(key, yield* handleOf(type, output, source.producer))
    const all = yield* handleOf(type, source.output, source.producer)
    return { all, keys: [...handles.keys()], get: (key) => handles.get(key), coverage: source.coverage }
  })
interface Resolved {
  readonly handle: unknown
  readonly version: Version | undefined
  readonly partitions: string | undefined
  readonly standIns: ReadonlyArray<StandIn>
}
const unavailable = ({ cause, message }: Missing): Unavailable => ({ _tag: "Unavailable", cause, message })
const resolvePort = <R>(
  port: InPort,
  input: Single,
  source: Source<R> | Missing
): Effect.Effect<Resolved, Missing | StoreError, ArtifactStore | R> =>
  Effect.gen(function* () {
    if (port.kind === "optional") {
      const inner = resolvePort(port.port, input, source)
      return yield* inner.pipe(
        Effect.map((resolved): Resolved => ({ ...resolved, handle: Result.succeed(resolved.handle) })),
        Effect.catchIf(
          (e): e is Missing => "cause" in e && !("_tag" in e),
          (missing) =>
            Effect.succeed<Resolved>({
              handle: Result.fail(unavailable(missing)),
              version: undefined,
              partitions: undefined,
              standIns: []
            })
        )
      )
    }
    if ("message" in source) return yield* Effect.fail(source)
    const refused = refusal(input.accepts, source.coverage)
    if (refused !== undefined) return yield* Effect.fail(refused)
    const type = typeOfPort((port.kind === "partial" ? port.port : port) as PlainPort)
    const { version } = source.output
    const { standIns } = source
    if (port.kind !== "partial")
      return { handle: yield* handleOf(type, source.output, source.producer), version, partitions: undefined, standIns }
    const handle = yield* partitionSet(type, source)
    return { handle, version, partitions: partitionsHash(handle.keys, source.coverage.missing), standIns }
  })
const isStoreError = (error: Missing | StoreError): error is StoreError => "_tag" in error

/** A published asset whose files somebody removed is as good as none: an optional reader goes on without it. */
const stillThere = <R>(input: Single, source: Source<R> | Missing): Effect.Effect<Source<R> | Missing, never, ArtifactStore> =>
  Effect.gen(function* () {
    if (input.from !== "asset" || "message" in source || (yield* (yield* ArtifactStore).holds(source.output))) return source
    return { cause: "missing", message: `the files of "${input.asset}" are gone: run its producer again, or restore a backup` }
  })
/** Handles for every input, from where `source` says that each comes from. */
const resolveFrom = <R>(
  planned: PlannedInputs,
  definition: Definition,
  source: (name: string, input: Single) => Effect.Effect<Source<R> | Missing, StoreError, R>
): Effect.Effect<ResolvedInputs | { readonly missing: string }, StoreError, ArtifactStore | R> =>
  Effect.gen(function* () {
    const versions: Record<string, Version> = {}
    const partitions: Record<string, string> = {}
    const standIns: Array<StandIn> = []
    const one = (name: string, port: InPort, input: Single) =>
      Effect.gen(function* () {
        const resolved = yield* resolvePort(port, input, yield* stillThere(input, yield* source(name, input)))
        if (isAside(input.accepts)) return resolved.handle
        if (resolved.version !== undefined) versions[name] = resolved.version
        if (resolved.partitions !== undefined) partitions[name] = resolved.partitions
        standIns.push(...resolved.standIns)
        return resolved.handle
      }).pipe(Effect.mapError((e) => (isStoreError(e) ? e : { missing: `input "${name}": ${e.message}` })))
    const handles: Record<string, unknown> = {}
    for (const [name, port] of Object.entries(definition.inputs as Readonly<Record<string, InPort>>)) {
      const input = planned[name]
      if (input === undefined) return yield* Effect.fail({ missing: `input "${name}" is not in the plan` })
      if (input.from !== "group") handles[name] = yield* one(name, port, input)
      else {
        const members = port.kind === "group" ? port.members : {}
        const group: Record<string, unknown> = {}
        for (const [member, planned] of Object.entries(input.members))
          if (planned.from !== "group") group[member] = yield* one(`${name}.${member}`, members[member]!, planned)
        handles[name] = group
      }
    }
    return { handles, versions, partitions, degraded: distinctStandIns(standIns) }
  }).pipe(
    Effect.catchIf(
      (e): e is { readonly missing: string } => "missing" in e,
      (missing) => Effect.succeed(missing)
    )
  )
/**
 * The handles for a stage whose upstreams have ended. `recorded` are the versions that the stage started with, when a run goes
 * on: it reads those again. Answers the reason when a required input cannot be had.
 */
export const resolveInputs = (
  state: RunState,
  stage: StageState,
  definition: AnyStage,
  recorded: Readonly<Record<string, Version>> | undefined
): Effect.Effect<ResolvedInputs | { readonly missing: string }, StoreError, Reading> =>
  resolveFrom<Journal | StateQueries>(stage.planned.inputs, definition, (name, input) => sourceOf(state, name, input, recorded))

/** Where one input is stored, as data that can cross to another thread or process. */
export type StoredSource =
  | Missing
  | (Pick<Source, "output" | "coverage" | "producer" | "standIns"> & {
      readonly parts: ReadonlyArray<readonly [PartitionKey, StoredOutput]>
    })
/** By port, `port.member` for a group. */
export type StoredSources = Readonly<Record<string, StoredSource>>

/** The sources of everything that a started stage reads. */
export const storedSources = (
  state: RunState,
  stage: StageState
): Effect.Effect<StoredSources, StoreError, Journal | StateQueries> =>
  Effect.gen(function* () {
    const sources: Record<string, StoredSource> = {}
    const singles = Object.entries(stage.planned.inputs).flatMap(([name, input]): Array<readonly [string, PlannedInput]> =>
      input.from === "group" ? Object.entries(input.members).map(([member, one]) => [`${name}.${member}`, one]) : [[name, input]]
    )
    for (const [name, input] of singles) {
      if (input.from === "group") continue
      const source = yield* sourceOf(state, name, input, stage.inputs)
      sources[name] = "message" in source ? source : { ...source, parts: [...(yield* source.parts)] }
    }
    return sources
  })
/** The handles again, from stored sources: what another thread or process reads. */
export const resolveStored = (
  planned: PlannedInputs,
  definition: Definition,
  sources: StoredSources
): Effect.Effect<ResolvedInputs | { readonly missing: string }, StoreError, ArtifactStore> =>
  resolveFrom<never>(planned, definition, (name) => {
    const source = sources[name] ?? { cause: "missing", message: `"${name}" did not come along` }
    return Effect.succeed("message" in source ? source : { ...source, parts: Effect.succeed(new Map(source.parts)) })
  })
