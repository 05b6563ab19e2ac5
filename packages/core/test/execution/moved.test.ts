import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import type { AnyPipeline } from "../../src/authoring/definePipeline.ts"
import type { Usage } from "../../src/domain/RunEvent.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { batch, Col, defineAsset, definePipeline, defineStage, defineTable } from "../../src/index.ts"
import { layerEmbedded } from "../../src/storage.ts"
import { aHome } from "./homes.ts"
import { anEngine, start } from "./support.ts"

const Rows = defineTable("t/Rows@1", { n: Col.int, x: Col.float }, { key: ["n"] })
/** Numbers that no compression makes small. */
const manyRows = 100_000
const large = defineStage({
  id: "t/large",
  outputs: { rows: defineAsset("large", Rows) },
  run: ({ random }) => ({
    rows: batch({ n: Int32Array.from({ length: manyRows }, (_, i) => i), x: Float64Array.from({ length: manyRows }, random) })
  })
})
const reads = { inputs: { rows: defineAsset("large", Rows) }, outputs: {} }
const pause = () => new Promise((resolve) => setTimeout(resolve, 1))
/** One that goes through all rows, a little at a time, one that wants one column, one that only looks at how many there are. */
const byIterator = defineStage({
  id: "t/by-iterator",
  ...reads,
  async run({ inputs }) {
    for await (const part of inputs.rows.scan({ batchRows: 5_000 })) {
      await pause()
      if (part.rows === 0) throw new Error("nothing")
    }
  }
})
const byEffect = defineStage({
  id: "t/by-effect",
  ...reads,
  *run({ inputs, sleep }) {
    for (let i = 0; i < 3; i++) yield* sleep(1)
    yield* inputs.rows.read({ columns: ["n"] })
  }
})
const byNobody = defineStage({
  id: "t/by-nobody",
  ...reads,
  async run({ inputs }) {
    for (let i = 0; i < 5; i++) await pause()
    if (inputs.rows.rows !== manyRows) throw new Error("not all")
  }
})
const pipeline = definePipeline({
  name: "moving",
  stages: ({ use }) => ({ large: use(large), byIterator: use(byIterator), byEffect: use(byEffect), byNobody: use(byNobody) })
}) as AnyPipeline

describe("what an attempt moves to and from the disk", () => {
  it.live("is recorded with its end: each of several at a time has its own bytes, however it reads them", () =>
    Effect.gen(function* () {
      const stores = yield* Layer.build(Layer.fresh(layerEmbedded({ home: aHome() })))
      const { engine } = yield* anEngine({ layer: Layer.succeedContext(stores) })
      const handle = yield* start(engine, pipeline)
      yield* handle.result
      const events = yield* Context.get(stores, Journal).read(handle.id)
      const used = new Map<string, Usage | undefined>()
      let stored = 0
      for (const event of events) {
        if (event._tag !== "UnitCommitted") continue
        used.set(event.stage.slice("moving.".length), event.usage)
        stored += Object.values(event.outputs).reduce((sum, { bytes }) => sum + bytes, 0)
      }
      assert.isAbove(stored, manyRows * 7)
      assert.deepStrictEqual(used.get("large"), { readBytes: 0, writtenBytes: stored })
      assert.strictEqual(used.get("byNobody"), undefined)
      const [all = 0, some = 0] = [used.get("byIterator")?.readBytes, used.get("byEffect")?.readBytes]
      assert.isTrue(all > manyRows * 7 && all <= stored, `${all} of ${stored} bytes`)
      assert.isTrue(some > 0 && some < all / 2, `${some} of ${all} bytes`)
      assert.strictEqual(used.get("byIterator")?.writtenBytes, 0)
    }).pipe(Effect.scoped)
  )
})
