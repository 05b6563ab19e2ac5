import { Clock, Effect, Exit, Layer, Stream } from "effect"
import type { Batch, DataType, Handles, Table, TypeOf } from "../authoring/data.ts"
import type { AnyStage } from "../authoring/defineStage.ts"
import type { StoredOutput } from "../domain/Artifact.ts"
import type { CodePlace } from "../domain/Diagnostic.ts"
import type { Json } from "../domain/Names.ts"
import type { RecordedFailure, RunEvent } from "../domain/RunEvent.ts"
import type { UnitState } from "../domain/RunState.ts"
import { decodeJson, encodeKey, typeOfPort } from "../execution/codec.ts"
import { rowsOf } from "../execution/columns.ts"
import { recordedFailure } from "../execution/recordedFailure.ts"
import { MemoryStores } from "../execution/memory.ts"
import { type Attempt, type Produced, runAttempt } from "../execution/runAttempt.ts"
import { asJson, scrub, secretsOf } from "../execution/secrets.ts"
import type { AttemptReports } from "../execution/stageTools.ts"
import { defaultPolicy } from "./defaultPolicy.ts"
import { virtualClock } from "./virtualClock.ts"

/** What outlives one `testStage` or `testPipeline`: pass it to the next one to go on from it. */
export class Memory {
  readonly stores = new MemoryStores()
  readonly checkpoints = new Map<string, NonNullable<UnitState["checkpoint"]>>()
  readonly once = new Map<string, Json>()
}
/** An event, as the engine records it: docs/reference/events.md. */
export interface TestEvent {
  readonly _tag: string
  readonly [field: string]: unknown
}
type RowsOf<Out> = {
  readonly [K in keyof Out]: TypeOf<Out[K]> extends Table<string, infer C>
    ? ReadonlyArray<{ readonly [F in keyof C]: C[F]["~cell"] }>
    : TypeOf<Out[K]> extends { readonly schema: { readonly Type: infer V } }
      ? V
      : unknown
}
/** How a stage ended in a test, and what it made. */
export interface Tried<Out> {
  readonly status: "completed" | "failed"
  /** `place` is in the code of the author, its file from the working folder. */
  readonly error: { readonly _tag: string; readonly message: string; readonly place?: CodePlace } | undefined
  /** Tables as rows, further columns of a wide table flattened in; values as they are. */
  readonly outputs: RowsOf<Out>
  readonly versions: Readonly<Record<string, string>>
  readonly events: ReadonlyArray<TestEvent>
  /** Checkpoints saved. */
  readonly saved: number
  readonly memory: Memory
}
type Maybe<T> = [keyof T] extends [never] ? { readonly inputs?: T } : { readonly inputs: T }
/** What a stage is tested with: its inputs and configuration, and where it needs them a key, services, an earlier `memory`. */
export type Try<S extends AnyStage> = ({} extends S["config"]["~type.make.in"]
  ? { readonly config?: S["config"]["~type.make.in"] }
  : { readonly config: S["config"]["~type.make.in"] }) &
  Maybe<Handles<S["inputs"]>> & {
    readonly key?: unknown
    readonly seed?: number
    /** `virtual`: nothing is waited for; `now()` begins with 2026. */
    readonly clock?: "real" | "virtual"
    readonly memory?: Memory
    readonly attempt?: number
    // oxlint-disable-next-line typescript/no-explicit-any -- a test gives whatever services the stage under test needs
    readonly services?: Layer.Layer<any, any>
    readonly signal?: AbortSignal
    readonly module?: string
  }
/** Where an attempt is cut off: at its `nth` recorded event (a checkpoint, a side effect), counted from 1, before that is durable or after. */
export interface Cut {
  readonly nth: number
  readonly when: "before" | "after"
}
/** The same, types erased. */
interface Given {
  readonly config?: unknown
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly key?: unknown
  readonly seed?: number
  readonly clock?: "real" | "virtual"
  readonly memory?: Memory
  readonly attempt?: number
  readonly services?: Layer.Layer<never, unknown>
  readonly signal?: AbortSignal
}
const unitName = (stage: AnyStage, partition: string | null): string => JSON.stringify([stage.id, partition])

const reportsTo = (
  memory: Memory,
  unit: string,
  attempt: number,
  {
    cut,
    secrets,
    say
  }: { readonly cut: Cut | undefined; readonly secrets: ReadonlyArray<string>; say: (event: TestEvent) => void }
): AttemptReports => {
  let seen = 0
  /** Nothing of a process that died becomes durable, however long its code goes on. */
  const isCut = (when: Cut["when"]) => cut !== undefined && (seen > cut.nth || (seen === cut.nth && cut.when === when))
  const keep = (event: RunEvent): void => {
    if (event._tag === "Checkpoint") memory.checkpoints.set(unit, { mark: event.mark, attempt, segments: event.segments })
    if (event._tag === "SideEffectDone") memory.once.set(`${unit}#${event.key}`, event.answer)
    say({ ...event })
  }
  return {
    durable: Effect.void,
    record: (event: RunEvent) =>
      Effect.suspend(() => {
        seen++
        if (isCut("before")) return Effect.die(new Error("cut"))
        keep(event)
        return isCut("after") ? Effect.die(new Error("cut")) : Effect.void
      }),
    progress: (done, total, of) => say({ _tag: "Progress", done, total, of }),
    log: (level, message, fields) =>
      say({ ...(asJson(fields, secrets) as object), _tag: "Log", level, message: scrub(message, secrets) })
  }
}
const readOutput = (memory: Memory, type: DataType, output: StoredOutput): Effect.Effect<unknown, unknown> =>
  Effect.gen(function* () {
    if (type.kind === "table" && output.kind === "table") {
      const ref = memory.stores.artifacts.open(type, output, { run: "test", stage: "test", at: "" })
      const batches: ReadonlyArray<Batch> = yield* Stream.runCollect(ref.scan({ more: "all" }))
      return rowsOf(batches)
    }
    if (type.kind === "table" || output.kind === "table") return undefined
    const decoded = decodeJson(type.schema, yield* memory.stores.artifacts.getValue(output))
    return "ok" in decoded ? decoded.ok : undefined
  })
