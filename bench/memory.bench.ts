/** What a run takes of the memory while nothing works, what the store takes of that, and what runs leave behind. Needs a build. */
import { spawnSync } from "node:child_process"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { aFolder, bin, countOf, eventsOf } from "../test/e2e/support/project.ts"
import { budgets, measured } from "./budgets.ts"

const here = dirname(fileURLToPath(import.meta.url))
/** Memory is what it is on a busy machine, too; the rest is left to the collector. */
const slack = 1.25
const mebibytes = (bytes: number): number => bytes / 1_048_576
const node = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = process.env): string => {
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", env })
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`)
  return stdout
}
const plugin = `import { definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { Schema } from "effect"
const Rss = defineValue("idle/Rss@1", Schema.Finite)
const wait = defineStage({
  id: "idle/wait",
  outputs: { rss: Rss },
  *run({ sleep, count }) {
    yield* sleep(1000)
    count("rss", process.memoryUsage.rss())
    return { rss: 0 }
  }
})
const idle = definePipeline({ name: "idle_pipeline", stages: ({ use }) => ({ wait: use(wait) }) })
export default definePlugin({ name: "idle", version: "1.0.0", api: "^1.0", pipelines: { idle } })
`
test("a run in which nothing works takes 120 MB over a bare Node", async () => {
  const bare = Number(node(["-e", "setTimeout(() => console.log(process.memoryUsage.rss()), 1000)"]))
  const project = aFolder()
  project.write("tetra.yaml", "version: 1\nproject: idle\nplugins: [./idle.js]\n")
  project.write("idle.js", plugin)
  const { code, stderr, stdout } = await project.tetra("run", "--output", "json")
  expect(code, stderr).toBe(0)
  const events = eventsOf(stdout)
  expect(countOf(events, "UnitCommitted")).toBe(1)
  const rss = events.find(({ _tag }) => _tag === "UnitCommitted")?.counters?.["rss"] ?? Number.NaN
  console.log(`bare Node: ${mebibytes(bare).toFixed(0)} MB, the run: ${mebibytes(rss).toFixed(0)} MB`)
  measured("idle", mebibytes(rss - bare))
  expect(mebibytes(rss - bare)).toBeLessThan(budgets.idle.limit * slack)
}, 60_000)

test("the store takes 30 MB of that, and a hundred runs leave nothing behind", () => {
  const out = node(["--expose-gc", "--conditions=tetra:source", join(here, "memoryOfRuns.ts")])
  const { heap, store } = JSON.parse(out) as { readonly heap: number; readonly store: number }
  measured("store", store)
  measured("heap", heap)
  expect(store).toBeLessThan(budgets.store.limit * slack)
  expect(heap).toBeLessThan(budgets.heap.limit * slack)
}, 60_000)

test("the pipelines that come with Tetra: the most memory at once", () => {
  const project = aFolder()
  const told = "data:text/javascript,process.on('exit',()=>console.log('peak',process.resourceUsage().maxRSS))"
  const env = { ...process.env, TETRA_HOME: project.dir, NODE_OPTIONS: `--import="${told}"` }
  const peak = /^peak (\d+)$/mu.exec(node([bin, "run", "--mode", "full", "--output", "plain"], env))?.[1]
  console.log(`tetra run --mode full: ${(Number(peak) / 1024).toFixed(0)} MB at its peak (no budget)`)
  expect(Number(peak)).toBeGreaterThan(0)
}, 120_000)
