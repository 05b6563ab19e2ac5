/** The pipeline that every crash is tried on, and the world outside that it acts upon. */
import { Schema } from "effect"
import {
  batch,
  Col,
  defineAsset,
  definePipeline,
  defineStage,
  defineTable,
  partial,
  text,
  type AnyPipeline
} from "../../src/index.ts"
import { Count } from "./support.ts"

/** What reached the outside, by idempotency key: `once` effects, and those that a stage has by itself. */
export class OutsideWorld {
  readonly orders = new Map<string, number>()
  readonly letters = new Map<string, number>()
  /** The latest mark that was answered as saved. */
  saved = 0
  static heard(into: Map<string, number>, key: string): void {
    into.set(key, (into.get(key) ?? 0) + 1)
  }
}
const Rows = defineTable("t/Rows@1", { symbol: Col.text, n: Col.int }, { key: ["symbol", "n"] })

const stagesOf = (world: OutsideWorld) => ({
  load: defineStage({
    id: "t/load",
    outputs: { rows: defineAsset("rows", Rows) },
    checkpoint: Schema.Struct({ next: Schema.Int }),
    async run({ checkpoint, once, out }) {
      await once("order", async (key) => OutsideWorld.heard(world.orders, key))
      for (let n = checkpoint.resumed._tag === "Some" ? checkpoint.resumed.value.next : 0; n < 3; n++) {
        await out.rows.append(batch({ symbol: text(["A", "B"]), n: Int32Array.of(n, n) }))
        await checkpoint.save({ next: n + 1 })
        world.saved = n + 1
      }
      return { rows: out.rows.done() }
    }
  }),
  flaky: defineStage({
    id: "t/flaky",
    inputs: { rows: Rows },
    outputs: { n: Count },
    policy: { retry: { maxAttempts: 2 } },
    run: ({ inputs, unit }) => {
      if (unit.attempt === 1) throw new Error("first")
      return { n: { n: inputs.rows.rows } }
    }
  }),
  parts: defineStage({
    id: "t/parts",
    inputs: { rows: Rows },
    outputs: { rows: Rows },
    partitions: { key: Schema.String, keys: () => "abcdefgh".split(""), minCoverage: 0.5 },
    run: ({ key }) => {
      if (key === "c") throw new Error("no data")
      return { rows: batch({ symbol: text([key]), n: Int32Array.of(key.charCodeAt(0)) }) }
    }
  }),
  notify: defineStage({
    id: "t/notify",
    inputs: { n: Count },
    async run({ artifact, inputs, unit }) {
      OutsideWorld.heard(world.letters, `${unit.run}/${unit.stage}`)
      await artifact("letter.txt", `${inputs.n.n} rows`)
    }
  }),
  report: defineStage({
    id: "t/report",
    inputs: { n: Count, parts: partial(Rows) },
    outputs: { n: defineAsset("report", Count) },
    run: ({ inputs }) => ({ n: { n: inputs.n.n + inputs.parts.all.rows } })
  })
})
/**
 * Twelve units: one with checkpoints and a `once` effect, one that needs a retry, eight partitions of which one never works, one with an
 * effect outside that nothing records, and one that reads what is there.
 */
export const reference = (world: OutsideWorld): AnyPipeline => {
  const stages = stagesOf(world)
  return definePipeline({
    name: "p",
    stages: ({ use }) => {
      const load = use(stages.load)
      const flaky = use(stages.flaky, { inputs: { rows: load.rows } })
      const parts = use(stages.parts, { inputs: { rows: load.rows } })
      const notify = use(stages.notify, { inputs: { n: flaky.n } })
      return { load, flaky, parts, notify, report: use(stages.report, { inputs: { n: flaky.n, parts: parts.rows } }) }
    }
  })
}
