/** A local plugin for tests of versions: beans of a day, a brew that is made from them per cup, and a menu that reads the brew. `brew.ts` and its copies differ in their strength. */
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
  partial
} from "@tetra/core"
import { Schema } from "effect"

export const Beans = defineAsset("beans", defineValue("brew/Beans@1", Schema.Int))
const Cups = defineTable("brew/Cups@1", { cup: Col.text, strength: Col.float }, { key: ["cup"] })
export const Brew = defineAsset("brew", Cups)
const Menu = defineAsset("menu", defineValue("brew/Menu@1", Schema.Int))

const pick = defineStage({
  id: "brew/pick",
  config: Schema.Struct({ beans: Schema.Int }),
  outputs: { beans: Beans },
  run: ({ config }) => ({ beans: config.beans })
})
/** One unit per cup; the last one waits, so that a test can end the process in its midst. */
export const brewWith = (strength: number) =>
  defineStage({
    id: "brew/brew",
    config: Schema.Struct({ wait: Schema.Int }),
    inputs: { beans: Beans },
    outputs: { brew: Brew },
    partitions: { key: Schema.String, keys: () => ["espresso", "filter"] },
    policy: { retry: { maxAttempts: 1 } },
    *run({ config, inputs, key, sleep }) {
      if (config.wait > 0 && key === "filter") yield* sleep(config.wait)
      return {
        brew: batch({ cup: { values: [key], codes: Int32Array.of(0) }, strength: Float64Array.of(inputs.beans * strength) })
      }
    }
  })
export const brewPipeline = (strength: number) => {
  const brew = brewWith(strength)
  return definePipeline({
    name: "brew_pipeline",
    parameters: Schema.Struct({ wait: option(Schema.Int, { help: "Milliseconds", default: 0 }) }),
    stages: ({ use, params }) => ({ brew: use(brew, { config: { wait: params.wait } }) })
  })
}
const list = defineStage({
  id: "brew/menu",
  inputs: { brew: partial(Brew, { minCoverage: 0.5 }) },
  outputs: { menu: Menu },
  *run({ inputs }) {
    const rows = yield* inputs.brew.all.read()
    return { menu: Math.round(rows.columns.strength.reduce((sum, one) => sum + one, 0)) + inputs.brew.keys.length }
  }
})
const beans = definePipeline({
  name: "beans_pipeline",
  parameters: Schema.Struct({ beans: option(Schema.Int, { help: "How many", default: 10 }) }),
  stages: ({ use, params }) => ({ pick: use(pick, { config: { beans: params.beans } }) })
})
const menu = definePipeline({ name: "menu_pipeline", stages: ({ use }) => ({ list: use(list) }) })
export default definePlugin({ name: "cafe", version: "1.0.0", api: "^1.0", pipelines: { beans, menu } })