/** An output as a test compares it: rows of a table, or the value. */
export const readOutputs = (
  memory: Memory,
  stage: AnyStage,
  outputs: Readonly<Record<string, StoredOutput>>
): Effect.Effect<Readonly<Record<string, unknown>>, unknown> =>
  Effect.map(
    Effect.forEach(Object.entries(outputs), ([name, output]) =>
      Effect.map(readOutput(memory, typeOfPort(stage.outputs[name]), output), (value) => [name, value] as const)
    ),
    Object.fromEntries
  )

const madeConfig = (stage: AnyStage, config: unknown): unknown => {
  const schema = stage.config as unknown as {
    readonly makeSync?: (input: unknown) => unknown
    readonly make?: (input: unknown) => unknown
  }
  return schema.make?.(config) ?? config
}
const attemptOf = (stage: AnyStage, given: Given, memory: Memory): Attempt => {
  const rule = stage["~definition"].partitions
  const encoded = given.key === undefined || rule === undefined ? undefined : encodeKey(rule.key, given.key)
  if (encoded !== undefined && "why" in encoded) throw new Error(`the key does not fit: ${encoded.why}`)
  const partition = encoded?.ok ?? null
  const unit = unitName(stage, partition)
  const { timeoutMs, graceMs } = defaultPolicy(stage.policy)
  return {
    run: "test",
    name: stage.id,
    stage,
    config: madeConfig(stage, given.config ?? {}),
    wraps: [],
    inputs: given.inputs ?? {},
    partition,
    number: given.attempt ?? 1,
    seed: given.seed ?? 1,
    timeoutMs,
    graceMs,
    checkpoint: memory.checkpoints.get(unit),
    answers: (key) => memory.once.get(`${unit}#${key}`)
  }
}
const errorOf = ({ message, place, tag }: RecordedFailure): NonNullable<Tried<unknown>["error"]> => ({
  _tag: tag,
  message,
  ...(place === undefined ? {} : { place })
})
/** One attempt of one stage, on the engine's own attempt runner, with everything in memory. Never rejects for what the stage does. */
export const testStage = <S extends AnyStage>(stage: S, given: Try<S>): Promise<Tried<S["outputs"]>> => tryStage(stage, given)

/** The same, with the attempt cut off at one of its events. */
export const tryStage = async <S extends AnyStage>(stage: S, given: Try<S>, cut?: Cut): Promise<Tried<S["outputs"]>> => {
  const of = given as unknown as Given
  const memory = of.memory ?? new Memory()
  const events: Array<TestEvent> = []
  const attempt = attemptOf(stage, of, memory)
  const secrets = secretsOf(attempt.config)
  const unit = unitName(stage, attempt.partition)
  const work = Effect.gen(function* () {
    const services = yield* Layer.build(of.services ?? Layer.empty)
    const place = { stage: stage.id, ...(attempt.partition === null ? {} : { partition: attempt.partition }) }
    const reports = reportsTo(memory, unit, attempt.number, {
      cut,
      secrets,
      say: (event) => void events.push({ ...place, ...event })
    })
    const produced: Produced = yield* runAttempt(attempt, reports, services)
    memory.checkpoints.delete(unit)
    for (const { name } of produced.artifacts) events.push({ _tag: "ArtifactWritten", name, stage: stage.id })
    return { rows: yield* readOutputs(memory, stage, produced.outputs), produced }
  }).pipe(Effect.provide(memory.stores.layer), Effect.scoped)
  const timed = of.clock === "virtual" ? Effect.provideService(work, Clock.Clock, virtualClock()) : work
  const exit = await Effect.runPromiseExit(timed, of.signal === undefined ? {} : { signal: of.signal })
  const failure = Exit.isFailure(exit) ? recordedFailure(exit.cause, secrets) : undefined
  return {
    status: failure === undefined ? "completed" : "failed",
    error: failure === undefined ? undefined : errorOf(failure),
    outputs: (Exit.isSuccess(exit) ? exit.value.rows : {}) as RowsOf<S["outputs"]>,
    versions: Exit.isSuccess(exit)
      ? Object.fromEntries(Object.entries(exit.value.produced.outputs).map(([name, o]) => [name, o.version]))
      : {},
    events,
    memory,
    saved: events.filter((e) => e._tag === "Checkpoint").length
  }
}
