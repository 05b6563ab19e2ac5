import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { ArtifactStore } from "../../src/execution/ports/ArtifactStore.ts"
import { RunLog } from "../../src/execution/ports/RunLog.ts"
import { batch, Col, defineAsset, defineTable, defineValue } from "../../src/index.ts"
import { layerEmbedded, openUpkeep, verifyData } from "../../src/storage.ts"
import { aHome } from "./homes.ts"
import { anEngine, defineStage, pipelineOf, start } from "./support.ts"

const Rows = defineTable("t/Rows@1", { n: Col.int }, { key: ["n"] })
const rows = pipelineOf(
  defineStage({
    id: "t/rows",
    outputs: { rows: defineAsset("rows", Rows), total: defineAsset("total", defineValue("t/Total@1", Schema.Int)) },
    run: () => ({ rows: batch({ n: Int32Array.from({ length: 1_000 }, (_, i) => i) }), total: 1_000 })
  })
)
/** A run in a process of its own, as far as what a process remembers goes. */
const runIn = (home: string) =>
  Effect.gen(function* () {
    const stores = yield* Layer.build(Layer.fresh(layerEmbedded({ home })))
    const { engine } = yield* anEngine({ layer: Layer.succeedContext(stores) })
    const handle = yield* start(engine, rows)
    const state = yield* handle.result
    const stage = [...state.stages.values()][0]
    const output = stage.outputs["rows"]
    assert.isTrue(output?.kind === "table")
    const store = Context.get(stores, ArtifactStore)
    const said = (yield* Context.get(stores, RunLog).read(handle.id)).filter(({ level }) => level === "warn")
    const files = output.kind === "table" ? output.files.map(store.pathOf) : []
    return {
      run: handle.id,
      reused: stage.reused,
      version: output.version,
      file: files[0],
      said: said.map((line) => line.message)
    }
  }).pipe(Effect.scoped)
const verifiedIn = (home: string) =>
  Effect.scoped(Effect.flatMap(openUpkeep({ home, readOnly: true }), (upkeep) => verifyData(upkeep, () => undefined)))
/** As a failing disk would: of the same size. */
const flipBit = (file: string): Buffer => {
  const bytes = readFileSync(file)
  const middle = bytes.length >> 1
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
  writeFileSync(file, bytes)
  return bytes
}

describe("an object that was damaged on the disk", () => {
  it.live("is not reused: it is moved aside, which is said, and what it held is made anew, in what is published as well", () =>
    Effect.gen(function* () {
      const home = aHome()
      const first = yield* runIn(home)
      const good = readFileSync(first.file)
      assert.isTrue((yield* runIn(home)).reused)
      const bad = flipBit(first.file)
      const mended = yield* runIn(home)
      assert.deepStrictEqual([mended.reused, mended.version], [false, first.version])
      assert.match(mended.said.join("\n"), /what run \S+ made is gone, or was damaged and moved to artifacts\/\.damaged/)
      const aside = join(home, "artifacts", ".damaged")
      assert.deepStrictEqual(
        readdirSync(aside).map((name) => readFileSync(join(aside, name))),
        [bad]
      )
      assert.deepStrictEqual(readFileSync(mended.file), good)
      const published = join(home, "artifacts", "rows", first.version, "part-00000.parquet")
      assert.deepStrictEqual(readFileSync(published), good)
      assert.isTrue((yield* runIn(home)).reused)
    })
  )
  it.live("is found by who verifies the data, as is a file that is gone, whatever was looked at before", () =>
    Effect.gen(function* () {
      const home = aHome()
      const first = yield* runIn(home)
      const verified = verifiedIn(home)
      const fine = { files: 2, faults: [], faulty: 0 }
      assert.deepStrictEqual(yield* verified, fine)
      const published = join("artifacts", "rows", first.version, "part-00000.parquet")
      const total = join("artifacts", "total", readdirSync(join(home, "artifacts", "total"))[0] ?? "", "value.json")
      const object = relative(home, first.file)
      // A name of its own, as where a file system has no hard links.
      writeFileSync(join(home, "copy"), readFileSync(join(home, published)))
      renameSync(join(home, "copy"), join(home, published))
      assert.deepStrictEqual(yield* verified, { ...fine, files: 3 })
      for (const file of [object, published]) flipBit(join(home, file))
      writeFileSync(join(home, total), "1001")
      const damaged = [object, published, total].map((file) => ({ file, what: "damaged" as const }))
      assert.deepStrictEqual(yield* verified, { files: 3, faults: damaged, faulty: 3 })
      rmSync(join(home, object))
      assert.deepStrictEqual((yield* verified).faults[0], { file: object, what: "missing" })
    })
  )
  it.live(
    "is found in a manifest, too, and a published folder that is gone is missed; the next run publishes that one anew",
    () =>
      Effect.gen(function* () {
        const home = aHome()
        const { version } = yield* runIn(home)
        const folder = join("artifacts", "rows", version)
        const manifest = join(folder, "manifest.json")
        writeFileSync(join(home, manifest), "{")
        assert.deepStrictEqual((yield* verifiedIn(home)).faults, [{ file: manifest, what: "damaged" }])
        rmSync(join(home, folder), { recursive: true })
        assert.deepStrictEqual((yield* verifiedIn(home)).faults, [{ file: manifest, what: "missing" }])
        assert.isTrue((yield* runIn(home)).reused)
        assert.strictEqual((yield* verifiedIn(home)).faulty, 0)
      })
  )
})
