import { Effect, Layer } from "effect"
import type { AnyPipeline } from "../authoring/definePipeline.ts"
import type { StoredOutput } from "../domain/Artifact.ts"
import type { LiveEvent } from "../domain/RunEvent.ts"
import type { RunState, StageState } from "../domain/RunState.ts"
import { diagnosticText } from "../planning/Project.ts"
import { decodeJson, typeOfPort } from "./codec.ts"
import { cancelOn } from "./cancelOn.ts"
import { Engine } from "./Engine.ts"
import type { Runnable } from "./EngineParts.ts"
import { layerMemory } from "./memory.ts"
import { planHere, type PlanHere } from "./planHere.ts"
import { ArtifactStore } from "./ports/ArtifactStore.ts"
import { machineCapacity } from "../planning/capacity.ts"

export interface RunHere extends PlanHere {
  readonly onLive?: (event: LiveEvent) => void
  readonly signal?: AbortSignal
}
export interface RanHere {
  readonly state: RunState
  /** Asset name to handle: a dataset or a value. */
  readonly outputs: Readonly<Record<string, unknown>>
}
const readOutput = (
  stage: StageState,
  built: Runnable,
  port: string,
  output: StoredOutput
): Effect.Effect<unknown, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    const type = typeOfPort(built.nodes.get(stage.planned.name)!["~node"].stage.outputs[port])
    if (output.kind === "table")
      return type.kind === "table" ? store.open(type, output, { run: "", stage: stage.planned.name, at: "" }) : undefined
    const json = yield* store.getValue(output)
    const decoded = type.kind === "value" ? decodeJson(type.schema, json) : { ok: json }
    return "ok" in decoded ? decoded.ok : json
  })
const readOutputs = (
  state: RunState,
  built: Runnable
): Effect.Effect<Readonly<Record<string, unknown>>, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const outputs: Record<string, unknown> = {}
    for (const stage of state.stages.values())
      for (const [port, { asset }] of Object.entries(stage.planned.outputs)) {
        const output = stage.outputs[port]
        if (asset !== undefined && output !== undefined) outputs[asset] = yield* readOutput(stage, built, port, output)
      }
    return outputs
  })
/** Runs one pipeline in this process, in memory. Rejects only for a pipeline that cannot be built; a failed stage is a status. */
export const runHere = (pipeline: AnyPipeline, given: RunHere = {}): Promise<RanHere> => {
  const capacity = given.capacity ?? machineCapacity()
  const program = Effect.gen(function* () {
    const { built, diagnostics } = yield* planHere(pipeline, given)
    const errors = diagnostics.filter((d) => d.level === "error")
    if (errors.length > 0) return yield* Effect.fail(new Error(errors.map(diagnosticText).join("\n")))
    const engine = yield* Engine
    const info = { trigger: { kind: "api" as const, detail: pipeline.name }, configVersion: "embedded", params: {} }
    const handle = yield* engine.start(built, given.onLive === undefined ? info : { ...info, onLive: given.onLive })
    if (given.signal !== undefined) yield* Effect.forkScoped(cancelOn(given.signal, handle))
    const state = yield* handle.result
    return { state, outputs: yield* readOutputs(state, built) }
  })
  return Effect.runPromise(
    program.pipe(Effect.provide(Layer.provideMerge(Engine.layerWith({ capacity }), layerMemory)), Effect.scoped)
  )
}
