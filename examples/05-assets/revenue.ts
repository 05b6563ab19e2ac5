import { definePipeline, definePlugin, defineStage, optional } from "@tetra/core"
import { Result } from "effect"
import { Discounts, Orders, Revenue } from "./types.ts"

/** Reads what other pipelines provide, by name: it imports none of them. Discounts are welcome, but not needed. */
const total = defineStage({
  id: "revenue/total",
  inputs: { orders: Orders, discounts: optional(Discounts) },
  outputs: { revenue: Revenue },
  async run({ inputs: { orders, discounts } }) {
    const { columns, rows } = await orders.read({ columns: ["amount"] })
    const sum = columns.amount.reduce((a, b) => a + b, 0)
    const [factor, note] = Result.match(discounts, {
      onSuccess: ({ percent }) => [1 - percent / 100, `with ${percent} % off`] as const,
      onFailure: ({ message }) => [1, `without discounts: ${message}`] as const
    })
    return { revenue: { orders: rows, revenue: sum * factor, note } }
  }
})
const revenue = definePipeline({ name: "revenue_pipeline", stages: ({ use }) => ({ total: use(total) }) })

export default definePlugin({ name: "revenue", version: "1.0.0", api: "^1.0", pipelines: { revenue } })
