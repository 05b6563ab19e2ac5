import { Context, Effect, Exit, Layer, Schema, Scope } from "effect"
import {
  defineAsset,
  definePipeline,
  defineStage,
  defineValue,
  type AnyPipeline,
  type AnyStage,
  type Policy
} from "../../src/index.ts"
import type { Plugin } from "../../src/authoring/definePlugin.ts"
import type { LiveEvent, Owner, StoredEvent } from "../../src/domain/RunEvent.ts"
import type { RunState } from "../../src/domain/RunState.ts"
import { Engine, type EngineOptions } from "../../src/execution/Engine.ts"
import type { RunHandle } from "../../src/execution/EngineParts.ts"
import type { IfRunning } from "../../src/execution/Mutex.ts"
import { MemoryStores, type Stores } from "../../src/execution/memory.ts"
import type { ResumeInfo } from "../../src/execution/resumeRun.ts"
import { planHere, type PlanHere } from "../../src/execution/planHere.ts"
import { embeddedProject } from "../../src/planning/embeddedProject.ts"
import { planRun } from "../../src/planning/planRun.ts"

export const Count = defineValue("t/Count@1", Schema.Struct({ n: Schema.Int }))
export const asset = <const N extends string>(name: N) => defineAsset(name, Count)
export const owner = (id: string): Owner => ({ id, pid: process.pid, host: "here" })
export const noWaits = { retry: { initial_delay: 0.001, max_delay: 0.002, jitter: false } }

/** A pipeline of one stage. */
export const pipelineOf = (stage: AnyStage, policy?: Policy): AnyPipeline =>
  definePipeline({
    name: "p",
    stages: ({ use }) => ({ it: use(stage, (policy === undefined ? {} : { policy }) as never) })
  }) as AnyPipeline

/** An engine of its own over the given stores. Closing it is what a crash looks like from outside: nothing more is recorded. */
export interface TestEngine {
  readonly engine: typeof Engine.Service
  readonly crash: Effect.Effect<void>
}
export const anEngine = (
  stores: { readonly layer: Layer.Layer<Stores> },
  options: EngineOptions = {}
): Effect.Effect<TestEngine, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Scope.fork(yield* Effect.scope)
    const capacity = { cpu: 8, memoryMB: 100_000 }
    const layer = Layer.provide(Layer.fresh(Engine.layerWith({ capacity, ...options })), stores.layer)
    const context = yield* Layer.buildWithScope(layer, scope)
    return { engine: Context.get(context, Engine), crash: Scope.close(scope, Exit.void) }
  })
export const start = (
  engine: typeof Engine.Service,
  pipeline: AnyPipeline,
  given: PlanHere & {
    readonly commandId?: string
    readonly onLive?: (event: LiveEvent) => void
    readonly ifRunning?: IfRunning
  } = {}
) =>
  Effect.gen(function* () {
    const { built } = yield* planHere(pipeline, { config: noWaits, ...given })
    const { commandId, ifRunning, onLive } = given
    return yield* engine.start(built, {
      trigger: { kind: "test", detail: "" },
      configVersion: "test",
      params: {},
      ...(commandId === undefined ? {} : { commandId }),
      ...(onLive === undefined ? {} : { onLive }),
      ...(ifRunning === undefined ? {} : { ifRunning })
    })
  })
export const resume = (engine: typeof Engine.Service, run: string, pipeline: AnyPipeline, given: PlanHere & ResumeInfo = {}) =>
  Effect.flatMap(planHere(pipeline, { config: noWaits, ...given }), ({ built }) => engine.resume(run, built, "test", given))

/** Runs every pipeline that `config` names, from these plugins, to its end; `config` has the shape of the configuration file. */
export const runPlugins = (
  engine: typeof Engine.Service,
  plugins: ReadonlyArray<Plugin>,
  config: Parameters<typeof embeddedProject>[0]["config"] & {}
) =>
  Effect.gen(function* () {
    const project = yield* embeddedProject({ cwd: ".", plugins, config })
    const built = yield* planRun(project, { params: {} })
    const handle = yield* engine.start(built, { trigger: { kind: "test", detail: "" }, configVersion: "test", params: {} })
    return { plan: built.plan, state: yield* handle.result }
  })
/** What the only stage of `p` gave at its port `n`. */
export const valueOf = (state: RunState): unknown => {
  const stored = state.stages.get("p.it")?.outputs["n"]
  return stored?.kind === "value" ? stored.value : undefined
}
/** What a program without types could hand over: the compiler takes it wherever it is put. */
export const asUntyped = (value: unknown): never => value as never

/** Starts a pipeline on fresh stores and waits for its end. */
export const runOnce = (pipeline: AnyPipeline, given: PlanHere & { readonly stores?: MemoryStores } = {}) =>
  Effect.gen(function* () {
    const stores = given.stores ?? new MemoryStores()
    const { engine } = yield* anEngine(stores)
    const handle = yield* start(engine, pipeline, given)
    const state = yield* handle.result
    return { state, stores, events: eventsOf(stores, handle.id), log: yield* stores.log.read(handle.id) }
  })
export const eventsOf = (stores: MemoryStores, run: string): ReadonlyArray<StoredEvent> => stores.state.runs.get(run)!.events
export const tags = (events: ReadonlyArray<StoredEvent>): ReadonlyArray<string> => events.map((e) => e._tag)
export const statusesOf = (state: {
  readonly stages: ReadonlyMap<string, { readonly planned: { readonly stage: string }; readonly status: string }>
}) => Object.fromEntries([...state.stages.values()].map((s) => [s.planned.stage, s.status]))
/** Waits, without a clock, until something holds. */
export const until = (holds: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() =>
    holds()
      ? Effect.void
      : Effect.flatMap(
          Effect.promise(() => new Promise((r) => setImmediate(r))),
          () => until(holds)
        )
  )
export { defineStage, definePipeline }
export type { RunHandle }
