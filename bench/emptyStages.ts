/** A chain and a fan-out of empty stages, for the benchmarks of the engine. Run as a process of its own it does them in the embedded store, and prints milliseconds as JSON. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { Effect, Layer, Schema } from "effect"
import { use } from "../packages/core/src/authoring/definePipeline.ts"
import { Engine } from "../packages/core/src/execution/Engine.ts"
import type { Runnable } from "../packages/core/src/execution/EngineParts.ts"
import type { Stores } from "../packages/core/src/execution/memory.ts"
import { type AnyStage, defineStage, defineValue } from "../packages/core/src/index.ts"
import { layerEmbedded } from "../packages/core/src/storage.ts"
import { aPlan } from "../packages/core/src/testing/aPlan.ts"

export const size = 1_000
const rounds = 5
const capacity = { cpu: 64, memoryMB: 1_000_000 }
const Out = defineValue("test/Out@1", Schema.Struct({}))
const runnable = (plan: Runnable["plan"], stage: (name: string, upstream: ReadonlyArray<string>) => AnyStage): Runnable => ({
  plan,
  nodes: new Map(plan.stages.map((s) => [s.name, use(stage(s.stageId, Object.keys(s.inputs)), {} as never)])),
  services: Layer.empty
})
const noop = (id: string, upstream: ReadonlyArray<string>): AnyStage =>
  defineStage({
    id,
    inputs: Object.fromEntries(upstream.map((up) => [up, Out])),
    outputs: { out: Out },
    run: () => ({ out: {} })
  })
const names = Array.from({ length: size }, (_, i) => `s${i}`)
export const chain = runnable(aPlan(names.join(" > ")), noop)
export const fanOut = runnable(aPlan("fan", { fan: { partitioned: true } }), (id) =>
  defineStage({ id, outputs: { out: Out }, partitions: { key: Schema.String, keys: () => names }, run: () => ({ out: {} }) })
)
export const run = (built: Runnable, stores: Layer.Layer<Stores, unknown>): Promise<void> =>
  Effect.gen(function* () {
    const engine = yield* Engine
    const handle = yield* engine.start(built, { trigger: { kind: "test", detail: "" }, configVersion: "", params: {} })
    const state = yield* handle.result
    if (state.status !== "completed") throw new Error(state.reason)
  }).pipe(
    Effect.provide(Layer.provideMerge(Layer.fresh(Engine.layerWith({ capacity })), Layer.fresh(stores))),
    Effect.scoped,
    Effect.runPromise
  )

/** Milliseconds of the clock in a new store. */
const timed = async (built: Runnable): Promise<number> => {
  const home = mkdtempSync(join(tmpdir(), "tetra-bench-"))
  try {
    const at = performance.now()
    await run(built, layerEmbedded({ home }))
    return performance.now() - at
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
/** What a person waits for the first time, and what it takes in a process that is warm, as the peers are measured. */
const measure = async (built: Runnable) => {
  const first = await timed(built)
  const warm: Array<number> = []
  for (let round = 0; round < rounds; round++) warm.push(await timed(built))
  return { first, warm: warm.sort((a, b) => a - b)[Math.floor(rounds / 2)]!, least: warm[0]! }
}
if (process.argv[1] === import.meta.filename)
  console.log(JSON.stringify({ chain: await measure(chain), fanOut: await measure(fanOut) }))
