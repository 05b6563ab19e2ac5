import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer, Schema } from "effect"
import { defineStage, defineValue, type AnyStage } from "./packages/core/src/index.ts"
import { Engine } from "./packages/core/src/execution/Engine.ts"
import { use } from "./packages/core/src/authoring/definePipeline.ts"
import { layerMemory } from "./packages/core/src/execution/memory.ts"
import { layerEmbedded } from "./packages/core/src/storage.ts"
import { aPlan } from "./packages/core/src/testing/aPlan.ts"
const size = 1000
const Out = defineValue("test/Out@1", Schema.Struct({}))
const runnable = (plan: any, stage: any): any => ({ plan, nodes: new Map(plan.stages.map((s: any) => [s.name, use(stage(s.stageId, Object.keys(s.inputs)), {} as never)])), services: Layer.empty })
const names = Array.from({ length: size }, (_, i) => `s${i}`)
const chain = runnable(aPlan(names.join(" > ")), (id: string, upstream: any) => defineStage({ id, inputs: Object.fromEntries(upstream.map((u: any) => [u, Out])), outputs: { out: Out }, run: () => ({ out: {} }) } as any))
const run = (built: any, stores: any) => Effect.gen(function* () {
  const engine = yield* Engine
  const handle = yield* engine.start(built, { trigger: { kind: "test", detail: "" }, configVersion: "", params: {} } as any)
  const state = yield* handle.result
  if (state.status !== "completed") throw new Error(state.reason)
}).pipe(Effect.provide(Layer.provideMerge(Layer.fresh(Engine.layerWith({ capacity: { cpu: 64, memoryMB: 1e6 } })), Layer.fresh(stores))), Effect.scoped, Effect.runPromise as any)
for (let i = 0; i < Number(process.argv[3] ?? 5); i++) {
  const home = mkdtempSync(join(tmpdir(), "tetra-bench-"))
  const t = performance.now(); const c = process.cpuUsage(); const u = process.threadCpuUsage()
  await run(chain, process.argv[2] === "memory" ? layerMemory : layerEmbedded({ home }))
  const d = process.threadCpuUsage(u), e = process.cpuUsage(c)
  console.log("wall", (performance.now() - t).toFixed(0), "thread user", (d.user / 1000).toFixed(0), "sys", (d.system / 1000).toFixed(0), "process", ((e.user + e.system) / 1000).toFixed(0))
  rmSync(home, { recursive: true })
}
