import { assert, describe, it } from "vitest"
import { Schema } from "effect"
import { definePipeline, defineStage, option, pipelineClass, TaskScheduler, type ProgressUpdate } from "../../src/index.ts"
import { asset } from "./support.ts"

const load = defineStage({
  id: "t/load",
  config: Schema.Struct({ from: Schema.String }),
  outputs: { n: asset("loaded") },
  async run({ config, progress, log }) {
    progress(1, 2, "files")
    log.info("reading", { from: config.from })
    return { n: { n: config.from.length } }
  }
})
const check = defineStage({
  id: "t/check",
  inputs: { n: asset("loaded") },
  run: ({ inputs }) => {
    if (inputs.n.n > 5) throw new Error("too long")
  }
})
const pipeline = definePipeline({
  name: "p",
  parameters: Schema.Struct({ from: option(Schema.String, { help: "where from", default: "x" }) }),
  stages: ({ use, params }) => ({ load: use(load, { config: params }), check: use(check) })
})
class Loading extends pipelineClass(pipeline) {}

describe("pipelineClass", () => {
  it("runs, tells progress up to 100 percent, and answers outputs by asset", async () => {
    const p = new Loading({ from: "abc" })
    const seen: Array<ProgressUpdate> = []
    const remove = p.addProgressCallback((u) => {
      seen.push(u)
      throw new Error("a bad callback")
    })
    const result = await p.execute()
    remove()
    assert.equal(result.status, "completed")
    assert.deepEqual(result.outputs.loaded, { n: 3 })
    assert.equal(seen.at(-1)?.progress.overall_progress, 100)
    assert.equal(seen.at(-1)?.status, "completed")
    assert.isTrue(seen.some((u) => u.progress.of === "files" && u.progress.current_stage === "load"))
    assert.isTrue(seen.some((u) => u.progress.message === "reading"))
    assert.isTrue(seen.every((u, i) => i === 0 || u.progress.elapsed_time >= (seen[i - 1]?.progress.elapsed_time ?? 0)))
  })
  it("answers a failed stage as a status, with its reason", async () => {
    const result = await new Loading({ from: "far too long" }).execute()
    assert.equal(result.status, "failed")
    assert.equal(result.stages.check.reason, "Error: too long")
    assert.equal(result.stages.load.status, "completed")
  })
  it("rejects a configuration that does not fit, naming the parameter", async () => {
    const wrong = new Loading({ from: 7 as unknown as string }).execute()
    await wrong.then(
      () => assert.fail("it ran"),
      (e: Error) => assert.match(e.message, /from/)
    )
  })
  it("stops when its signal is aborted", async () => {
    const hang = definePipeline({
      name: "hang",
      stages: ({ use }) => ({ h: use(defineStage({ id: "t/h", run: ({ sleep }) => sleep("1 minute") })) })
    })
    const controller = new AbortController()
    const p = new (pipelineClass(hang))()
    p.addProgressCallback(() => controller.abort())
    assert.equal((await p.execute({ signal: controller.signal })).status, "cancelled")
  })
})
describe("TaskScheduler", () => {
  it("passes answers along, retries, orders by priority and skips what depends on a failure", async () => {
    let tries = 0
    const order: Array<string> = []
    const dag = await new TaskScheduler({ cpu: 1 })
      .addTask("low", { run: () => void order.push("low") })
      .addTask("load", {
        priority: 5,
        run: async () => {
          order.push("load")
          return [1, 2, 3]
        }
      })
      .addTask("sum", {
        dependencies: ["load"],
        retry: { maxAttempts: 3 },
        run: ({ load }) => {
          if (++tries < 3) throw new Error("flaky")
          return load.reduce((a, b) => a + b, 0)
        }
      })
      .addTask("broken", {
        dependencies: ["load"],
        run: () => {
          throw new Error("no")
        }
      })
      .addTask("after", { dependencies: ["broken"], run: () => 1 })
      .executeDag()
    assert.equal(dag.results.sum, 6)
    assert.equal(dag.tasks["sum"]?.attempts, 3)
    assert.equal(dag.tasks["after"]?.status, "skipped")
    assert.equal(dag.tasks["broken"]?.reason, "Error: no")
    assert.equal(dag.status, "partial")
    assert.deepEqual(order, ["load", "low"])
  })
  it("holds no more cores at once than it was given", async () => {
    let live = 0
    let most = 0
    const scheduler = new TaskScheduler({ cpu: 4 })
    for (let i = 0; i < 8; i++)
      scheduler.addTask(`t${i}`, {
        resources: { cpu: 2 },
        run: async () => {
          most = Math.max(most, ++live)
          await new Promise((r) => setImmediate(r))
          live--
        }
      })
    assert.equal((await scheduler.executeDag()).status, "completed")
    assert.equal(most, 2)
  })
  it("refuses unknown dependencies and cycles by name", async () => {
    const unknown = new TaskScheduler().addTask("a", { dependencies: ["b"], run: () => 1 })
    await unknown.executeDag().then(
      () => assert.fail(),
      (e: Error) => assert.equal(e.message, '"a" depends on "b", which was not added')
    )
    const cycle = new TaskScheduler()
      .addTask("a", { dependencies: ["b"], run: () => 1 })
      .addTask("b", { dependencies: ["a"], run: () => 1 })
    await cycle.executeDag().then(
      () => assert.fail(),
      (e: Error) => assert.equal(e.message, "these tasks wait for each other: a -> b -> a")
    )
  })
})
