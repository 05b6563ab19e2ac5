import { definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { embeddedProject, Engine, planRun, type RunState } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect, Layer, ManagedRuntime, Redacted, Schema } from "effect"
import { atOnce, type Place, type Ready, steps, type Subject } from "../Subject.ts"

const Count = defineValue("bench/Count@1", Schema.Struct({ n: Schema.Int }))
const first = defineStage({ id: "bench/first", outputs: { count: Count }, run: () => ({ count: { n: 1 } }) })
const next = defineStage({
  id: "bench/next",
  inputs: { before: Count },
  outputs: { count: Count },
  run: ({ inputs }) => ({ count: { n: inputs.before.n + 1 } })
})
const each = defineStage({
  id: "bench/each",
  outputs: { count: Count },
  partitions: { key: Schema.String, keys: () => Array.from({ length: steps }, (_, i) => `p${i}`) },
  run: () => ({ count: { n: 1 } })
})
const chain = definePipeline({
  name: "chain_pipeline",
  stages: ({ use }) => {
    const all: Record<string, ReturnType<typeof use<typeof first>> | ReturnType<typeof use<typeof next>>> = { s0: use(first) }
    for (let i = 1; i < steps; i++) all[`s${i}`] = use(next, { inputs: { before: all[`s${i - 1}`]!.count } })
    return all
  }
})
const fanOut = definePipeline({ name: "fan_out_pipeline", stages: ({ use }) => ({ each: use(each) }) })
const plugin = definePlugin({ name: "bench", version: "1.0.0", api: "1", pipelines: { chain, fanOut } })

const committed = (state: RunState): number => {
  if (state.status !== "completed") throw new Error(state.reason)
  return [...state.stages.values()].reduce((sum, stage) => sum + stage.committed, 0)
}
const open = async (place: Place, stateUrl: string | undefined): Promise<Ready> => {
  const stores = layerStore({ home: place.folder, stateUrl: stateUrl === undefined ? undefined : Redacted.make(stateUrl) })
  const engine = Engine.layerWith({ capacity: { cpu: atOnce, memoryMB: 1_000_000 } })
  const runtime = ManagedRuntime.make(Layer.provideMerge(engine, stores))
  await runtime.runPromise(Engine)
  const project = await Effect.runPromise(embeddedProject({ cwd: place.folder, plugins: [plugin] }))
  // Another seed is another cache key: the cache is asked, and has nothing.
  let seed = 1
  const run = (pipeline: string): Promise<number> =>
    runtime.runPromise(
      Effect.gen(function* () {
        const built = yield* planRun(project, { pipelines: [pipeline], params: {}, seed: seed++ })
        const handle = yield* (yield* Engine).start(built, {
          trigger: { kind: "test", detail: "bench" },
          configVersion: project.configVersion,
          params: {}
        })
        return committed(yield* handle.result)
      })
    )
  return { chain: () => run("chain"), fanOut: () => run("fan_out"), close: () => runtime.dispose() }
}
const settings =
  "planning and the look into the cache included; group commit; one fdatasync for what was written meanwhile, and the end waits for it"
export const tetraOnSqlite: Subject = { name: "Tetra on SQLite", settings, open: (place) => open(place, undefined) }
export const tetraOnPostgres: Subject = {
  name: "Tetra on PostgreSQL",
  settings: "planning and the look into the cache included; group commit",
  open: (place) => open(place, place.database)
}
