/**
 * What reloads cost and leave behind, in a process as `tetra dev` has it. Prints one JSON object. Arguments: how many reloads, and how many saves that a
 * watcher has to see.
 */
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import { setImmediate as turn } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { filesOf, loadProject, type Project } from "@tetra/core/engine"
import { differenceOf, watchFiles } from "../packages/daemon/src/reload/index.ts"
import { Effect } from "effect"

/** As `tetra dev` has it. */
const settleMs = 40
/** Enough for whatever is made once, the compiled code of what is called often included. */
const warmUps = 100
const [reloads = 1000, saves = 0] = process.argv.slice(2).map(Number)
const root = realpathSync(mkdtempSync(join(tmpdir(), "tetra-reloads-")))
// The plugin finds what it imports.
symlinkSync(join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules"), join(root, "node_modules"))

/** A plugin of two files of 8 KB, of which each save changes both; and the configuration. */
const save = (turn: number): void => {
  const pad = `/* ${"x".repeat(4000)} */\n`
  writeFileSync(join(root, "word.ts"), `${pad}export const word: string = "word ${turn}"\n`)
  writeFileSync(
    join(root, "own.ts"),
    `import { definePipeline, definePlugin, defineStage, option } from "@tetra/core"
import { Schema } from "effect"
import { word } from "./word.ts"
${pad}const says = defineStage({ id: "own/says", config: Schema.Struct({ word: Schema.String }), run: async ({ log }) => log.info(word) })
const talk = definePipeline({
  name: "talk",
  parameters: Schema.Struct({ word: option(Schema.String, { help: "Said", default: word }) }),
  stages: ({ use, params }) => ({ says: use(says, { config: { word: params.word } }) })
})
export default definePlugin({ name: "own", version: "1.0.0", api: "^1.0", pipelines: { talk } })
`
  )
  writeFileSync(
    join(root, "tetra.yaml"),
    `version: 1\nproject: reloads\ntimezone: UTC\nplugins: ["./own.ts"]\npipelines:\n  talk: { plugin: "./own.ts", config: { word: w${turn} } }\npipeline_dependencies:\n  talk: { schedule: "${turn % 60} 19 * * *" }\n`
  )
}
const read = (): Promise<Project> =>
  Effect.runPromise(loadProject({ cwd: root, configPath: join(root, "tetra.yaml"), env: {}, home: join(root, ".tetra") }))

let project!: Project
let effects = 0
let heard = (): void => undefined
const reload = async (): Promise<void> => {
  const before = project
  project = await read()
  effects += differenceOf(before, project, Date.now()).effects.length
}
const heapBytes = async (): Promise<number> => {
  for (let i = 0; i < 4; i++) {
    await turn()
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}
const handles = (): number => process.getActiveResourcesInfo().length
const percentile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

// What watches holds no process.
const alive = setInterval(() => undefined, 2 ** 30)
save(0)
project = await read()
const watching = watchFiles(
  filesOf(project),
  async () => {
    await reload()
    watching.refresh(filesOf(project))
    heard()
  },
  { settleMs }
)
for (let i = 1; i <= warmUps; i++) {
  save(i)
  await reload()
}
// The saves so far are over for the watcher, too.
await new Promise((resolve) => setTimeout(resolve, 500))
const before = { heap: await heapBytes(), handles: handles() }
const cpu = process.cpuUsage()
for (let i = 1; i <= reloads; i++) {
  save(10_000 + i)
  await reload()
}
const { system, user } = process.cpuUsage(cpu)
await new Promise((resolve) => setTimeout(resolve, 500))
const after = { heap: await heapBytes(), handles: handles() }
const waits: Array<number> = []
for (let i = 1; i <= saves; i++) {
  const told = new Promise<void>((resolve) => (heard = resolve))
  save(100_000 + i)
  const saved = performance.now()
  await told
  waits.push(performance.now() - saved)
}
watching.close()
clearInterval(alive)
rmSync(root, { recursive: true, force: true })
console.log(
  JSON.stringify({
    reloads,
    effects,
    heapMb: (after.heap - before.heap) / 1e6,
    handles: after.handles - before.handles,
    workMs: (user + system) / 1000 / Math.max(1, reloads),
    medianMs: percentile(waits, 0.5),
    p95Ms: percentile(waits, 0.95)
  })
)
process.exit()
