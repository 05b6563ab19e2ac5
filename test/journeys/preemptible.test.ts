/** A scheduled run that may be left at any time: a server that is told to stop does not wait for it, and the next one goes on from its checkpoint. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { aFolder, start, type TestProject } from "../e2e/support/project.ts"

/** Ten steps of half a second, each kept; once it was left, the rest takes no time. */
const plugin = `
import { defineAsset, definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { Option, Schema } from "effect"
const Steps = defineAsset("steps", defineValue("walk/Steps@1", Schema.Int))
const walk = defineStage({
  id: "walk/walk",
  outputs: { steps: Steps },
  checkpoint: Schema.Struct({ done: Schema.Int }),
  async run({ checkpoint, log, sleep }) {
    const { done } = Option.getOrElse(checkpoint.resumed, () => ({ done: 0 }))
    log.info("begun", { after: done })
    for (let step = done; step < 10; step++) {
      if (done === 0) await sleep(500)
      await checkpoint.save({ done: step + 1 })
    }
    return { steps: 10 }
  }
})
const pipeline = definePipeline({
  name: "walk_pipeline",
  summary: "Walks",
  parameters: Schema.Struct({}),
  stages: ({ use }) => ({ walk: use(walk) })
})
export default definePlugin({ name: "walk", version: "1.0.0", api: "^1.0", pipelines: { walk: pipeline } })
`
const configOf = (preemptible: boolean): string => `version: 1
project: walk
plugins: ["./plugins/walk.ts"]
retry: { max_retries: 1 }
pipelines:
  walk_pipeline:
    schedule_options: { overlap: skip, catch_up: none, cost: { window: 1m, rates: { default: 1.0 }, preemptible: ${preemptible} } }
pipeline_dependencies:
  walk_pipeline: { schedule: "0 0 1 1 *" }
`
const aWalk = (preemptible: boolean): TestProject => {
  const project = aFolder()
  mkdirSync(join(project.dir, "plugins"))
  project.write("plugins/walk.ts", plugin)
  project.write("tetra.yaml", configOf(preemptible))
  return project
}
const shown = async (project: TestProject): Promise<string> => (await project.tetra("show", "latest", "--json")).stdout
const until = async (what: string, is: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 60; tries++) {
    if (await is()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${what} did not come about`)
}
const serving = async (project: TestProject) => {
  const server = start(project.dir, ["start", "--foreground", "--timeout", "20"])
  onTestFinished(() => void server.child.kill("SIGKILL"))
  await server.seen("serving")
  return server
}
/** A server that is told to stop in the midst of a run that a schedule has begun, after its first checkpoint. */
const toldToLeave = async (project: TestProject) => {
  const server = await serving(project)
  expect(await project.tetra("schedule", "trigger", "walk")).toMatchObject({ code: 0 })
  await until("a checkpoint", async () => (await shown(project)).includes('"_tag": "Checkpoint"'))
  const at = performance.now()
  server.child.kill("SIGTERM")
  expect((await server.done).code).toBe(0)
  return { ms: performance.now() - at }
}
describe("a preemptible run", { timeout: 120_000 }, () => {
  it("is left as soon as its server is told to stop, and goes on from its checkpoint without a failed attempt", async () => {
    const project = aWalk(true)
    const { ms } = await toldToLeave(project)
    expect(ms, "two seconds and more of it were left").toBeLessThan(2_500)
    expect(await shown(project)).not.toContain("RunEnded")
    const next = await serving(project)
    await until("its end", async () => (await shown(project)).includes("RunEnded"))
    const all = await shown(project)
    expect(all).toMatch(/"status": ?"completed"/u)
    expect(all).not.toContain("AttemptFailed")
    expect(all.match(/"_tag": ?"RunResumed"/gu)).toHaveLength(1)
    const logs = (await project.tetra("logs", "--run", "latest")).stdout
    expect(logs.match(/begun.*after/gu)).toHaveLength(2)
    expect(logs).toMatch(/begun.*after\W+[1-9]/u)
    next.child.kill("SIGTERM")
    expect((await next.done).code).toBe(0)
  })
  it("is awaited like any other where the configuration does not say that it may be left", async () => {
    const project = aWalk(false)
    await toldToLeave(project)
    expect(await shown(project)).toMatch(/"status": ?"completed"/u)
  })
})
