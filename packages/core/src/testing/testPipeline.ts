import { Clock, Effect, Layer, Stream } from "effect"
import type { Coverage, DatasetRef, Table, Value } from "../authoring/data.ts"
import type { AnyNode, AnyPipeline } from "../authoring/definePipeline.ts"
import type { Plugin } from "../authoring/definePlugin.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { StoredOutput } from "../domain/Artifact.ts"
import type { LiveEvent } from "../domain/RunEvent.ts"
import type { RunState, StageState } from "../domain/RunState.ts"
import { decodeJson, typeOfPort } from "../execution/codec.ts"
import { rowsOf } from "../execution/columns.ts"
import { Engine } from "../execution/Engine.ts"
import { planHere } from "../execution/planHere.ts"
import { ArtifactStore } from "../execution/ports/ArtifactStore.ts"
import { StateQueries } from "../execution/ports/StateQueries.ts"
import { assetTypes, givenRun, publishGiven } from "./givenAssets.ts"
import { Memory, type TestEvent } from "./testStage.ts"
import { virtualClock } from "./virtualClock.ts"

/** How one stage ended. */
export interface Outcome {
  readonly status: RunState["status"]
  readonly outputs: Readonly<Record<string, TestedOutput>>
  readonly reason?: string
  readonly cached?: boolean
}
export type TestedOutput =
  | { readonly kind: "table"; readonly ref: DatasetRef; readonly coverage: Coverage }
  | { readonly kind: "value"; readonly value: unknown; readonly coverage: Coverage }
/** How a pipeline ended in a test: its stages, what was published, every event. */
export interface TestedRun {
  readonly status: RunState["status"]
  /** By the name inside the pipeline. */
  readonly stages: Readonly<Record<string, Outcome>>
  /** What was published, by name: tables as rows, values as they are. */
  readonly assets: Readonly<Record<string, unknown>>
  readonly events: ReadonlyArray<TestEvent>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
/** What a pipeline is tested with: its parameters, the assets that it reads, services, further plugins. */
export interface TestedWith<P extends AnyPipeline> {
  readonly params?: P["parameters"]["~type.make.in"]
  /** What other pipelines would have published: datasets and values. */
  readonly assets?: Readonly<Record<string, unknown>>
  // oxlint-disable-next-line typescript/no-explicit-any -- a test gives whatever services the pipeline under test needs
  readonly services?: Layer.Layer<any, any>
  readonly plugins?: ReadonlyArray<Plugin>
  readonly memory?: Memory
  readonly force?: boolean
  readonly seed?: number
  /** `virtual`: nothing is waited for; `now()` of the stages begins with 2026. */
  readonly clock?: "real" | "virtual"
}
/** In tests nothing waits: retries follow at once. */
const noWaits = { retry: { initial_delay: 0.001, max_delay: 0.002, jitter: false } }
const capacity = { cpu: 8, memoryMB: 1_000_000 }
const read = (
  output: StoredOutput,
  type: Table | Value,
  coverage: Coverage
): Effect.Effect<TestedOutput, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    if (output.kind === "table")
      return { kind: "table", ref: store.open(type as Table, output, { run: "test", stage: "test", at: "" }), coverage }
    const json = yield* store.getValue(output)
    const decoded = type.kind === "value" ? decodeJson(type.schema, json) : { ok: json }
    return { kind: "value", value: "ok" in decoded ? decoded.ok : json, coverage }
  })
const outcomeOf = (stage: StageState, node: AnyNode): Effect.Effect<Outcome, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const outputs: Record<string, TestedOutput> = {}
    for (const [name, output] of Object.entries(stage.outputs))
      outputs[name] = yield* read(output, typeOfPort(node["~node"].stage.outputs[name]), stage.coverage!)
    return {
      status: stage.status,
      outputs,
      ...(stage.reason === undefined ? {} : { reason: stage.reason }),
      ...(stage.reused ? { cached: true } : {})
    }
  })
const publishedAssets = (
  types: ReadonlyMap<string, Table | Value>
): Effect.Effect<Readonly<Record<string, unknown>>, unknown, ArtifactStore | StateQueries> =>
  Effect.gen(function* () {
    const assets: Record<string, unknown> = {}
    for (const version of yield* (yield* StateQueries).assets) {
      const type = types.get(version.asset)
      if (type === undefined || version.producer.run.startsWith(givenRun)) continue
      const output = yield* read(version.output, type, version.coverage)
      assets[version.asset] =
        output.kind === "value" ? output.value : rowsOf(yield* Stream.runCollect(output.ref.scan({ more: "all" })))
    }
    return assets
  })
const flat = (event: LiveEvent): TestEvent => (event._tag === "Log" ? { ...event.fields, ...event } : { ...event })

/** A whole pipeline on the real engine, in memory, on given assets. Its diagnostics are answered, not refused. */
export const testPipeline = async <P extends AnyPipeline>(pipeline: P, given: TestedWith<P> = {}): Promise<TestedRun> => {
  const memory = given.memory ?? new Memory()
  const events: Array<TestEvent> = []
  const program = Effect.gen(function* () {
    const { built, diagnostics } = yield* planHere(pipeline, {
      params: given.params,
      plugins: given.plugins ?? [],
      seed: given.seed ?? 1,
      force: given.force ?? false,
      config: noWaits
    })
    const types = assetTypes(built.nodes.values())
    yield* publishGiven(given.assets ?? {}, types, memory.stores.state.runs.size)
    const services =
      given.services === undefined
        ? built.services
        : Layer.provideMerge(given.services as Layer.Layer<never, unknown>, built.services)
    const engine = yield* Engine
    const handle = yield* engine.start(
      { ...built, services },
      {
        trigger: { kind: "test", detail: pipeline.name },
        configVersion: "test",
        params: {},
        onLive: (event) => void events.push(flat(event))
      }
    )
    const state = yield* handle.result
    const stages: Record<string, Outcome> = {}
    for (const [name, stage] of state.stages) stages[stage.planned.stage] = yield* outcomeOf(stage, built.nodes.get(name)!)
    return { status: state.status, stages, assets: yield* publishedAssets(types), events, diagnostics }
  })
  const whole = program.pipe(
    Effect.provide(Layer.provideMerge(Engine.layerWith({ capacity }), memory.stores.layer)),
    Effect.scoped
  )
  return Effect.runPromise(given.clock === "virtual" ? Effect.provideService(whole, Clock.Clock, virtualClock()) : whole)
}
