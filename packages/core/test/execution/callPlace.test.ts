import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { batch, Col, defineAsset, definePipeline, defineStage, defineTable, text } from "../../src/index.ts"
import { ArtifactStore } from "../../src/execution/ports/ArtifactStore.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { embeddedProject } from "../../src/planning/embeddedProject.ts"
import { planRun } from "../../src/planning/planRun.ts"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { anEngine } from "./support.ts"

const root = realpathSync(mkdtempSync(join(tmpdir(), "tetra-calls-")))
afterAll(() => rmSync(root, { recursive: true, force: true }))
/** What an author wrote, in the author's project: each `run` writes or answers what does not fit. */
const lines = [
  "module.exports = ({ bad, Effect }) => ({",
  "  *generator({ out }) {",
  "    yield* Effect.sleep(1)",
  "    yield* out.made.append(bad)",
  "  },",
  "  async awaited({ out }) {",
  "    await Promise.resolve()",
  "    await inner(out, bad)",
  "  },",
  "  streamed: async ({ out }) => ({ made: await out.made.write((function* () { yield bad })()) }),",
  "  effect: ({ out }) => Effect.gen(function* () { yield* out.made.append(bad) }),",
  "  answered: () => ({ mad: 1 }),",
  "  *gone() {",
  "    yield* Effect.void",
  "    return { made: 1 }",
  "  },",
  "  *thrown({ out }) {",
  "    yield* out.made.write({})",
  "  },",
  "  async rejected({ out }) {",
  "    await out.made.write({})",
  "  }",
  "})",
  "const inner = async (out, bad) => {",
  "  return await out.made.write([bad])",
  "}"
]
writeFileSync(join(root, "stages.cjs"), lines.join("\n"))
writeFileSync(join(root, "package.json"), '{ "name": "lab" }')
const Made = defineTable("t/Made@1", { symbol: Col.text, vol: Col.float }, { key: ["symbol"] })
const symbol = text(["SPY"])
const written = createRequire(join(root, "stages.cjs"))("./stages.cjs") as (given: object) => Readonly<Record<string, never>>
const runs = written({ Effect, bad: batch({ symbol }) })

const outcome = (run: unknown, layer = new MemoryStores().layer) =>
  Effect.gen(function* () {
    const stage = defineStage({ id: "t/it", outputs: { made: defineAsset("made", Made) }, run: run as never })
    const p = definePipeline({ name: "p", stages: ({ use }) => ({ it: use(stage, { policy: { retry: { maxAttempts: 1 } } }) }) })
    const plugin = definePlugin({ name: "lab", version: "1.0.0", api: "^1.0", pipelines: { p } })
    const project = yield* embeddedProject({ cwd: root, plugins: [plugin] })
    const built = yield* planRun(project, { params: {} })
    const { engine } = yield* anEngine({ layer })
    const handle = yield* engine.start(built, { trigger: { kind: "test", detail: "" }, configVersion: "", params: {} })
    return (yield* handle.result).stages.get("p.it")
  })

describe("the place of what the engine refuses", () => {
  const cases: ReadonlyArray<readonly [string, string]> = [
    ["generator", "stages.cjs:4:5"],
    ["awaited", "stages.cjs:25:10"],
    ["streamed", "stages.cjs:10:41"],
    ["effect", "stages.cjs:11:11"],
    ["answered", "stages.cjs:12:13"],
    ["gone", "stages.cjs:13:8"],
    ["thrown", "stages.cjs:18:5"],
    ["rejected", "stages.cjs:21:5"]
  ]
  for (const [name, place] of cases)
    it.live(`is the call into the data API, or the run of the stage: ${name}`, () =>
      Effect.gen(function* () {
        const stage = yield* outcome(runs[name])
        assert.match(stage?.reason ?? "", new RegExp(`\\(${place}\\)`, "u"))
      })
    )
  it.live("is told from the project's folder when outputs cannot be put together, too", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const broken = Object.assign(new Error("no room"), { stack: `Error: no room\n    at put (${join(root, "disk.ts")}:7:3)` })
      const disk = Layer.effect(
        ArtifactStore,
        Effect.map(ArtifactStore, (store) => ({ ...store, publish: () => Effect.die(broken) }))
      )
      const rows = batch({ symbol, vol: Float64Array.of(1) })
      const stage = yield* outcome(() => ({ made: rows }), Layer.provideMerge(disk, stores.layer))
      assert.strictEqual(stage?.reason, "its outputs could not be put together: Defect: no room (disk.ts:7:3)")
    })
  )
})
