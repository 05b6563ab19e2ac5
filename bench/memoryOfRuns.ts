/** Run by `memory.bench.ts` in a process of its own, with `--expose-gc`: what the store takes, and what a hundred runs leave behind. Prints MB as JSON. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { defineAsset, definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { embeddedProject, Engine, planRun } from "@tetra/core/engine"
import { layerEmbedded } from "@tetra/core/storage"
import { Effect, Layer, ManagedRuntime, Schema } from "effect"

const warmUps = 20
const runs = 100
const Answer = defineAsset("answer", defineValue("bench/Answer@1", Schema.Struct({ n: Schema.Int })))
const stage = defineStage({ id: "bench/answer", outputs: { answer: Answer }, run: () => ({ answer: { n: 42 } }) })
const pipeline = definePipeline({ name: "bench_pipeline", stages: ({ use }) => ({ answer: use(stage) }) })
const plugins = [definePlugin({ name: "bench", version: "1.0.0", api: "1", pipelines: { pipeline } })]

const home = mkdtempSync(join(tmpdir(), "tetra-bench-"))
const mb = (bytes: number): number => bytes / 1_048_576
const collected = (): NodeJS.MemoryUsage => {
  for (let i = 0; i < 3; i++) globalThis.gc?.()
  return process.memoryUsage()
}
const run = Effect.gen(function* () {
  const project = yield* embeddedProject({ cwd: "/", plugins })
  const engine = yield* Engine
  const handle = yield* engine.start(yield* planRun(project, { params: {} }), {
    trigger: { kind: "test", detail: "" },
    configVersion: "",
    params: {}
  })
  const state = yield* handle.result
  if (state.status !== "completed") throw new Error(state.reason)
})
try {
  const before = collected().rss
  const runtime = ManagedRuntime.make(Layer.provideMerge(Engine.layer, layerEmbedded({ home })))
  await runtime.runPromise(Engine)
  const opened = collected().rss
  for (let i = 0; i < warmUps; i++) await runtime.runPromise(run)
  const warm = collected().heapUsed
  for (let i = 0; i < runs; i++) await runtime.runPromise(run)
  const heap = collected().heapUsed
  console.log(JSON.stringify({ store: mb(opened - before), heap: mb(heap - warm) }))
  await runtime.dispose()
} finally {
  rmSync(home, { recursive: true, force: true })
}
