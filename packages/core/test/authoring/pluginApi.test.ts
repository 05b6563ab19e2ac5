/** What authors are promised and no other test of its own shows: each by a plugin of a few lines that is loaded, planned and run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Context, Effect, Layer, Result, Schema } from "effect"
import { parquetWriteBuffer } from "hyparquet-writer"
import { describe, expect, it, onTestFinished } from "vitest"
import {
  type AnyPipeline,
  batch,
  Col,
  defineAsset,
  defineGroup,
  definePipeline,
  definePlugin,
  defineStage,
  defineTable,
  defineValue,
  extendPipeline,
  option,
  type Plugin,
  text
} from "../../src/index.ts"
import { loadProject } from "../../src/config/loadProject.ts"
import { planRun } from "../../src/planning/planRun.ts"
import { embeddedProject } from "../../src/planning/embeddedProject.ts"
import { Engine } from "../../src/execution/Engine.ts"
import { layerEmbedded } from "../../src/storage/layerEmbedded.ts"
import { dataset, partitioned, testPipeline, testStage } from "../../src/testing.ts"

const Rows = defineTable("api/Rows@1", { name: Col.text, n: Col.int }, { key: ["name"] })
const Text = defineValue("api/Text@1", Schema.String)
const Left = defineAsset("left", Text)
const Right = defineAsset("right", Rows)

const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-api-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
const pluginOf = (...pipelines: ReadonlyArray<AnyPipeline>): Plugin => ({
  ...definePlugin({ name: "api", version: "1.0.0", api: "1" }),
  pipelines: Object.fromEntries(pipelines.map((pipeline) => [pipeline.name, pipeline]))
})
/** Runs all pipelines of a plugin, in a data folder. */
const ran = (folder: string, plugin: Plugin) =>
  Effect.gen(function* () {
    const project = yield* embeddedProject({ cwd: folder, plugins: [plugin], config: { retry: { max_retries: 1 } } })
    const built = yield* planRun(project, { params: {} })
    const info = { trigger: { kind: "test" as const, detail: "" }, configVersion: "test", params: {} }
    return yield* (yield* (yield* Engine).start(built, info)).result
  }).pipe(
    Effect.provide(Layer.provideMerge(Engine.layer, layerEmbedded({ home: join(folder, ".tetra") }))),
    Effect.scoped,
    Effect.runPromise
  )
describe("a stage", () => {
  it("adopts a Parquet file that something else has written, and is refused without one", async () => {
    const adopting = (writes: boolean) =>
      defineStage({
        id: "api/adopts",
        outputs: { rows: defineAsset("adopted", Rows) },
        async run({ out }) {
          const columnData = [
            { name: "name", data: ["a", "b"] },
            { name: "n", data: [1, 2], type: "INT32" as const }
          ]
          if (writes) await writeFile(out.rows.path, new Uint8Array(parquetWriteBuffer({ columnData })))
          return { rows: await out.rows.adopt() }
        }
      })
    const ends = await Promise.all(
      [true, false].map((writes) =>
        ran(aFolder(), pluginOf(definePipeline({ name: "p", stages: ({ use }) => ({ it: use(adopting(writes)) }) })))
      )
    )
    expect(ends.map((state) => state.stages.get("p.it")?.outputs["rows"])).toEqual([
      expect.objectContaining({ kind: "table", rows: 2 }),
      undefined
    ])
    expect(ends[1]?.stages.get("p.it")?.reason).toMatch(/nothing wrote .*adopt\.parquet/u)
  })
  it("reads a group as a record of its assets, and is skipped when one of them is missing", async () => {
    const group = defineGroup("both", { left: Left, right: Right })
    const both = defineStage({
      id: "api/both",
      inputs: { both: group },
      outputs: { text: defineAsset("joined", Text) },
      async run({ inputs: { both } }) {
        return { text: `${both.left}: ${(await both.right.read()).rows}` }
      }
    })
    const pipeline = definePipeline({ name: "p", stages: ({ use }) => ({ both: use(both) }) })
    const right = dataset(Rows, batch({ name: text(["a"]), n: Int32Array.of(1) }))
    const run = await testPipeline(pipeline, { assets: { left: "rows", right } })
    expect(run.assets["joined"]).toBe("rows: 1")
    const lacking = await testPipeline(pipeline, { assets: { left: "rows" } })
    expect(lacking.stages["both"]?.reason).toMatch(/right/u)
  })
  it("reads partitions of tables and of values, and what is missing of them", async () => {
    const set = partitioned(Text, { a: "one" }, { b: "it was late" })
    expect([set.all.get("a"), set.get("b"), set.keys, set.coverage]).toEqual([
      "one",
      undefined,
      ["a"],
      { done: 1, expected: 2, ratio: 0.5, missing: [{ partition: "b", reason: "it was late" }] }
    ])
  })
  it("loads a module that it alone needs when it runs, not when its plugin is loaded, checked and planned", async () => {
    const folder = aFolder()
    writeFileSync(join(folder, "heavy.ts"), `globalThis.heavyIsLoaded = true\nexport const answer = () => "heavy"\n`)
    writeFileSync(
      join(folder, "plugin.ts"),
      `import { definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { Schema } from "effect"
const text = defineValue("api/Text@1", Schema.String)
const heavy = defineStage({ id: "api/heavy", outputs: { text }, run: async () => ({ text: (await import("./heavy.ts")).answer() }) })
export default definePlugin({ name: "lazy", version: "1.0.0", api: "^1.0", pipelines: { p: definePipeline({ name: "p", stages: ({ use }) => ({ heavy: use(heavy) }) }) } })
`
    )
    writeFileSync(join(folder, "tetra.yaml"), 'version: 1\nplugins: ["./plugin.ts"]\n')
    const isLoaded = () => Object.hasOwn(globalThis, "heavyIsLoaded")
    const project = await Effect.runPromise(loadProject({ cwd: folder, env: {} }))
    const built = await Effect.runPromise(planRun(project, { params: {} }))
    expect(isLoaded()).toBe(false)
    const tried = await testStage(built.nodes.get("p.heavy")!["~node"].stage, { inputs: {} })
    expect([isLoaded(), tried.outputs]).toEqual([true, { text: "heavy" }])
  })
})

