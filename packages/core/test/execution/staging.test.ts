import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { batch, Col, defineAsset, defineTable } from "../../src/index.ts"
import { Leases } from "../../src/execution/ports/Leases.ts"
import { layerEmbedded } from "../../src/storage.ts"
import { anEngine, defineStage, owner, pipelineOf, start, until } from "./support.ts"

const Rows = defineTable("t/Rows@1", { n: Col.int }, { key: ["n"] })
const aHome = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "tetra-staging-"))),
  (home) => Effect.sync(() => rmSync(home, { recursive: true, force: true }))
)

describe("what a process that died left in staging", () => {
  it.live("goes when the next run of the same pipeline starts", () =>
    Effect.gen(function* () {
      const home = yield* aHome
      const stores = yield* Layer.build(Layer.orDie(layerEmbedded({ home })))
      const layer = Layer.succeedContext(stores)
      let hangs = true
      const pipeline = pipelineOf(
        defineStage({
          id: "t/writes",
          outputs: { rows: defineAsset("rows", Rows) },
          *run({ out, sleep }) {
            yield* out.rows.append(batch({ n: Int32Array.of(1) }))
            if (hangs) yield* sleep("1 hour")
            return { rows: out.rows.done() }
          }
        })
      )
      const gone = { id: "gone", pid: 4_000_000, host: "here" }
      const a = yield* anEngine({ layer }, { owner: gone })
      const dead = yield* start(a.engine, pipeline)
      const staging = join(home, "artifacts", ".staging")
      yield* until(() => existsSync(staging) && readdirSync(staging).includes(dead.id))
      yield* a.crash
      yield* Context.get(stores, Leases).release(["pipeline/p"], gone, dead.id)
      hangs = false
      const b = yield* anEngine({ layer }, { owner: owner("b") })
      assert.strictEqual((yield* (yield* start(b.engine, pipeline)).result).status, "completed")
      assert.notInclude(readdirSync(staging), dead.id)
    })
  )
  it.live("goes after a day when it belongs to no run", () =>
    Effect.gen(function* () {
      const home = yield* aHome
      const aside = (name: string) => join(home, "artifacts", ".staging", name)
      for (const folder of [".objects", ".publish/old", ".publish/new"]) mkdirSync(aside(folder), { recursive: true })
      for (const file of [".objects/old", ".objects/new"]) writeFileSync(aside(file), "half")
      const before = Date.now() / 1000 - 25 * 3_600
      for (const name of [".objects/old", ".publish/old"]) utimesSync(aside(name), before, before)
      yield* Layer.build(Layer.orDie(layerEmbedded({ home, readOnly: true })))
      assert.deepStrictEqual(readdirSync(aside(".objects")).toSorted(), ["new", "old"], "looking removes nothing")
      yield* Layer.build(Layer.orDie(layerEmbedded({ home })))
      assert.deepStrictEqual([readdirSync(aside(".objects")), readdirSync(aside(".publish"))], [["new"], ["new"]])
    })
  )
})
