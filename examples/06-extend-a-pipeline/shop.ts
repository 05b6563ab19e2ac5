/** A plugin of somebody else: it loads sales and adds them up. Imagine it came from npm; nothing in here knows of mine.ts. */
import { batch, Col, defineAsset, definePipeline, definePlugin, defineStage, defineTable, defineValue, text } from "@tetra/core"
import { Schema } from "effect"

export const Sales = defineTable("shop/Sales@1", { id: Col.int, currency: Col.text, amount: Col.float }, { key: ["id"] })
const Total = defineAsset("sales_total", defineValue("shop/Total@1", Schema.Struct({ sales: Schema.Int, total: Schema.Finite })))

const load = defineStage({
  id: "shop/load",
  outputs: { table: Sales },
  run: () => ({
    table: batch({
      id: Int32Array.of(1, 2, 3),
      currency: text(["EUR", "USD", "EUR"]),
      amount: Float64Array.of(10, 20, -5)
    })
  })
})
const total = defineStage({
  id: "shop/total",
  inputs: { table: Sales },
  outputs: { total: Total },
  async run({ inputs }) {
    const { columns, rows } = await inputs.table.read({ columns: ["amount"] })
    return { total: { sales: rows, total: columns.amount.reduce((a, b) => a + b, 0) } }
  }
})
export const shop = definePipeline({
  name: "shop_pipeline",
  stages: ({ use }) => {
    const loaded = use(load)
    return { load: loaded, total: use(total, { inputs: { table: loaded.table } }) }
  }
})

export default definePlugin({ name: "shop", version: "1.0.0", api: "^1.0", pipelines: { shop } })