describe("parameters of one name", () => {
  const it_ = defineStage({ id: "api/it", outputs: { text: Text }, run: () => ({ text: "" }) })
  const a = definePipeline({
    name: "a_pipeline",
    parameters: Schema.Struct({ window: option(Schema.Int, { help: "Bars", default: 1 }) }),
    stages: ({ use }) => ({ it: use(it_) })
  })
  const bars = definePipeline({ name: "b_pipeline", parameters: a.parameters, stages: ({ use }) => ({ it: use(it_) }) })
  const words = definePipeline({
    name: "b_pipeline",
    parameters: Schema.Struct({ window: option(Schema.Literals(["week", "month"]), { help: "Length", default: "week" }) }),
    stages: ({ use }) => ({ it: use(it_) })
  })
  const plan = async (params: Readonly<Record<string, string>>, b: AnyPipeline = bars) => {
    const project = await Effect.runPromise(embeddedProject({ cwd: aFolder(), plugins: [pluginOf(a, b)] }))
    const built = await Effect.runPromise(Effect.result(planRun(project, { params })))
    if (Result.isFailure(built)) return built.failure.message
    return built.success.plan.pipelines.map((p) => (p.params as { readonly window: unknown }).window)
  }
  it("share their flag; one pipeline's is --<pipeline>.<flag>", async () => {
    expect(await plan({})).toEqual([1, 1])
    expect(await plan({ window: "7" })).toEqual([7, 7])
    expect(await plan({ "b.window": "7" })).toEqual([1, 7])
    expect(await plan({ "c.window": "7" })).toMatch(/the pipeline "c" is not in this run/u)
  })
  it("of two types take what fits both, or are named one by one", async () => {
    expect(await plan({ window: "7" }, words)).toMatch(/--b\.window|--a\.window/u)
    expect(await plan({ "a.window": "7", "b.window": "month" }, words)).toEqual([7, "month"])
  })
})

describe("services", () => {
  class Rates extends Context.Service<Rates, { readonly euro: number }>()("api/Rates") {}
  it("reach stages of the plugin that gives them, from its configuration, built and closed once a run", async () => {
    const lives: Array<string> = []
    const priced = defineStage({
      id: "api/priced",
      outputs: { text: defineAsset("priced", Text) },
      uses: { rates: Rates },
      run: ({ uses }) => ({ text: String(uses.rates.euro) })
    })
    const again = defineStage({
      id: "api/again",
      outputs: { text: defineAsset("again", Text) },
      uses: { rates: Rates },
      run: ({ uses }) => ({ text: String(2 * uses.rates.euro) })
    })
    const live = Effect.acquireRelease(
      Effect.sync(() => (lives.push("open"), { euro: 3 })),
      () => Effect.sync(() => lives.push("closed"))
    )
    const plugin = definePlugin({
      name: "api",
      version: "1.0.0",
      api: "1",
      services: () => Layer.effect(Rates, live),
      pipelines: { p: definePipeline({ name: "p", stages: ({ use }) => ({ priced: use(priced), again: use(again) }) }) }
    })
    const { status } = await ran(aFolder(), plugin)
    expect([status, lives]).toEqual(["completed", ["open", "closed"]])
  })
})

describe("the pipeline of another plugin", () => {
  const load = defineStage({ id: "api/load", outputs: { text: Text }, run: () => ({ text: "loaded" }) })
  const show = defineStage({
    id: "api/show",
    inputs: { text: Text },
    outputs: { text: defineAsset("shown", Text) },
    run: ({ inputs }) => ({ text: inputs.text })
  })
  const base = definePipeline({
    name: "base",
    stages: ({ use }) => {
      const data = use(load)
      return { load: data, show: use(show, { inputs: { text: data.text } }) }
    }
  })
  const step = (word: string) =>
    defineStage({
      id: `api/${word}`,
      inputs: { text: Text },
      outputs: { text: Text },
      run: ({ inputs }) => ({ text: `${inputs.text}, ${word}` })
    })
  const shown = async (...changes: ReadonlyArray<ReturnType<ReturnType<typeof extendPipeline<typeof base>>>>) =>
    (
      await testPipeline(base, {
        plugins: changes.map((extension, i) =>
          definePlugin({ name: `other${i}`, version: "1.0.0", api: "1", extensions: [extension] })
        )
      })
    ).assets["shown"]
  const change = extendPipeline<typeof base>("base")
  it("gets steps before and after a stage, another stage in the place of one, and wraps around them, in the order of the plugins", async () => {
    expect(await shown()).toBe("loaded")
    expect(await shown(change({ after: { load: step("after") } }), change({ before: { show: step("before") } }))).toBe(
      "loaded, after, before"
    )
    expect(
      await shown(
        change({ replace: { load: defineStage({ id: "api/other", outputs: { text: Text }, run: () => ({ text: "other" }) }) } })
      )
    ).toBe("other")
    const loud = change({ wrap: { show: (next) => Effect.map(next(), ({ text }) => ({ text: `${text}!` })) } })
    const asking = change({ wrap: { show: (next) => Effect.map(next(), ({ text }) => ({ text: `${text}?` })) } })
    expect(await shown(loud, asking)).toBe("loaded!?")
  })
})
