import { batch, definePipeline, definePlugin, defineStage, option } from "@tetra/core"
import { Schema } from "effect"
import { Orders } from "./types.ts"

const load = defineStage({
  id: "orders/load",
  config: Schema.Struct({ count: Schema.Int }),
  outputs: { orders: Orders },
  run: ({ config }) => {
    const id = Int32Array.from({ length: config.count }, (_, i) => i + 1)
    return { orders: batch({ id, day: id.map((n) => 20_000 + n), amount: Float64Array.from(id, (n) => 10 * n) }) }
  }
})
const orders = definePipeline({
  name: "orders_pipeline",
  parameters: Schema.Struct({ count: option(Schema.Int, { help: "How many orders", default: 4 }) }),
  stages: ({ use, params }) => ({ load: use(load, { config: { count: params.count } }) })
})

export default definePlugin({ name: "orders", version: "1.0.0", api: "^1.0", pipelines: { orders } })
