/** A local plugin for tests of the command line: small stages that wait, fail or count as their parameters say. */
import {
  batch,
  Col,
  defineAsset,
  definePipeline,
  definePlugin,
  defineStage,
  defineTable,
  defineValue,
  option,
  partial,
  text
} from "@tetra/core"
import { Schema } from "effect"
import * as Effect from "effect/Effect"

const Samples = defineTable("lab/Samples@1", { name: Col.text, n: Col.int }, { key: ["name", "n"] })
const LabSamples = defineAsset("lab_samples", Samples)
const LabTotal = defineAsset(
  "lab_total",
  defineValue("lab/Total@1", Schema.Struct({ rows: Schema.Int, coverage: Schema.Finite }))
)

const measure = defineStage({
  id: "lab/measure",
  config: Schema.Struct({ names: Schema.Array(Schema.String), pause: Schema.Int, broken: Schema.String }),
  outputs: { samples: LabSamples },
  partitions: { key: Schema.String, keys: ({ config }) => config.names, minCoverage: 0.5 },
  policy: { retry: { maxAttempts: 1 } },
  *run({ key, config, log, progress, count, sleep }) {
    if (key === "loud") console.log("printed past the log")
    if (key === "stray")
      setTimeout(() => {
        throw new Error("thrown by a forgotten timer")
      }, 1)
    if (key === "quitter") process.exit(0)
    if (key === config.broken) return yield* Effect.fail(new Error(`the instrument ${key} is broken`))
    log.info("measuring", { name: key })
    progress(1, 3, "samples")
    yield* sleep(key === "stray" || key.startsWith("slow") ? config.pause : 1)
    count("quality_findings", 1)
    return { samples: batch({ name: text([key, key, key]), n: Int32Array.of(1, 2, 3) }) }
  }
})
const total = defineStage({
  id: "lab/total",
  inputs: { samples: partial(LabSamples) },
  outputs: { total: LabTotal },
  *run({ inputs: { samples }, artifact }) {
    yield* artifact("report.html", "<!doctype html><title>lab</title>")
    return { total: { rows: samples.all.rows, coverage: samples.coverage.ratio } }
  }
})

const lab = definePipeline({
  name: "lab_pipeline",
  summary: "Measures by name",
  parameters: Schema.Struct({
    names: option(Schema.Array(Schema.String), { help: "What to measure", default: ["a", "b", "c"] }),
    pause: option(Schema.Int, { help: "How long a slow one takes", unit: "ms", default: 60_000 }),
    broken: option(Schema.String, { help: "The one that fails", default: "" })
  }),
  stages: ({ use, params }) => {
    const measured = use(measure, { config: { names: params.names, pause: params.pause, broken: params.broken } })
    return { measure: measured, total: use(total, { inputs: { samples: measured.samples } }) }
  }
})
export default definePlugin({ name: "lab", version: "1.0.0", api: "^1.0", pipelines: { lab } })
