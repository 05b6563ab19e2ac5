/** What other pipelines would have published, put into a store as if an earlier run had made it. */
import { Effect, Stream } from "effect"
import type { Asset, Batch, DatasetRef, InPort, OutPorts, Table, Value } from "../authoring/data.ts"
import type { AnyNode } from "../authoring/definePipeline.ts"
import type { StoredOutput } from "../domain/Artifact.ts"
import type { RunEvent } from "../domain/RunEvent.ts"
import { encodeJson, plainPort } from "../execution/codec.ts"
import { ArtifactStore } from "../execution/ports/ArtifactStore.ts"
import { Journal } from "../execution/ports/Journal.ts"

/** Begins the name of the run that gave them. */
export const givenRun = "given"

const assetsIn = (port: InPort): ReadonlyArray<Asset> => {
  const plain = plainPort(port)
  return plain.kind === "group" ? Object.values(plain.members) : plain.kind === "asset" ? [plain] : []
}
/** Every asset that the stages name, by name: how a given value is encoded and a published one read. */
export const assetTypes = (nodes: Iterable<AnyNode>): ReadonlyMap<string, Table | Value> => {
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
export const publishGiven = (
  assets: Readonly<Record<string, unknown>>,
  types: ReadonlyMap<string, Table | Value>,
  number: number
) =>
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
