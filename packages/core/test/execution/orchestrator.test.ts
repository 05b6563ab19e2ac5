import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it, onTestFinished } from "vitest"
import { PipelineOrchestrator, type ProgressUpdate } from "../../src/index.ts"

const core = join(import.meta.dirname, "..", "..", "src", "index.ts")
const source = `import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option } from ${JSON.stringify(core)}
import { Schema } from ${JSON.stringify(import.meta.resolve("effect"))}
const N = defineAsset("n", defineValue("old/N@1", Schema.Finite))
const make = defineStage({
  id: "old/make",
  config: Schema.Struct({ n: Schema.Int, slow: Schema.Boolean }),
  outputs: { n: N },
  async run({ config, progress, sleep }) {
    progress(1, 2, "halves")
    if (config.slow) await sleep("1 minute")
    return { n: config.n }
  }
})
const check = defineStage({ id: "old/check", inputs: { n: N }, run: ({ inputs }) => { if (inputs.n > 100) throw new Error("too much") } })
const parameters = Schema.Struct({ n: option(Schema.Int, { help: "n", default: 1 }), slow: option(Schema.Boolean, { help: "slow", default: false }) })
const first = definePipeline({ name: "first_pipeline", parameters, stages: ({ use, params }) => ({ make: use(make, { config: params }) }) })
const second = definePipeline({ name: "second_pipeline", stages: ({ use }) => ({ check: use(check) }) })
export default definePlugin({ name: "old", version: "1.0.0", api: "^1.0", pipelines: { first, second } })
`
const aProject = () => {
  const dir = mkdtempSync(join(tmpdir(), "tetra-orchestrator-"))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }))
  mkdirSync(join(dir, "config"))
  writeFileSync(join(dir, "old.ts"), source)
  const modes = "modes: { weekly: { first_pipeline: { n: 7 }, second_pipeline: {} } }"
  const retry = "retry: { max_retries: 1 }"
  writeFileSync(join(dir, "config", "orchestration.yaml"), `version: 1\nplugins: ["./old.ts"]\n${modes}\n${retry}\n`)
  return new PipelineOrchestrator(join(dir, "config", "orchestration.yaml"))
}

describe("PipelineOrchestrator", { timeout: 30_000 }, () => {
  it("runs a mode of a project, tells its progress, and answers what was recorded", async () => {
    const orchestrator = aProject()
    assert.deepEqual(await orchestrator.status(), {
      first_pipeline: { status: "never_run", running: false },
      second_pipeline: { status: "never_run", running: false }
    })
    const told: Array<ProgressUpdate> = []
    const remove = orchestrator.addProgressCallback((update) => told.push(update))
    const weekly = await orchestrator.run("weekly")
    remove()
    assert.strictEqual(weekly.status, "completed", JSON.stringify(weekly))
    assert.deepEqual(Object.keys(weekly.stages), ["first_pipeline.make", "second_pipeline.check"])
    assert.isTrue(told.some(({ progress }) => progress.current_stage === "first_pipeline.make" && progress.of === "halves"))
    assert.strictEqual(told.at(-1)?.progress.overall_progress, 100)
    const failed = await orchestrator.run(undefined, { params: { n: 101 } })
    assert.strictEqual(failed.status, "failed")
    assert.include(failed.stages["second_pipeline.check"]?.reason, "too much")
    const status = await orchestrator.status()
    assert.deepEqual(
      Object.values(status).map((one) => [one.status, one.running, one.last_run]),
      [
        ["completed", false, failed.run],
        ["failed", false, failed.run]
      ]
    )
    assert.strictEqual(Number.isNaN(Date.parse(status["first_pipeline"]?.last_run_at ?? "")), false)
  })
  it("stops what it began", async () => {
    const orchestrator = aProject()
    orchestrator.addProgressCallback(({ progress }) => {
      if (progress.of === "halves") orchestrator.cancel()
    })
    const { stages, status } = await orchestrator.run(undefined, { pipelines: ["first"], params: { slow: true } })
    assert.strictEqual(status, "cancelled")
    assert.strictEqual(stages["first_pipeline.make"]?.status, "cancelled")
  })
  it("rejects a mode and a configuration that are not there, and says so", async () => {
    const message = async (work: Promise<unknown>) =>
      await work.then(
        () => "",
        (error: unknown) => String(error)
      )
    assert.match(await message(aProject().run("wekly")), /there is no mode "wekly"[\s\S]*did you mean "weekly"/u)
    assert.match(await message(new PipelineOrchestrator("/nowhere/tetra.yaml").run()), /\/nowhere\/tetra\.yaml/u)
  })
})
