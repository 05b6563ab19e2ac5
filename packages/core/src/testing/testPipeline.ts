import { Effect, Layer, Stream } from "effect"
import type { Asset, Batch, Coverage, DatasetRef, InPort, OutPorts, Table, Value } from "../authoring/data.ts"
import type { AnyNode, AnyPipeline } from "../authoring/definePipeline.ts"
import type { Plugin } from "../authoring/definePlugin.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { StoredOutput } from "../domain/Artifact.ts"
import type { LiveEvent, RunEvent } from "../domain/RunEvent.ts"
import type { RunState, StageState } from "../domain/RunState.ts"
import { decodeJson, encodeJson, plainPort, typeOfPort } from "../execution/codec.ts"
import { rowsOf } from "../execution/columns.ts"
import { Engine } from "../execution/Engine.ts"
import { planHere } from "../execution/planHere.ts"
import { ArtifactStore } from "../execution/ports/ArtifactStore.ts"
import { Journal } from "../execution/ports/Journal.ts"
import { StateQueries } from "../execution/ports/StateQueries.ts"
import { Memory, type TestEvent } from "./testStage.ts"

export interface Outcome {
  readonly status: RunState["status"]
  readonly outputs: Readonly<Record<string, TestedOutput>>
  readonly reason?: string
  readonly cached?: boolean
}
export type TestedOutput =
  | { readonly kind: "table"; readonly ref: DatasetRef; readonly coverage: Coverage }
  | { readonly kind: "value"; readonly value: unknown; readonly coverage: Coverage }
export interface TestedRun {
  readonly status: RunState["status"]
  /** By the name inside the pipeline. */
  readonly stages: Readonly<Record<string, Outcome>>
  /** What was published, by name: tables as rows, values as they are. */
  readonly assets: Readonly<Record<string, unknown>>
  readonly events: ReadonlyArray<TestEvent>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
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
}
/** In tests nothing waits: retries follow at once. */
const noWaits = { retry: { initial_delay: 0.001, max_delay: 0.002, jitter: false } }
const capacity = { cpu: 8, memoryMB: 1_000_000 }
const givenRun = "given"

const assetsIn = (port: InPort): ReadonlyArray<Asset> => {
  const plain = plainPort(port)
  return plain.kind === "group" ? Object.values(plain.members) : plain.kind === "asset" ? [plain] : []
}
/** Every asset that the stages name, by name: how a given value is encoded and a published one read. */
const assetTypes = (nodes: Iterable<AnyNode>): ReadonlyMap<string, Table | Value> => {
  const found = new Map<string, Table | Value>()
  for (const node of nodes) {
    const { stage } = node["~node"]
    for (const port of [
      ...Object.values(stage.inputs as Readonly<Record<string, InPort>>),
      ...Object.values(stage.outputs as OutPorts)
    ])
      for (const asset of assetsIn(port)) found.set(asset.name, asset.type)
  }
  return found
}
const isDataset = (value: unknown): value is DatasetRef => typeof (value as DatasetRef | undefined)?.scan === "function"

const storeGiven = (
  name: string,
  value: unknown,
  type: Table | Value | undefined
): Effect.Effect<StoredOutput, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    if (isDataset(value)) {
      const sink = yield* store.sink(value.type, `${givenRun}/${name}`)
      yield* Stream.runForEach(value.scan({ more: "all" }) as Stream.Stream<Batch, unknown>, sink.append)
      return yield* sink.finish
    }
    if (type === undefined || type.kind === "table")
      return yield* Effect.fail(new Error(`the asset "${name}" is no value that a stage of this pipeline reads`))
    const encoded = encodeJson(type.schema, value)
    if ("why" in encoded) return yield* Effect.fail(new Error(`the asset "${name}": ${encoded.why}`))
    return yield* store.putValue(type.id, encoded.ok)
  })
/** Publishes the given assets as if an earlier run had made them. */
const publishGiven = (assets: Readonly<Record<string, unknown>>, types: ReadonlyMap<string, Table | Value>, number: number) =>
  Effect.gen(function* () {
    if (Object.keys(assets).length === 0) return
    const facts: Array<RunEvent> = [
      {
        _tag: "RunRequested",
        planHash: "given",
        mode: undefined,
        pipelines: [],
        params: {},
        trigger: { kind: "test", detail: "given assets" },
        force: false,
        commandId: undefined,
        configVersion: "given",
        plugins: {}
      }
    ]
    for (const [asset, value] of Object.entries(assets)) {
      const output = yield* storeGiven(asset, value, types.get(asset))
      facts.push({
        _tag: "AssetPublished",
        asset,
        stage: "test.given",
        output,
        coverage: { done: 1, expected: 1, ratio: 1, missing: [] },
        inputs: {},
        unchanged: false,
        degraded: undefined
      })
    }
    facts.push({ _tag: "RunEnded", status: "completed", reason: undefined, durationMs: 0 })
    yield* (yield* Journal).create({
      id: `${givenRun}-${number}`,
      commandId: undefined,
      owner: { id: "test", pid: 0, host: "test" },
      events: facts,
      at: 0
    })
  })
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
  return Effect.runPromise(
    program.pipe(Effect.provide(Layer.provideMerge(Engine.layerWith({ capacity }), memory.stores.layer)), Effect.scoped)
  )
}
